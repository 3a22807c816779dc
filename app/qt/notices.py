"""Notices to the user: over the desktop's own notifications with buttons, else in the window's message line."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.qt.bridge import Runner
from app.qt.say import verb
from app.qt.widgets.message import MessageLine
from app.services.views import Notice

_DO: Final = "act"
_LATER: Final = "later"


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


class NoticeBoard(QObject):
    """Shows what the services want told. `repair` and `show_account` carry the account of a pressed button."""

    repair = Signal(str)
    show_account = Signal(str)
    open_wanted = Signal()

    def __init__(
        self, run: Runner, message: MessageLine, desktop: Notifier | None, answered: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._answered = answered
        self._run, self._message, self._desktop = run, message, desktop
        self._current: set[str] = set()  # keys of what still is so

    def post(self, notice: Notice) -> None:
        """Tell it, once, where it is seen best."""
        if self._desktop is None:
            self._in_window(notice)
            return
        self._current.add(notice.key)
        told = self._desktop.post(notice, self._actions(notice), lambda key: self._acted(notice, key))
        self._run(self, told).done(lambda shown: self._tried(notice, shown=shown))

    def withdraw(self, key: str) -> None:
        """It is no longer so."""
        self._current.discard(key)
        self._message.withdraw(key)
        if self._desktop is not None:
            self._run(self, self._desktop.withdraw(key))

    def _tried(self, notice: Notice, *, shown: bool) -> None:
        if not shown and notice.key in self._current:  # it may have been withdrawn before the desktop answered
            self._in_window(notice)

    def _actions(self, notice: Notice) -> dict[str, str]:
        label = verb(notice.action)
        return {_DO: label, _LATER: "Later"} if label else {}

    def _in_window(self, notice: Notice) -> None:
        label = verb(notice.action)
        buttons = (
            {label: lambda: self._acted(notice, _DO), "Later": lambda: self._acted(notice, _LATER)} if label else {}
        )
        self._message.post(notice.key, notice.title, notice.text, buttons)

    def _acted(self, notice: Notice, key: str) -> None:
        self._answered(notice.key)
        if key == _LATER:
            return
        self.open_wanted.emit()
        if notice.user_id is not None:
            (self.repair if key == _DO else self.show_account).emit(notice.user_id)
