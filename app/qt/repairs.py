"""What the one button of an account does: sign in, show the sign-in, check, unlock; one dialog an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain import Secret, TradingError
from app.domain.tongue import tr
from app.qt.account_ports import RunningSignIn, SpecLike
from app.qt.bridge import Work
from app.qt.desk import Desk
from app.qt.say import BUSY, short
from app.services.answers import Answer, Unknown, Yes
from app.services.views import AccountState, AccountView, Action, Draft, SignInView
from app.services.words import before_replacing

if TYPE_CHECKING:
    from app.qt.dialogs.reconnect import ReconnectDialog, Whom
    from app.qt.panels.connect import ConnectPanel

_NEW = "new"  # the place of a sign-in to an account that is not stored yet
_SIGN_INS = (Action.RECONNECT, Action.RENEW, Action.SHOW_SIGN_IN)


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

    def repair(self, user_id: str) -> bool:
        """Do the one thing that the account's state asks for; False when it asks for nothing."""
        view = self._desk.board.account(user_id)
        if view is None:
            return False
        if view.action in _SIGN_INS:
            self.sign_in(view)
        elif view.action is Action.CHECK:
            asked = self._desk.services.brokers.validate_broker(user_id)
            self._desk.run(self, asked, newest=f"check {user_id}").done(lambda _: self.changed.emit())
        elif view.action is Action.UNLOCK:
            self.unlock()
        return view.action is not Action.NONE

    def unlock(self) -> None:
        """Ask the keychain once more."""
        asked = self._desk.services.brokers.unlock()
        self._desk.run(self, asked, newest=BUSY[Action.UNLOCK]).done(lambda _: self.changed.emit()).failed(self._locked)

    def sign_in(self, view: AccountView) -> None:
        """Sign in to an account that exists, or show its sign-in that is under way.

        Nothing is asked first but whether a session that still lives is to be replaced.
        """
        user_id = view.user_id
        if user_id in self._dialogs:
            self._bring(self._dialogs[user_id])
            return
        spec = self._desk.spec(view.broker_type)
        dialog = self._open(user_id, _whom(view, short(view, self._desk.now()), spec))
        dialog.again.connect(partial(self._begin, user_id))
        dialog.token_offered.connect(partial(self._use_token, user_id))
        living = self._desk.services.sign_ins.living(user_id)
        if living is None or view.state is AccountState.SIGNING_IN:
            self._begin(user_id)
        else:
            shared = spec is not None and bool(spec.one_token)
            dialog.ask_first(before_replacing(view, living, self._desk.now(), shared=shared))
            asked = self._desk.services.brokers.validate_broker(user_id)
            self._desk.run(self, asked).done(lambda _: self._looked(user_id, dialog))
        dialog.show()

    def sign_in_new(self, draft: Draft) -> None:
        """Sign in to a new account; how it ends is told in the form too."""
        if _NEW in self._dialogs:
            self._bring(self._dialogs[_NEW])
            return
        running = self._desk.services.sign_ins.start(draft)
        self._form().busy(tr("Waiting for your sign-in"))
        spec = self._desk.spec(draft.broker_type)
        dialog = self._open(_NEW, _whom_new(draft, running.view.title, spec))
        dialog.again.connect(dialog.reject)
        self._follow(_NEW, dialog, running)
        dialog.show()

    def told(self, view: SignInView) -> None:
        """A sign-in went on: its dialog shows it."""
        for dialog in self._dialogs.values():
            if dialog.running is not None and dialog.running.view.user_id == view.user_id:
                dialog.refresh()

    # -------------------------------------------------------------- sign-ins

    def _open(self, key: str, whom: Whom) -> ReconnectDialog:
        from app.qt.dialogs.reconnect import ReconnectDialog  # loaded on first use: start-up

        dialog = ReconnectDialog(self._window, self._desk.theme, self._desk.services.clock, whom)
        self._dialogs[key] = dialog
        dialog.finished.connect(lambda: self._dialogs.pop(key, None))
        dialog.next_wanted.connect(self.repair)
        return dialog

    def _begin(self, user_id: str) -> None:
        dialog = self._dialogs.get(user_id)
        if dialog is not None:
            self._follow(user_id, dialog, self._desk.services.sign_ins.start(user_id))

    def _looked(self, user_id: str, dialog: ReconnectDialog) -> None:
        """Nobody is asked any longer about a session that turned out to be dead: there is nothing left to lose."""
        asks = self._dialogs.get(user_id) is dialog and dialog.running is None and not dialog.ended
        if asks and self._desk.services.sign_ins.living(user_id) is None:
            self._begin(user_id)

    def _follow(self, key: str, dialog: ReconnectDialog, running: RunningSignIn) -> None:
        dialog.follow(running)
        work = self._desk.run(self, running.result())
        work.done(lambda answer: self._ended(key, running, answer))
        work.failed(lambda error: self._broke(key, running, error))

    def _ended(self, key: str, running: RunningSignIn, answer: Answer[AccountView]) -> None:
        dialog = self._dialogs.get(key)
        if dialog is not None and dialog.running is running and not dialog.ended:
            dialog.show_answer(answer, self._desk.now())
            if isinstance(answer, Yes):
                self._offer_next(dialog, answer.value.user_id)
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
            self._form().show_error(error)
        self._desk.run.untaken(error)

    # -------------------------------------------------------------- a token that the user has already

    def _use_token(self, user_id: str, token: Secret) -> None:
        """Ask the broker about it; a sign-in that waits meanwhile goes on unless the token is taken."""
        dialog = self._dialogs.get(user_id)
        if dialog is None:
            return
        asked = self._desk.services.brokers.update_broker_token(user_id, token)
        work: Work[Answer[AccountView]] = self._desk.run(self, asked).busy(dialog.token.send, tr("Checking"))
        dialog.finished.connect(work.cancel)
        work.done(partial(self._token_told, user_id, dialog))
        work.failed(partial(self._token_broke, user_id, dialog))

    def _token_broke(self, user_id: str, dialog: ReconnectDialog, error: BaseException) -> None:
        if isinstance(error, TradingError):
            self._token_told(user_id, dialog, Unknown(error))
            return
        if self._dialogs.get(user_id) is dialog:
            dialog.token.wipe()
        self._desk.run.untaken(error)

    def _token_told(self, user_id: str, dialog: ReconnectDialog, answer: Answer[AccountView]) -> None:
        if self._dialogs.get(user_id) is not dialog:
            return
        if not isinstance(answer, Yes):
            dialog.show_token_refused(answer.error)
            return
        running = dialog.running
        if running is None:
            self._taken(user_id, dialog)
            return
        dialog.pane.idle()  # how it ends is not told: it is needed no longer
        running.cancel()
        self._desk.run(self, running.result()).done(lambda _: self._taken(user_id, dialog))

    def _taken(self, user_id: str, dialog: ReconnectDialog) -> None:
        accounts = self._desk.services.brokers.accounts()
        account = next((view for view in accounts if view.user_id == user_id), None)
        if account is not None and self._dialogs.get(user_id) is dialog:
            dialog.show_token_taken(account, self._desk.now())
            self._offer_next(dialog, user_id)
        self.changed.emit()

    # -------------------------------------------------------------- one after another

    def _waiting(self, but: str) -> AccountView | None:
        """The worst other account that a sign-in would help and that has none."""
        others = (view for view in self._desk.board.worst_first if view.user_id != but)
        return next(
            (view for view in others if view.action is Action.RECONNECT and view.user_id not in self._dialogs), None
        )

    def _offer_next(self, dialog: ReconnectDialog, user_id: str) -> None:
        other = self._waiting(user_id)
        if other is not None:
            dialog.offer_next(other.user_id, other.title)

    def _locked(self, error: BaseException) -> None:
        self.changed.emit()
        self._desk.run.untaken(error)

    def _bring(self, dialog: ReconnectDialog) -> None:
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()


def _whom(view: AccountView, standing: str, spec: SpecLike | None) -> Whom:
    """A stored account as it stands."""
    from app.qt.dialogs.reconnect import Whom  # as above

    return Whom(
        title=view.title,
        broker=view.broker_label,
        client_id=view.client_id,
        colour=view.colour,
        standing="" if view.state is AccountState.SIGNING_IN else standing[:1].lower() + standing[1:],
        by_code=bool(view.keeps) or (spec is not None and spec.login == "code"),
        token_hint=_token_hint(spec),
    )


def _whom_new(draft: Draft, title: str, spec: SpecLike | None) -> Whom:
    """An account that is to be stored; its token, if there is one, was asked for in the form."""
    from app.qt.dialogs.reconnect import Whom  # as above

    broker = spec.label if spec is not None else draft.broker_type
    by_code = spec is not None and spec.login == "code"
    return Whom(title=title, broker=broker, colour=draft.colour, new=True, by_code=by_code)


def _token_hint(spec: SpecLike | None) -> str:
    """What the broker says about a pasted token; empty where it takes none."""
    fields = spec.fields if spec is not None else ()
    return next((field.hint or field.label for field in fields if field.name == "access_token"), "")
