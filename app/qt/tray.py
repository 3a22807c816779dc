"""The key in the tray: its bit is the worst state. No amounts, no numbers; the menu leads to every account."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.domain.tongue import tr
from app.qt import icons
from app.qt.say import verb
from app.qt.theme import Theme
from app.services.views import AccountState, AccountView, Action
from app.services.words import clock_time, needing_sign_in, next_death, ready_count, state_word

_LOOK_AGAIN_MS: Final = 5000  # a panel may start after us
_MESSAGE_MS: Final = 20_000  # as long as the desktop lets us: an account has died
_SHAPES: Final = {
    AccountState.SIGNED_OUT: "expired",
    AccountState.LOCKED: "expired",
    AccountState.ENDS_SOON: "expiring",
    AccountState.NOT_CONFIRMED: "expiring",
    AccountState.WATCH_ONLY: "expiring",
    AccountState.REFUSED: "expiring",
    AccountState.OFFLINE: "offline",
    AccountState.SIGNING_IN: "ready",
    AccountState.READY: "ready",
}
_REPAIRS: Final = frozenset({Action.RECONNECT, Action.RENEW, Action.UNLOCK})


def shape_of(worst: AccountState | None) -> str:
    """The key's drawing for the worst state; a whole key when there is nothing to say."""
    return "ready" if worst is None else _SHAPES[worst]


class Tray(QObject):
    """Shows itself as soon as the desktop has a tray."""

    open_wanted = Signal()
    repair = Signal(str)
    reconnect_all = Signal()
    show_account = Signal(str)
    quit_wanted = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self._menu = QMenu()
        self._icon = QSystemTrayIcon()
        self._worst: AccountState | None = None
        self._shown: tuple[tuple[str, str, Action], ...] | None = None
        self._then: Callable[[], None] | None = None
        self._icon.messageClicked.connect(self._on_message)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        theme.changed.connect(self._draw)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_AGAIN_MS)
        self._look.timeout.connect(self._appear)
        self.show_accounts((), None)
        self._appear()

    @property
    def visible(self) -> bool:
        """Whether there is a tray and the key is in it."""
        return QSystemTrayIcon.isSystemTrayAvailable() and self._icon.isVisible()

    @property
    def menu(self) -> QMenu:
        """What a click on the key offers."""
        return self._menu

    @property
    def tooltip(self) -> str:
        """What stands beside the pointer."""
        return self._icon.toolTip()

    def show_accounts(self, accounts: Sequence[AccountView], now: datetime | None) -> None:
        """Other states: another key, tooltip and menu."""
        worst = min(accounts, key=lambda view: view.state.rank, default=None)
        self._worst = worst.state if worst is not None else None
        self._draw()
        said = [(view, _standing(view, now)) for view in accounts] if now else []
        lines = _head(self._title, accounts, now) if now and accounts else [self._title]
        self._show_tooltip("\n".join([*lines, *(f"{view.title}: {word}" for view, word in said)]))
        wanted = tuple((view.user_id, f"{view.title}: {word}", view.action) for view, word in said)
        if wanted != self._shown:
            self._shown = wanted
            self._fill(accounts, {user_id: line for user_id, line, _ in wanted})

    def tell(self, title: str, words: str, then: Callable[[], None]) -> None:
        """Show a message where the tray can; `then` is what its click does, as far as the desktop tells of it."""
        self._then = then
        if self.visible and QSystemTrayIcon.supportsMessages():
            self._icon.showMessage(title, words, self._icon.icon(), _MESSAGE_MS)

    def hush(self) -> None:
        """The message is no longer so: its click opens the window alone."""
        self._then = None

    def close(self) -> None:
        """Leave the tray."""
        self._look.stop()
        self._icon.hide()
        self._menu.deleteLater()

    def _appear(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._look.stop()
            self._icon.show()
        else:
            self._look.start()

    def _draw(self) -> None:
        # the panel's own colour is not told to programs; dark systems have dark panels nearly everywhere
        self._icon.setIcon(icons.tray(shape_of(self._worst), dark_panel=self._theme.dark))

    def _show_tooltip(self, words: str) -> None:
        if words != self._icon.toolTip():  # every change goes over the bus
            self._icon.setToolTip(words)

    def _fill(self, accounts: Sequence[AccountView], lines: dict[str, str]) -> None:
        self._menu.clear()
        self._add("Open Kunji").triggered.connect(self.open_wanted)
        if len(needing_sign_in(accounts)) > 1:
            self._add("Reconnect all").triggered.connect(self.reconnect_all)
        self._menu.addSeparator()
        for view in accounts:
            self._add(lines[view.user_id]).triggered.connect(
                lambda _=False, user_id=view.user_id: self.show_account.emit(user_id)
            )
            if view.action in _REPAIRS:
                self._add(f"    {verb(view.action)} {view.title}").triggered.connect(
                    lambda _=False, user_id=view.user_id: self.repair.emit(user_id)
                )
        if accounts:
            self._menu.addSeparator()
        self._add("Quit").triggered.connect(self.quit_wanted)

    def _add(self, words: str) -> QAction:
        action = QAction(words, self._menu)
        self._menu.addAction(action)
        return action

    def _on_message(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
        else:
            self.open_wanted.emit()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open_wanted.emit()


def _standing(view: AccountView, now: datetime) -> str:
    """The state's word; a clock time and no countdown: menu and tooltip are not made anew every second."""
    if view.state is AccountState.ENDS_SOON and view.token_expires_at is not None:
        return tr("Ends at {clock_time}", clock_time=clock_time(view.token_expires_at, now))
    return state_word(view, now)


def _head(title: str, accounts: Sequence[AccountView], now: datetime) -> list[str]:
    """The most important first: some desktops cut a tooltip after a hundred characters."""
    then = next_death(accounts, now)
    return [
        tr("{title}: {ready_count} ready", title=title, ready_count=ready_count(accounts)),
        *([tr("Next: {then}", then=then)] if then else []),
    ]
