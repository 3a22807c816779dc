"""Sheet section 7: what may be asked how often, measured by the clock that is handed in."""

import asyncio
from datetime import date

import pytest

from app.brokers.base import BaseBroker
from app.domain import Credentials, Exchange
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.conftest import NOW
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, refusal, ticket
from tests.fakes.clock import ManualClock

PLACED = wire.success({"order_id": "1993231240000000001"})


class CountedCalls:
    """Fulfils `app.domain.CallCounts`: so many calls were sent before, whatever the family."""

    def __init__(self, before: int) -> None:
        self.before = before
        self.added: list[tuple[str, date]] = []

    def count(self, client: str, family: str, day: date) -> int:
        return self.before + len(self.added)

    def add(self, client: str, family: str, day: date) -> None:
        self.added.append((client, day))


@pytest.fixture
def server_is_ready(server: ScriptedServer) -> ScriptedServer:
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    server.on("POST", "/orders/regular", PLACED)
    READS["ltp"].script(server, wire.success(READS["ltp"].data))
    return server


async def test_section_7_quotes_are_asked_for_once_a_second(
    broker: BaseBroker, server_is_ready: ScriptedServer, clock: ManualClock
) -> None:
    started = clock.monotonic()

    for _ in range(3):
        await broker.get_ltp("RELIANCE", Exchange.NSE)

    assert clock.monotonic() - started >= 2


@pytest.mark.parametrize("asked", [12, 24])
async def test_section_7_everything_else_is_asked_for_at_most_ten_times_a_second(
    asked: int, broker: BaseBroker, server_is_ready: ScriptedServer, clock: ManualClock
) -> None:
    started = clock.monotonic()

    await asyncio.gather(*(broker.get_profile() for _ in range(asked)))

    assert clock.monotonic() - started >= (asked - 1) // 10


async def test_section_7_orders_are_placed_at_most_ten_times_a_second(
    broker: BaseBroker, server_is_ready: ScriptedServer, clock: ManualClock
) -> None:
    started = clock.monotonic()

    await asyncio.gather(*(broker.place_order(ticket(quantity=1 + turn)) for turn in range(12)))

    assert clock.monotonic() - started >= 1
    assert len(server_is_ready.sent("POST", "/orders/regular")) == 12


async def test_section_7_the_five_thousandth_order_of_the_day_is_the_last(
    make_broker: MakeBroker, server_is_ready: ScriptedServer, credentials: Credentials
) -> None:
    broker = make_broker(calls=CountedCalls(5000))
    await broker.connect(credentials)

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "daily_cap"
    assert server_is_ready.sent("POST", "/orders/regular") == []


async def test_section_7_a_refused_order_counts_too(
    make_broker: MakeBroker, server_is_ready: ScriptedServer, credentials: Credentials
) -> None:
    calls = CountedCalls(0)
    broker = make_broker(calls=calls)
    await broker.connect(credentials)
    calls.added.clear()
    server_is_ready.on("POST", "/orders/regular", wire.failure("MarginException", "No"), status=400)

    await refusal(broker.place_order(ticket()))

    assert calls.added == [(wire.CLIENT_ID, NOW.date())]
