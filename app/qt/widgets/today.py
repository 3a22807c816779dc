"""What happened today: each change of an account's state with its time, the newest first."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QFrame, QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.models.board import Board
from app.qt.ports import EntryLike
from app.qt.theme import Theme
from app.qt.widgets.basic import clear, column, name, row, text
from app.qt.widgets.marks import StateMark
from app.services.views import AccountState

_MOST: Final = 8
_ROW: Final = 24


class TodayList(QFrame):
    """Hidden while nothing happened."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, str, str, str], ...] = ()
        self.setProperty("surface", "panel")
        name(self, tr("Today"))
        inside = column(self, gap=4)
        inside.setContentsMargins(16, 10, 16, 10)
        inside.addWidget(text(tr("Today"), Role.SMALL, "soft"))
        self._rows = column(gap=0)
        inside.addLayout(self._rows)
        self.hide()

    def show_entries(self, entries: Sequence[EntryLike], board: Board) -> None:
        """The newest of `entries` (oldest first) about accounts that are still here."""
        lines: list[tuple[str, str, str, str]] = []
        for entry in reversed(entries):
            account = board.account(entry.user_id)
            if account is not None and len(lines) < _MOST:
                lines.append((f"{entry.at.astimezone(IST):%H:%M}", entry.kind, account.title, entry.text))
        if tuple(lines) == self._shown:
            return
        self._shown = tuple(lines)
        clear(self._rows)
        for line in lines:
            self._rows.addWidget(self._row(*line))
        self.setVisible(bool(lines))

    def _row(self, moment: str, kind: str, title: str, said: str) -> QWidget:
        made = QWidget()
        made.setMinimumHeight(scaled(_ROW))
        line = row(made, gap=12)
        line.addWidget(text(moment, tone="muted"))
        mark = StateMark(self._theme, 14)
        if kind in list(AccountState):
            mark.show_state(AccountState(kind), said.partition(":")[0])
        line.addWidget(mark)
        line.addWidget(text(title, Role.NAME))
        line.addWidget(text(said[:1].lower() + said[1:], tone="soft", wrap=True), 1)
        return made
