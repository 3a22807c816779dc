"""Promise N8 at four brokers: an hour without an answer costs one question in 30 s, and its end is seen in 30 s."""

import asyncio
import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from app.services.book_views import Book
from app.services.views import AccountState
from tests.fakes.waiting import until
from tests.services.benched import BROKERS, Benched, benched

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")

SEED: Final = 20261123
HOUR: Final = 3600
PROBE: Final = 30.0  # seconds
REPEATED: Final = 15.0


async def live(at: Benched, seconds: float, step: float = 5.0) -> None:
    """So much time passes; whatever is asked in it comes to its end, or waits for the clock itself."""
    for _ in range(int(seconds / step)):
        await at.bench.clock.advance(step)
        with suppress(TimeoutError):
            await at.rested(1.0)


def probes(at: Benched, since: int) -> list[float]:
    """When the broker was asked, seconds; what an adapter repeats of one question (N4: within 15 s) is the same one."""
    came = [seen.at.timestamp() for seen in at.bench.sim.log[since:]]
    return [came[0], *(later for earlier, later in pairwise(came) if later - earlier > REPEATED)]


@pytest.mark.parametrize("key", BROKERS)
async def test_a_broker_that_is_down_for_an_hour_is_left_in_peace_and_missed_for_no_longer(
    tmp_path: Path, key: str
) -> None:
    chance = random.Random(f"{SEED} {key}")
    async with benched(key, tmp_path / "profile", flow=False) as at:
        looking = [asyncio.create_task(loop.run()) for loop in (at.services.watch, at.services.portfolio)]
        at.services.watch.set_visible(True)
        at.services.portfolio.look(frozenset({Book.POSITIONS}))
        await live(at, 60)
        before = len(at.bench.sim.log)
        at.bench.controls.fault("*", "503-bare")
        await live(at, HOUR + chance.randrange(5, 35))
        asked = probes(at, before)
        down = at.state
        at.bench.controls.clear()
        await live(at, PROBE)
        await until(lambda: at.state is AccountState.READY and at.services.portfolio.view(at.user_id).current)
        for loop in looking:
            loop.cancel()
        await asyncio.gather(*looking, return_exceptions=True)

        assert down is AccountState.OFFLINE
        assert 100 <= len(asked) <= HOUR / PROBE + 2
        assert min(later - earlier for earlier, later in pairwise(asked)) >= PROBE
        assert [notice for notice in at.notices if "signed out" in notice.title] == []
