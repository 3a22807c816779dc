"""One account in the overview's table: name, state, session rail, what it allows, P&L, funds, and its one action."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.models.board import Board
from app.qt.models.figures import Figures, direction
from app.qt.models.segments import axis, rail
from app.qt.models.sums import sum_of
from app.qt.say import READ_WHY, verb, wants_reading
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.allowed import AllowedCell
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark, Triangle
from app.qt.widgets.rail import RailView
from app.services.book_views import Book, FundsView, PositionsView
from app.services.views import AccountState, AccountView
from app.services.words import clock_time, countdown, row_line, state_word

_TOKENS: Final = {1: "gain", -1: "loss", 0: ""}
_ACTING: Final = 104
_RIGHT: Final = Qt.AlignmentFlag.AlignRight


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
    allowed: AllowedCell
    triangle: Triangle
    pnl: QLabel
    as_of: QLabel
    funds: QLabel
    funds_as_of: QLabel
    button: QPushButton
    again: QLabel  # when Kunji asks by itself, where there is nothing to press


def make_row(theme: Theme) -> Row:
    """The parts, still empty."""
    return Row(
        bar=AccountBar(),
        name=text(role=Role.TOTAL, wrap=True),
        client=text(role=Role.SMALL, tone="muted"),
        mark=StateMark(theme),
        word=text(role=Role.TOTAL),
        line=text(role=Role.SMALL, tone="soft", wrap=True),
        rail=RailView(theme),
        allowed=AllowedCell(theme),
        triangle=Triangle(theme),
        pnl=text(),
        as_of=text(role=Role.SMALL, tone="muted"),
        funds=text(),
        funds_as_of=text(role=Role.SMALL, tone="muted"),
        button=button("", "plain", size="row"),
        again=text(role=Role.SMALL, tone="muted"),
    )


def show_row(shown: Row, view: AccountView, board: Board, figures: Figures, now: datetime) -> None:
    """Another picture of the account, or another second."""
    said = state_word(view, now)
    shown.bar.show_colour(view.colour)
    put(shown.name, view.title)
    put(shown.client, view.client_id)
    put(shown.word, said)
    dress(shown.word, "tone", STATE_TOKENS[view.state])
    put(shown.line, row_line(replace(view, retry_at=None), now))
    shown.mark.show_state(view.state, said)
    shown.rail.show_rail(rail(view, now), axis(now))
    shown.allowed.show_account(view)
    _show_action(shown, view, now)
    _show_pnl(shown, board.positions(view.user_id), figures, now)
    _show_funds(shown, board.book(Book.FUNDS, view.user_id), figures, now)


def _show_action(shown: Row, view: AccountView, now: datetime) -> None:
    label, pressed = action_label(view), shown.button
    pressed.setVisible(bool(label))
    if pressed.isEnabled() and pressed.text() != label:
        pressed.setText(label)
    name(pressed, f"{label} {view.title}" if label else view.title)
    again = view.retry_at if view.state is AccountState.OFFLINE and not label else None
    put(shown.again, tr("retry in {time}", time=countdown(again - now)) if again else "")


def action_label(view: AccountView) -> str:
    """What can be pressed in the account's row; empty for nothing."""
    return tr(READ_WHY) if wants_reading(view) else tr(verb(view.action))


def _show_pnl(shown: Row, positions: PositionsView | None, figures: Figures, now: datetime) -> None:
    rows = positions.rows if positions is not None else None
    value = sum_of(rows).pnl if rows is not None else None
    current = positions is not None and positions.current
    sign = direction(value) if value is not None and not figures.hidden else 0
    token = _TOKENS[sign] if current else "muted"
    dress(shown.pnl, "tone", token)
    shown.triangle.show_sign(sign, token if token in ("gain", "loss") else "text.muted")
    as_of = positions.as_of if positions is not None else None
    _show_amount(shown.pnl, shown.as_of, figures.signed(value), None if current or value is None else as_of, now)


def _show_funds(shown: Row, book: object, figures: Figures, now: datetime) -> None:
    funds = book if isinstance(book, FundsView) else None
    value: Decimal | None = funds.funds.available if funds is not None and funds.funds is not None else None
    current = funds is not None and funds.current
    dress(shown.funds, "tone", "" if current else "muted")
    as_of = funds.as_of if funds is not None and not current and value is not None else None
    _show_amount(shown.funds, shown.funds_as_of, figures.money(value), as_of, now)


def _show_amount(figure: QLabel, beneath: QLabel, said: str, stale: datetime | None, now: datetime) -> None:
    """The line below keeps its place while it is empty: a figure that becomes old does not move."""
    put(figure, said)
    put(beneath, tr("as of {time}", time=clock_time(stale, now)) if stale else "")


# ------------------------------------------------------------------ cells


def named(made: Row) -> QWidget:
    """Colour, name, client id."""
    cell = QWidget()
    inside = row(cell, gap=12)
    inside.setContentsMargins(16, 0, 0, 0)
    inside.addWidget(made.bar)
    lines = column(gap=0)
    lines.addStretch()
    lines.addWidget(made.name)
    lines.addWidget(made.client)
    lines.addStretch()
    inside.addLayout(lines, 1)
    return cell


def stated(made: Row) -> QWidget:
    """Shape, word, line."""
    cell = QWidget()
    inside = row(cell, gap=12)
    inside.addWidget(made.mark)
    lines = column(gap=0)
    lines.addStretch()
    lines.addWidget(made.word)
    lines.addWidget(made.line)
    lines.addStretch()
    inside.addLayout(lines, 1)
    return cell


def amount(figure: QLabel, beneath: QLabel) -> QWidget:
    """A figure and the line below it."""
    cell = QWidget()
    lines = column(cell, gap=0)
    lines.addStretch()
    lines.addWidget(figure, 0, _RIGHT)
    lines.addWidget(beneath, 0, _RIGHT)
    lines.addStretch()
    return cell


def signed(made: Row) -> QWidget:
    """The triangle, as high as the figure beside it, which has a line below."""
    cell = QWidget()
    lines = column(cell, gap=0)
    lines.addStretch()
    for part, height in ((made.triangle, made.pnl.sizeHint().height()), (None, made.as_of.sizeHint().height())):
        line = row()
        line.addStrut(height)
        if part is not None:
            line.addWidget(part)
        lines.addLayout(line)
    lines.addStretch()
    return cell


def acting(made: Row) -> QWidget:
    """The one action."""
    cell = QWidget()
    cell.setMinimumWidth(_ACTING)
    inside = row(cell)
    inside.setContentsMargins(0, 0, 16, 0)
    inside.addStretch()
    inside.addWidget(made.again)
    inside.addWidget(made.button)
    return cell
