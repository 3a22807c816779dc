"""A fifth broker is a folder, a registry line, its simulator and its tests: proved on a copy of the product.

The copy gets Lotus' folder as it stands here and Lotus' name in the registry; then `kunji` is started from the copy.
"""

import difflib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from app.simulators import DEMO
from app.simulators.threads import Threaded, in_thread
from tests.fakes.clock import going_clock
from tests.toy_broker.simulator.server import Controls, LotusSimulator

ROOT: Final = Path(__file__).parents[2]
LOTUS: Final = Path(__file__).parent / "lotus"
REGISTRY: Final = Path("app/brokers/registry.py")
LIMIT: Final = 60.0


def registered(text: str) -> str:
    """The registry with Lotus in it: an import, and its name in the tuple."""
    first = text.index("from app.brokers.zerodha")
    imported = "from app.brokers.lotus.spec import SPEC as LOTUS\n"
    return (text[:first] + imported + text[first:]).replace("ANGEL_ONE)", "ANGEL_ONE, LOTUS)")


def texts(folder: Path) -> dict[Path, str]:
    """Every module below `folder`."""
    return {path.relative_to(folder): path.read_text() for path in sorted(folder.rglob("*.py"))}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product with a fifth broker."""
    top = tmp_path_factory.mktemp("five")
    shutil.copytree(ROOT / "app", top / "app", ignore=shutil.ignore_patterns("*.pyc.*"))  # half-written ones
    shutil.copytree(ROOT / "resources", top / "resources")
    shutil.copytree(LOTUS, top / "app/brokers/lotus")
    (top / REGISTRY).write_text(registered((ROOT / REGISTRY).read_text()))
    for file in ("tests/cli/harness.py", "tests/fakes/clock.py", "tests/fakes/rations.py"):
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, top / file)
    return top


@pytest.fixture
def broker() -> Iterator[Threaded[Controls]]:
    with in_thread(LotusSimulator(clock=going_clock())) as running:
        yield running


def kunji(copy: Path, broker: Threaded[Controls], *words: str, answers: str = "") -> dict[str, Any]:
    """What `kunji` of the copy answers."""
    parts = [broker.base_url, str(copy / "keychain.json"), "none"]
    place = ["--json", "--profile-dir", str(copy / "profile")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.cli.harness", *parts, *words, *place],
        cwd=copy,
        input=answers,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


def test_one_file_outside_its_folder_changes_by_an_import_and_a_name(copy: Path) -> None:
    before, after = texts(ROOT / "app"), texts(copy / "app")
    touched = {path for path in after if before.get(path) != after[path] and path.parts[:2] != ("brokers", "lotus")}
    old, new = (tree[REGISTRY.relative_to("app")].splitlines() for tree in (before, after))
    added = [line[2:] for line in difflib.ndiff(old, new) if line.startswith("+ ")]

    assert touched == {REGISTRY.relative_to("app")}
    assert [line.split(" ")[0] for line in added] == ["from", "SPECS:"]


def test_the_product_does_not_know_it() -> None:
    assert [path for path, text in texts(ROOT / "app").items() if "lotus" in text.casefold()] == []


def test_its_positions_are_seen_without_any_other_change(copy: Path, broker: Threaded[Controls]) -> None:
    token = broker.controls.replace_token(DEMO.client_id)
    keys = f"{DEMO.client_id}\n{DEMO.api_key}\n\n{token}\n"  # no code is kept

    connected = kunji(copy, broker, "connect", "lotus", "--token", "--account", "Pond", answers=keys)
    shown = kunji(copy, broker, "positions")

    assert connected["ok"], connected
    (account,) = shown["accounts"]
    assert (account["name"], account["broker"]) == ("Pond", "Lotus")
    rows = {row["symbol"]: row["quantity"] for row in account["positions"]}
    assert rows["RELIANCE"] == 120
    assert sum(name.endswith((" CE", " PE", " FUT")) for name in rows) == 4
