"""Opens a page in the user's own browser without holding up the loop.

The standard library's `webbrowser` blocks for as long as a browser may take to start, and takes text browsers that
cannot show a broker's page. The user's own choice, the variable BROWSER, comes first and is the only one when set.
"""

import logging
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from app.domain import BrowserMissing, InvalidRequest, Worker

_log: Final = logging.getLogger(__name__)
_SETTLE: Final = 3.0  # seconds after which a starter that still runs is a browser at work
_CLOSING: Final = 2.0  # seconds until a browser that is being closed has ended
_LINUX: Final = (
    "xdg-open",
    "x-www-browser",
    "gio open",
    "firefox",
    "firefox-esr",
    "chromium",
    "google-chrome",
    "brave-browser",
    "microsoft-edge",
)


async def open_page(url: str) -> None:
    """Show `url` (http or https, of which nothing is secret) in the user's browser.

    Returns as soon as a browser has taken it. Raises `BrowserMissing` when none could be started.
    """
    if urlsplit(url).scheme not in ("http", "https") or any(sign.isspace() or not sign.isprintable() for sign in url):
        raise InvalidRequest("only web addresses are opened in a browser", field="url")
    worker = Worker("browser")
    try:
        await worker.run(lambda: _open(url))
    finally:
        worker.stop()


def _open(url: str) -> None:
    if sys.platform == "win32":
        _open_on_windows(url)
        return
    commands = [command for command in _commands(url) if shutil.which(command[0])]
    if not (_one_started(commands) or (commands and _one_started_later(commands))):
        raise BrowserMissing("no browser program could be started")


def _one_started(commands: list[list[str]]) -> bool:
    for command in commands:
        if _started(command):
            _log.info("browser opened program=%s", command[0])
            return True
    return False


def _one_started_later(commands: list[list[str]]) -> bool:
    """Try once more: a browser whose last window is just being closed takes no page, and then can be started anew."""
    time.sleep(_CLOSING)
    return _one_started(commands)


def _open_on_windows(url: str) -> None:
    if sys.platform == "win32":
        try:
            os.startfile(url)  # noqa: S606 - the system's own way; the scheme was checked
        except OSError as error:
            raise BrowserMissing(str(error)) from error


def _commands(url: str) -> Iterator[list[str]]:
    chosen = os.environ.get("BROWSER", "")
    if chosen.strip():
        yield from (_with_url(entry, url) for entry in chosen.split(os.pathsep) if entry.strip())
    elif sys.platform == "darwin":
        yield ["open", url]
    elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):  # without a screen there is none to start
        yield from (_with_url(entry, url) for entry in _LINUX)


def _with_url(entry: str, url: str) -> list[str]:
    try:
        words = shlex.split(entry)
    except ValueError:  # an open quote: take it as it stands, and it will not be found
        words = [entry]
    if any("%s" in word for word in words):
        return [word.replace("%s", url) for word in words]
    return [*words, url]


def _started(command: list[str]) -> bool:
    """Start it; False when it is not there, or ends at once with an error."""
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the program is the user's own browser
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl+C in the terminal is for us, not for the browser
        )
    except OSError:
        return False
    try:
        return process.wait(_SETTLE) == 0
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="browser-at-work", daemon=True).start()  # no zombie later
        return True


def _environment() -> dict[str, str]:
    """Ours, without what a packaged build put there for its own libraries and for its own Qt.

    A browser or a helper of the desktop that is made of Qt itself would load our plugins, which are not its own.
    """
    if not getattr(sys, "frozen", False):
        return dict(os.environ)
    folder = getattr(sys, "_MEIPASS", None)  # PyInstaller says where that is
    env = {name: value for name, value in os.environ.items() if not name.startswith(("_PYI_", "LD_LIBRARY_PATH"))}
    if original := os.environ.get("LD_LIBRARY_PATH_ORIG"):
        env["LD_LIBRARY_PATH"] = original
    return {name: value for name, value in env.items() if folder is None or not value.startswith(folder)}
