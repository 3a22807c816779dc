"""The adapter against the demo broker of its protocol: both were typed from the sheet by different hands."""

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest

from app.brokers.base import Ability, Issued, OpenPage, Redirected
from app.domain import (
    IST,
    Exchange,
    OrderResponse,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
)
from app.simulators.fyers.padding import FULL_SIZE
from tests.brokers.fyers.desk import ASHA, BALA, Desk, opened_desk
from tests.brokers.fyers.support import refusal, ticket
from tests.brokers.zerodha.support import keep_time_flowing

NSE = Exchange.NSE


async def _pressed(page: OpenPage) -> dict[str, str]:
    """What a person does on the page; the query that the browser is sent to."""
    form = dict(parse_qsl(urlsplit(page.url).query)) | {"user_id": ASHA.client_id}
    address = page.url.partition("?")[0]
    async with aiohttp.ClientSession() as person, person.post(address, data=form, allow_redirects=False) as answer:
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


async def test_sign_in_from_the_page_to_the_profile(desk: Desk) -> None:
    credentials = desk.credentials(live=False)
    sign_in = desk.broker.sign_in(credentials)
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    query = await _pressed(page)
    page.check(query)

    end = await sign_in.advance(Redirected(query))

    assert isinstance(end, Issued)
    assert end.token.expires_at == datetime(2026, 11, 19, 6, 0, tzinfo=IST)
    assert await desk.broker.connect(replace(credentials, access_token=end.token.access_token)) is True
    assert (await desk.broker.get_profile()).client_id == ASHA.client_id


async def test_another_clients_token_is_a_wrong_account(desk: Desk) -> None:
    credentials = replace(desk.credentials(BALA), client_id=ASHA.client_id)

    assert (await refusal(desk.broker.connect(credentials))).kind == "wrong_account"


@pytest.mark.parametrize("how", ["expire", "revoke"])
async def test_a_dead_token_is_a_definite_no(how: str, live: Desk) -> None:
    getattr(live.sim.controls, how)(ASHA.client_id)

    assert await live.broker.validate() is False
    assert (await refusal(live.broker.get_funds())).kind == "session_expired"


async def test_one_false_401_ends_no_session(live: Desk) -> None:
    live.sim.controls.false_alarm(ASHA.client_id)

    assert await live.broker.validate() is True


async def test_logout(live: Desk) -> None:
    await live.broker.revoke()

    assert not live.sim.controls.is_live(ASHA.client_id)


async def test_funds_of_both_segments(live: Desk) -> None:
    funds = await live.broker.get_funds()

    assert funds.opening == Decimal(2_250_000)
    assert abs(funds.available + funds.used - Decimal(2_250_000)) <= Decimal("0.02")


async def test_positions_by_kunjis_names(live: Desk) -> None:
    rows = {row.broker_symbol: row for row in await live.broker.get_positions()}

    assert rows["NSE:INFY-EQ"].quantity == -200
    assert rows["NSE:NIFTY26DEC26000CE"].symbol == "NIFTY 29DEC26 26000 CE"
    assert rows["NSE:SBIN-EQ"].quantity == 0
    [crude] = [row for row in rows.values() if row.exchange is Exchange.MCX]
    assert (crude.quantity, crude.multiplier) == (-100, Decimal(100))


async def test_positions_before_the_master_is_loaded(desk: Desk) -> None:
    assert await desk.broker.connect(desk.credentials())

    rows = await desk.broker.get_positions()

    assert [row.symbol for row in rows] == [row.broker_symbol for row in rows]


async def test_positions_profit_is_the_sum_of_its_parts(live: Desk) -> None:
    rows = await live.broker.get_positions()

    assert [row for row in rows if abs(row.pnl - row.realised - row.unrealised) > Decimal("0.01")] == []


async def test_holdings(live: Desk) -> None:
    rows = {row.symbol: row for row in await live.broker.get_holdings()}

    assert (rows["TCS"].free, rows["TCS"].t1, rows["ITC"].t1) == (40, 0, 100)
    assert len(rows["TCS"].isin) == 12


