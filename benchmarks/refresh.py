"""Refreshing eight accounts: positions, funds and orders of each at once, from servers that take 80 ms for an answer.

    .venv/bin/python benchmarks/refresh.py [rounds]

Eight accounts of one broker, then two of each of the four, with the limiters on: 24 answers of 10 rows. The least that
any client can take is one round trip of 80 ms, all questions on their way together. Printed are the medians of the
rounds, as multiples of that; a warm-up opens the connections, and the rounds are so far apart that no limit of calls a
second makes one wait for the other. Bare aiohttp, asked for the same 24 in turn and decoding nothing, tells what this
machine can do at that time. Python's cycle collector is off but for the pauses between the rounds, as it is off in the
window but for a timer's steps (app/qt/garbage.py). The exit status is 1 above a goal (docs/performance.md).
"""

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Final

import aiohttp
import bodies
from serving import connected, serving

from app.brokers import BaseBroker
from app.brokers.wires import Wires

DELAY: Final = 0.08
APART: Final = 1.5  # seconds; the narrowest limit is one call of a kind a second, of which we use 80 %
ROWS: Final = 10
BROKERS: Final = ("zerodha", "dhan", "fyers", "angel_one")
GOALS: Final = {"zerodha": 1.25, "dhan": 1.12, "fyers": 1.12, "angel_one": 1.12, "two of each": 1.25}


async def refresh(accounts: Sequence[BaseBroker]) -> float:
    """Seconds until everything is there."""
    began = time.perf_counter()
    calls: list[Awaitable[object]] = []
    for account in accounts:
        calls += [account.get_positions(), account.get_funds(), account.get_orders()]
    await asyncio.gather(*calls)
    return time.perf_counter() - began


async def bare(session: aiohttp.ClientSession, addresses: Sequence[str]) -> float:
    """Seconds until `session` has all of them."""

    async def get(address: str) -> None:
        async with session.get(address) as answer:
            await answer.read()

    began = time.perf_counter()
    await asyncio.gather(*map(get, addresses))
    return time.perf_counter() - began


async def measure(rounds: int, brokers: Sequence[str], addresses: dict[str, str]) -> tuple[float, float, float]:
    """Medians in seconds: ours, our processor time, and that of bare aiohttp."""
    times: list[tuple[float, float, float]] = []
    asked = [addresses[broker] + path for broker in brokers for path in list(bodies.answers(broker, 0))[1:]]
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        wires = Wires()
        stack.push_async_callback(wires.close)
        accounts = [await connected(broker, addresses[broker], wires=wires) for broker in brokers]
        for account in accounts:
            stack.push_async_callback(account.close)
        for _ in range(rounds + 1):
            gc.collect()
            await asyncio.sleep(APART)
            floor, began = await bare(session, asked), time.process_time()
            took = await refresh(accounts)
            times.append((took, time.process_time() - began, floor))
    took, busy, floor = (statistics.median(each) for each in zip(*times[1:], strict=True))
    return took, busy, floor


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    good = True
    gc.disable()
    with ExitStack() as stack:
        addresses = {each: stack.enter_context(serving(bodies.answers(each, ROWS), DELAY)) for each in BROKERS}
        for name, goal in GOALS.items():
            brokers = [name] * 8 if name in BROKERS else [*BROKERS, *BROKERS]
            took, busy, floor = asyncio.run(measure(rounds, brokers, addresses))
            print(f"{name:12} {took * 1000:6.1f} ms  {took / DELAY:5.3f} round trips (goal: at most {goal:.2f})"
                  f"  {busy * 1000:5.1f} ms of processor time  aiohttp {floor / DELAY:5.3f}", flush=True)  # fmt: skip
            good &= took / DELAY <= goal
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
