"""The front door: what it loads for whom, and what it says where it cannot go on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.system.instance import InstanceLock
from app.system.paths import Profile
from tests.cli.conftest import ROOT

_LOADED = """
import sys
from app.main import main
code = main(sys.argv[1:])
print(code, *sorted({name.split(".")[0] for name in sys.modules} & {"PySide6", "sqlalchemy", "kiteconnect", "requests",
    "keyring", "cryptography", "aiohttp", "jeepney"}))
"""


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept = {name: value for name, value in kept.items() if name != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-c", _LOADED, *words]
    return subprocess.run(command, cwd=ROOT, env=kept | env, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def owner(profile: Profile) -> Iterator[InstanceLock]:
    lock = InstanceLock(profile)
    lock.acquire()
    yield lock
    lock.release()


@pytest.mark.parametrize("words", [[], ["status"]])
def test_who_finds_an_owner_loads_no_window_and_no_library(
    owner: InstanceLock, profile: Profile, words: list[str]
) -> None:
    done = run(*words, "--profile-dir", str(profile.directory), QT_QPA_PLATFORM="offscreen")

    assert done.stdout == "5\n"


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_without_a_screen_the_window_says_so(profile: Profile, words: list[str]) -> None:
    done = run(*words, "--profile-dir", str(profile.directory))

    assert done.stdout.startswith("2")
    assert done.stderr == "There is no screen to open a window on. kunji --help lists commands.\n"


@pytest.mark.parametrize("words", [[], ["status"], ["demo"]])
def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path, words: list[str]) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "letters.txt").touch()

    done = run(*words, "--profile-dir", str(folder))

    assert done.stdout.startswith("2")
    assert "This folder is no profile of Kunji. Choose an empty or a new folder." in done.stderr
    assert [path.name for path in folder.iterdir()] == ["letters.txt"]


def test_the_demo_refuses_a_folder_with_real_accounts(profile: Profile) -> None:
    profile.vault_path.touch()

    done = run("demo", "--profile-dir", str(profile.directory))

    assert done.stdout.startswith("2")
    assert "This folder holds real accounts" in done.stderr


def test_no_variable_redirects_a_real_account() -> None:
    code = "import app.cli.options as o; print(*sorted(vars(o.parse(['status']))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["account", "command", "hidden", "json", "port", "profile_dir"]


def test_the_environment_is_read_for_browser_screen_and_bus_only() -> None:
    asked = {
        word.split("environ")[1].split('"')[1]
        for path in (ROOT / "app").rglob("*.py")
        for word in path.read_text().splitlines()
        if "os.environ" in word and '"' in word.split("environ")[1]
    }

    told_by_the_doctor = {"XDG_CURRENT_DESKTOP"}  # and with it, in the same line, the kind of the session
    put_back_for_the_browser = {"LD_LIBRARY_PATH_ORIG", "PYINSTALLER_RESET_ENVIRONMENT", "_PYI_"}
    asked -= told_by_the_doctor | put_back_for_the_browser
    assert asked <= {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_API", "LD_LIBRARY_PATH"}