async def _placed(desk: Desk, **changes: object) -> OrderResponse:
    return await desk.broker.place_order(ticket(**{"symbol": "WIPRO", "quantity": 10} | changes))


async def test_an_order_from_pending_to_complete_with_its_trades(live: Desk) -> None:
    order_id = (await _placed(live, tag="mine1")).order_id
    seen = []
    for seconds in (0.0, 0.2, 0.3):
        live.clock.jump(seconds)
        row = await live.broker.get_order(order_id)
        seen.append((row.status, row.sub_state, row.filled_quantity))

    assert seen == [
        (OrderStatus.PENDING, SubState.NONE, 0),
        (OrderStatus.OPEN, SubState.PARTIAL, 5),
        (OrderStatus.COMPLETE, SubState.NONE, 10),
    ]
    assert [(row.order_id, row.quantity) for row in await live.broker.get_trades()] == [(order_id, 5)] * 2
    assert row.tag == "mine1"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"symbol": "MRF", "quantity": 100}, "insufficient_funds"),
        ({"order_type": OrderType.LIMIT, "price": Decimal(2)}, "order_rejected"),
        ({"order_type": OrderType.LIMIT, "price": Decimal("240.003")}, "order_rejected"),
        ({"symbol": "NIFTY 29DEC26 FUT", "exchange": Exchange.NFO, "product": Product.NRML}, "order_rejected"),
    ],
)
async def test_orders_refused_in_the_brokers_words(changes: dict[str, object], kind: str, live: Desk) -> None:
    error = await refusal(_placed(live, **changes))

    assert error.kind in {kind, "invalid_request"}


async def test_selling_what_is_not_held_is_definitely_refused(live: Desk) -> None:
    error = await refusal(_placed(live, side=OrderSide.SELL))

    assert error.kind in {"order_rejected", "insufficient_holdings"}


async def test_an_unregistered_address_is_a_missing_ability_and_reading_goes_on(live: Desk) -> None:
    live.sim.controls.allow_ips()

    error = await refusal(_placed(live))

    assert error.kind in {"ip_not_registered", "permission_denied"}
    assert Ability.ORDERS in live.broker.missing
    assert len(await live.broker.get_positions()) == 7


async def test_no_market_data_is_a_missing_ability_and_reading_goes_on(live: Desk) -> None:
    live.sim.controls.plan(ASHA.client_id, "personal")

    error = await refusal(live.broker.get_ltp("WIPRO", NSE))

    assert error.kind in {"not_subscribed", "permission_denied"}
    assert Ability.QUOTES in live.broker.missing
    assert await live.broker.validate() is True


@pytest.mark.parametrize("switch", ["unconfirmed", "lost_in_the_oms", "no_json"])
async def test_an_order_whose_answer_is_lost_is_unknown_and_sent_once(switch: str, live: Desk) -> None:
    getattr(live.sim.controls, switch)("place_order")

    error = await refusal(_placed(live))

    assert error.kind == "outcome_unknown"
    assert [one.operation for one in live.sim.log].count("place_order") == 1
    assert len(await live.broker.get_orders()) == 1


async def test_quotes_of_many_with_the_missing_by_name(live: Desk) -> None:
    wanted = [("M&M", NSE), ("BAJAJ-AUTO", NSE), ("NIFTY 29DEC26 FUT", Exchange.NFO), ("NOPE", NSE)]

    quotes = await live.broker.get_quotes(wanted)

    assert set(quotes.found) == set(wanted[:3])
    assert quotes.missing == (("NOPE", NSE),)


async def test_limits_of_the_broker_are_kept_by_the_adapter(live: Desk) -> None:
    live.sim.controls.enforce_limits(yes=True)

    flow = asyncio.create_task(keep_time_flowing(live.clock))

    await asyncio.gather(*(live.broker.get_funds() for _ in range(25)))

    flow.cancel()
    assert {one.status for one in live.sim.log if one.operation == "funds"} == {200}


async def test_the_files_of_a_real_day() -> None:
    async with opened_desk(FULL_SIZE) as desk:
        assert abs(await desk.broker.load_instruments() - FULL_SIZE) < 10
        assert await desk.instruments.by_symbol("fyers", "NSE", "RELIANCE") is not None
