"""The wheel, installed outside the checkout: the command runs there and finds what travels with it."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from app import __version__

ROOT: Final = Path(__file__).parent.parent
RESOURCES: Final = sorted(
    path.relative_to(ROOT / "resources").as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()
)


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Installed:
    """A virtual environment with nothing of ours but the wheel."""

    folder: Path
    elsewhere: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")

    def python(self, code: str) -> str:
        return run(str(self.scripts / "python"), "-c", code, cwd=self.elsewhere)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    top = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(top / "dist"), cwd=ROOT)
    (wheel,) = (top / "dist").glob("kunji-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", str(top / "venv"), cwd=top)
    result = Installed(top / "venv", top)
    target = result.python("import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # The libraries that Kunji needs come from this environment: a line in a .pth adds the folder behind the wheel's
    # own, and does not read the .pth files in it, which lead back to the checkout.
    Path(target, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = ("-m", "pip", "--python", str(result.scripts / "python"), "install", "--no-deps", "--no-index", "--quiet")
    run(sys.executable, *pip, str(wheel), cwd=top)
    return result


def test_installed_command_tells_its_version(installed: Installed) -> None:
    said = run(str(installed.scripts / "kunji"), "--version", cwd=installed.elsewhere)

    assert __version__ in said


def test_installed_package_is_not_the_checkout(installed: Installed) -> None:
    place = installed.python("import app; print(app.__file__)")

    assert Path(place.strip()).is_relative_to(installed.folder)


def test_installed_package_finds_every_resource(installed: Installed) -> None:
    code = f"from app.system.resources import resource; print(*(resource(n) for n in {RESOURCES!r}), sep='\\n')"

    places = [Path(line) for line in installed.python(code).splitlines()]

    assert len(places) == len(RESOURCES) > 20
    assert all(place.is_file() and place.is_relative_to(installed.folder) for place in places)


# ------------------------------------------------------------------ one commit, one wheel

TRAVELS: Final = ("app", "resources", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")


def copied(folder: Path, rights: tuple[int, int], moment: int) -> Path:
    """The source in `folder`, with those rights of folders and files, and as if written at `moment`."""
    folder.mkdir(parents=True)
    for name in TRAVELS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    for path in folder.rglob("*"):
        path.chmod(rights[0] if path.is_dir() else rights[1])
        os.utime(path, (moment, moment))
    return folder


def test_two_builds_in_different_folders_give_the_same_wheel(tmp_path: Path) -> None:
    places = [
        copied(tmp_path / "one", (0o755, 0o644), 1_700_000_000),
        copied(tmp_path / "another place" / "deeper", (0o700, 0o600), 1_800_000_000),
    ]
    hashes = []
    for number, place in enumerate(places):
        env = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000", "PYTHONHASHSEED": str(number)}
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place / "dist")]
        subprocess.run(command, cwd=place, env=env, capture_output=True, timeout=60, check=True)
        (wheel,) = (place / "dist").glob("*.whl")
        hashes.append(hashlib.sha256(wheel.read_bytes()).hexdigest())

    assert hashes[0] == hashes[1]
