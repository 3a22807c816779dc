"""Promise A1 at four brokers: whatever the network does, and whoever asks meanwhile, no session is called dead."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from app.domain import IST, TradingError
from app.services.answers import Yes
from app.services.views import AccountState
from tests.brokers.fault_scene import BEFORE_A_REQUEST, ENDED_BY_TIME, NETWORK, played
from tests.services.benched import BROKERS, PLENTY, Benched, benched

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")

SEED: Final = 20261123
EVENING: Final = 21  # o'clock
NIGHT: Final = 12 * 3600  # seconds
FULL: Final = 100
SAMPLE: Final = 2  # seeds a fault and broker in the suite: 2 %, every fault at every broker among them
PATIENCE: Final = (0.06, 0.25, 1.0, PLENTY)
"""Seconds of a call where time must end it; longer ones where a busy machine did not even send it meanwhile."""
ON_TLS: Final = tuple(name for name in NETWORK if "tls" in name)
IN_THE_CLEAR: Final = tuple(name for name in NETWORK if name not in ON_TLS)


async def funds(at: Benched) -> None:
    """What another reader of the account asks."""
    with suppress(TradingError):
        await (await at.services.brokers.get_broker_for_user(at.user_id)).get_funds()


async def after_a_while(at: Benched) -> None:
    """The watch finds that it is time to ask again."""
    await at.bench.clock.advance(31)
    await at.beat()


ASKING: Final[dict[str, Callable[[Benched], Awaitable[object]]]] = {
    "validate": lambda at: at.services.brokers.validate_broker(at.user_id),
    "status": lambda at: at.services.brokers.broker_status(at.user_id),
    "positions": lambda at: at.services.portfolio.refresh(at.user_id),
    "funds": funds,
    "the watch": after_a_while,
}


async def meet(at: Benched, fault: str, chance: random.Random) -> None:
    """Let the account meet the fault, in one of the ways in which it comes about."""
    before = len(at.bench.sim.log)
    times = None if fault in BEFORE_A_REQUEST else chance.choice([None, None, 1, 2, 5])
    where = "*" if fault in BEFORE_A_REQUEST or chance.random() < 0.5 else at.bench.on_wire["validate"]
    begun = fault in BEFORE_A_REQUEST or chance.random() < 0.2  # Kunji is started into it
    if begun:
        await at.services.close()
    at.bench.controls.fault(where, fault, times=times, retry_after=chance.randint(1, 40))
    if begun:
        await at.open()
    asking = ["validate", *chance.choices(list(ASKING), k=chance.randint(1, 3))]
    for seconds in PATIENCE if fault in ENDED_BY_TIME else (PLENTY, PLENTY):
        at.hurry(seconds, 1.5 * seconds)
        await asyncio.gather(*(ASKING[name](at) for name in asking))
        if fault in {seen.fault for seen in at.bench.sim.log[before:]}:
            return
        await at.bench.clock.advance(120)  # the clock ran on under a call that waited for its turn, and sent it away
    raise AssertionError(f"{fault} was not met: {played(at.bench, fault)}")


async def stands(at: Benched, fault: str, before: object) -> None:
    """The session is believed alive, nothing was told, and nothing stored has changed; then it is back."""
    assert AccountState.SIGNED_OUT not in at.states
    assert at.notices == []
    assert [stored.is_valid for stored in await at.services.vault.accounts()] == [True]
    assert await at.services.vault.credentials(at.user_id) == before
    at.bench.controls.clear()
    at.hurry(PLENTY, PLENTY)
    if fault == "dns":  # the adapter was made with the name
        await at.restart()
    await at.bench.clock.advance(61)
    assert isinstance(await at.services.brokers.validate_broker(at.user_id), Yes)
    at.states.clear()


async def hold(at: Benched, faults: tuple[str, ...], seeds: int) -> int:
    """Every fault, so often; how many cases that were."""
    cases = 0
    for fault in faults:
        for number in range(seeds):
            await stay_alive(at)
            before = await at.services.vault.credentials(at.user_id)
            seed = f"{SEED} {at.key} {fault} {number}"
            print(f"seed {seed}")  # noqa: T201 - whoever sees it fail can play it again
            await meet(at, fault, random.Random(seed))
            await stands(at, fault, before)
            cases += 1
    return cases


async def stay_alive(at: Benched) -> None:
    """In the evening the next morning comes, with a new token: none is to die of its age among faults."""
    if at.bench.clock.now().astimezone(IST).hour >= EVENING:
        at.bench.clock.jump(NIGHT)
        await at.revive()


async def held(folder: Path, key: str, seeds: int) -> int:
    async with benched(key, folder / "clear") as at:
        cases = await hold(at, IN_THE_CLEAR, seeds)
    async with benched(key, folder / "tls", tls="good") as at:
        return cases + await hold(at, ON_TLS, seeds)


@pytest.mark.parametrize("key", BROKERS)
async def test_no_fault_of_the_network_is_an_expiry(tmp_path: Path, key: str) -> None:
    assert await held(tmp_path, key, SAMPLE) == 29 * SAMPLE


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("key", BROKERS)
async def test_no_fault_of_the_network_with_a_hundred_seeds_is_an_expiry(tmp_path: Path, key: str) -> None:
    assert await held(tmp_path, key, FULL) == 29 * FULL
