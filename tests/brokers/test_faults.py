"""The fault matrix: every fault by name against every operation of every broker, believed by the log (A1, N2, N3, N4).

One test a broker and fault: all operations meet it side by side, each with an adapter of its own, connected before.
"""

import asyncio

import pytest

from app.brokers import http
from app.brokers.zerodha import desk
from app.domain import RateLimited
from tests.brokers.bench import BENCHES
from tests.brokers.fault_scene import (
    ASKED_AGAIN,
    ENDED_BY_TIME,
    FAULTS,
    GOOD,
    NETWORK,
    ODD,
    OVERRUN,
    PLENTY,
    THROTTLED,
    TOTAL,
    WAIT,
    begin,
    expected,
    kind_of,
    played,
    requests_of,
    scene,
    timed,
    was_asked_as_often_as_allowed,
    was_met,
)
from tests.brokers.operations import OPERATIONS
from tests.vault.fakes import slowness

MATRIX = {
    (key, fault, operation): expected(key, operation, fault)
    for key, bench in BENCHES.items()
    for fault in FAULTS
    for operation in bench.on_wire
}
ALONE = (pytest.mark.alone,)


@pytest.fixture(autouse=True)
def _no_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it is has tests of its own; here it would only cost time."""
    for module in (http, desk):
        monkeypatch.setattr(module, "_BACK_OFF", (0.0, 0.0, 0.0))


def test_the_matrix_is_whole() -> None:
    assert (len(set(NETWORK)), len(set(ODD))) == (29, 20)
    operations = {key: len(bench.on_wire) for key, bench in BENCHES.items()}
    assert operations == {"zerodha": 18, "dhan": 19, "fyers": 17, "angel_one": 18, "lotus": 15}
    assert len(MATRIX) == 49 * (18 + 19 + 17 + 18 + 15) == 4263


@pytest.mark.parametrize("fault", [pytest.param(one, marks=ALONE if one in ENDED_BY_TIME else ()) for one in FAULTS])
@pytest.mark.parametrize("key", BENCHES)
async def test_every_operation_meets_the_fault_with_its_kind_in_time_and_the_session_stays_alive(
    key: str, fault: str
) -> None:
    async with scene(key, fault) as (bench, met):
        await begin(bench, fault, met)
        ends = await asyncio.gather(*(timed(kind_of(OPERATIONS[name].call(at))) for name, at in met.items()))
        found = {(key, fault, name): kind for name, (kind, _) in zip(met, ends, strict=True)}
        assert found == {cell: kind for cell, kind in MATRIX.items() if cell[:2] == (key, fault)}
        late = max(seconds for _, seconds in ends) - (TOTAL if fault in ENDED_BY_TIME else PLENTY)
        assert late <= OVERRUN or late <= OVERRUN * slowness()
        assert was_met(bench, fault, met)
        assert was_asked_as_often_as_allowed(bench, fault), (played(bench, fault), requests_of(bench, fault))
        assert bench.sim.elsewhere == ()
        assert all(at.broker.refusal is None for at in met.values())
        bench.controls.clear()
        bench.hurry(met["profile"].broker, PLENTY, PLENTY)
        assert fault not in ASKED_AGAIN - THROTTLED or await met["profile"].broker.validate()


@pytest.mark.parametrize("fault", sorted(THROTTLED))
@pytest.mark.parametrize("key", BENCHES)
async def test_a_429_says_its_wait_and_nothing_more_is_sent_meanwhile(key: str, fault: str) -> None:
    async with scene(key, fault) as (bench, met):
        bench.hurry(met["profile"].broker, 0.9, 0.9)
        await begin(bench, fault, ["profile"])
        with pytest.raises(RateLimited) as caught:
            await met["profile"].broker.get_profile()
        assert caught.value.retry_after == (1 if fault == "429-bare" else WAIT)
        arrived = bench.arrived
        assert await kind_of(met["profile"].broker.validate()) == "rate_limited"
        assert bench.arrived == arrived


@pytest.mark.parametrize("key", BENCHES)
async def test_operations_that_meet_no_fault_are_answered(key: str) -> None:
    async with scene(key, "") as (_, met):
        ends = {name: await kind_of(OPERATIONS[name].call(at)) for name, at in met.items()}
        assert ends == dict.fromkeys(ends, GOOD)
