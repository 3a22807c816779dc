"""Processor time of one call to domain objects: each broker's positions and Zerodha's order book, beside its peer.

    .venv/bin/python benchmarks/positions.py [rounds [broker ...]]

The peer of Zerodha is kiteconnect's own call, that of the others a bare `requests` call with its JSON. Both ask the
same server on this machine in turn within each round; after one warm-up round the medians of the rounds and their
ratios are printed, and the exit status is 1 above a goal (docs/performance.md). The peers give dictionaries, Kunji
checked objects with exact numbers, from the event loop. A clock that never makes the limiter wait stands in for the
real one: pacing is not what is measured.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

import bodies
from serving import connected, serving

Call = Callable[[], Awaitable[object]]
POSITIONS: Final = {
    "dhan": "/v2/positions",
    "fyers": "/api/v3/positions",
    "angel_one": "/rest/secure/angelbroking/order/v1/getPosition",
}
HEADERS: Final = {"access-token": "token", "Authorization": "key:token", "Content-Type": "application/json"}


class Case(NamedTuple):
    """One line of the result: what is called how often a round, and how much of the peer's time it may take."""

    broker: str
    book: bool
    rows: int
    calls: int
    goal: float

    @property
    def name(self) -> str:
        """As it is printed."""
        return f"{self.broker} {'order book' if self.book else 'positions'}, {self.rows} rows"


CASES: Final = (
    Case("zerodha", book=False, rows=10, calls=150, goal=1.25),
    Case("zerodha", book=False, rows=500, calls=30, goal=1.25),
    Case("zerodha", book=True, rows=500, calls=12, goal=0.15),
    *(
        Case(broker, book=False, rows=rows, calls=calls, goal=0.95)
        for broker in POSITIONS
        for rows, calls in ((10, 150), (500, 30))
    ),
)


class Unhurried:
    """A clock on which a second passes at every look."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """One more second."""
        self._seconds += 1
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Not at all."""


@contextmanager
def theirs(case: Case, base_url: str) -> Iterator[Call]:
    """The peer's call."""
    if case.broker == "zerodha":
        from kiteconnect import KiteConnect

        kite = KiteConnect(api_key="key", access_token="token", root=base_url)

        async def call() -> object:
            return kite.orders() if case.book else kite.positions()

        yield call
        kite.reqsession.close()
    else:
        from requests import Session

        url = base_url + POSITIONS[case.broker]
        with Session() as session:

            async def call() -> object:
                return session.get(url, headers=HEADERS, timeout=7).json()

            yield call


async def spent(call: Call, number: int) -> float:
    """Microseconds of processor time a call, all threads together."""
    began = time.process_time()
    for _ in range(number):
        await call()
    return (time.process_time() - began) / number * 1e6


async def compare(rounds: int, base_url: str, case: Case) -> bool:
    """Measure `case` at both and print it; whether its goal was kept."""
    broker = await connected(case.broker, base_url, clock=Unhurried())
    kunji = broker.get_orders if case.book else broker.get_positions
    with theirs(case, base_url) as peer:
        times = [(await spent(peer, case.calls), await spent(kunji, case.calls)) for _ in range(rounds + 1)]
    await broker.close()
    peer_median, median = (statistics.median(measured) for measured in zip(*times[1:], strict=True))
    ratio = median / peer_median
    print(f"{case.name:30} peer {peer_median:7.0f} us  kunji {median:7.0f} us  ratio {ratio:.2f}"
          f" (goal: at most {case.goal:.2f})", flush=True)  # fmt: skip
    return ratio <= case.goal


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    chosen = sys.argv[2:] or [case.broker for case in CASES]
    good = True
    for case in CASES:
        if case.broker in chosen:
            with serving(bodies.answers(case.broker, case.rows)) as base_url:
                good &= asyncio.run(compare(rounds, base_url, case))
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
