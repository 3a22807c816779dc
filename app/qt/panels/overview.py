"""Overview: can I trade from every account, and until when? The worst first, then sessions, then money."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import scaled
from app.qt.models.money import money
from app.qt.models.sums import totals
from app.qt.ports import EntryLike
from app.qt.widgets.accounts_table import AccountsTable
from app.qt.widgets.attention import AttentionArea
from app.qt.widgets.basic import column, name
from app.qt.widgets.scroll import Scroll
from app.qt.widgets.today import TodayList
from app.qt.widgets.totals import TotalsStrip
from app.services.book_views import FundsView

_NARROW: Final = 800  # of the page: a window of 853 beside its icons
_ONE_LINE: Final = 900
_MARKS: Final = 1000
_TIGHT: Final = 720  # only with a larger text of the system
_WRITTEN: Final = 0.3  # seconds until the diary holds what was just told


class OverviewPanel(QWidget):
    """The first view."""

    repair = Signal(str)
    reconnect_all = Signal()
    show_account = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        name(self, tr("Overview"))
        self.attention = AttentionArea(desk.theme)
        self.totals = TotalsStrip(desk.theme)
        self.table = AccountsTable(desk.theme, desk.figures)
        self.today = TodayList(desk.theme)
        for part in (self.attention, self.table):
            part.repair.connect(self.repair)
            part.show_account.connect(self.show_account)
        self.attention.reconnect_all.connect(self.reconnect_all)
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget()
        column(self, gap=0).addWidget(Scroll(page))  # first: what comes into its place later takes up its look once
        self._inside = column(page, gap=12, margin=20)
        for part in (self.attention, self.totals, self.table, self.today):
            self._inside.addWidget(part)
        self._inside.addStretch()

    def refresh(self, now: datetime) -> None:
        """Show what is known at `now`."""
        board = self._desk.board
        if not board.accounts:
            return
        self.attention.show_board(board, now)
        held = [board.positions(view.user_id) for view in board.accounts]
        live = totals([view for view in held if view is not None and view.current])
        self.totals.show_totals(totals(held), live, money(board.read(FundsView)), self._desk.figures)
        self.table.show_board(board, now)

    def read_today(self) -> None:
        """Read the diary again; it is written in the background, so a moment after the news."""
        self._desk.run(self, self._diary(), newest="today").done(
            lambda entries: self.today.show_entries(entries, self._desk.board)
        )

    async def _diary(self) -> Sequence[EntryLike]:
        await asyncio.sleep(_WRITTEN)
        services = self._desk.services
        return await services.store.history.of_day(services.clock.now().astimezone(IST).date())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Margins and totals of a narrow window."""
        width = event.size().width()
        narrow = width < scaled(_NARROW)
        margin = 16 if narrow else 20
        self._inside.setContentsMargins(margin, margin, margin, margin)
        self.totals.set_narrow(narrow=width < scaled(_ONE_LINE))
        self.table.set_narrow(marks=width < scaled(_MARKS), narrow=narrow, tight=width < scaled(_TIGHT))
        self.refresh(self._desk.now())
        super().resizeEvent(event)
