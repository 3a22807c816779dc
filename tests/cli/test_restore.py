"""D1: `kunji restore` puts back what was damaged, asks before, and touches nothing that is whole."""

import asyncio
import json
from pathlib import Path

import pytest

from app.main import main
from app.store import AppStore
from app.system.instance import InstanceLock
from app.system.paths import Profile


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """One whose app.db was damaged after a copy was taken."""
    made = Profile(tmp_path / "profile")
    for _ in range(2):
        asyncio.run(visit(made))
    made.app_path.write_bytes(b"no database" * 100)
    return made


async def visit(profile: Profile) -> None:
    store = await AppStore.open(profile.app_path)
    await store.settings.set("look", "dark")
    await store.close()


def restore(profile: Profile, *words: str) -> int:
    return main(["restore", "--profile-dir", str(profile.directory), *words])


def test_the_copy_is_put_back_and_said(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(profile, "--yes") == 0

    assert "app.db is again as it was on" in capsys.readouterr().out
    asyncio.run(visit(profile))


def test_json_names_the_file_and_the_time(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    restore(profile, "--yes", "--json")

    answer = json.loads(capsys.readouterr().out)

    assert (answer["ok"], answer["restored"]) == (True, "app.db")
    assert answer["as_of"]


def test_nothing_is_changed_without_a_yes(profile: Profile) -> None:
    assert restore(profile) != 0  # nobody is there to type it

    assert profile.app_path.read_bytes() == b"no database" * 100


def test_what_is_whole_stays_as_it_is(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    restore(profile, "--yes")
    before = profile.app_path.read_bytes()
    capsys.readouterr()

    assert restore(profile, "--yes") == 0

    assert "Nothing is damaged" in capsys.readouterr().out
    assert profile.app_path.read_bytes() == before


def test_an_open_window_is_not_robbed_of_its_files(profile: Profile) -> None:
    with InstanceLock(profile) as lock:
        assert lock.acquire()

        assert restore(profile, "--yes") != 0

    assert profile.app_path.read_bytes() == b"no database" * 100
