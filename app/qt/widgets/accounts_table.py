"""The overview's table: one row an account with its state, session rail, what it allows, P&L, funds, and its repair."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, font, scaled
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.models.segments import axis
from app.qt.say import wants_reading
from app.qt.theme import Theme, put
from app.qt.widgets.account_row import Row, acting, amount, make_row, named, show_row, signed, stated
from app.qt.widgets.basic import clear, hairline, name, text
from app.qt.widgets.rail import RailHead
from app.services.views import AccountView
from app.services.words import ready_count

_ROW_HEIGHT: Final = 54
_ROW_NARROW: Final = 48
_LINE_WIDE: Final = 152
_LINE_TIGHT: Final = 108
_NAME_WIDE: Final = 240
_NAME_NARROW: Final = 136
_NAME_TIGHT: Final = 88
_ACCOUNT, _STATE, _RAIL, _ALLOWED, _SIGN, _PNL, _FUNDS, _ACTION = range(8)
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AccountsTable(QFrame):
    """Rows stay in the user's order. `repair` asks for an account's action, `show_account` for its page."""

    repair = Signal(str)
    show_account = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme, self._figures = theme, figures
        self.setProperty("surface", "panel")
        name(self, tr("Accounts"))
        self._rows: dict[str, Row] = {}
        self._head = RailHead(theme)
        self._count = text()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._marks = self._narrow = self._tight = False
        self._of_funds: list[QWidget] = []
        self._names: list[str] = []
        self._to_read: set[str] = set()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(1, 4, 1, 1)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)

    @property
    def rows(self) -> dict[str, Row]:
        """The rows by account."""
        return self._rows

    @property
    def count(self) -> QLabel:
        """How many are ready, in words."""
        return self._count

    def show_board(self, board: Board, now: datetime) -> None:
        """Other accounts, or another second."""
        if [view.user_id for view in board.accounts] != list(self._rows):
            self._rebuild(board.accounts)
        put(self._count, tr("Accounts, {ready} ready", ready=ready_count(board.accounts)))
        line = axis(now)
        self._head.show_axis(line, line.at(now))
        for view in board.accounts:
            show_row(self._rows[view.user_id], view, board, self._figures, now)
        self._to_read = {view.user_id for view in board.accounts if wants_reading(view)}
        names = [view.title for view in board.accounts]
        if names != self._names:
            self._names = names
            self._fit_names()

    def set_narrow(self, *, marks: bool, narrow: bool, tight: bool) -> None:
        """`marks`: what is allowed as shapes alone. `narrow`: no funds, narrower gaps. `tight`: not even the shapes."""
        if (marks, narrow, tight) != (self._marks, self._narrow, self._tight):
            self._marks, self._narrow, self._tight = marks, narrow, tight
            self._grid.setHorizontalSpacing(8 if narrow else 12)
            for at in range(len(self._rows)):
                self._grid.setRowMinimumHeight(2 * at + 2, self._row_height())
            self._show_columns()
            self._fit_names()

    def _on_pressed(self, user_id: str) -> None:
        (self.show_account if user_id in self._to_read else self.repair).emit(user_id)

    def _show_columns(self) -> None:
        for shown in self._rows.values():
            shown.allowed.set_narrow(narrow=self._marks)
            shown.allowed.setVisible(not self._tight)
        for part in self._of_funds:
            part.setVisible(not self._narrow)

    def _row_height(self) -> int:
        return scaled(_ROW_NARROW if self._narrow else _ROW_HEIGHT)

    def _fit_names(self) -> None:
        """The names' column is as wide as the longest name, up to a limit; above it a name takes two lines."""
        metrics = QFontMetrics(font(Role.TOTAL))
        names = [shown.name.text() for shown in self._rows.values()]
        widest = max((metrics.horizontalAdvance(called) for called in names), default=0)
        word = max((metrics.horizontalAdvance(part) for called in names for part in called.split()), default=0)
        limit = scaled(_NAME_TIGHT if self._tight else _NAME_NARROW if self._marks else _NAME_WIDE)
        for shown in self._rows.values():
            shown.name.setMinimumWidth(max(word, min(widest, limit)) + 2)
            shown.word.setMinimumWidth(scaled(_LINE_TIGHT if self._tight else _LINE_WIDE))

    def _rebuild(self, views: Sequence[AccountView]) -> None:
        self._head.setParent(None)
        clear(self._grid)
        self._rows, self._of_funds = {}, []
        self._lay_head()
        for at, view in enumerate(views):
            self._rows[view.user_id] = self._lay_row(2 * at + 1, view.user_id)
        self._grid.setColumnStretch(_RAIL, 1)
        self._show_columns()

    def _lay_head(self) -> None:
        self._count = text("", Role.SMALL, "soft")
        self._count.setContentsMargins(16, 0, 0, 0)
        funds = text(tr("Available \u20b9"), Role.SMALL, "soft")
        self._of_funds.append(funds)
        self._grid.addWidget(self._count, 0, _ACCOUNT)
        self._grid.addWidget(text(tr("State"), Role.SMALL, "soft"), 0, _STATE)
        self._grid.addWidget(self._head, 0, _RAIL)
        self._grid.addWidget(text(tr("Day's P&L \u20b9"), Role.SMALL, "soft"), 0, _SIGN, 1, 2, _RIGHT)
        self._grid.addWidget(funds, 0, _FUNDS, _RIGHT)
        self._grid.setRowMinimumHeight(0, scaled(30))

    def _lay_row(self, at: int, user_id: str) -> Row:
        made = make_row(self._theme)
        self._grid.addWidget(hairline(), at, 0, 1, _ACTION + 1)
        funds = amount(made.funds, made.funds_as_of)
        self._of_funds.append(funds)
        cells = (
            (_ACCOUNT, named(made)),
            (_STATE, stated(made)),
            (_RAIL, made.rail),
            (_ALLOWED, made.allowed),
            (_SIGN, signed(made)),
            (_PNL, amount(made.pnl, made.as_of)),
            (_FUNDS, funds),
            (_ACTION, acting(made)),
        )
        for place, cell in cells:
            self._grid.addWidget(cell, at + 1, place)
        self._grid.setRowMinimumHeight(at + 1, self._row_height())
        made.button.clicked.connect(lambda: self._on_pressed(user_id))
        return made
