import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain import BrowserMissing, InvalidRequest
from app.system import browser
from app.system.browser import open_page

URL = "https://broker.invalid/connect/login?v=3&api_key=abc"
MakeProgram = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_SETTLE", 0.5)
    monkeypatch.setattr(browser, "_CLOSING", 0.05)


@pytest.fixture
def make_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeProgram:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, body: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return make


def noting(file: Path) -> str:
    return f'echo "$@" >> {file}'


async def test_the_users_own_choice_is_opened_with_the_address(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("my-browser", noting(tmp_path / "seen"))
    monkeypatch.setenv("BROWSER", "my-browser --new-window %s")

    await open_page(URL)

    assert (tmp_path / "seen").read_text() == f"--new-window {URL}\n"


async def test_the_next_choice_is_tried_when_the_first_is_not_there_or_fails(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("broken", "exit 3")
    make_program("works", noting(tmp_path / "seen"))
    monkeypatch.setenv("BROWSER", "absent:broken:works")

    await open_page(URL)

    assert (tmp_path / "seen").read_text() == f"{URL}\n"


async def test_a_browser_that_is_just_being_closed_is_asked_once_more(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = tmp_path / "closing"
    closing.touch()
    make_program("browser", f"rm {closing} 2>/dev/null && exit 21; {noting(tmp_path / 'seen')}")
    monkeypatch.setenv("BROWSER", "browser")

    await open_page(URL)

    assert (tmp_path / "seen").read_text() == f"{URL}\n"


@pytest.mark.parametrize("choice", ["absent", "broken", '"open quote'])
async def test_no_browser_is_said_as_such(
    make_program: MakeProgram, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    make_program("broken", "exit 1")
    monkeypatch.setenv("BROWSER", choice)

    with pytest.raises(BrowserMissing):
        await open_page(URL)


async def test_without_a_screen_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(BrowserMissing):
        await open_page(URL)


async def test_the_desktops_own_opener_is_used_where_the_user_chose_none(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("xdg-open", noting(tmp_path / "seen"))
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("DISPLAY", ":99")

    await open_page(URL)

    assert (tmp_path / "seen").read_text() == f"{URL}\n"


async def test_a_browser_that_goes_on_running_has_taken_the_page(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("long", f"{noting(tmp_path / 'seen')}; exec sleep 20")
    monkeypatch.setenv("BROWSER", "long")
    began = time.monotonic()

    await open_page(URL)

    assert time.monotonic() - began < 15
    assert (tmp_path / "seen").exists()


async def test_a_browser_is_not_killed_with_our_terminal(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("tells", f"ps -o sid= -p $$ > {tmp_path / 'session'}")
    monkeypatch.setenv("BROWSER", "tells")

    await open_page(URL)

    assert int((tmp_path / "session").read_text()) != os.getsid(0)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "--version", "javascript:alert(1)", "https://a b", "https://a\nb"]
)
async def test_nothing_but_a_web_address_is_opened(
    make_program: MakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    make_program("my-browser", noting(tmp_path / "seen"))
    monkeypatch.setenv("BROWSER", "my-browser")

    with pytest.raises(InvalidRequest):
        await open_page(url)

    assert not (tmp_path / "seen").exists()


async def test_a_packaged_builds_libraries_are_not_forced_on_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/the/users")

    assert browser._environment()["LD_LIBRARY_PATH"] == "/the/users"


async def test_a_packaged_builds_qt_is_not_forced_on_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys._MEIPASS", "/bundle/_internal", raising=False)
    monkeypatch.setenv("QT_PLUGIN_PATH", "/bundle/_internal/PySide6/Qt/plugins")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/bundle/kunji")
    monkeypatch.setenv("QT_SCALE_FACTOR", "1.5")

    env = browser._environment()

    assert {"QT_PLUGIN_PATH", "_PYI_ARCHIVE_FILE"}.isdisjoint(env)
    assert env["QT_SCALE_FACTOR"] == "1.5"
