"""faults.md on every read and on an order, played by the demo broker; those that only time can end are elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, TradingError
from app.simulators.faults import NETWORK_FAULTS, ODD_ANSWERS, ON_TLS
from tests.brokers.fyers.desk import ASHA, Desk
from tests.brokers.zerodha.support import keep_time_flowing, ticket
from tests.fakes.clock import settle

TAKES_TIME = {"dns", "accept-stall", "stall-before-headers", "stall-in-body", "drip", "bad-chunk"}
PLAYED = [name for name in (*NETWORK_FAULTS, *ODD_ANSWERS) if name not in ON_TLS | TAKES_TIME]
THROTTLED = {"429-seconds", "429-date", "429-bare"}
DOWN = {"500", "502-html", "503-bare", "504"}
WAIT = 30
LISTS = {"holdings", "positions", "orders", "trades"}
Ask = Callable[[BaseBroker, str], Awaitable[object]]
READS: dict[str, Ask] = {
    "profile": lambda broker, _: broker.get_profile(),
    "funds": lambda broker, _: broker.get_funds(),
    "holdings": lambda broker, _: broker.get_holdings(),
    "positions": lambda broker, _: broker.get_positions(),
    "orders": lambda broker, _: broker.get_orders(),
    "order": lambda broker, order_id: broker.get_order(order_id),
    "trades": lambda broker, _: broker.get_trades(),
    "quotes": lambda broker, _: broker.get_ltp("WIPRO", Exchange.NSE),
}


def _expected(fault: str, operation: str) -> set[str]:
    """faults.md, "Expected on reads"; an absent or null list has a meaning here (sheet section 13)."""
    if fault == "long-body":
        return {"a value"}
    if fault in THROTTLED:
        return {"rate_limited"}
    if fault in DOWN:
        return {"broker_down"}
    if fault in {"no-data", "null-data"} and operation in LISTS:
        return {"wire_surprise", "nothing"}
    if fault in {"no-data", "null-data"} and operation == "order":
        return {"wire_surprise", "not_found"}
    odd = fault in ODD_ANSWERS or fault.startswith("redirect")
    return {"wire_surprise"} if odd else {"not_reachable"}


async def _comes_of(call: Awaitable[object]) -> str:
    try:
        value = await call
    except TradingError as error:
        return "no wait" if error.kind == "rate_limited" and not error.retry_after else error.kind
    return "nothing" if value == [] else "a value"


@pytest.fixture(autouse=True)
async def _time_flows(live: Desk) -> AsyncIterator[None]:
    flow = asyncio.create_task(keep_time_flowing(live.clock))
    yield
    flow.cancel()
    with suppress(asyncio.CancelledError):
        await flow


async def _meet(live: Desk, operation: str, fault: str) -> None:
    """From now on the operation meets the fault; connections that were kept open are really closed on return."""
    live.sim.controls.break_seconds = 0.001
    live.sim.controls.fault("*" if fault == "refused" else operation, fault, retry_after=WAIT)
    await settle()


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("fault", PLAYED)
async def test_fault_on_a_read(fault: str, operation: str, live: Desk) -> None:
    order_id = (await live.broker.place_order(ticket(symbol="WIPRO", quantity=10))).order_id
    live.clock.jump(2)
    await _meet(live, operation, fault)

    came = await _comes_of(READS[operation](live.broker, order_id))

    assert came in _expected(fault, operation)
    assert fault in [one.fault for one in live.sim.log]
    assert live.sim.elsewhere == ()


@pytest.mark.parametrize("fault", PLAYED)
async def test_fault_on_an_order_that_is_sent_once(fault: str, live: Desk) -> None:
    await _meet(live, "place_order", fault)

    came = await _comes_of(live.broker.place_order(ticket(symbol="WIPRO", quantity=10)))

    definite = {"refused": "not_sent", "long-body": "a value"} | dict.fromkeys(THROTTLED, "rate_limited")
    assert came == definite.get(fault, "outcome_unknown")
    assert [one.operation for one in live.sim.log].count("place_order") == (fault != "refused")


@pytest.mark.parametrize("fault", PLAYED)
async def test_fault_on_validate_is_never_a_no(fault: str, live: Desk) -> None:
    await _meet(live, "profile", fault)

    came = await _comes_of(live.broker.validate())

    assert came in _expected(fault, "profile")
    assert live.broker.refusal is None
    assert live.sim.controls.is_live(ASHA.client_id)
