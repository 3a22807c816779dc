"""The folder that runs without Python: built from the spec, it opens its window in a desktop session."""

import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__
from tests.desktop.desktop import ROOT, Desktop
from tests.desktop.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.desktop, pytest.mark.timeout(400)]

LARGEST = 200  # MB; the slim build has some 150


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("build")
    places = ["--distpath", str(top / "dist"), "--workpath", str(top / "work")]
    spec = str(ROOT / "packaging" / "kunji.spec")
    subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, spec],
        cwd=top,
        check=True,
        timeout=350,
    )
    return top / "dist" / "kunji"


def test_built_command_tells_its_version(built: Path) -> None:
    done = subprocess.run([built / "kunji", "--version"], capture_output=True, text=True, timeout=30, check=True)

    assert __version__ in done.stdout


def test_build_is_slim(built: Path) -> None:
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file() and not path.is_symlink())

    assert size < LARGEST * 2**20


def test_built_window_opens_with_vault_and_broker(built: Path, tmp_path: Path) -> None:
    with Desktop.start(tmp_path / "logs") as desktop:
        window = Window(desktop, tmp_path / "profile", [str(built / "kunji"), "demo"], "built")

        window.open()
        window.see(
            "the empty start, drawn after vault and services were opened", role="push button", name="Connect Zerodha"
        )

        assert (tmp_path / "profile" / "vault.db").exists()
        assert window.quit() == 0
