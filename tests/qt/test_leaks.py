"""L1: one life of the window over real services and two played brokers, from connecting to a crash and its report; then
every file, everything printed, logged, copied and told to a screen reader is searched for what was planted.
"""

import asyncio
import base64
import logging
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from app.domain import Credentials, Secret
from app.qt.life import Life, Options
from app.qt.theme import Theme
from app.qt.widgets.details import CopyDetails
from app.qt.window import Window
from app.services.answers import Yes
from app.services.commands import Commands
from app.services.core import Services, build_services
from app.services.views import AccountState, Draft
from app.simulators import ZerodhaSimulator, demo_users
from app.simulators.angel_one.people import angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.system import logs, masking
from app.system.crash import CrashNet
from app.system.early import EarlyFile
from app.system.paths import Profile
from tests.cli.street import Listener
from tests.desktop.evidence import told, traces
from tests.fakes.clock import going_clock
from tests.qt.fakes import FakeNotifier
from tests.qt.waiting import until
from tests.services.fakes import MemoryKeychain

LIBRARIES = ("httpx", "aiohttp", "urllib3", "requests", "kiteconnect", "asyncio", "sqlalchemy.engine", "keyring")

pytestmark = pytest.mark.usefixtures("_own_places")


@pytest.fixture
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files, caches and settings of this process lie where the test looks."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / "tmp"))


