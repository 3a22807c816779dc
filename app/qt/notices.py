"""Notices to the user: over the desktop's own notifications with buttons, else by the tray and in the window's line.

A tray message has no buttons that would come back to us; its click does what Reconnect would do. It passes away, so the
same words stand in the window's line too, with every button.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.bridge import Runner
from app.qt.ports import NoticesPort
from app.qt.say import verb
from app.qt.widgets.message import MessageLine
from app.qt.widgets.mode_mark import titled
from app.services.views import Action, Notice

_DO: Final = "act"
_LATER: Final = "later"
_SNOOZE: Final = "snooze"


class Notifier(Protocol):
    """The desktop's notifications (`app.system.notifications.DesktopNotifier`)."""

    @property
    def available(self) -> bool:
        """Whether notes with buttons can be shown."""
        ...

    async def start(self) -> bool:
        """Look for the service."""
        ...

    async def post(
        self, note: Notice, actions: Mapping[str, str] = ..., on_action: Callable[[str], None] | None = ...
    ) -> bool:
        """Show a note."""
        ...

    async def withdraw(self, key: str) -> None:
        """Take it away."""
        ...

    async def close(self) -> None:
        """Take all away and leave."""
        ...


class TrayMessages(Protocol):
    """What can be told by the tray's key (`app.qt.tray.Tray`)."""

    def tell(self, title: str, words: str, then: Callable[[], None]) -> None:
        """Show a message; `then` is what its click does."""
        ...

    def hush(self) -> None:
        """A click on the last message does nothing but open the window any more."""
        ...


class NoticeBoard(QObject):
    """Shows what the services want told. `repair` and `show_account` carry the account of a pressed button.

    `reconnect_all` carries the accounts of a notice about several.
    """

    repair = Signal(str)
    reconnect_all = Signal(object)
    show_account = Signal(str)
    open_wanted = Signal()

    def __init__(  # noqa: PLR0917 - who tells, over which ways, for whom
        self,
        run: Runner,
        message: MessageLine,
        desktop: Notifier | None,
        tray: TrayMessages,
        notices: NoticesPort,
        mode: Mode = Mode.LIVE,
        has_line: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`has_line` says of a key that somebody else tells the same in the window's line, with more to press."""
        super().__init__()
        self._mode, self._has_line = mode, has_line
        self._run, self._message, self._desktop, self._tray, self._notices = run, message, desktop, tray, notices
        self._current: set[str] = set()  # keys of what still is so
        self._in_tray = ""  # the key of what the tray told last

    def post(self, notice: Notice) -> None:
        """Tell it, once, where it is seen best; the demo's says that it is one."""
        notice = replace(notice, title=titled(notice.title, self._mode))
        self._current.add(notice.key)
        if self._desktop is None:
            self._without_buttons(notice)
            return
        told = self._desktop.post(notice, self._actions(notice), lambda key: self._acted(notice, key))
        self._run(self, told).done(lambda shown: self._tried(notice, shown=shown))

    def withdraw(self, key: str) -> None:
        """It is no longer so."""
        self._current.discard(key)
        self._message.withdraw(key)
        if self._in_tray == key:
            self._in_tray = ""
            self._tray.hush()
        if self._desktop is not None:
            self._run(self, self._desktop.withdraw(key))

    def _tried(self, notice: Notice, *, shown: bool) -> None:
        if not shown and notice.key in self._current:  # it may have been withdrawn before the desktop answered
            self._without_buttons(notice)

    def _actions(self, notice: Notice) -> dict[str, str]:
        label = verb(notice.action)
        return {_DO: label, _LATER: tr("Later"), _SNOOZE: tr("Snooze")} if label else {}

    def _without_buttons(self, notice: Notice) -> None:
        """By the tray for who looks elsewhere, and in the window, where it stays until it is answered."""
        if not self._has_line(notice.key):
            self._in_window(notice)
        if not self._message.isActiveWindow():
            self._in_tray = notice.key
            self._tray.tell(notice.title, notice.text, lambda: self._acted(notice, _DO))

    def _in_window(self, notice: Notice) -> None:
        def pressing(key: str) -> Callable[[], None]:
            return lambda: self._acted(notice, key)

        buttons = {label: pressing(key) for key, label in self._actions(notice).items()}
        self._message.post(notice.key, notice.title, notice.text, buttons, put_away=pressing(_LATER))

    def _acted(self, notice: Notice, key: str) -> None:
        """A button was pressed; any key but ours is a click on the note itself."""
        if key == _SNOOZE:
            self._notices.snooze(notice.key)
            return
        self._notices.answered(notice.key)
        if key == _LATER:
            return
        self.open_wanted.emit()
        if notice.action is Action.SHOW_ORDERS:
            self.show_account.emit("orders")
        elif key != _DO or notice.action is Action.NONE:
            self.show_account.emit(notice.user_id or "overview")
        elif notice.user_id is None:
            self.reconnect_all.emit(notice.accounts)
        else:
            self.repair.emit(notice.user_id)
