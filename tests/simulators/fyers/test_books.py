"""Profile, funds, holdings, positions, quotes and depth as rows of the wire (protocol sheet sections 4 and 5)."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import ASHA, SBIN, error, ok, place

POSITION: dict[str, type | tuple[type, ...]] = {
    "id": str, "symbol": str, "productType": str, "fyToken": str, "crossCurrency": str, "netQty": int, "qty": int,
    "side": int, "buyQty": int, "sellQty": int, "cfBuyQty": int, "cfSellQty": int, "dayBuyQty": int, "daySellQty": int,
    "exchange": int, "segment": int, "slNo": int, "netAvg": float, "avgPrice": float, "buyAvg": float, "buyVal": float,
    "sellAvg": float, "sellVal": float, "realized_profit": float, "unrealized_profit": float, "pl": float,
    "ltp": float, "rbiRefRate": float, "qtyMulti_com": float,
}  # fmt: skip
HOLDING: dict[str, type | tuple[type, ...]] = {
    "symbol": str, "holdingType": str, "isin": str, "quantity": int, "remainingQuantity": int, "qty_t1": int,
    "collateralQuantity": int, "remainingPledgeQuantity": int, "id": int, "exchange": int, "segment": int,
    "fyToken": (int, str), "costPrice": float, "ltp": float, "marketVal": float, "pl": float,
}  # fmt: skip
TITLES = {
    1: "Total Balance", 2: "Utilized Amount", 3: "Clear Balance", 4: "Realized Profit and Loss", 5: "Collaterals",
    6: "Fund Transfer", 7: "Receivables", 8: "Adhoc Limit", 9: "Limit at start of the day", 10: "Available Balance",
}  # fmt: skip
QUOTE = {
    "lp", "ch", "chp", "spread", "bid", "ask", "open_price", "high_price", "low_price", "prev_close_price", "atp",
    "volume", "short_name", "exchange", "description", "original_name", "symbol", "fyToken", "tt",
}  # fmt: skip


def _typed(row: dict[str, Any], types: dict[str, type | tuple[type, ...]]) -> bool:
    return set(row) == set(types) and all(isinstance(row[name], kind) for name, kind in types.items())


async def _positions(client: httpx.AsyncClient) -> dict[str, Any]:
    body = ok(await client.get("/api/v3/positions"))
    return {row["symbol"]: row for row in body["netPositions"]}


async def _funds(client: httpx.AsyncClient) -> dict[int, Any]:
    return {row["id"]: row for row in ok(await client.get("/api/v3/funds"))["fund_limit"]}


async def test_profile_is_masked_and_has_its_nulls(client: httpx.AsyncClient) -> None:
    data = ok(await client.get("/api/v3/profile"))["data"]

    assert (data["fy_id"], data["pwd_change_date"], data["totp"]) == (ASHA.client_id, None, True)
    assert "*" in data["email_id"]
    assert data["PAN"].startswith("XXXXX")


async def test_funds_are_ten_rows_with_their_titles(client: httpx.AsyncClient) -> None:
    rows = await _funds(client)

    assert {number: row["title"] for number, row in rows.items()} == TITLES
    assert all(isinstance(row["equityAmount"], float) for row in rows.values())


async def test_funds_add_up(client: httpx.AsyncClient) -> None:
    rows = await _funds(client)

    for purse in ("equityAmount", "commodityAmount"):
        left = rows[9][purse] - rows[2][purse]
        assert abs(rows[10][purse] - left) < 0.01
        assert rows[2][purse] > 0


async def test_positions_have_every_field_in_its_type(client: httpx.AsyncClient) -> None:
    rows = await _positions(client)

    assert len(rows) == 7
    assert [symbol for symbol, row in rows.items() if not _typed(row, POSITION)] == []


async def test_positions_net_is_signed_and_qty_is_not(client: httpx.AsyncClient) -> None:
    short = (await _positions(client))["NSE:INFY-EQ"]

    assert (short["netQty"], short["qty"], short["side"]) == (-200, 200, -1)
    assert (short["id"], short["productType"]) == ("NSE:INFY-EQ-INTRADAY", "INTRADAY")


async def test_positions_closed_today_stay(client: httpx.AsyncClient) -> None:
    closed = (await _positions(client))[SBIN]

    assert (closed["netQty"], closed["side"], closed["netAvg"], closed["unrealized_profit"]) == (0, 0, 0, 0)
    assert closed["realized_profit"] == closed["pl"] != 0


async def test_positions_carried_and_of_other_exchanges(client: httpx.AsyncClient) -> None:
    rows = await _positions(client)
    [call] = [row for symbol, row in rows.items() if symbol.startswith("NSE:NIFTY26DEC26000CE")]
    [crude] = [row for symbol, row in rows.items() if symbol.startswith("MCX:CRUDEOIL")]

    assert (call["cfBuyQty"], call["dayBuyQty"], call["exchange"], call["segment"]) == (150, 0, 10, 11)
    assert (crude["exchange"], crude["segment"], crude["qtyMulti_com"], crude["productType"]) == (11, 20, 100, "MARGIN")


async def test_positions_overall(client: httpx.AsyncClient) -> None:
    body = ok(await client.get("/api/v3/positions"))

    overall = body["overall"]
    assert (overall["count_total"], overall["count_open"]) == (7, 6)
    assert abs(overall["pl_total"] - sum(row["pl"] for row in body["netPositions"])) < 0.01
    assert abs(overall["pl_total"] - overall["pl_realized"] - overall["pl_unrealized"]) < 0.01


async def test_holdings_have_every_field_in_its_type(client: httpx.AsyncClient) -> None:
    body = ok(await client.get("/api/v3/holdings"))

    assert [row["symbol"] for row in body["holdings"]] == ["NSE:TCS-EQ", "NSE:ITC-EQ", "NSE:NIFTYBEES-EQ"]
    assert all(_typed(row, HOLDING) for row in body["holdings"])
    assert body["overall"]["count_total"] == 3


async def test_holdings_sold_today_remain_less(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ok(await place(client, symbol="NSE:TCS-EQ", side=-1, qty=15))
    clock.jump(2)

    row = ok(await client.get("/api/v3/holdings"))["holdings"][0]

    assert (row["quantity"], row["remainingQuantity"], row["holdingType"]) == (40, 25, "HLD")


async def test_what_was_bought_is_t1_the_next_day(
    simulator: FyersSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ok(await place(client, symbol="NSE:WIPRO-EQ", qty=10))
    clock.jump(2)
    ok(await client.get("/api/v3/orders"))
    clock.jump(24 * 3600)
    token = simulator.controls.replace_token(ASHA.client_id)

    body = ok(await client.get("/api/v3/holdings", headers={"Authorization": f"{ASHA.api_key}:{token}"}))

    [row] = [row for row in body["holdings"] if row["symbol"] == "NSE:WIPRO-EQ"]
    assert (row["holdingType"], row["quantity"], row["qty_t1"]) == ("T1", 10, 10)


async def test_users_have_portfolios_of_their_own(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    other = fyers_users()[1]
    token = simulator.controls.replace_token(other.client_id)

    first = await _positions(client)
    client.headers["Authorization"] = f"{other.api_key}:{token}"

    assert set(await _positions(client)) != set(first)


# ------------------------------------------------------------------ quotes


async def test_quotes_carry_every_field_and_time_as_text(client: httpx.AsyncClient, clock: ManualClock) -> None:
    [row] = ok(await client.get("/data/quotes", params={"symbols": "NSE:M&M-EQ"}))["d"]

    assert (row["n"], row["s"], set(row["v"])) == ("NSE:M&M-EQ", "ok", QUOTE)
    assert row["v"]["tt"] == str(int(clock.now().timestamp()))
    assert isinstance(row["v"]["lp"], float)


async def test_quotes_of_a_bad_symbol_among_good_ones(client: httpx.AsyncClient) -> None:
    rows = ok(await client.get("/data/quotes", params={"symbols": f"NSE:NOPE-EQ,{SBIN}"}))["d"]

    assert [(row["n"], row["s"]) for row in rows] == [("NSE:NOPE-EQ", "error"), (SBIN, "ok")]
    assert "lp" not in rows[0]["v"]


@pytest.mark.parametrize("symbols", ["", "NSE:NOPE-EQ", ",".join([SBIN] * 51), "NSE:M"])
async def test_quotes_that_cannot_be_given(symbols: str, client: httpx.AsyncClient) -> None:
    answer = await client.get("/data/quotes", params={"symbols": symbols})

    assert error(answer) == (400, -50, "Please provide valid inputs")


async def test_quotes_by_body(client: httpx.AsyncClient) -> None:
    rows = ok(await client.post("/data/quotes", json={"symbols": [SBIN]}))["d"]

    assert rows[0]["n"] == SBIN


async def test_depth_is_keyed_by_symbol_and_has_open_interest(client: httpx.AsyncClient) -> None:
    name = "NSE:NIFTY26DECFUT"

    book = ok(await client.get("/data/depth", params={"symbol": name, "ohlcv_flag": "1"}))["d"][name]

    assert (len(book["bids"]), len(book["ask"])) == (5, 5)
    assert book["oi"] > 0
    assert book["lower_ckt"] < book["ltp"] < book["upper_ckt"]


async def test_prices_are_whole_ticks(client: httpx.AsyncClient) -> None:
    [row] = ok(await client.get("/data/quotes", params={"symbols": "NSE:BAJAJ-AUTO-EQ"}))["d"]

    assert Decimal(str(row["v"]["lp"])) % Decimal("0.5") == 0


@pytest.mark.parametrize(("state", "words"), [("open", {"OPEN"}), ("closed", {"CLOSE", "CLOSED"})])
async def test_market_status_in_both_spellings(
    state: Any, words: set[str], simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.market(state)

    rows = ok(await client.get("/data/marketStatus"))["marketStatus"]

    assert {row["status"] for row in rows} == words
    assert {row["market_type"] for row in rows} == {"NORMAL"}
