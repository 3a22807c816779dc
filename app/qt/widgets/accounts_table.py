"""The overview's table: one row an account with its state, its session rail, open P&L, and the repair it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.qt.fonts import Role, font
from app.qt.models.board import Board
from app.qt.models.figures import Figures, direction
from app.qt.models.segments import axis, rail
from app.qt.models.sums import sum_of
from app.qt.say import verb
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, clear, column, hairline, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark, Triangle
from app.qt.widgets.rail import RailHead, RailView
from app.services.views import AccountView, PositionsView
from app.services.words import clock_time, ready_count, row_line, state_word

_ROW_HEIGHT: Final = 54
_LINE_WIDE: Final = 186
_LINE_NARROW: Final = 152
_NAME_WIDE: Final = 240
_NAME_NARROW: Final = 136
_ACCOUNT, _STATE, _RAIL, _SIGN, _PNL, _ACTION = range(6)
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Row:
    """The parts of one account's row."""

    bar: AccountBar
    name: QLabel
    client: QLabel
    mark: StateMark
    word: QLabel
    line: QLabel
    rail: RailView
    triangle: Triangle
    pnl: QLabel
    as_of: QLabel
    button: QPushButton


class AccountsTable(QFrame):
    """Rows stay in the user's order. `repair` asks for an account's action, `show_account` for its page."""

    repair = Signal(str)
    show_account = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme, self._figures = theme, figures
        self.setProperty("surface", "panel")
        name(self, "Accounts")
        self._rows: dict[str, Row] = {}
        self._head = RailHead(theme)
        self._count = text()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._narrow = False
        self._names: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(1, 4, 1, 1)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)

    @property
    def rows(self) -> dict[str, Row]:
        """The rows by account."""
        return self._rows

    def show_board(self, board: Board, now: datetime) -> None:
        """Other accounts, or another second."""
        if [view.user_id for view in board.accounts] != list(self._rows):
            self._rebuild(board.accounts)
        put(self._count, f"Accounts, {ready_count(board.accounts)} ready")
        line = axis(now)
        self._head.show_axis(line, line.at(now))
        for view in board.accounts:
            self._show_row(self._rows[view.user_id], view, now)
            self._show_pnl(self._rows[view.user_id], board.positions(view.user_id), now)
        names = [view.title for view in board.accounts]
        if names != self._names:
            self._names = names
            self._fit_names()

    def set_narrow(self, *, narrow: bool) -> None:
        """Narrower gaps, and long names in two lines."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._grid.setHorizontalSpacing(8 if narrow else 12)
            self._fit_names()

    def _fit_names(self) -> None:
        """The names' column is as wide as the longest name, up to a limit; above it a name takes two lines."""
        metrics = QFontMetrics(font(Role.TOTAL))
        names = [shown.name.text() for shown in self._rows.values()]
        widest = max((metrics.horizontalAdvance(called) for called in names), default=0)
        word = max((metrics.horizontalAdvance(part) for called in names for part in called.split()), default=0)
        for shown in self._rows.values():
            shown.name.setMinimumWidth(max(word, min(widest, _NAME_NARROW if self._narrow else _NAME_WIDE)) + 2)
            shown.word.setMinimumWidth(_LINE_NARROW if self._narrow else _LINE_WIDE)

    def _show_row(self, shown: Row, view: AccountView, now: datetime) -> None:
        said = state_word(view, now)
        shown.bar.show_colour(view.colour)
        put(shown.name, view.title)
        put(shown.client, view.client_id)
        put(shown.word, said)
        dress(shown.word, "tone", STATE_TOKENS[view.state])
        put(shown.line, row_line(view, now))
        shown.mark.show_state(view.state, said)
        shown.rail.show_rail(rail(view, now), axis(now))
        label = verb(view.action)
        shown.button.setVisible(bool(label))
        if shown.button.isEnabled() and shown.button.text() != label:
            shown.button.setText(label)
        name(shown.button, f"{label} {view.title}" if label else view.title)

    def _show_pnl(self, shown: Row, positions: PositionsView | None, now: datetime) -> None:
        known = positions is not None and positions.rows is not None
        value = sum_of(positions.rows or ()).unrealised if positions is not None and known else None
        current = positions is not None and positions.current
        sign = direction(value) if value is not None and not self._figures.hidden else 0
        token = {1: "gain", -1: "loss", 0: ""}[sign] if current else "muted"
        put(shown.pnl, self._figures.signed(value))
        dress(shown.pnl, "tone", token)
        shown.triangle.show_sign(sign, token if token in ("gain", "loss") else "text.muted")
        stale = positions.as_of if positions is not None and known and not current else None
        put(shown.as_of, f"as of {clock_time(stale, now)}" if stale else "")
        shown.as_of.setVisible(stale is not None)

    def _rebuild(self, views: Sequence[AccountView]) -> None:
        self._head.setParent(None)
        clear(self._grid)
        self._rows = {}
        self._lay_head()
        for at, view in enumerate(views):
            self._rows[view.user_id] = self._lay_row(2 * at + 1, view.user_id)
        self._grid.setColumnStretch(_RAIL, 1)

    def _lay_head(self) -> None:
        self._count = text("", Role.SMALL, "soft")
        self._count.setContentsMargins(14, 0, 0, 0)
        self._grid.addWidget(self._count, 0, _ACCOUNT)
        self._grid.addWidget(text("State", Role.SMALL, "soft"), 0, _STATE)
        self._grid.addWidget(self._head, 0, _RAIL)
        self._grid.addWidget(text("Open P&L \u20b9", Role.SMALL, "soft"), 0, _PNL, _RIGHT)
        self._grid.setRowMinimumHeight(0, 30)

    def _lay_row(self, at: int, user_id: str) -> Row:
        made = self._make_row()
        self._grid.addWidget(hairline(), at, 0, 1, 6)
        cells = (
            (_ACCOUNT, _named(made)),
            (_STATE, _stated(made)),
            (_RAIL, made.rail),
            (_SIGN, made.triangle),
            (_PNL, _amounts(made)),
            (_ACTION, _acting(made)),
        )
        for place, cell in cells:
            self._grid.addWidget(cell, at + 1, place)
        self._grid.setRowMinimumHeight(at + 1, _ROW_HEIGHT)
        made.button.clicked.connect(lambda: self.repair.emit(user_id))
        return made

    def _make_row(self) -> Row:
        theme = self._theme
        return Row(
            bar=AccountBar(),
            name=text(role=Role.TOTAL, wrap=True),
            client=text(role=Role.SMALL, tone="muted"),
            mark=StateMark(theme),
            word=text(role=Role.TOTAL),
            line=text(role=Role.SMALL, tone="soft", wrap=True),
            rail=RailView(theme),
            triangle=Triangle(theme),
            pnl=text(),
            as_of=text(role=Role.SMALL, tone="muted"),
            button=button("", "plain", size="row"),
        )


