"""What the end-to-end tests share: desktops, a played broker in this process, and a connected account."""

import compileall
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from app.simulators import ThreadedSimulator, ZerodhaSimulator, in_thread
from app.simulators.demo import DEMO, DemoUser
from tests.desktop import browser, heartbeat
from tests.desktop.desktop import ROOT, Desktop, Setting
from tests.desktop.program import kunji, kunji_at
from tests.desktop.walk import ACCOUNT, TITLE, Log, Person, Walk
from tests.desktop.window import Window
from tests.fakes.clock import SHIFT, going_clock
from tests.fakes.ports import free_port

CLIENT: Final = DEMO.client_id


class PlayedLog(Log):
    """The log of a broker that is played in this process."""

    def __init__(self, broker: ThreadedSimulator) -> None:
        self._broker = broker

    def lines(self) -> list[dict[str, Any]]:
        return [{"operation": seen.operation, "status": seen.status} for seen in self._broker.log]


@dataclass
class Home:
    """A desktop, a broker elsewhere in this process, and the means to start Kunji between them as often as wanted."""

    desktop: Desktop
    broker: ThreadedSimulator
    person: Person
    folder: Path
    served: ZerodhaSimulator
    windows: list[Window] = field(default_factory=list)

    @property
    def profile(self) -> Path:
        """Kunji's folder."""
        return self.folder / "profile"

    def kunji(self, name: str = "kunji") -> Window:
        """The window, not started yet."""
        self.windows.append(
            window := Window(self.desktop, self.profile, kunji_at(self.broker.base_url, os.environ[SHIFT]), name)
        )
        return window

    def open(self, name: str = "kunji") -> Window:
        """The window, started."""
        window = self.kunji(name)
        window.open({"BROWSER": str(browser.wrapper(self.folder / "browser"))})
        return window

    def walk(self, window: Window) -> Walk:
        """The walk through `window`."""
        log, pictures = PlayedLog(self.broker), self.folder / "pictures"
        return Walk(self.desktop, window, self.person, log, pictures, end_session=self.end_session)

    def end_session(self) -> None:
        """The broker ends the session, as it does in the morning."""
        self.broker.controls.expire(CLIENT)

    def connected(self, name: str = "kunji") -> Window:
        """The window, started, with an account that was connected by a command with a token: no browser is needed."""
        window = self.open(name)
        person, token = self.person, self.broker.controls.replace_token(CLIENT)
        typed = (person.client_id, person.redirect_url, person.api_key, person.api_secret, token)
        command = kunji("connect", "zerodha", "--token", "--account", ACCOUNT, "--profile-dir", str(self.profile))
        answer = self.desktop.call(command, text="".join(f"{line}\n" for line in typed))
        assert answer.returncode == 0, answer.stderr
        window.see("the account, ready", name=f"{TITLE}, Ready", seconds=30)
        return window

    @property
    def token(self) -> str:
        """The live access token, as only the broker and the vault know it."""
        return self.broker.call(lambda: self.served._broker.desk.of(CLIENT).token)

    @property
    def kept(self) -> list[Path]:
        """Where else the session keeps anything: its HOME with caches, settings and the keychain's files."""
        return [Path(self.desktop.env["HOME"]), Path(self.desktop.env["XDG_RUNTIME_DIR"])]


@dataclass(frozen=True)
class Running:
    """A home and the window that is open in it."""

    home: Home
    window: Window


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """The source is compiled before the first window, as what is installed is: else that one alone compiles it."""
    compileall.compile_dir(ROOT / "app", quiet=2)


@pytest.fixture
def the_demos_port() -> Iterator[None]:
    """The demo's people come back to one port of this machine: no other process of the tests plays a demo meanwhile."""
    with (Path(tempfile.gettempdir()) / "kunji-tests-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class MakeHome(Protocol):
    """See the fixture `make_home`."""

    def __call__(self, setting: Setting | None = None, like: Home | None = None) -> Home: ...


def loops_turned(homes: list[Home]) -> None:
    """From its first paint on no window stopped for long, whatever was done with it."""
    beside = "PYTEST_XDIST_WORKER" in os.environ or os.getloadavg()[0] > (os.cpu_count() or 1)
    usual = heartbeat.BESIDE if beside else heartbeat.LIMIT
    for home in homes:
        limit = heartbeat.OLDER_TRAY if home.desktop.setting.tray == "xembed" else usual
        told = {window.name: window.output for window in home.windows if window.begun}
        found = {name: heartbeat.blocks(output, limit) for name, output in told.items() if heartbeat.has_begun(output)}
        assert not any(found.values()), found


@contextmanager
def homes(folder: Path) -> Iterator[MakeHome]:
    """Makes homes in `folder`; every secret is a random string of its own, so that a plain search proves a leak.

    `like` gives the new desktop the broker and the profile of an earlier one, as after a night.
    """
    with ExitStack() as stack:
        made: list[Home] = []
        stack.callback(lambda: loops_turned(made))

        def make(setting: Setting | None = None, like: Home | None = None) -> Home:
            logs = folder / ("logs" if like is None else "logs-again")
            desktop = stack.enter_context(Desktop.start(logs, setting))
            if like is not None:
                made.append(again := replace(like, desktop=desktop, windows=[]))
                return again
            address = f"http://127.0.0.1:{free_port()}/zerodha"
            person = Person(CLIENT, f"key{secrets.token_hex(12)}", f"sec{secrets.token_hex(16)}", address)
            user = DemoUser(CLIENT, "Asha Demo", person.api_key, person.api_secret, address)
            served = ZerodhaSimulator(clock=going_clock(), users=[user])
            made.append(home := Home(desktop, stack.enter_context(in_thread(served)), person, folder, served))
            return home

        yield make


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[MakeHome]:
    """Makes homes of any kind."""
    with homes(tmp_path) as make:
        yield make


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """The usual desktop: tray, notifications, unlocked keychain."""
    return make_home()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A window with a connected account, shared by tests that leave both as they are."""
    with homes(tmp_path_factory.mktemp("running")) as make:
        home = make()
        yield Running(home, home.connected())
