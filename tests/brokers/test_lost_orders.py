"""Lost answers never double an order: twelve ways to lose one, at every broker (promise O1)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.brokers.lost_orders import LOST, Tally, lose

BROKERS = ("zerodha", "dhan", "fyers", "angel_one")
SAMPLE = 20  # of 1,000


def check(tally: Tally, times: int) -> None:
    assert tally.missed == []
    assert (tally.asked, tally.posts, tally.booked) == (times, times, times - times // 10)
    assert (tally.doubled, tally.posted, tally.wrong) == ([], [], [])
    assert tally.in_time >= 0.99


def test_there_are_twelve_ways_to_lose_an_answer() -> None:
    assert len(set(LOST)) == 12


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("key", BROKERS)
async def test_a_lost_answer_never_doubles_an_order(key: str, fault: str, tmp_path: Path) -> None:
    check(await lose(key, fault, SAMPLE, tmp_path), SAMPLE)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("key", BROKERS)
async def test_a_thousand_lost_answers_never_double_an_order(
    key: str, fault: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    tally = await lose(key, fault, 1000, tmp_path)
    for name in ("asked", "posts", "booked", "missed", "doubled", "posted", "wrong", "late"):
        found = getattr(tally, name)  # for the report of the run (docs/reliability.md)
        record_property(name, found if isinstance(found, int) else len(found))
    check(tally, 1000)
