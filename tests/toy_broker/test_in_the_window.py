"""Lotus in the services and in the window's models, handed in as one more spec: a sign-in by code, then its rows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.brokers import specs
from app.domain import Secret
from app.qt.models.board import Board
from app.qt.models.positions import groups
from app.services.answers import Yes
from app.services.core import Services, build_services
from app.services.views import AccountState, Draft, Phase
from app.system.paths import Profile
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain
from tests.toy_broker.bench import LotusBench
from tests.toy_broker.lotus.spec import SPEC
from tests.toy_broker.simulator.server import CODE


@pytest.fixture
async def bench() -> AsyncIterator[LotusBench]:
    ready = LotusBench()
    await ready.start()
    yield ready
    await ready.stop()


@pytest.fixture
async def services(tmp_path: Path, bench: LotusBench) -> AsyncIterator[Services]:
    made = await build_services(
        Profile(tmp_path / "profile"),
        clock=bench.clock,
        keychain=MemoryKeychain(),
        declared=(*specs(), SPEC),
        make_broker=lambda _: bench.broker(),
        quiet_hours=None,
    )
    yield made
    await made.close()


async def test_a_sign_in_by_its_code_shows_its_positions_in_the_window(bench: LotusBench, services: Services) -> None:
    board = Board()
    services.events.subscribe(board.take)

    running = services.sign_ins.start(Draft("Pond", SPEC.key, bench.signed_out()))
    await until(lambda: running.view.phase is Phase.ASKING)
    running.answer(Secret(CODE))
    answer = await running.result()

    assert isinstance(answer, Yes), answer
    (group,) = groups(board)
    assert group.account is not None
    assert (group.account.title, group.account.state) == ("Pond · Lotus", AccountState.READY)
    assert {row.record.position.broker_symbol for row in group.rows} >= {"RELIANCE", "INFY"}
