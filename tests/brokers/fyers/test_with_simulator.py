"""The adapter against the demo broker of its protocol: both were typed from the sheet by different hands."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import Exchange, OrderRequest, OrderResponse, OrderSide, OrderStatus, OrderType, SubState
from app.simulators.fyers.padding import FULL_SIZE
from tests.brokers.fyers.desk import ASHA, Desk, opened_desk
from tests.brokers.fyers.support import refusal, ticket
from tests.brokers.sheets import let_time_pass

NSE = Exchange.NSE


@pytest.mark.parametrize("how", ["expire", "revoke"])
async def test_a_dead_token_is_a_definite_no(how: str, live: Desk) -> None:
    getattr(live.sim.controls, how)(ASHA.client_id)

    assert await live.broker.validate() is False
    assert (await refusal(live.broker.get_funds())).kind == "session_expired"


async def test_one_false_401_ends_no_session(live: Desk) -> None:
    live.sim.controls.false_alarm(ASHA.client_id)

    assert await live.broker.validate() is True


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


async def test_a_position_in_a_commodity_is_closed_by_as_many_units(live: Desk) -> None:
    [held] = [row for row in await live.broker.get_positions() if row.exchange is Exchange.MCX]
    asked = OrderRequest(
        symbol=held.symbol,
        exchange=held.exchange,
        product=held.product,
        side=OrderSide.BUY,
        order_type=OrderType.MARKET,
        quantity=-held.quantity,
        tag="CLOSEIT",
    )

    assert (await live.broker.plan_order(asked)).orders == (replace(asked, tag=""),)
    await live.broker.place_order(asked)
    live.clock.jump(60)
    [order] = await live.broker.find_orders("CLOSEIT")
    [closed] = [row for row in await live.broker.get_positions() if row.exchange is Exchange.MCX]

    assert (order.quantity, order.filled_quantity, order.status) == (100, 100, OrderStatus.COMPLETE)
    assert sum(trade.quantity for trade in await live.broker.get_trades() if trade.order_id == order.order_id) == 100
    assert closed.quantity == 0


@pytest.mark.parametrize("switch", ["unconfirmed", "lost_in_the_oms", "no_json"])
async def test_an_order_whose_answer_is_lost_is_unknown_and_sent_once(switch: str, live: Desk) -> None:
    getattr(live.sim.controls, switch)("place_order")

    error = await refusal(_placed(live))

    assert error.kind == "outcome_unknown"
    assert [one.operation for one in live.sim.log].count("place_order") == 1
    assert len(await live.broker.get_orders()) == 1


async def test_limits_of_the_broker_are_kept_by_the_adapter(live: Desk) -> None:
    live.sim.controls.enforce_limits(yes=True)

    flow = asyncio.create_task(let_time_pass(live.clock))

    await asyncio.gather(*(live.broker.get_funds() for _ in range(25)))

    flow.cancel()
    assert {one.status for one in live.sim.log if one.operation == "funds"} == {200}


async def test_the_files_of_a_real_day() -> None:
    async with opened_desk(FULL_SIZE) as desk:
        assert abs(await desk.broker.load_instruments() - FULL_SIZE) < 10
        assert await desk.instruments.by_symbol("fyers", "NSE", "RELIANCE") is not None
