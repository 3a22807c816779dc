"""What the window does for accounts: sign-ins, walks, notices, the tray's key, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.qt.desk import Desk
from app.qt.notices import NoticeBoard, Notifier
from app.qt.repairs import Repairs
from app.qt.tray import Tray
from app.qt.walks import Walks
from app.qt.widgets.message import MessageLine
from app.services.views import Event, NoticePosted, NoticeWithdrawn, SignInChanged, WalkChanged

if TYPE_CHECKING:
    from app.qt.panels.connect import ConnectPanel


class Errands(QObject):
    """`go` asks for a view or an account's page, `open_wanted` for the window itself."""

    go = Signal(str)
    open_wanted = Signal()
    quit_wanted = Signal()

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        message: MessageLine,
        desktop: Notifier | None,
        form: Callable[[], ConnectPanel],
    ) -> None:
        super().__init__(window)
        self.tray = Tray(desk.theme, window.windowTitle())
        self.repairs = Repairs(window, desk, form)
        self.walks = Walks(window, desk)
        self._desk, services = desk, desk.services
        self.notices = NoticeBoard(
            desk.run, message, desktop, self.tray, services.notices, services.orders.mode, desk.exits.tells
        )
        self._connect()
        for notice in desk.services.notices.open:
            self.notices.post(notice)

    def _connect(self) -> None:
        self.walks.repair.connect(self.repair)
        self.walks.nothing_to_do.connect(lambda: self.go.emit("overview"))
        self.notices.repair.connect(self.repair)
        self.notices.reconnect_all.connect(self.walks.start)
        self.notices.show_account.connect(self.go)
        self.notices.open_wanted.connect(self.open_wanted)
        self.tray.open_wanted.connect(self.open_wanted)
        self.tray.quit_wanted.connect(self.quit_wanted)
        self.tray.repair.connect(lambda user_id: self._from_tray(lambda: self.repair(user_id)))
        self.tray.reconnect_all.connect(lambda: self._from_tray(self.walks.start))
        self.tray.show_account.connect(lambda user_id: self._from_tray(lambda: self.go.emit(user_id)))

    def repair(self, user_id: str) -> None:
        """The one action of an account; one that asks for nothing (any more) is shown."""
        if not self.walks.shows(user_id) and not self.repairs.repair(user_id):
            self.go.emit(user_id)

    def take(self, event: Event) -> None:
        """What the services tell of sign-ins, walks and notices."""
        match event:
            case NoticePosted(notice) if self._desk.exits.shows(notice.key):
                self._desk.services.notices.answered(notice.key)  # it is being read where it stands
            case NoticePosted(notice):
                self.notices.post(notice)
            case NoticeWithdrawn(key):
                self.notices.withdraw(key)
            case SignInChanged(view):
                self.repairs.told(view)
                self.walks.told()
            case WalkChanged():
                self.walks.told()
            case _:
                pass

    def _from_tray(self, then: Callable[[], None]) -> None:
        self.open_wanted.emit()
        then()
