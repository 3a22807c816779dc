"""A demo reaches no real broker, live reaches no simulator, and who cannot tell the two apart sends nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain import Credentials, Secret
from app.domain.intents import Mode
from app.main import open_services
from app.parts import Parts
from app.services import core
from app.services.answers import No
from app.services.order_parts import mode_of
from app.simulators import ZerodhaSimulator, demo_users
from app.system.paths import Profile, open_demo_profile, open_real_profile
from tests.fakes.clock import ManualClock, going_clock
from tests.services.fakes import MemoryKeychain

APP: Final = Path(__file__).parents[2] / "app"
REAL: Final = "https://api.kite.trade"
HERE: Final = "http://127.0.0.1:1"


async def _build(profile: Profile, **build: Any) -> core.Services:
    return await core.build_services(profile, clock=ManualClock(), keychain=MemoryKeychain(), **build)


def _kept(folder: Path) -> bytes:
    """Everything that lies in `folder`."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("base_url", [None, HERE, {}, {"zerodha": REAL}, {"zerodha": HERE, "dhan": REAL}], ids=str)
async def test_demo_that_could_reach_a_real_broker_is_not_built(tmp_path: Path, base_url: object) -> None:
    profile = open_demo_profile(tmp_path)

    with pytest.raises(ValueError, match="on this machine"):
        await _build(profile, base_url=base_url)

    assert not profile.vault_path.exists()


async def test_adapter_without_an_address_is_refused_in_a_demo(tmp_path: Path) -> None:
    services = await _build(open_demo_profile(tmp_path), base_url={"zerodha": HERE})

    with pytest.raises(ValueError, match="dhan"):
        services.brokers.get_broker_instance("dhan")
    await services.close()

    assert services.orders.mode is Mode.DEMO


async def test_demo_keeps_no_real_credential(tmp_path: Path) -> None:
    simulator = ZerodhaSimulator(clock=going_clock(), seed=7, users=demo_users(1, redirect_url=f"{HERE}/zerodha"))
    await simulator.start()
    services = await _build(open_demo_profile(tmp_path), base_url={"zerodha": simulator.base_url})
    real = Credentials(Secret("a-real-key"), Secret("a-real-secret"), Secret("a-real-token"), "AB1234")

    answer = await services.brokers.connect_broker("Mine", "zerodha", real)
    await services.close()
    await simulator.stop()

    assert isinstance(answer, No)
    assert (len(services.accounts), b"a-real-" in _kept(tmp_path)) == (0, False)


async def test_real_profile_is_live(tmp_path: Path) -> None:
    services = await _build(open_real_profile(tmp_path))
    await services.close()

    assert services.orders.mode is Mode.LIVE


async def test_real_profile_is_built_with_no_address_but_the_brokers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: dict[str, Any] = {}

    async def build(profile: Profile, **ports: Any) -> None:
        built.update(ports, profile=profile)

    monkeypatch.setattr(core, "build_services", build)
    await open_services(open_real_profile(tmp_path), Parts())

    assert set(built) == {"clock", "profile"}


def test_mode_that_nobody_can_read_is_none(tmp_path: Path) -> None:
    class Unreadable(Profile):
        @property
        def demo_mark(self) -> Path:
            return self.directory / ("x" * 5000)

    assert mode_of(Unreadable(tmp_path)) is None
    assert mode_of(Profile(tmp_path)) is Mode.LIVE


# ------------------------------------------------------------------ read off the code


def _nodes(word: str) -> Iterator[tuple[str, ast.AST]]:
    """Everything in the modules of the product that have `word` in them, with the module's name."""
    for path in APP.rglob("*.py"):
        text = path.read_text("utf-8")
        if word in text:
            yield from ((path.relative_to(APP).as_posix(), node) for node in ast.walk(ast.parse(text)))


def test_only_the_demo_knows_the_simulators() -> None:
    knows = {
        name
        for name, node in _nodes("app.simulators")
        if isinstance(node, ast.Import | ast.ImportFrom) and "app.simulators" in ast.unparse(node)
    }

    assert {name for name in knows if not name.startswith("simulators/")} == {"demo.py"}


@pytest.mark.parametrize(("called", "by"), [("Parts", {"demo.py"}), ("main", set())])
def test_only_the_demo_hands_in_other_addresses(called: str, by: set[str]) -> None:
    calls = [(name, node) for name, node in _nodes(f"{called}(") if isinstance(node, ast.Call)]
    mine = [(name, node) for name, node in calls if ast.unparse(node.func) == called]

    assert mine
    assert {name for name, node in mine if node.args or node.keywords} == by
