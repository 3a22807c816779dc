"""Books that make sense: positions follow fills, P&L follows prices, funds follow both (protocol sheet section 4)."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from app.domain import IST
from app.simulators import DEMO, ZerodhaSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.support import data, new_client, signed_in

# typed from the sheet: "Position row (29 fields)"
FIELDS = """
tradingsymbol, exchange, instrument_token, product, quantity, overnight_quantity, multiplier, average_price,
close_price, last_price, value, pnl, m2m, unrealised, realised, buy_quantity, buy_price, buy_value, buy_m2m,
sell_quantity, sell_price, sell_value, sell_m2m, day_buy_quantity, day_buy_price, day_buy_value, day_sell_quantity,
day_sell_price, day_sell_value
"""
UTILISED = """
debits, exposure, m2m_realised, m2m_unrealised, option_premium, payout, span, holding_sales, turnover,
liquid_collateral, stock_collateral, delivery
"""


def names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",")}


async def net(client: httpx.AsyncClient) -> dict[tuple[str, str], dict[str, Any]]:
    rows = data(await client.get("/portfolio/positions"))["net"]
    return {(row["tradingsymbol"], row["product"]): row for row in rows}


async def margins(client: httpx.AsyncClient, segment: str = "equity") -> dict[str, Any]:
    found: dict[str, Any] = data(await client.get(f"/user/margins/{segment}"))
    return found


async def trade(client: httpx.AsyncClient, side: str, quantity: int, **change: str) -> str:
    form = {
        "exchange": "NSE",
        "tradingsymbol": "WIPRO",
        "transaction_type": side,
        "order_type": "MARKET",
        "quantity": str(quantity),
        "product": "MIS",
        "market_protection": "-1",
        **change,
    }
    return str(data(await client.post("/orders/regular", data=form))["order_id"])


@pytest.fixture
def at_once(simulator: ZerodhaSimulator) -> None:
    simulator.controls.filling(DEMO.client_id, "at-once")
    simulator.controls.enforce_limits(yes=False)


async def test_demo_holds_what_a_trader_holds(client: httpx.AsyncClient) -> None:
    rows = await net(client)
    assert {(symbol, product): row["quantity"] for (symbol, product), row in rows.items()} == {
        ("RELIANCE", "CNC"): 120,
        ("INFY", "MIS"): -200,
        ("SBIN", "MIS"): 0,
        ("NIFTY26DEC26000CE", "NRML"): 150,
        ("NIFTY26D0125900PE", "NRML"): -75,
        ("BANKNIFTY26NOVFUT", "NRML"): 35,
        ("CRUDEOIL26NOVFUT", "NRML"): -1,
    }
    assert rows["SBIN", "MIS"]["realised"] > 0
    assert rows["SBIN", "MIS"]["average_price"] == 0


async def test_rows_have_the_fields_of_the_sheet_and_add_up(client: httpx.AsyncClient) -> None:
    for row in (await net(client)).values():
        assert set(row) == names(FIELDS)
        assert row["value"] == pytest.approx(row["sell_value"] - row["buy_value"])
        live = row["quantity"] * row["last_price"] * row["multiplier"]
        assert row["pnl"] == pytest.approx(row["value"] + live)
        assert row["pnl"] == pytest.approx(row["realised"] + row["unrealised"])
        assert row["quantity"] == row["buy_quantity"] - row["sell_quantity"]
        assert row["m2m"] == pytest.approx(row["sell_m2m"] - row["buy_m2m"] + live)


async def test_commodity_counts_lots(client: httpx.AsyncClient) -> None:
    row = (await net(client))["CRUDEOIL26NOVFUT", "NRML"]
    assert (row["exchange"], row["quantity"], row["multiplier"]) == ("MCX", -1, 100)
    assert row["sell_value"] == pytest.approx(row["average_price"] * 100)


async def test_day_list_shows_todays_activity_alone(client: httpx.AsyncClient) -> None:
    day = {row["tradingsymbol"]: row for row in data(await client.get("/portfolio/positions"))["day"]}
    assert "NIFTY26DEC26000CE" not in day
    assert day["INFY"]["quantity"] == -200
    assert day["SBIN"]["quantity"] == 0


@pytest.mark.usefixtures("at_once")
async def test_position_follows_fills(client: httpx.AsyncClient, clock: ManualClock) -> None:
    first = await trade(client, "BUY", 100)
    clock.jump(600)
    second = await trade(client, "BUY", 50)
    await trade(client, "SELL", 30)
    row = (await net(client))["WIPRO", "MIS"]
    prices = [data(await client.get(f"/orders/{one}"))[-1]["average_price"] for one in (first, second)]
    assert row["quantity"] == 120
    assert row["average_price"] == pytest.approx((prices[0] * 100 + prices[1] * 50) / 150)
    assert row["sell_quantity"] == 30


@pytest.mark.usefixtures("at_once")
async def test_short_turned_long_keeps_its_books(client: httpx.AsyncClient) -> None:
    await trade(client, "SELL", 40)
    await trade(client, "BUY", 100)
    row = (await net(client))["WIPRO", "MIS"]
    assert (row["quantity"], row["buy_quantity"], row["sell_quantity"]) == (60, 100, 40)
    assert row["pnl"] == pytest.approx(row["value"] + 60 * row["last_price"], abs=1e-6)


async def test_pnl_follows_prices(client: httpx.AsyncClient, clock: ManualClock) -> None:
    before = (await net(client))["RELIANCE", "CNC"]
    clock.jump(900)
    after = (await net(client))["RELIANCE", "CNC"]
    assert after["last_price"] != before["last_price"]
    moved = (after["last_price"] - before["last_price"]) * before["quantity"]
    assert after["pnl"] - before["pnl"] == pytest.approx(moved)


async def test_prices_are_the_same_for_the_same_seed(clock: ManualClock) -> None:
    seen = []
    for seed in (7, 7, 8):
        simulator = ZerodhaSimulator(clock=clock, seed=seed)
        await simulator.start()
        async with new_client(simulator) as client:
            await signed_in(simulator, client)
            seen.append({key: row["last_price"] for key, row in (await net(client)).items()})
        await simulator.stop()
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


async def test_prices_stand_still_while_the_market_is_closed(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(6 * 3600)
    before = (await net(client))["RELIANCE", "CNC"]["last_price"]
    clock.jump(3600)
    assert (await net(client))["RELIANCE", "CNC"]["last_price"] == before


async def test_prices_are_whole_ticks_and_close_to_each_other(client: httpx.AsyncClient, clock: ManualClock) -> None:
    last = []
    for _ in range(30):
        clock.jump(1)
        last.append(data(await client.get("/quote/ltp?i=NSE:RELIANCE"))["NSE:RELIANCE"]["last_price"])
    assert all(round(price * 10) == pytest.approx(price * 10) for price in last)
    assert max(last) - min(last) < 20
    assert len(set(last)) > 3


async def test_margin_object_is_the_sheets(client: httpx.AsyncClient) -> None:
    both = data(await client.get("/user/margins"))
    assert set(both) == {"equity", "commodity"}
    assert set(both["equity"]["utilised"]) == names(UTILISED)
    assert both["equity"] == await margins(client)


@pytest.mark.parametrize("segment", ["equity", "commodity"])
async def test_net_is_cash_less_debits_and_positions_use_margin(segment: str, client: httpx.AsyncClient) -> None:
    money = await margins(client, segment)
    assert money["net"] == pytest.approx(money["available"]["cash"] - money["utilised"]["debits"])
    assert money["net"] == money["available"]["live_balance"]
    assert money["utilised"]["span"] > 0
    assert 0 < money["net"] < money["available"]["cash"]


@pytest.mark.usefixtures("at_once")
async def test_buying_uses_funds_and_selling_gives_them_back(client: httpx.AsyncClient) -> None:
    before = (await margins(client))["net"]
    await trade(client, "BUY", 1000)
    between = (await margins(client))["net"]
    await trade(client, "SELL", 1000)
    assert between < before - 40_000
    assert (await margins(client))["net"] == pytest.approx(before)


async def test_open_order_blocks_its_margin(client: httpx.AsyncClient) -> None:
    before = (await margins(client))["net"]
    await trade(client, "BUY", 100, order_type="LIMIT", price="230", product="CNC")
    assert (await margins(client))["net"] == pytest.approx(before - 23_000)


async def test_holdings_tell_settled_from_unsettled(client: httpx.AsyncClient) -> None:
    rows = {row["tradingsymbol"]: row for row in data(await client.get("/portfolio/holdings"))}
    assert (rows["ITC"]["quantity"], rows["ITC"]["t1_quantity"]) == (600, 100)
    expected = (rows["ITC"]["last_price"] - rows["ITC"]["average_price"]) * 700
    assert rows["ITC"]["pnl"] == pytest.approx(expected)


@pytest.mark.usefixtures("at_once")
async def test_sold_holding_shows_as_used_and_as_short_position(client: httpx.AsyncClient) -> None:
    await trade(client, "SELL", 15, tradingsymbol="TCS", product="CNC")
    row = next(row for row in data(await client.get("/portfolio/holdings")) if row["tradingsymbol"] == "TCS")
    assert (row["quantity"], row["used_quantity"], row["opening_quantity"]) == (25, 15, 40)
    assert (await net(client))["TCS", "CNC"]["quantity"] == -15


async def test_next_day_delivers_carries_and_forgets(simulator: ZerodhaSimulator, clock: ManualClock) -> None:
    async with new_client(simulator) as client:
        await signed_in(simulator, client)
        await trade(client, "BUY", 10)
        clock.jump(24 * 3600)
        await signed_in(simulator, client)
        rows = await net(client)
        holdings = {row["tradingsymbol"]: row for row in data(await client.get("/portfolio/holdings"))}
        assert data(await client.get("/orders")) == []
    assert ("INFY", "MIS") not in rows
    assert holdings["RELIANCE"]["quantity"] + holdings["RELIANCE"]["t1_quantity"] == 120
    carried = rows["BANKNIFTY26NOVFUT", "NRML"]
    assert (carried["overnight_quantity"], carried["day_buy_quantity"]) == (35, 0)


async def test_expired_contract_leaves_the_positions() -> None:
    clock = ManualClock(datetime(2026, 11, 23, 10, 0, tzinfo=IST))
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    async with new_client(simulator) as client:
        await signed_in(simulator, client)
        assert ("BANKNIFTY26NOVFUT", "NRML") in await net(client)
        clock.jump(24 * 3600)
        await signed_in(simulator, client)
        assert ("BANKNIFTY26NOVFUT", "NRML") not in await net(client)
    await simulator.stop()
