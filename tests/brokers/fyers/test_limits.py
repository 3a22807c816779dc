"""Sheet section 7: 10 calls a second and 200 a minute over both hosts together, counted where they arrive."""

import asyncio

from app.brokers.base import BaseBroker
from app.domain import Exchange
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import RELIANCE
from tests.brokers.fyers.support import API, QUOTES, FyersServer
from tests.brokers.zerodha.server import Received
from tests.fakes.clock import ManualClock

FUNDS = f"{API}/funds"
BURST = 40
WAVE, WAVES = 60, 4


def _watched(server: FyersServer, clock: ManualClock) -> list[float]:
    """The moments at which funds and quotes arrive from now on."""
    moments: list[float] = []

    def funds(_: Received) -> str:
        moments.append(clock.monotonic())
        return wire.ok(fund_limit=list(wire.FUNDS))

    def quotes(_: Received) -> str:
        moments.append(clock.monotonic())
        return wire.ok(d=[wire.quote(RELIANCE)])

    server.rule("GET", FUNDS, funds)
    server.rule("GET", QUOTES, quotes)
    return moments


def _most_within(moments: list[float], seconds: float) -> int:
    """The largest number of calls in any window of that length."""
    return max(sum(start <= one < start + seconds for one in moments) for start in moments)


async def test_section_7_ten_a_second_over_both_hosts_together(
    broker: BaseBroker, server: FyersServer, clock: ManualClock
) -> None:
    moments = _watched(server, clock)

    calls = [broker.get_funds() for _ in range(BURST // 2)]
    prices = [broker.get_ltp("RELIANCE", Exchange.NSE) for _ in range(BURST // 2)]
    await asyncio.gather(*calls, *prices)

    assert len(moments) == BURST
    assert _most_within(moments, 1.0) <= 10


async def test_section_7_two_hundred_a_minute(broker: BaseBroker, server: FyersServer, clock: ManualClock) -> None:
    moments = _watched(server, clock)

    for _ in range(WAVES):
        await asyncio.gather(*(broker.get_funds() for _ in range(WAVE)), return_exceptions=True)

    assert len(moments) > 100  # what nobody had time for is refused here, not there
    assert _most_within(moments, 60.0) <= 200
