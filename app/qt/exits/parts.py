"""The lines of an exit's window: an account with its colour, a position with what would be done, what is left of it."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.tongue import tr
from app.qt.exits.course import by_account
from app.qt.exits.exit_said import held_words, line_words, masked, part_words
from app.qt.fonts import Role
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.theme import Theme, dress
from app.qt.widgets.basic import column, name, row, surface, text
from app.qt.widgets.marks import AccountBar, StateMark
from app.services.order_views import ExitLine, ExitPart
from app.services.views import AccountView


def accounts_of(parts: Iterable[ExitPart], board: Board, figures: Figures) -> list[QWidget]:
    """Every account of a plan with its positions; one alone is named by the head of the window."""
    made: list[QWidget] = []
    accounts = by_account(tuple(parts))
    for user_id, held in accounts.items():
        account = board.account(user_id)
        if len(accounts) > 1 or account is None:
            made.append(account_line(account, user_id))
        made += [_part(part, figures) for part in held]
    return made


def account_line(account: AccountView | None, user_id: str) -> QWidget:
    """Whose positions come below."""
    made = QWidget()
    line = row(made, gap=8)
    title = account.title if account is not None else user_id
    line.addWidget(AccountBar(account.colour if account is not None else "", 18))
    line.addWidget(text(title, Role.TOTAL, wrap=True), 1)
    name(made, title)
    return made


def _part(part: ExitPart, figures: Figures) -> QFrame:
    """A position, and what would make it flat."""
    made = surface("note")
    dress(made, "attention", "warn" if part.why_not else "")
    inside = column(made, gap=4, margin=8)
    head = row(gap=8)
    head.addWidget(text(part.symbol, Role.NAME, wrap=True), 1)
    head.addWidget(text(f"{part.exchange} {part.product}", Role.CAPTION, "soft"))
    head.addWidget(text(held_words(part.quantity, figures), Role.TOTAL))
    inside.addLayout(head)
    for words in part_words(part):
        inside.addWidget(text(masked(words, figures, [part.symbol]), Role.SMALL, wrap=True))
    return made


def left_over(line: ExitLine, account: AccountView | None, figures: Figures, theme: Theme) -> QFrame:
    """A position that is not flat, or not known to be: what is left of it and why."""
    made = surface("note")
    dress(made, "attention", "warn")
    mark = StateMark(theme, 18)
    mark.show_shape(
        "unknown" if line.left is None else "expiring", tr("not known") if line.left is None else tr("left")
    )
    words = column(gap=4)
    title = account.title if account is not None else line.part.user_id
    words.addWidget(text(line.part.symbol, Role.NAME, wrap=True))
    words.addWidget(text(masked(line_words(line, figures), figures, [line.part.symbol]), wrap=True))
    words.addWidget(text(tr("{title}, {exchange} {product}", title=title, exchange=line.part.exchange,
                            product=line.part.product), Role.SMALL, "soft", wrap=True))  # fmt: skip
    outer = row(made, gap=8, margin=8)
    outer.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    outer.addLayout(words, 1)
    return made


def note(words: str, theme: Theme, *, alarm: bool = False) -> QFrame:
    """A sentence that belongs to all of it."""
    made = surface("note")
    line = row(made, gap=8, margin=8)
    if alarm:
        dress(made, "attention", "warn")
        mark = StateMark(theme, 18)
        mark.show_shape("expiring", tr("Look at this"))
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text(words, Role.SMALL, wrap=True), 1)
    return made
