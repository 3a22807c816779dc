"""The views of the window in one stack, and which of them is on show."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.qt.panels.opening import OpeningPage
from app.qt.theme import Theme

if TYPE_CHECKING:
    from app.qt.desk import Desk
    from app.qt.panels.trouble import TroublePage

TITLES: Final = {"overview": "Overview", "positions": "Positions", "add": "Add account"}


class Pages(QStackedWidget):
    """Before the services are there: opening or trouble. Then one page a view, the account's page for an account id."""

    again = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.opening = OpeningPage()
        self.current = "overview"
        self._desk: Desk | None = None
        self.addWidget(self.opening)

    @cached_property
    def trouble(self) -> "TroublePage":
        """The page for what leaves nothing else to show, made when it is needed."""
        from app.qt.panels.trouble import TroublePage  # noqa: PLC0415 - loaded on first use: start-up

        made = TroublePage(self._theme)
        made.again.connect(self.again)
        self.addWidget(made)
        return made

    def build(self, desk: "Desk") -> None:
        """The panels, now that there is something to show."""
        from app.qt.panels.connect import ConnectPanel  # noqa: PLC0415 - loaded after the first paint: start-up
        from app.qt.panels.first_run import FirstRunPage  # noqa: PLC0415 - as above
        from app.qt.panels.overview import OverviewPanel  # noqa: PLC0415 - as above
        from app.qt.panels.positions import PositionsPanel  # noqa: PLC0415 - as above
        from app.qt.panels.status import StatusPanel  # noqa: PLC0415 - as above

        self._desk = desk
        self.overview = OverviewPanel(desk)
        self.positions = PositionsPanel(desk)
        self.connect_panel = ConnectPanel(desk)
        self.status = StatusPanel(desk)
        self.first_run = FirstRunPage(desk.services.brokers.specs())
        for page in (self.overview, self.positions, self.connect_panel, self.status, self.first_run):
            self.addWidget(page)

    @property
    def desk(self) -> "Desk | None":
        """What the panels work with, once it is there."""
        return self._desk

    @property
    def title(self) -> str:
        """Where one is."""
        if self._desk is None:
            return "Kunji"
        account = self._desk.board.account(self.current)
        return account.title if account else TITLES.get(self.current, "Overview")

    def go(self, view: str, now: datetime) -> None:
        """Show a view by its name, or the page of an account by its id."""
        if self._desk is None:
            return
        if view not in TITLES and self._desk.board.account(view) is None:
            view = "overview"
        if view == "add" and self.current != "add":
            self.connect_panel.begin()
        self.current = view
        if view not in TITLES:
            self.status.show_account(view, now)
        self.refresh(now)

    def refresh(self, now: datetime) -> None:
        """Show what the board knows on the page that is on show, and choose that page anew."""
        if self._desk is None:
            return
        if self.current not in TITLES and self._desk.board.account(self.current) is None:
            self.current = "overview"
        page = self._page(self._desk)
        key_error = self._desk.services.vault.key_error
        if key_error is not None and page is self.trouble:
            self.trouble.show_error(key_error)
        self._fill(page, now)
        self.setCurrentWidget(page)

    def tick(self, now: datetime) -> None:
        """Another second."""
        page = self.currentWidget()
        if page is self._panel("positions"):
            self.positions.tick(now)
        elif page is not None and self._desk is not None:
            self._fill(page, now)

    def _fill(self, page: QWidget, now: datetime) -> None:
        for panel in (self.overview, self.positions, self.status):
            if page is panel:
                panel.refresh(now)

    def _page(self, desk: "Desk") -> QWidget:
        accounts = desk.board.accounts
        key_error = desk.services.vault.key_error
        if key_error is not None and (self.current in ("overview", "add") and not accounts):
            return self.trouble
        if key_error is not None and key_error.kind == "keychain_missing" and self.current in TITLES:
            return self.trouble
        if self.current == "overview" and not accounts:
            return self.first_run
        return self._panel(self.current)

    def _panel(self, view: str) -> QWidget:
        if self._desk is None:
            return self.opening
        named = {"overview": self.overview, "positions": self.positions, "add": self.connect_panel}
        return named.get(view, self.status)
