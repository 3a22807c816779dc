"""What the one button of an account does: sign in, show the sign-in, check, unlock; one dialog an account."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain import TradingError
from app.qt.desk import Desk
from app.qt.dialogs.reconnect import ReconnectDialog
from app.qt.panels.connect import ConnectPanel
from app.qt.ports import RunningSignIn
from app.qt.say import BUSY
from app.services.answers import Answer, Unknown
from app.services.views import AccountView, Action, Draft, SignInView

_NEW = "new"  # the place of a sign-in to an account that is not stored yet


class Repairs(QObject):
    """Starts sign-ins and keeps their dialogs. `connected` carries the id of an account that was just added."""

    connected = Signal(str)
    changed = Signal()

    def __init__(self, window: QWidget, desk: Desk, form: Callable[[], ConnectPanel]) -> None:
        super().__init__(window)
        self._window, self._desk, self._form = window, desk, form
        self._dialogs: dict[str, ReconnectDialog] = {}

    @property
    def dialogs(self) -> dict[str, ReconnectDialog]:
        """The dialogs on show, by account."""
        return self._dialogs

    def repair(self, user_id: str) -> None:
        """Do the one thing that the account's state asks for."""
        view = self._desk.board.account(user_id)
        if view is None:
            return
        if view.action in (Action.RECONNECT, Action.RENEW, Action.SHOW_SIGN_IN):
            self.sign_in(view)
        elif view.action is Action.CHECK:
            asked = self._desk.services.brokers.validate_broker(user_id)
            self._desk.run(self, asked, newest=f"check {user_id}").done(lambda _: self.changed.emit())
        elif view.action is Action.UNLOCK:
            self.unlock()

    def unlock(self) -> None:
        """Ask the keychain once more."""
        asked = self._desk.services.brokers.unlock()
        self._desk.run(self, asked, newest=BUSY[Action.UNLOCK]).done(lambda _: self.changed.emit()).failed(self._locked)

    def sign_in(self, view: AccountView) -> None:
        """Sign in to an account that exists, or show its sign-in that is under way."""
        if view.user_id in self._dialogs:
            self._bring(self._dialogs[view.user_id])
            return
        running = self._desk.services.sign_ins.start(view.user_id)
        self._open(view.user_id, running, view.broker_type, view.colour, lambda: self._again(view.user_id))

    def sign_in_new(self, draft: Draft) -> None:
        """Sign in to a new account; how it ends is told in the form too."""
        if _NEW in self._dialogs:
            self._bring(self._dialogs[_NEW])
            return
        running = self._desk.services.sign_ins.start(draft)
        self._form().busy("Waiting for your sign-in")
        self._open(_NEW, running, draft.broker_type, draft.colour, None)

    def told(self, view: SignInView) -> None:
        """A sign-in went on: its dialog shows it."""
        for dialog in self._dialogs.values():
            if dialog.running.view.user_id == view.user_id:
                dialog.refresh()

    def _open(self, key: str, running: RunningSignIn, broker_type: str, colour: str, again: object) -> None:
        spec = self._desk.spec(broker_type)
        dialog = ReconnectDialog(
            self._window,
            self._desk.theme,
            self._desk.services.clock,
            running,
            broker=spec.label if spec else broker_type,
            colour=colour,
            by_code=spec is not None and spec.login == "code",
        )
        self._dialogs[key] = dialog
        dialog.finished.connect(lambda: self._dialogs.pop(key, None))
        dialog.again.connect(again if callable(again) else dialog.reject)
        dialog.show()
        self._watch(key, running)

    def _watch(self, key: str, running: RunningSignIn) -> None:
        work = self._desk.run(self, running.result())
        work.done(lambda answer: self._ended(key, running, answer))
        work.failed(lambda error: self._broke(key, running, error))

    def _again(self, user_id: str) -> None:
        dialog = self._dialogs.get(user_id)
        if dialog is not None:
            running = self._desk.services.sign_ins.start(user_id)
            dialog.follow(running)
            self._watch(user_id, running)

    def _ended(self, key: str, running: RunningSignIn, answer: Answer[AccountView]) -> None:
        dialog = self._dialogs.get(key)
        if dialog is not None and dialog.running is running:
            dialog.show_answer(answer, self._desk.now())
        if key == _NEW:
            self._form().ready()
            self._form().show_answer(answer)
        self.changed.emit()

    def _broke(self, key: str, running: RunningSignIn, error: BaseException) -> None:
        if isinstance(error, TradingError):
            self._ended(key, running, Unknown(error))
            return
        if key == _NEW:
            self._form().ready()
        self._desk.run.untaken(error)

    def _locked(self, error: BaseException) -> None:
        self.changed.emit()
        self._desk.run.untaken(error)

    def _bring(self, dialog: ReconnectDialog) -> None:
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
