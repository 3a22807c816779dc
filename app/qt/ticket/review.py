"""The page of a ticket that says the exact request in words before it is sent, and the one that asks once more."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, font
from app.qt.theme import Theme, dress, put
from app.qt.ticket.choices import SideChip
from app.qt.ticket.findings import said
from app.qt.widgets.basic import clear, column, name, row, surface, text
from app.qt.widgets.marks import StateMark
from app.services.order_views import Finding, Preview, Weight


class ReviewPage(QWidget):
    """Shows a preview; what is shown is what is sent."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.chip = SideChip()
        self.first = text("", Role.HEAD, wrap=True)
        self._lines = column(gap=4)
        self.last = text("", Role.SMALL, "soft", wrap=True)
        self.last.setMinimumHeight(2 * QFontMetrics(font(Role.SMALL)).lineSpacing())  # it changes while it is read
        self._notes = column(gap=8)
        head = row(gap=8)
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.first, 1)
        inside = column(self, gap=12)
        inside.addLayout(head)
        inside.addLayout(self._lines)
        inside.addWidget(self.last)
        inside.addLayout(self._notes)
        inside.addStretch()

    def show_preview(self, preview: Preview, remarks: Iterable[Finding] = ()) -> None:
        """The request in words, with its slices, and what was found; before that the `remarks`.

        The trader's own numbers are never masked here: nobody can say yes to what is not seen.
        """
        side = preview.request.side if preview.request is not None else preview.order.side if preview.order else None
        self.chip.show_side(side)
        words = preview.words or ("",)
        put(self.first, words[0])
        clear(self._lines)
        for line in words[1:]:
            self._lines.addWidget(text(line, wrap=True))
        clear(self._notes)
        for finding in (*remarks, *sorted(preview.findings, key=lambda one: one.weight is Weight.NOTE)):
            self._notes.addWidget(self._note(said(finding), finding.weight))
        name(self, tr("Review"), " ".join(words))

    def _note(self, words: str, weight: Weight) -> QFrame:
        made = surface("note")
        line = row(made, gap=8, margin=8)
        if weight is not Weight.NOTE:
            dress(made, "attention", "warn")
            shape = StateMark(self._theme, 16)
            shape.show_shape("expiring", tr("Asked once more"))
            line.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text(words, Role.SMALL, wrap=True), 1)
        return made


class AskPage(QWidget):
    """One question before anything is sent; the answers stand at the foot."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = StateMark(theme, 24)
        self._mark.show_shape("expiring", tr("Asked once more"))
        self.title = text("", Role.HEAD, wrap=True)
        self.what = text("", Role.TOTAL, wrap=True)
        self.words = text("", tone="soft", wrap=True)
        head = row(gap=12)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        inside = column(self, gap=12)
        inside.addLayout(head)
        inside.addWidget(self.what)
        inside.addWidget(self.words)
        inside.addStretch()

    def show_question(self, finding: Finding, preview: Preview) -> None:
        """What was found, what it is about, and that nothing was sent so far."""
        put(self.title, finding.text)
        put(self.what, finding.next_step)
        put(self.words, "\n".join((*preview.words[:2], tr("Nothing was sent yet."))))
        name(self, finding.text, finding.next_step)
