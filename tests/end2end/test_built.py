"""The folder that runs without Python, and its Debian package: what is in them, and what they do on their own.

The rest of this room runs against the packaged program too: sh packaging/test_built.sh, which sets KUNJI_PACKAGED.
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from app import __version__
from tests.desktop import browser
from tests.desktop.desktop import ROOT, Desktop, until
from tests.desktop.program import ALONE, packaged
from tests.desktop.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.desktop, pytest.mark.timeout(400)]

LARGEST: Final = 160  # MB; some 149 are usual
NO_PART: Final = {"tests", "pytest", "_pytest", "mypy", "yaml", "pygments", "twisted", "autobahn"}
TESTS_ONLY: Final = {"kunji-launch", "kunji-launch-demo"}
MODULES: Final = """
import sys
from PyInstaller.archive.readers import CArchiveReader
archive = CArchiveReader(sys.argv[1])
print(*archive.toc, *archive.open_embedded_archive("PYZ.pyz").toc, sep="\\n")
"""


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dist/kunji-tested: the one that KUNJI_PACKAGED names, else built here."""
    given = packaged()
    if given is not None:
        return given
    top = tmp_path_factory.mktemp("build")
    places = ["--distpath", str(top / "dist"), "--workpath", str(top / "work")]
    spec = str(ROOT / "packaging" / "kunji.spec")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, spec]
    subprocess.run([*command, "--", "--tested"], cwd=top, check=True, timeout=350)
    return top / "dist" / "kunji-tested"


@pytest.fixture(scope="module")
def built(tested: Path) -> Path:
    """dist/kunji: what is shipped."""
    return tested.with_name("kunji")


@pytest.fixture(scope="module")
def root(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of a system in which dpkg installed the package, and nothing else."""
    top = tmp_path_factory.mktemp("debian")
    package = next(built.parent.glob("kunji_*.deb"), None) or packed(built, top)
    for folder in ("info", "updates"):
        (top / "root/var/lib/dpkg" / folder).mkdir(parents=True)
    (top / "root/var/lib/dpkg/status").touch()
    dpkg(top / "root", "--install", package)
    return top / "root"


def packed(built: Path, target: Path) -> Path:
    """The package of a folder that packaging/build.sh has not packed."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    command = [sys.executable, str(ROOT / "packaging" / "deb.py"), str(built), str(target)]
    made = subprocess.run(command, env=env, capture_output=True, text=True, timeout=200, check=True)
    return Path(made.stdout.strip())


def dpkg(root: Path, *words: str | Path) -> None:
    """dpkg in that root; what Debian itself would have is not in it."""
    force = ["--force-depends", "--force-not-root", "--force-script-chrootless"]
    subprocess.run(["dpkg", f"--root={root}", *force, *words], capture_output=True, timeout=100, check=True)


def files(folder: Path) -> dict[str, str]:
    """The content of every file, by its name in the folder."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


def modules(program: Path) -> set[str]:
    """The names of everything that is packed into a program."""
    said = subprocess.run([sys.executable, "-c", MODULES, program], capture_output=True, text=True, check=True)
    return set(said.stdout.splitlines())


# ------------------------------------------------------------------ what is in it


def test_built_command_tells_its_version(built: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", ALONE, built / "kunji", "--version"], capture_output=True, text=True, check=True, env={"HOME": "/"}
    )

    assert done.stdout == f"kunji {__version__}\n"


def test_build_is_slim(built: Path) -> None:
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file() and not path.is_symlink())

    assert size < LARGEST * 2**20


def test_build_holds_every_module_and_resource_of_ours_and_no_tool(built: Path) -> None:
    held = modules(built / "kunji")
    ours = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "app").rglob("*.py")
        if path.name != "__main__.py"
    }
    resources = ROOT / "resources"
    brought = {path.relative_to(resources).as_posix() for path in resources.rglob("*") if path.is_file()}

    assert ours - held == set()
    assert brought - set(files(built / "_internal" / "resources")) == set()
    assert [name for name in held if name.split(".")[0] in NO_PART] == []


def test_programs_of_the_tests_are_the_shipped_files_and_two_more(built: Path, tested: Path) -> None:
    shipped, with_tests = files(built), files(tested)

    assert {name: with_tests.get(name) for name in shipped} == shipped
    assert set(with_tests) - set(shipped) == TESTS_ONLY
    more = modules(tested / "kunji-launch") - modules(built / "kunji")
    assert more == {"kunji-launch", "tests", "tests.desktop", "tests.desktop.heartbeat"}


def test_no_library_is_looked_for_outside_the_folder(built: Path) -> None:
    libraries = [path for path in built.rglob("*.so*") if not path.is_symlink()]
    said = subprocess.run(["readelf", "-d", *libraries], capture_output=True, text=True, check=True).stdout
    places = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", said)

    assert len(places) > 30
    assert [place for place in places if not place.startswith("$ORIGIN")] == []


# ------------------------------------------------------------------ what it does


def test_built_window_opens_with_vault_and_broker(built: Path, tmp_path: Path) -> None:
    """Nothing is loaded from outside its folder, and the browser is not told of the folder's libraries."""
    asked = tmp_path / "browser"
    asked.write_text(f"#!/bin/sh\nenv >'{tmp_path}/env.new' && mv '{tmp_path}/env.new' '{tmp_path}/env'\n")
    asked.chmod(0o755)
    with Desktop.start(tmp_path / "logs") as desktop:
        window = Window(desktop, tmp_path / "profile", ["sh", str(ALONE), str(built / "kunji"), "demo"], "built")
        window.open({"BROWSER": str(asked)})
        window.click("Connect Zerodha")
        window.fill("Account name", "HUF")
        window.click("Connect", exact="Connect")
        until((tmp_path / "env").exists, 30, "the browser is asked for")
        maps = Path(f"/proc/{window.process.pid}/maps").read_text()
        assert window.quit() == 0

    loaded = set(re.findall(r"(/\S+\.so\S*)$", maps, re.MULTILINE))
    outside = {path for path in loaded if not path.startswith((str(built), "/usr/lib/", "/lib/"))}
    assert (len(loaded) > 50, outside) == (True, set())
    assert (tmp_path / "profile" / "vault.db").exists()
    told = (tmp_path / "env").read_text()
    assert [line for line in told.splitlines() if str(built) in line or line.startswith(("LD_", "_PYI_"))] == []


def test_package_installs_a_window_that_opens_and_leaves_nothing_when_it_is_removed(root: Path, tmp_path: Path) -> None:
    installed = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
    with Desktop.start(tmp_path / "logs") as desktop:
        command = ["sh", str(ALONE), str(root / "usr/bin/kunji"), "demo"]
        window = Window(desktop, tmp_path / "profile", command, "installed")
        window.open({"BROWSER": str(browser.wrapper(tmp_path / "browser"))})
        window.see("the empty start, after vault and services were opened", role="push button", name="Connect Zerodha")
        assert window.quit() == 0
    dpkg(root, "--purge", "kunji")
    left = [path for path in root.rglob("*") if not path.is_dir() and "var/lib/dpkg" not in path.as_posix()]

    icons = {f"usr/share/icons/hicolor/{size}x{size}/apps/kunji.png" for size in (16, 22, 24, 32, 48, 64, 128, 256)}
    entries = {"usr/share/applications/kunji.desktop", "etc/xdg/autostart/kunji.desktop", "usr/bin/kunji"}
    assert icons | entries | {"usr/share/icons/hicolor/scalable/apps/kunji.svg"} <= installed
    assert [name for name in installed if Path(name).name in TESTS_ONLY] == []
    assert left == []