class Kept(logging.Handler):
    """Every record as any handler would get it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[str] = []
        self.loggers: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.loggers.add(record.name)
        self.records.append(f"{record.getMessage()} {vars(record)}")


@dataclass
class Lived:
    """A running life, what was planted in it, and what came out of it as text."""

    folder: Path
    window: Window
    services: Services
    zerodha: ZerodhaSimulator
    planted: dict[str, str]
    log: Kept
    said: list[str] = field(default_factory=list)

    def hear(self) -> None:
        """What stands on the clipboard, and what anybody or any screen reader can read now."""
        self.said.append(QGuiApplication.clipboard().text())
        self.said += [readable(widget) for widget in self.window.findChildren(QWidget)]

    def copy(self, button: QAbstractButton) -> None:
        QGuiApplication.clipboard().setText("before")
        button.click()
        assert QGuiApplication.clipboard().text() != "before"
        self.hear()


def readable(widget: QWidget) -> str:
    parts = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
    if isinstance(widget, QLabel | QAbstractButton):
        parts.append(widget.text())
    if isinstance(widget, QLineEdit):
        parts.append(widget.displayText())
    if isinstance(widget, CopyDetails):
        parts.append(widget.details)
    return "\n".join(parts)


@asynccontextmanager
async def life_in(tmp_path: Path, theme: Theme) -> AsyncIterator[Lived]:
    """From the first paint to the end; no fixture: Qt must not go on while no loop of ours runs."""
    (asha,) = (replace(user, api_key=f"key{secrets.token_hex(8)}", api_secret=f"sec{secrets.token_hex(16)}")
               for user in demo_users(1))  # fmt: skip
    seed = base64.b32encode(os.urandom(20)).decode()
    (meera,) = (replace(user, api_key=f"ang{secrets.token_hex(6)}", totp_seed=seed) for user in angel_one_users(1))
    zerodha, angel = (
        ZerodhaSimulator(clock=going_clock(), users=[asha]),
        AngelOneSimulator(clock=going_clock(), users=[meera]),
    )
    profile, net = Profile(tmp_path / "profile"), CrashNet(clock=going_clock())
    await zerodha.start()
    await angel.start()
    log = logs.start(profile, level=logging.DEBUG)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)  # all that they have to say passes the mask
    handler = Kept()
    logging.getLogger().addHandler(handler)
    net.install()
    net.log_dir = profile.log_dir
    services = await build_services(
        profile,
        clock=going_clock(),
        keychain=MemoryKeychain(),
        base_url={"zerodha": zerodha.base_url, "angel_one": angel.base_url},
        quiet_hours=None,
    )

    async def opened() -> Services:
        return services

    window = Window(theme)
    window.show()
    options = Options(crash_net=net, clock=going_clock(), early=EarlyFile(profile.early_path),
                      desktop=FakeNotifier(available=False))  # fmt: skip
    life = Life(window, opened, options)
    task = asyncio.ensure_future(life.run())
    await until(lambda: window.desk is not None)
    planted = {"key": asha.api_key, "secret": asha.api_secret, "angel key": meera.api_key, "seed": seed}
    made = Lived(tmp_path, window, services, zerodha, planted, handler)
    try:
        await connect(made, asha.client_id, meera.client_id, meera.pin)
        yield made
    finally:
        window.quit_wanted.emit()
        assert await asyncio.wait_for(task, 30) == 0
        net.remove()
        logging.getLogger().removeHandler(handler)
        for name in LIBRARIES:
            logging.getLogger(name).setLevel(logging.WARNING)
        log.stop()
        masking.remove()
        await zerodha.stop()
        await angel.stop()


async def connect(lived: Lived, asha: str, meera: str, pin: str) -> None:
    """One account by a token of today, one by PIN and kept seed."""
    lived.planted["token"] = token = lived.zerodha.controls.replace_token(asha)
    keys = Credentials(Secret(lived.planted["key"]), Secret(lived.planted["secret"]), Secret(token), asha)
    answer = await lived.services.brokers.connect_broker("Asha", "zerodha", keys)
    assert isinstance(answer, Yes), answer
    kept = {"pin": Secret(pin), "totp_secret": Secret(lived.planted["seed"])}
    angel = Credentials(Secret(lived.planted["angel key"]), Secret(), Secret(), meera, kept)
    ended = await lived.services.sign_ins.start(Draft("Meera", "angel_one", angel)).result()
    assert isinstance(ended, Yes), ended


async def visit(lived: Lived) -> None:
    """Every page, with everything on it."""
    accounts = [view.user_id for view in lived.services.brokers.accounts()]
    for page in ("overview", "positions", "holdings", "orders", "funds", "settings", "add", *accounts):
        lived.window.go(page)
        await asyncio.sleep(0.02)
        lived.hear()


async def trouble(lived: Lived) -> None:
    """The session dies, a page breaks with a token in its hands, and everything about it is copied and saved."""
    account = lived.services.brokers.accounts()[0]
    lived.zerodha.controls.expire(account.client_id)
    await lived.services.brokers.validate_broker(account.user_id)
    lived.window.go(account.user_id)
    await until(lambda: lived.services.brokers.view(account.user_id).state is AccountState.SIGNED_OUT)
    await until(lambda: lived.window.pages.status.last_error.rows)
    lived.copy(lived.window.pages.status.last_error.rows[0].copy)
    asyncio.get_running_loop().call_soon(fail_with, lived.planted["token"])
    await until(lambda: "crashes" in lived.window.__dict__ and lived.window.crashes.dialog.isVisible())
    lived.copy(lived.window.crashes.dialog.copy)
    lived.window.crashes.save(lived.folder / "report.txt")
    await until((lived.folder / "report.txt").exists)


def fail_with(token: str) -> None:
    raise ValueError(f"Authorization: token {token}")


async def ask_for_help(lived: Lived) -> None:
    """Diagnostics, the log, and what the command line says."""
    lived.window.go("help")
    lived.window.pages.help.show_page("log")
    await until(lambda: lived.window.pages.help.log.model.lines)
    lived.copy(lived.window.pages.help.log.copy)
    commands = Commands(lived.services)
    for op in ("doctor", "status", "positions", "history", "settings"):
        lived.said.append(str(await commands.handle({"op": op}, Listener())))
    export = {"op": "settings", "name": "export", "value": str(lived.folder / "settings.json")}
    lived.said.append(str(await commands.handle(export, Listener())))


def with_pieces(planted: dict[str, str]) -> dict[str, str]:
    """Also what is left of a secret that somebody has shortened in its middle."""
    long = {name: text for name, text in planted.items() if len(text) >= 24}
    ends = {f"begin of {name}": text[:10] for name, text in long.items()}
    return planted | ends | {f"end of {name}": text[-10:] for name, text in long.items()}


async def test_no_planted_secret_is_anywhere_in_any_form(
    tmp_path: Path, theme: Theme, capfd: pytest.CaptureFixture[str]
) -> None:
    async with life_in(tmp_path, theme) as lived:
        for step in (visit, trouble, ask_for_help):
            await step(lived)
        await lived.services.ui_state.flush()

    files = [path for path in lived.folder.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert names >= {"vault.db", "app.db", "kunji.log", "early.json", "report.txt", "settings.json"}
    assert {"sqlalchemy.engine.Engine", "app.system.crash"} <= lived.log.loggers
    planted = with_pieces(lived.planted)
    assert traces(planted, [lived.folder]) == []
    assert told(planted, "\n".join([*lived.said, *lived.log.records, *capfd.readouterr()])) == []
