"""Faults by a seeded plan, the same at every demo broker."""

import asyncio
from typing import Any

import httpx
import pytest

from app.simulators import AngelOneSimulator, DhanSimulator, FyersSimulator, ZerodhaSimulator
from app.simulators.faults import CONNECTION_FAULTS, FAULTS
from app.simulators.scatter import PROMPT_FAULTS, Scatter
from tests.fakes.clock import ManualClock

PATHS: dict[type[Any], str] = {
    ZerodhaSimulator: "/user/profile",
    DhanSimulator: "/v2/profile",
    FyersSimulator: "/api/v3/profile",
    AngelOneSimulator: "/rest/secure/angelbroking/user/v1/getProfile",
}


async def played(make: type[Any], seed: int, requests: int = 20) -> list[str]:
    """The faults that so many requests met, by the broker's own log."""
    simulator = make(clock=ManualClock())
    await simulator.start()
    simulator.controls.break_seconds = 0.0
    simulator.controls.scatter(seed)
    async with httpx.AsyncClient(base_url=simulator.base_url, trust_env=False, timeout=30) as client:
        for _ in range(requests):
            await asyncio.gather(client.get(PATHS[make]), return_exceptions=True)
    await simulator.stop()
    return [seen.fault for seen in simulator.log]


@pytest.mark.parametrize("make", PATHS)
async def test_same_seed_scatters_the_same_faults(make: type[Any]) -> None:
    first, again, other = [await played(make, seed) for seed in (3, 3, 4)]

    assert first == again != other
    assert "" in first
    assert set(first) - {""} <= set(PROMPT_FAULTS)


def test_share_of_the_requests_is_about_the_one_asked_for() -> None:
    scatter = Scatter(1, 0.25, PROMPT_FAULTS)

    met = [scatter.take("funds") for _ in range(4000)]

    assert 900 < sum(fault is not None for fault in met) < 1100
    assert {fault.name for fault in met if fault} == set(PROMPT_FAULTS)


def test_plan_of_one_operation_does_not_depend_on_the_others() -> None:
    alone, mixed = (Scatter(1, 0.5, PROMPT_FAULTS) for _ in range(2))

    rows = [(alone.take("funds"), mixed.take("orders"), mixed.take("funds")) for _ in range(50)]

    assert [row[0] for row in rows] == [row[2] for row in rows]


async def test_fault_that_was_set_comes_first_and_clear_ends_both(clock: ManualClock) -> None:
    switches = ZerodhaSimulator(clock=clock).controls
    switches.scatter(1, share=1.0, names=["500"])
    switches.fault("funds", "504", times=1)

    met = [switches.fault_of("funds") for _ in range(2)]
    switches.clear()

    assert [fault.name for fault in met if fault] == ["504", "500"]
    assert switches.fault_of("funds") is None


@pytest.mark.parametrize("names", [[], ["refused"], ["no such fault"]])
def test_only_faults_of_requests_can_be_scattered(names: list[str]) -> None:
    assert set(FAULTS) - CONNECTION_FAULTS >= set(PROMPT_FAULTS)
    with pytest.raises(ValueError, match="cannot be scattered"):
        Scatter(1, 0.5, names)
