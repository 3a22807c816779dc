"""Promise O7 at four brokers: whatever the network does, no book turns empty or 0; it stays, with its time."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.services.book_views import Book, BookView, FundsView
from tests.brokers.fault_scene import BEFORE_A_REQUEST, ENDED_BY_TIME, NETWORK
from tests.services.benched import BROKERS, PLENTY, Benched, benched

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")

SEED: Final = 20261124
SAMPLE: Final = 4  # faults a broker in the suite, of all of them
HURRY: Final = 0.1  # seconds of a call where time must end it
HARMLESS: Final = "long-body"  # what is behind a whole answer is not read
ON_TLS: Final = tuple(name for name in NETWORK if "tls" in name)
IN_THE_CLEAR: Final = tuple(name for name in NETWORK if name not in ON_TLS)


def all_books(at: Benched) -> list[BookView]:
    return [at.services.portfolio.book(book, at.user_id) for book in Book]


async def read_well(at: Benched) -> list[BookView]:
    """Every book as the broker tells it when nothing is wrong; the orders and trades of a morning among them."""
    at.bench.controls.clear()
    at.hurry(PLENTY, PLENTY)
    await at.bench.clock.advance(61)
    await at.services.brokers.validate_broker(at.user_id)
    done = await at.services.portfolio.refresh(at.user_id)
    assert not done.failed
    return all_books(at)


async def meet(at: Benched, fault: str) -> int:
    """Read everything into the fault; how many readings failed."""
    begun = fault in BEFORE_A_REQUEST  # connections that are open would go on
    if begun:
        await at.services.close()
    at.bench.controls.fault("*", fault, retry_after=1)
    if begun:
        await at.open()
    seconds = HURRY if fault in ENDED_BY_TIME else PLENTY
    at.hurry(seconds, 1.5 * seconds)
    done = await at.services.portfolio.refresh(at.user_id)
    return len(done.failed)


async def stands(at: Benched, fault: str) -> None:
    before = await read_well(at)

    failed = await meet(at, fault)

    after = all_books(at)
    if fault == HARMLESS:
        assert failed == 0
        return
    assert failed == len(Book)
    assert [replace(view, error=None) for view in after] == [replace(view, current=False) for view in before], fault
    assert all(view.error is not None for view in after)
    if fault in BEFORE_A_REQUEST:
        at.bench.controls.clear()
        await at.restart()


async def held(folder: Path, key: str, faults: tuple[str, ...]) -> None:
    clear = [fault for fault in faults if fault in IN_THE_CLEAR]
    async with benched(key, folder / "clear") as at:
        money = (await read_well(at))[list(Book).index(Book.FUNDS)]
        assert isinstance(money, FundsView)
        assert money.funds is not None
        for fault in clear:
            await stands(at, fault)
    tls = [fault for fault in faults if fault in ON_TLS]
    if tls:
        async with benched(key, folder / "tls", tls="good") as at:
            for fault in tls:
                await stands(at, fault)


@pytest.mark.parametrize("key", BROKERS)
async def test_no_fault_of_the_network_empties_a_book(tmp_path: Path, key: str) -> None:
    seed = f"{SEED} {key}"
    print(f"seed {seed}")  # noqa: T201 - whoever sees it fail can play it again
    await held(tmp_path, key, tuple(random.Random(seed).sample(IN_THE_CLEAR, SAMPLE)))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", BROKERS)
async def test_no_fault_of_the_network_at_all_empties_a_book(tmp_path: Path, key: str) -> None:
    await held(tmp_path, key, NETWORK)