def _named(made: Row) -> QWidget:
    cell = QWidget()
    inside = row(cell, gap=10)
    inside.setContentsMargins(14, 0, 0, 0)
    inside.addWidget(made.bar)
    lines = column(gap=0)
    lines.addStretch()
    lines.addWidget(made.name)
    lines.addWidget(made.client)
    lines.addStretch()
    inside.addLayout(lines, 1)
    return cell


def _stated(made: Row) -> QWidget:
    cell = QWidget()
    inside = row(cell, gap=10)
    inside.addWidget(made.mark)
    lines = column(gap=0)
    lines.addStretch()
    lines.addWidget(made.word)
    lines.addWidget(made.line)
    lines.addStretch()
    inside.addLayout(lines, 1)
    return cell


def _amounts(made: Row) -> QWidget:
    cell = QWidget()
    lines = column(cell, gap=0)
    lines.addStretch()
    lines.addWidget(made.pnl, 0, _RIGHT)
    lines.addWidget(made.as_of, 0, _RIGHT)
    lines.addStretch()
    return cell


def _acting(made: Row) -> QWidget:
    cell = QWidget()
    cell.setMinimumWidth(104)
    inside = row(cell)
    inside.setContentsMargins(0, 0, 14, 0)
    inside.addStretch()
    inside.addWidget(made.button)
    return cell
