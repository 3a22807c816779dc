"""Lost answers never double an order: twelve ways to lose one, at every broker (promise O1)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.brokers.lost_orders import LOST, Tally, lose

BROKERS = ("zerodha", "dhan", "fyers", "angel_one")
SAMPLE = 20  # of 1,000
A_DAY = 200  # orders in one book of the exchange: each search reads all of it


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
    tallies = [await lose(key, fault, A_DAY, tmp_path / str(day)) for day in range(1000 // A_DAY)]
    for name in ("asked", "posts", "booked", "missed", "doubled", "posted", "wrong", "late"):
        found = [getattr(tally, name) for tally in tallies]  # for the report of the run (docs/reliability.md)
        record_property(name, sum(one if isinstance(one, int) else len(one) for one in found))
    for tally in tallies:
        check(tally, A_DAY)
