"""What the end-to-end tests share: desktops, a played broker in this process, and a connected account."""

import compileall
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from app.brokers import specs
from app.brokers.base import BrokerSpec
from app.simulators import in_thread
from app.simulators.demo import DEMO
from app.simulators.threads import Threaded
from tests.desktop import browser, heartbeat
from tests.desktop.desktop import ROOT, Desktop, Setting
from tests.desktop.program import kunji, kunji_at
from tests.desktop.walk import ACCOUNT, Log, Person, Walk
from tests.desktop.window import Window
from tests.end2end.houses import HOUSES
from tests.fakes.clock import SHIFT
from tests.fakes.ports import free_port

CLIENT: Final = DEMO.client_id
"""Who signs in where no other broker is asked for than Zerodha."""


class PlayedLog(Log):
    """The log of a broker that is played in this process."""

    def __init__(self, broker: Threaded[Any]) -> None:
        self._broker = broker

    def lines(self) -> list[dict[str, Any]]:
        return [{"operation": seen.operation, "status": seen.status} for seen in self._broker.log]


@dataclass
class Home:
    """A desktop, a broker elsewhere in this process, and the means to start Kunji between them as often as wanted."""

    desktop: Desktop
    broker: Threaded[Any]
    person: Person
    folder: Path
    served: Any
    spec: BrokerSpec
    windows: list[Window] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the window calls the account."""
        return f"{ACCOUNT} \u00b7 {self.spec.label}"

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
        self.broker.controls.expire(self.person.client_id)

    def connected(self, name: str = "kunji") -> Window:
        """The window, started, with an account that was connected by a command with a token: no browser is needed."""
        window = self.open(name)
        token = self.broker.controls.replace_token(self.person.client_id)
        asked = [field.name for field in self.spec.fields if field.name != "access_token"]
        typed = [*(getattr(self.person, name, "") for name in asked), token]  # PIN and seed are kept by those who want
        command = kunji("connect", self.spec.key, "--token", "--account", ACCOUNT, "--profile-dir", str(self.profile))
        answer = self.desktop.call(command, text="".join(f"{line}\n" for line in typed))
        assert answer.returncode == 0, answer.stderr
        window.see("the account, ready", name=f"{self.title}, Ready", seconds=30)
        return window

    @property
    def token(self) -> str:
        """The live access token, as only the broker and the vault know it."""
        return str(self.broker.call(lambda: self.served._broker.desk.of(CLIENT).token))

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

    def __call__(self, setting: Setting | None = None, like: Home | None = None, at: str = "zerodha") -> Home: ...


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
    """Makes homes in `folder`, with the broker of the key `at`.

    `like` gives the new desktop the broker and the profile of an earlier one, as after a night.
    """
    with ExitStack() as stack:
        made: list[Home] = []
        stack.callback(lambda: loops_turned(made))

        def make(setting: Setting | None = None, like: Home | None = None, at: str = "zerodha") -> Home:
            logs = folder / ("logs" if like is None else "logs-again")
            desktop = stack.enter_context(Desktop.start(logs, setting))
            if like is not None:
                made.append(again := replace(like, desktop=desktop, windows=[]))
                return again
            user, served = HOUSES[at](f"http://127.0.0.1:{free_port()}/{at}")
            person = Person(user.client_id, user.api_key, user.api_secret, user.redirect_url)
            spec = next(spec for spec in specs() if spec.key == at)
            broker: Threaded[Any] = stack.enter_context(in_thread(served))
            made.append(home := Home(desktop, broker, person, folder, served, spec))
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
