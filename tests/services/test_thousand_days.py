"""Promise A4: a thousand days a broker, thirty time zones, sleeps, clocks that jump: each death told once, in time."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.days import LATEST, NIGHTS, RULES, ZONES, Trader

SEED = 20261123
FULL = 1000
SAMPLE = 24  # days a broker in the suite, at least 2 %: three times whatever can befall


@pytest.fixture(autouse=True)
def _any_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


async def lived(folder: Path, broker: str, days: int) -> Trader:
    """The trader after so many days, each death of which was checked."""
    seed = f"{SEED} {broker} {days}"
    print(f"seed {seed}")  # noqa: T201 - whoever sees it fail can play it again
    chance = random.Random(seed)
    trader = await Trader.begin(folder, broker, chance)
    try:
        left: list[str] = []
        while trader.days < days:
            left = left or chance.sample(NIGHTS, len(NIGHTS))  # each befalls it as often as the others
            await trader.live(left.pop())
    finally:
        await trader.house.close()
    return trader


def check(trader: Trader) -> None:
    assert all(number == 1 for number in trader.warned.values())
    assert all(number == 1 for number in trader.ready.values())
    assert trader.latest <= LATEST
    assert set(trader.nights) == set(NIGHTS)


@pytest.mark.parametrize("broker", RULES)
async def test_each_death_is_told_exactly_once_within_a_minute(tmp_path: Path, broker: str) -> None:
    trader = await lived(tmp_path / "profile", broker, SAMPLE)

    check(trader)
    assert trader.deaths >= SAMPLE


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("broker", RULES)
async def test_each_death_of_a_thousand_days_is_told_exactly_once_within_a_minute(tmp_path: Path, broker: str) -> None:
    trader = await lived(tmp_path / "profile", broker, FULL)

    check(trader)
    assert trader.deaths >= FULL


def test_thirty_zones_are_lived_in() -> None:
    assert len(set(ZONES)) == 30
