"""Form, dialogs and walk over the real services and the demo broker of Angel One, from the form to ready accounts."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.brokers import create_broker
from app.domain import Credentials, Secret
from app.qt.bridge import Runner
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.dialogs.pane import SignInPane
from app.qt.dialogs.reconnect import ReconnectDialog
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.answers import Yes
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

    def __init__(
        self, window: Window, services: Services, broker: AngelOneSimulator, users: Sequence[AngelOneUser]
    ) -> None:
        self.window, self.services, self.broker, self.users = window, services, broker, users
        self.user = users[0]

    @property
    def dialog(self) -> ReconnectDialog:
        assert self.window.repairs is not None
        return next(iter(self.window.repairs.dialogs.values()))

    async def rest(self) -> None:
        """Until nothing of what was told is still on its way to the window: between tests nothing can be asked."""
        bridge = self.window._bridge
        assert bridge is not None
        await until(lambda: not bridge._timer.isActive() and not self.window._run.running)

    def press_connect(self) -> None:
        self.window.go("add")
        panel = self.window.pages.connect_panel
        panel.choose("angel_one")
        panel.form.account_name.edit.setText("Meera")
        panel.form.boxes["client_id"].edit.setText(self.user.client_id)
        panel.form.boxes["api_key"].edit.setText(self.user.api_key)
        panel.connect_button.click()

    async def type(self, name: str, text: str, pane: SignInPane | None = None) -> None:
        ask = (pane or self.dialog.pane).ask
        await until(lambda: ask.asked is not None and ask.asked.name == name)
        assert ask.field is not None
        QTest.keyClicks(ask.field.edit, text)
        QTest.keyClick(ask.field.edit, Qt.Key.Key_Return)

    async def connected(self, user: AngelOneUser) -> str:
        """An account with a token that the user brought; its id."""
        token = Secret(self.broker.controls.replace_token(user.client_id))
        credentials = Credentials(Secret(user.api_key), Secret(), token, user.client_id)
        answer = await self.services.brokers.connect_broker(user.name, "angel_one", credentials)
        assert isinstance(answer, Yes)
        return answer.value.user_id

    async def signed_out(self, user: AngelOneUser) -> str:
        """Such an account after its session has died; its id."""
        user_id = await self.connected(user)
        self.broker.controls.expire(user.client_id)
        await self.services.brokers.validate_broker(user_id)
        return user_id


@pytest.fixture
async def room(theme: Theme, runner: Runner, tmp_path: Path) -> AsyncIterator[Room]:
    users = angel_one_users(2)
    broker = AngelOneSimulator(clock=going_clock(), users=users)
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
    yield Room(window, services, broker, users)
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
    await room.rest()


async def test_a_refused_code_stands_in_the_dialog_and_nothing_is_stored(room: Room) -> None:
    wrong = f"{(int(room.broker.controls.totp(room.user.client_id)) + 500_000) % 1_000_000:06d}"
    room.press_connect()

    await room.type("pin", room.user.pin)
    await room.type("totp", wrong)

    await until(room.dialog.start_again.isVisible)
    assert "Angel One refused this code" in room.dialog.pane.note_words.text()
    assert room.services.brokers.accounts() == ()
    assert sum(line.operation == "session" for line in room.broker.log) == 1
    await room.rest()


async def test_two_accounts_are_walked_with_one_attempt_each(room: Room) -> None:
    ids = {await room.signed_out(user): user for user in room.users}
    await until(lambda: room.window.pages.overview.attention.headline.text() == "0 of 2 accounts are ready")
    room.window.reconnect_all()
    assert room.window.walks is not None
    dialog = room.window.walks.dialog
    assert dialog is not None

    for _ in ids:
        await until(lambda: dialog.pane.ask.asked is not None and dialog.pane.ask.asked.name == "pin")
        user = ids[dialog._selected]
        await room.type("pin", user.pin, dialog.pane)
        await room.type("totp", room.broker.controls.totp(user.client_id), dialog.pane)
        await until(lambda: dialog.pane.ask.asked is None or dialog.pane.ask.asked.name == "pin")

    await until(lambda: dialog.close_button.text() == "Done")
    assert dialog.windowTitle() == "All 2 accounts are ready"
    assert {account.state for account in room.services.brokers.accounts()} == {AccountState.READY}
    assert sum(line.operation == "session" for line in room.broker.log) == len(ids)
    await room.rest()


async def test_a_living_session_is_asked_about_and_kept(room: Room) -> None:
    user_id = await room.connected(room.user)
    assert room.window.repairs is not None
    room.window.repairs.sign_in(room.services.brokers.view(user_id))
    assert "still works until 00:00 tonight" in room.dialog.question.text()

    room.dialog.close_button.click()

    assert room.services.brokers.view(user_id).state is AccountState.READY
    assert sum(line.operation == "session" for line in room.broker.log) == 0
    await room.rest()


async def test_the_token_that_another_program_was_given_takes_the_place_of_a_dead_one(room: Room) -> None:
    user_id = await room.connected(room.user)
    assert room.window.repairs is not None
    theirs = room.broker.controls.replace_token(room.user.client_id)
    room.window.repairs.sign_in(room.services.brokers.view(user_id))
    await until(lambda: room.dialog.running is not None)  # ours is dead: nobody is asked any longer

    room.dialog.token.open_link.click()
    room.dialog.token.field.edit.setText(theirs)
    room.dialog.token.send.click()

    await until(lambda: room.dialog.close_button.text() == "Done")
    assert room.services.brokers.view(user_id).state is AccountState.READY
    assert sum(line.operation == "session" for line in room.broker.log) == 0
    await room.rest()


async def test_the_page_of_an_account_shows_what_it_went_through_and_erases_what_is_kept(room: Room) -> None:
    user_id = await room.connected(room.user)
    await room.services.brokers.keep_second_factor(user_id, Secret(room.user.pin))
    await until(lambda: user_id in room.window.sidebar.entries)
    room.window.go(user_id)
    page = room.window.pages.status
    await until(lambda: page.sessions.history.lines.topLevelItemCount() == 1)

    room.broker.controls.expire(room.user.client_id)
    page.head.check.click()
    await until(lambda: page.sessions.history.lines.topLevelItemCount() == 2)
    await until(page.kept.forget.isVisible)
    page.kept.forget.click()
    room.window.findChildren(ConfirmDialog)[0].deed.click()

    await until(lambda: room.services.brokers.view(user_id).keeps == frozenset())
    await until(lambda: not page.kept.forget.isVisible())
    latest = page.sessions.history.lines.topLevelItem(0)
    assert latest is not None
    assert latest.text(1).startswith("Ended")
    await room.rest()


async def test_settings_and_calendar_of_the_real_services_are_shown_and_changed(room: Room) -> None:
    room.window.go("settings")
    page = room.window.pages.settings
    snooze = page.settings["snooze"].box
    assert snooze is not None

    snooze.edit.setText("25")
    snooze.edit.editingFinished.emit()
    page.days.import_file("no-such-calendar.json")

    await until(lambda: room.services.preferences.view.snooze == 25)
    await until(lambda: "cannot be opened" in page.days.wrong.text())
    await room.rest()
