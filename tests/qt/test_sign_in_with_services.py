"""Form and dialog over the real services and the demo broker of Angel One: from an empty form to a ready account."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.brokers import create_broker
from app.qt.bridge import Runner
from app.qt.dialogs.reconnect import ReconnectDialog
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.core import Services, build_services
from app.services.views import AccountState
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.system.paths import Profile
from tests.fakes.clock import going_clock
from tests.qt.waiting import until
from tests.services.fakes import MemoryKeychain


class Room:
    """A window over services over a demo broker."""

    def __init__(self, window: Window, services: Services, broker: AngelOneSimulator, user: AngelOneUser) -> None:
        self.window, self.services, self.broker, self.user = window, services, broker, user

    @property
    def dialog(self) -> ReconnectDialog:
        assert self.window.repairs is not None
        return next(iter(self.window.repairs.dialogs.values()))

    def press_connect(self) -> None:
        self.window.go("add")
        panel = self.window.pages.connect_panel
        panel.choose("angel_one")
        panel.form.account_name.edit.setText("Meera")
        panel.form.boxes["client_id"].edit.setText(self.user.client_id)
        panel.form.boxes["api_key"].edit.setText(self.user.api_key)
        panel.connect_button.click()

    async def type(self, name: str, text: str) -> None:
        await until(lambda: self.dialog.pane.ask.asked is not None and self.dialog.pane.ask.asked.name == name)
        assert self.dialog.pane.ask.field is not None
        QTest.keyClicks(self.dialog.pane.ask.field.edit, text)
        QTest.keyClick(self.dialog.pane.ask.field.edit, Qt.Key.Key_Return)


@pytest.fixture
async def room(theme: Theme, runner: Runner, tmp_path: Path) -> AsyncIterator[Room]:
    (user,) = angel_one_users(1)
    broker = AngelOneSimulator(clock=going_clock(), users=[user])
    await broker.start()
    services = await build_services(
        Profile(tmp_path / "profile"),
        clock=going_clock(),
        keychain=MemoryKeychain(),
        make_broker=lambda kind: create_broker(kind, base_url=broker.base_url),
    )
    window = Window(theme)
    window.begin(services.clock, runner)
    window.attach(services, None)
    window.show()
    yield Room(window, services, broker, user)
    window.leaving = True
    window.release()
    window.close()
    window.deleteLater()
    await services.close()
    await broker.stop()


async def test_pin_and_code_typed_in_the_dialog_connect_the_account(room: Room) -> None:
    room.press_connect()

    await room.type("pin", room.user.pin)
    await room.type("totp", room.broker.controls.totp(room.user.client_id))

    await until(lambda: room.dialog.close_button.text() == "Done")
    (account,) = room.services.brokers.accounts()
    assert (account.name, account.state) == ("Meera", AccountState.READY)


async def test_a_refused_code_stands_in_the_dialog_and_nothing_is_stored(room: Room) -> None:
    wrong = f"{(int(room.broker.controls.totp(room.user.client_id)) + 500_000) % 1_000_000:06d}"
    room.press_connect()

    await room.type("pin", room.user.pin)
    await room.type("totp", wrong)

    await until(room.dialog.start_again.isVisible)
    assert "Angel One refused this code" in room.dialog.pane.note_words.text()
    assert room.services.brokers.accounts() == ()
    assert sum(line.operation == "session" for line in room.broker.log) == 1
