"""A private desktop session, held open, with the means to act in it and to look at it from outside.

    with Desktop.start(logs=folder) as desktop:
        process = desktop.run(["kunji", "demo"], "kunji")
        desktop.click(desktop.wait_for("button", Match("Kunji", role="push button", name="Connect")))

What is seen comes from the accessibility tree (`agent.py`), the pixels of the screen and the notifications on the bus;
what is done is done with pointer and keyboard.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, TypeVar

from tests.desktop.bus import Bus
from tests.desktop.eyes import Eyes, Match, Node
from tests.fakes.waiting import found_within

T = TypeVar("T")
HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
SCREEN: Final = (1280, 800)  # pixels
_START: Final = 60.0  # seconds a session may take on a busy machine; about one is usual
_STOP: Final = 10.0
_LOOK: Final = 0.1  # seconds between two looks: each reads a window over the bus, and takes a core from it


class NotObservedError(Exception):
    """What was waited for did not happen in time."""


@dataclass(frozen=True)
class Setting:
    """What kind of desktop: the options of session.sh."""

    scale: float = 1.0
    tray: str = "xfce"
    notify: str = "xfce"
    keyring: str = "unlocked"
    home: Path | None = None

    def options(self) -> list[str]:
        """As session.sh takes them."""
        options = [
            "--size",
            "x".join(map(str, SCREEN)),
            "--tray",
            self.tray,
            "--notify",
            self.notify,
            "--keyring",
            self.keyring,
        ]
        if self.scale != 1.0:
            options += ["--scale", str(self.scale)]
        if self.home is not None:
            options += ["--home", str(self.home)]
        return options


@dataclass
class Desktop:
    """A running session. `logs` keeps what every process of it printed."""

    setting: Setting
    logs: Path
    env: Mapping[str, str]
    eyes: Eyes
    bus: Bus
    _session: subprocess.Popen[bytes]
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def start(cls, logs: Path, setting: Setting | None = None) -> "Desktop":
        """Bring a session up and return when it is ready."""
        setting = setting or Setting()
        logs.mkdir(parents=True, exist_ok=True)
        ready = logs / "environment"
        ready.unlink(missing_ok=True)
        hold = 'env -0 >"$1.new" && mv "$1.new" "$1" && exec cat'  # stays until its input is closed
        command = ["bash", str(HERE / "session.sh"), *setting.options(), "--logs", str(logs), "--"]
        with (logs / "session.log").open("wb") as log:
            session = subprocess.Popen(
                [*command, "sh", "-c", hold, "sh", str(ready)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            until(lambda: ready.exists() or session.poll() is not None, _START, "the desktop session")
            env = _environment(ready, logs / "session.log")
            return cls(setting, logs, env, Eyes(env), Bus(env, logs / "bus.log"), session)
        except BaseException:
            end(session)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started here, the session last."""
        for process in reversed(self._running):
            end(process)
        self.eyes.close()
        self.bus.close()
        if self._session.stdin is not None:
            self._session.stdin.close()
        end(self._session)

    # ------------------------------------------------------------------ processes

    def run(
        self, command: list[str], name: str, *, env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> subprocess.Popen[bytes]:
        """Start a program as the session's user would; what it prints is kept in `logs`/`name`.log."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.env, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def call(self, command: list[str], *, text: str = "", seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
        """Run a program to its end with `text` as its input."""
        return subprocess.run(
            command, input=text, capture_output=True, text=True, env=self.env, timeout=seconds, check=False, cwd=ROOT
        )

    # ------------------------------------------------------------------ eyes

    def see(self, match: Match) -> list[Node]:
        """The nodes that `match` describes, as they are now."""
        return [node for node in self.eyes.shown(match.app) if match.fits(node)]

    def wait_for(self, what: str, match: Match, seconds: float = 20.0) -> Node:
        """The first node that `match` describes; raises `NotObservedError` after `seconds`."""
        return until(lambda: next(iter(self.see(match)), None), seconds, f"{what} ({match})")

    def screenshot(self, path: Path) -> Path:
        """Keep a picture of the whole screen."""
        self._must(["import", "-window", "root", str(path)])
        return path

    def tray_items(self) -> list[str]:
        """The items that the panel's tray knows, by their address on the bus."""
        watcher = "org.kde.StatusNotifierWatcher"
        wanted = f"string:{watcher} string:RegisteredStatusNotifierItems".split()
        ask = ["dbus-send", "--session", "--print-reply=literal", f"--dest={watcher}", "/StatusNotifierWatcher"]
        answer = self.call([*ask, "org.freedesktop.DBus.Properties.Get", *wanted])
        return re.findall(r":[\d.]+\S*", answer.stdout)

    # ------------------------------------------------------------------ hands

    def click(self, node: Node) -> None:
        """Press the left button in the middle of `node`."""
        x, y = node.centre
        width, height = SCREEN
        if not (0 <= x < width and 0 <= y < height):
            raise NotObservedError(f"lies outside the screen and cannot be clicked: {node.words} at {node.box}")
        self._must(["xdotool", "mousemove", str(x), str(y), "sleep", "0.05", "click", "1"])

    def scroll(self, node: Node, *, down: bool) -> None:
        """Turn the wheel by one notch over `node`."""
        x, y = node.centre
        self._must(["xdotool", "mousemove", str(x), str(y), "click", "5" if down else "4", "sleep", "0.1"])

    def bring_forward(self, title: str) -> None:
        """Give the keyboard to the window whose title begins so."""
        command = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}", "windowactivate", "--sync"]
        until(lambda: self.call(command).returncode == 0, _STOP, f"{title} comes forward")  # one may go while it looks

    def key(self, *keys: str) -> None:
        """Press keys by their X names ("ctrl+a", "Return")."""
        self._must(["xdotool", "key", "--delay", "20", *keys])

    def fill(self, node: Node, text: str) -> None:
        """Click into an input and type over what is there."""
        self.click(node)
        self.type_over(text)

    def type_over(self, text: str) -> None:
        """Type into what has the keyboard, in place of what is there; the text is on nobody's command line."""
        self.key("ctrl+a")
        self._must(["xdotool", "type", "--delay", "4", "--file", "-"], text)

    def _must(self, command: list[str], text: str = "") -> None:
        done = self.call(command, text=text)
        if done.returncode != 0:
            raise NotObservedError(f"{command[0]} failed: {done.stderr.strip()}")


def _environment(ready: Path, log: Path) -> dict[str, str]:
    if not ready.exists():
        raise NotObservedError(log.read_text())
    return dict(entry.split("=", 1) for entry in ready.read_text().split("\0") if entry)


def until(check: Callable[[], T | None], seconds: float, what: str) -> T:
    """What `check` gives as soon as it is true; raises `NotObservedError` when it is not within `seconds`."""
    found = found_within(seconds, check, _LOOK)
    if not found:
        raise NotObservedError(f"not within {seconds:.0f} s: {what}")
    return found


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group: asked first, then made to."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            _wait(process)
    for stream in (process.stdin, process.stdout, process.stderr):
        _close(stream)
    process.wait(_STOP)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        return  # the caller is harder the next time


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None and not stream.closed:
        stream.close()
