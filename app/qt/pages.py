"""The views of the window in one stack, and which of them is on show."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.tongue import tr
from app.qt.arriving import Arriving
from app.qt.panels.opening import OpeningPage
from app.qt.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from app.qt.desk import Desk
    from app.qt.panels.connect import ConnectPanel
    from app.qt.panels.first_run import FirstRunPage
    from app.qt.panels.funds import FundsPanel
    from app.qt.panels.help import HelpPanel
    from app.qt.panels.holdings import HoldingsPanel
    from app.qt.panels.move import MovePanel
    from app.qt.panels.orders import OrdersPanel
    from app.qt.panels.overview import OverviewPanel
    from app.qt.panels.positions import PositionsPanel
    from app.qt.panels.settings import SettingsPanel
    from app.qt.panels.status import StatusPanel
    from app.qt.panels.trouble import TroublePage

TITLES: Final = {
    "overview": "Overview",
    "positions": "Positions",
    "holdings": "Holdings",
    "orders": "Orders",
    "funds": "Funds",
    "add": "Add account",
    "settings": "Settings",
    "move": "Move to another computer",
    "help": "Help",
}
_BEGINS: Final = ("add", "settings", "move")
"""What begins anew each time that somebody comes there."""

_PAGES: Final = {name: name for name in TITLES} | {"add": "connect_panel", "move": "move_panel"}
_TABLES: Final = ("positions", "holdings", "orders", "funds")


class Pages(QStackedWidget):
    """Before the services are there: opening or trouble. Then one page a view, the account's page for an account id.

    The large pages are built where they will stand: to move one there, all that it holds would take up its look anew.
    """

    again = Signal()
    repair = Signal(str)
    reconnect_all = Signal()
    show_account = Signal(str)
    removed = Signal(str)
    connect_wanted = Signal(str)
    sign_in_wanted = Signal(object)
    connected = Signal(str)

    def __init__(self, theme: Theme, *, demo: bool = False) -> None:
        super().__init__()
        self._theme, self._demo = theme, demo
        self.opening = OpeningPage()
        self.current = "overview"
        self.in_turns = False  # whether a page that is not built yet is built and shown over several turns of the loop
        self._arriving = Arriving(self)
        self._desk: Desk | None = None
        self.addWidget(self.opening)

    @cached_property
    def trouble(self) -> TroublePage:
        """The page for what leaves nothing else to show, made when it is needed."""
        from app.qt.panels.trouble import TroublePage  # loaded on first use: start-up

        made = TroublePage(self._theme)
        made.again.connect(self.again)
        self.addWidget(made)
        return made

    def build(self, desk: Desk) -> None:
        """There is something to show from now on; each panel is made when it is first wanted."""
        self._desk = desk

    @cached_property
    def overview(self) -> OverviewPanel:
        """Can I trade from every account, and until when?"""
        from app.qt.panels.overview import OverviewPanel  # as above

        made = OverviewPanel(self._world, self)
        made.repair.connect(self.repair)
        made.reconnect_all.connect(self.reconnect_all)
        made.show_account.connect(self.show_account)
        self.addWidget(made)
        made.read_today()
        return made

    @cached_property
    def positions(self) -> PositionsPanel:
        """The table of positions."""
        from app.qt.panels.positions import PositionsPanel  # as above

        made = PositionsPanel(self._world, self)
        self._add_table(made, made.repair, made.add_wanted)
        return made

    @cached_property
    def holdings(self) -> HoldingsPanel:
        """The table of holdings."""
        from app.qt.panels.holdings import HoldingsPanel  # as above

        made = HoldingsPanel(self._world, self)
        self._add_table(made, made.repair, made.add_wanted)
        return made

    @cached_property
    def orders(self) -> OrdersPanel:
        """The tables of orders and trades."""
        from app.qt.panels.orders import OrdersPanel  # as above

        made = OrdersPanel(self._world, self)
        self._add_table(made, made.repair, made.add_wanted)
        return made

    @cached_property
    def funds(self) -> FundsPanel:
        """The table of funds."""
        from app.qt.panels.funds import FundsPanel  # as above

        made = FundsPanel(self._world, self)
        self._add_table(made, made.repair, made.add_wanted)
        return made

    def _add_table(self, made: QWidget, repair: SignalInstance, add_wanted: SignalInstance) -> None:
        repair.connect(self.repair)
        add_wanted.connect(lambda: self.show_account.emit("add"))
        self.addWidget(made)

    @cached_property
    def connect_panel(self) -> ConnectPanel:
        """Add account."""
        from app.qt.panels.connect import ConnectPanel  # as above

        made = ConnectPanel(self._world)
        made.sign_in_wanted.connect(self.sign_in_wanted)
        made.connected.connect(self.connected)
        self.addWidget(made)
        return made

    @cached_property
    def status(self) -> StatusPanel:
        """One account."""
        from app.qt.panels.status import StatusPanel  # as above

        made = StatusPanel(self._world, self)
        made.repair.connect(self.repair)
        made.removed.connect(self.removed)
        self.addWidget(made)
        return made

    @cached_property
    def settings(self) -> SettingsPanel:
        """What the user sets, and the trading days in force."""
        from app.qt.panels.settings import SettingsPanel  # as above

        made = SettingsPanel(self._world, self)
        made.move_wanted.connect(lambda: self.show_account.emit("move"))
        self.addWidget(made)
        return made

    @cached_property
    def move_panel(self) -> MovePanel:
        """The way to another computer."""
        from app.qt.panels.move import MovePanel  # as above

        made = MovePanel(self._world)
        self.addWidget(made)
        return made

    @cached_property
    def help(self) -> HelpPanel:
        """Shortcuts, diagnostics, the log, and what Kunji is."""
        from app.qt.panels.help import HelpPanel  # as above

        made = HelpPanel(self._world)
        self.addWidget(made)
        return made

    @cached_property
    def first_run(self) -> FirstRunPage:
        """The empty start."""
        from app.qt.panels.first_run import FirstRunPage  # as above

        made = FirstRunPage(self._world, demo=self._demo)
        made.connect_wanted.connect(self.connect_wanted)
        self.addWidget(made)
        return made

    @property
    def _world(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("a panel before the services")
        return self._desk

    def read_today(self) -> None:
        """Something happened: read the diary again where it is shown."""
        if "overview" in self.__dict__:
            self.overview.read_today()

    def read_history(self) -> None:
        """A session went through something: read the account's history again where it is shown."""
        if self.currentWidget() is self.__dict__.get("status", self):
            self.status.read_history()

    @property
    def desk(self) -> Desk | None:
        """What the panels work with, once it is there."""
        return self._desk

    @property
    def title(self) -> str:
        """Where one is."""
        if self._desk is None:
            return "Kunji"
        account = self._desk.board.account(self.current)
        return account.title if account else tr(TITLES.get(self.current, TITLES["overview"]))

    def go(self, view: str, now: datetime, then: Callable[[], object] | None = None) -> None:
        """Show a view by its name, or the page of an account by its id; `then` is done once it is there."""
        if self._desk is None:
            return
        if view not in TITLES and self._desk.board.account(view) is None:
            view = "overview"
        comes, self.current = view != self.current, view
        steps = self._arrive(self._desk, view, now, comes=comes, then=then)
        self._arriving.stop()
        if self.in_turns and _PAGES.get(view, "status") not in self.__dict__:
            self._arriving.begin(steps)
        else:
            deque(steps, maxlen=0)

    def _arrive(
        self, desk: Desk, view: str, now: datetime, *, comes: bool, then: Callable[[], object] | None
    ) -> Iterator[None]:
        page = self._page(desk)
        yield
        for part in _parts(page):
            part()
            yield
        if page is self.__dict__.get("status"):
            self.status.show_account(view, now)
        elif comes and view in _BEGINS:
            page.begin()  # type: ignore[attr-defined]  # those three have one
        yield
        self._arriving.stop()
        self.refresh(now)
        if then is not None:
            then()

    def refresh(self, now: datetime) -> None:
        """Show what the board knows on the page that is on show, and choose that page anew."""
        if self._desk is None or self._arriving.active:  # whoever arrives shows what is known then
            return
        if self.current not in TITLES and self._desk.board.account(self.current) is None:
            self.current = "overview"
        page = self._page(self._desk)
        key_error = self._desk.services.vault.key_error
        if key_error is not None and page is self.trouble:
            self.trouble.show_error(key_error, now)
        self._fill(page, now)
        self.setCurrentWidget(page)
        self.look(seen=self.isVisible())

    def tick(self, now: datetime) -> None:
        """Another second."""
        page = self.currentWidget()
        for name in _TABLES:
            if page is not None and page is self.__dict__.get(name):
                getattr(self, name).tick(now)
                return
        if page is not None:
            self._fill(page, now)

    def rearrange(self) -> None:
        """The columns of the tables are other ones than were kept."""
        for name in _TABLES:
            if name in self.__dict__:
                getattr(self, name).rearrange()

    def look(self, *, seen: bool) -> None:
        """Tell what is looked at, so that it is read more often."""
        if self._desk is not None:
            from app.qt.looking import books_of  # as above

            self._desk.services.portfolio.look(books_of(self.current if seen else ""))

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks, unless it is shown minimized."""
        self.look(seen=not self.window().isMinimized())
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self.look(seen=False)
        super().hideEvent(event)

    def _fill(self, page: QWidget, now: datetime) -> None:
        for name in ("overview", *_TABLES, "status", "settings", "move_panel"):
            if page is self.__dict__.get(name):
                getattr(self, name).refresh(now)

    def _page(self, desk: Desk) -> QWidget:
        accounts = desk.board.accounts
        key_error = desk.services.vault.key_error
        if key_error is not None and (self.current in ("overview", "add") and not accounts):
            return self.trouble
        missing = key_error is not None and key_error.kind == "keychain_missing"
        if missing and self.current in TITLES and self.current != "help":  # help says what is missing, too
            return self.trouble
        if self.current == "overview" and not accounts:
            return self.first_run
        return self._panel(self.current)

    def _panel(self, view: str) -> QWidget:
        page: QWidget = getattr(self, _PAGES.get(view, "status"))  # an account's page goes by its id
        return page


def _parts(page: QWidget) -> tuple[Callable[[], None], ...]:
    """What a large page left to be built in other turns; nothing of it is built twice."""
    parts: tuple[Callable[[], None], ...] = getattr(page, "parts", ())
    return parts
