"""V4 and V5 in their sampled form: a real process is killed with SIGKILL, and nothing that it acknowledged is lost.

Every fault point of connect, update, rotate, disconnect and of making the file is hit once; beside them, moments drawn
at random. The seed is printed; `KUNJI_SEED` sets it.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.vault import Vault
from tests.fakes.clock import going_clock
from tests.vault.fakes import FolderKeychain, add, credentials, slowness, token_of

KILLED = -9
RANDOM_KILLS = 24
CHILD = Path(__file__).with_name("crash_child.py")


class Killer:
    """The process that forks and kills."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def play(self, folder: Path, scenario: str, **how: float) -> int:
        """The exit code of one child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), "scenario": scenario, **how}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    killer = Killer()
    yield killer
    killer.close()


@pytest.fixture
async def base(tmp_path: Path) -> Path:
    """A closed vault with two accounts."""
    folder = tmp_path / "base"
    folder.mkdir()
    vault = await Vault.open(folder / "vault.db", FolderKeychain(folder / "keys"), going_clock())
    await add(vault, "Self", credentials("t0"))
    await add(vault, "Spouse", credentials("t-spouse"))
    await vault.close()
    return folder


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def after(folder: Path) -> dict[str, str]:
    """Names and tokens that a new start finds, quickly, and with one key in the keychain."""
    began = time.perf_counter()
    vault = await Vault.open(folder / "vault.db", FolderKeychain(folder / "keys"), going_clock())
    took = time.perf_counter() - began
    try:
        assert vault.key_error is None
        tokens = {account.name: await token_of(vault, account.user_id) for account in await vault.accounts()}
        assert len(FolderKeychain(folder / "keys").names()) == 1
        assert took < 1.0 * slowness()
    finally:
        await vault.close()
    return tokens


def expected(scenario: str, *, done: bool) -> list[dict[str, str]]:
    """What may be found after a kill: as before, or as after; only as after when it was acknowledged."""
    before = {"Self": "t0", "Spouse": "t-spouse"}
    changed = {
        "connect": {**before, "HUF": "t-huf"},
        "update": {**before, "Self": "t1"},
        "rotate": before,
        "disconnect": {"Self": "t0"},
    }[scenario]
    return [changed] if done else [before, changed]


@pytest.mark.parametrize("scenario", ["connect", "update", "rotate", "disconnect"])
async def test_a_kill_at_any_step_loses_nothing_and_leaves_one_key(
    killer: Killer, base: Path, tmp_path: Path, scenario: str
) -> None:
    whole = shutil.copytree(base, tmp_path / "whole")
    assert killer.play(whole, scenario) == 0
    points = lines(whole / "points")
    for number in range(len(points)):
        folder = shutil.copytree(base, tmp_path / str(number))
        assert killer.play(folder, scenario, die_at=number) == KILLED
        done = bool(lines(folder / "acknowledged"))
        assert await after(folder) in expected(scenario, done=done), f"killed before {points[number]!r}"
    assert {"COMMIT", "end"} <= set(points)


async def test_a_kill_at_any_step_of_making_the_file_leaves_a_vault_that_works(killer: Killer, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    assert killer.play(whole, "start") == 0
    points = lines(whole / "points")
    for number in range(len(points)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert killer.play(folder, "start", die_at=number) == KILLED
        assert await after(folder) == {}, f"killed before {points[number]!r}"
    assert sum(name.startswith("CREATE TABLE") for name in points) == 3
    assert sum(name.startswith("keychain") for name in points) >= 2


async def test_a_kill_while_a_start_ends_a_half_done_rotation_loses_nothing(
    killer: Killer, base: Path, tmp_path: Path
) -> None:
    half = shutil.copytree(base, tmp_path / "half")
    names = rotation_points(killer, base, tmp_path)
    assert killer.play(half, "rotate", die_at=names.index("keychain delete")) == KILLED
    assert len(FolderKeychain(half / "keys").names()) == 2
    (half / "points").unlink()
    whole = shutil.copytree(half, tmp_path / "whole")
    assert killer.play(whole, "start") == 0
    points = lines(whole / "points")
    for number in range(len(points)):
        folder = shutil.copytree(half, tmp_path / str(number))
        assert killer.play(folder, "start", die_at=number) == KILLED
        assert await after(folder) == {"Self": "t0", "Spouse": "t-spouse"}, f"killed before {points[number]!r}"
    assert "keychain delete" in points


def rotation_points(killer: Killer, base: Path, tmp_path: Path) -> list[str]:
    folder = shutil.copytree(base, tmp_path / "points")
    assert killer.play(folder, "rotate") == 0
    return lines(folder / "points")


async def test_a_kill_at_a_random_moment_loses_nothing(killer: Killer, base: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("KUNJI_SEED", random.SystemRandom().randrange(2**32)))
    sys.stdout.write(f"KUNJI_SEED={seed}\n")
    dice = random.Random(seed)
    for number in range(RANDOM_KILLS):
        folder = shutil.copytree(base, tmp_path / str(number))
        assert killer.play(folder, "busy", kill_after=dice.uniform(0.02, 0.35)) == KILLED
        told = [int(word[1:]) for word in lines(folder / "acknowledged")]
        tokens = await after(folder)
        last = told[-1] if told else 0
        assert tokens["Self"] in (f"t{last}", f"t{last + 1}"), f"seed {seed}, kill {number}"
        assert tokens["Spouse"] == "t-spouse"
