"""The last page of a ticket: what became of it, each order with its fate, and how a lost answer is looked for."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.tongue import tr
from app.qt.dialogs.steps import At, Step, StepRow
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.ticket.outcome import SHAPES, Came, Line, Outcome
from app.qt.widgets.basic import clear, column, name, row, surface, text
from app.qt.widgets.marks import StateMark


class ResultPage(QWidget):
    """Shows an outcome, again whenever it is better known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = StateMark(theme, 28)
        self.title = text("", Role.HEAD, wrap=True)
        self.words = text("", tone="soft", wrap=True)
        self.urgent = text("", Role.TOTAL, wrap=True)
        self._lines = column(gap=8)
        self.steps = [StepRow(theme) for _ in range(3)]
        self._shown: Outcome | None = None
        lines = column(gap=4)
        for part in (self.title, self.words, self.urgent):
            lines.addWidget(part)
        head = row(gap=12)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(lines, 1)
        inside = column(self, gap=12)
        inside.addLayout(head)
        inside.addLayout(self._lines)
        for step in self.steps:
            inside.addWidget(step)
        inside.addStretch()

    def show_outcome(self, outcome: Outcome, broker: str) -> None:
        """What is known now."""
        if self._shown == outcome:
            return  # the clock ticks every second
        self._shown = outcome
        self._mark.show_shape(SHAPES[outcome.came], outcome.title)
        put(self.title, outcome.title)
        put(self.words, outcome.words)
        put(self.urgent, outcome.urgent)
        self.urgent.setVisible(bool(outcome.urgent))
        clear(self._lines)
        for line in outcome.lines:
            self._lines.addWidget(_box(line))
        self._show_steps(outcome, broker)
        name(self, outcome.title, f"{outcome.words} {outcome.urgent}".strip())

    def _show_steps(self, outcome: Outcome, broker: str) -> None:
        """A lost answer: what was done, what is being done, what is to come."""
        made = (
            Step(tr("Sent once"), At.DONE),
            Step(tr("Reading {broker}'s order book for it", broker=broker), At.RUNNING, _pace(outcome)),
            Step(tr("Say what became of it"), At.TO_COME, tr("You are told even if this window is closed.")),
        )
        for row_, step in zip(self.steps, made, strict=True):
            row_.setVisible(outcome.is_open)
            row_.show_step(step)


def _pace(outcome: Outcome) -> str:
    """How often the book is read (`services.order_search`)."""
    return "" if outcome.came is Came.NOT_CONFIRMED else tr("After 1, 2, 4, 8 and 15 s, then every 15 s.")


def _box(line: Line) -> QFrame:
    """One order: the request, where it stands, why."""
    made = surface("note")
    inside = column(made, gap=4, margin=12)
    inside.addWidget(text(line.order, Role.NAME, wrap=True))
    inside.addWidget(text(line.stands, Role.SMALL, "soft", wrap=True))
    if line.why:
        inside.addWidget(text(line.why, Role.SMALL, wrap=True))
    return made
