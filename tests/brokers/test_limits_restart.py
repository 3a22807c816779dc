"""R2: limits survive a restart. However a run ends, no window of any limit holds more than 80 % of it."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE
from typing import Final

import pytest

from app.brokers.limiter import Bucket, Limit, Limits, Urgency, divided
from app.domain import AHEAD, DailyCap, RateLimited
from app.store import AppStore
from tests.brokers.windows import Figures, breaches
from tests.fakes.hurry import HurryingClock

ROOT: Final = Path(__file__).parent.parent.parent
SHAPES: Final[dict[str, Figures]] = {  # as the sheets have them; hours and days with fewer calls, for speed
    "fyers.api": ((10, 1), (200, 60), (100_000, 86_400)),
    "dhan.orders": ((10, 1), (250, 60), (1000, 3600)),
    "an hour": ((10, 1), (250, 3600)),
    "a day": ((10, 1), (250, 86_400)),
    "dhan.consents": ((5, 1), (25, 86_400)),
    "dhan.pins": ((1, 120),),
    "a second": ((10, 1),),
    "a second and a quarter": ((1, 1),),
}


class Runs:
    """One run of the program after the other over one file; `sent` is when calls left, by a clock that is right."""

    def __init__(self, path: Path, figures: Figures) -> None:
        self.clock = HurryingClock()
        self.sent: list[float] = []
        self._path = path
        self._limits = divided(*(Limit(calls, seconds) for calls, seconds in figures))
        self._store: AppStore | None = None

    async def start(self) -> Bucket:
        self._store = await AppStore.open(self._path, self.clock)
        return Limits(self.clock, self._store.calls).bucket("toy.calls client ab1234", self._limits)

    async def send(self, bucket: Bucket, calls: int) -> None:
        for _ in range(calls):
            try:
                await bucket.acquire(Urgency.CANCEL, 20)
            except (RateLimited, DailyCap):
                self.clock.skip(5)
            else:
                self.sent.append(self.clock.true.timestamp())

    async def crash(self) -> None:
        """Nothing more is written, as after kill -9."""
        assert self._store is not None
        calls = self._store.calls
        for pending in (calls._writing, calls._later):
            if pending is not None:
                pending.cancel()
        await self._store._database.close()

    async def quit(self) -> None:
        assert self._store is not None
        await self._store.close()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("shape", SHAPES)
async def test_no_window_is_overrun_across_crashes_and_restarts(shape: str, seed: int, tmp_path: Path) -> None:
    chance, runs = random.Random(seed), Runs(tmp_path / "app.db", SHAPES[shape])

    for _ in range(6):
        await runs.send(await runs.start(), chance.randrange(10, 60))
        await (runs.crash() if chance.random() < 0.7 else runs.quit())
        runs.clock.skip(chance.choice([0.0, 0.0, 0.1, 0.9, 3.0]))
        if chance.random() < 0.3:
            runs.clock.restart()

    assert breaches(runs.sent, SHAPES[shape]) == []
    assert len(runs.sent) > 1


async def test_a_clock_that_was_set_back_opens_no_window_and_closes_none_for_ever(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "app.db", SHAPES["an hour"])
    await runs.send(await runs.start(), 200)
    await runs.quit()
    runs.clock.wrong_by = timedelta(days=-2)

    await runs.send(await runs.start(), 10)
    await runs.quit()
    runs.clock.skip(3600)
    await runs.send(await runs.start(), 100)
    await runs.quit()

    assert breaches(runs.sent, SHAPES["an hour"]) == []
    assert len(runs.sent) == 300


async def test_crash_after_crash_costs_no_more_than_was_under_way(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "app.db", SHAPES["an hour"])

    for _ in range(4):
        await runs.send(await runs.start(), 30)
        await runs.crash()
    await runs.send(await runs.start(), 300)
    await runs.crash()

    assert 200 - 4 * AHEAD <= len(runs.sent) <= 200


async def test_a_start_in_order_a_moment_later_holds_nothing_up(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "app.db", SHAPES["fyers.api"])
    await runs.send(await runs.start(), 8)
    await runs.quit()
    runs.clock.skip(2.1)

    began = runs.clock.monotonic()
    await runs.send(await runs.start(), 8)
    await runs.quit()

    assert runs.clock.monotonic() == began


SENDER: Final = """
import asyncio, pathlib, sys
from app.brokers.limiter import Limit, Limits, Urgency
from app.store import AppStore
from tests.fakes.clock import going_clock

async def main():
    clock = going_clock()
    store = await AppStore.open(pathlib.Path(sys.argv[1]), clock)
    bucket = Limits(clock, store.calls).bucket("toy.calls client ab1234", (Limit(250, 3600.0),))
    while True:
        await bucket.acquire(Urgency.POLL, 5)
        print("sent", flush=True)

asyncio.run(main())
"""


async def test_a_killed_process_has_not_forgotten_what_it_sent(tmp_path: Path) -> None:
    killed, _ = await run_sender(tmp_path / "app.db", kill_after=70)
    rest, errors = await run_sender(tmp_path / "app.db")

    assert killed >= 70
    assert 200 - AHEAD <= killed + rest <= 200
    assert b"RateLimited" in errors


async def run_sender(path: Path, *, kill_after: int = 0) -> tuple[int, bytes]:
    """How many calls the process said it sent, and its last words."""
    command = (sys.executable, "-c", SENDER, str(path))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        for _ in range(kill_after):
            assert await process.stdout.readline()
        if kill_after:
            process.kill()
        rest, errors = await process.communicate()
    return kill_after + rest.count(b"sent"), errors
