"""The fault matrix: every fault by name against every operation, on the simulator, believed by its log (A1, N2, N3).

One test a fault: all operations meet it side by side, each with a broker of its own that was connected before.
"""

import asyncio

import pytest

from app.domain import RateLimited
from tests.brokers.fault_scene import (
    ASKED_AGAIN,
    BEFORE_A_REQUEST,
    FAULTS,
    GOOD,
    LATEST,
    NETWORK,
    ODD,
    OPERATIONS,
    ORDER,
    READER,
    THROTTLED,
    WAIT,
    account,
    accounts,
    begin,
    expected,
    expected_of_an_order,
    kind_of,
    simulator,
    timed,
    was_met,
)

MATRIX = {(fault, operation): expected(fault) for fault in FAULTS for operation in OPERATIONS}
ON_THE_SERVER = [name for name, _, _ in OPERATIONS.values()]


def test_the_matrix_is_whole() -> None:
    assert (len(set(NETWORK)), len(set(ODD))) == (29, 20)
    assert len(MATRIX) == 49 * 10


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_operation_meets_the_fault_with_its_kind_in_time_and_the_session_stays_alive(fault: str) -> None:
    async with simulator(fault) as sim, accounts(sim, fault) as met:
        await begin(sim, fault, ON_THE_SERVER)
        ends = await asyncio.gather(*(timed(kind_of(OPERATIONS[name][2](met[name]))) for name in OPERATIONS))
        found = {(fault, name): kind for name, (kind, _) in zip(OPERATIONS, ends, strict=True)}
        assert found == {key: kind for key, kind in MATRIX.items() if key[0] == fault}
        assert max(seconds for _, seconds in ends) <= LATEST
        assert was_met(sim, fault, ON_THE_SERVER)
        assert all(one.broker.refusal is None for one in met.values())
        sim.controls.clear()
        assert fault not in ASKED_AGAIN - THROTTLED or await met["profile"].broker.validate()


@pytest.mark.parametrize("fault", sorted(THROTTLED))
async def test_a_429_says_its_wait_and_nothing_more_is_sent_meanwhile(fault: str) -> None:
    async with simulator(fault) as sim:
        token = sim.controls.replace_token(READER.client_id)
        async with account(sim, sim.base_url, READER, token) as one:
            await begin(sim, fault, ["profile"])
            with pytest.raises(RateLimited) as caught:
                await one.broker.get_profile()
            assert caught.value.retry_after == (1 if fault == "429-bare" else WAIT)
            arrived = len(sim.log)
            assert await kind_of(one.broker.get_positions()) == "rate_limited"
            assert len(sim.log) == arrived


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_order_meets_the_fault_with_one_of_four_outcomes_and_is_sent_once(fault: str) -> None:
    async with simulator(fault) as sim:
        token = sim.controls.replace_token(READER.client_id)
        base_url = sim.unresolvable_url if fault == "dns" else sim.base_url
        async with account(sim, base_url, READER, token) as one:
            await begin(sim, fault, ["place_order"])
            kind, seconds = await timed(kind_of(one.broker.place_order(ORDER)))
        posted = sum(seen.operation == "place_order" for seen in sim.log)
        assert kind == expected_of_an_order(fault)
        assert seconds <= LATEST
        assert was_met(sim, fault, ["place_order"])
        assert posted == (0 if fault in BEFORE_A_REQUEST else 1)
        assert sim.elsewhere == ()


async def test_an_order_that_meets_no_fault_is_accepted() -> None:
    async with simulator("") as sim:
        token = sim.controls.replace_token(READER.client_id)
        async with account(sim, sim.base_url, READER, token) as one:
            assert await kind_of(one.broker.place_order(ORDER)) == GOOD
