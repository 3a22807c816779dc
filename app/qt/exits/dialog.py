"""The window of an exit: what would be done, once confirmed how far it is, and the receipt.

Not modal and without a loop of its own. Closing it never stops what was sent. For 400 ms after a plan has come its
button is not heard: who presses twice presses once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.dialogs.sheet import Sheet
from app.qt.dialogs.steps import At, Step, StepRow
from app.qt.exits import exit_said
from app.qt.exits.course import Stage
from app.qt.exits.parts import accounts_of, left_over, note
from app.qt.fonts import Role
from app.qt.theme import put
from app.qt.widgets.basic import button, clear, column, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark
from app.qt.widgets.mode_mark import ModeMark, stripe, titled
from app.services.order_views import Weight

if TYPE_CHECKING:
    from app.qt.exits.errand import ExitErrand

HEIGHT: Final = 480
PAUSE_MS: Final = 400
"""So long after a plan has come no press is taken (design.md section 7)."""


class ExitDialog(Sheet):
    """Shows an errand. `orders_wanted`: the trader wants to see the orders. `closed` comes once."""

    orders_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget, errand: ExitErrand) -> None:
        super().__init__(parent, HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.errand, self._desk = errand, errand.desk
        self._stage: Stage | None = None
        self._drawn: object = None
        self._make_head()
        self._make_body()
        self._make_foot()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._show_buttons)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()
        errand.changed.connect(self.refresh)
        self.finished.connect(self.closed)
        self.refresh()

    def _make_head(self) -> None:
        mode = self._desk.services.orders.mode
        self.head, self.bar, self.whose = QWidget(), AccountBar(height=18), text("", Role.TOTAL)
        self.mode = ModeMark(mode)
        line = row(gap=8)
        line.setContentsMargins(20, 6, 20, 6)
        line.addWidget(self.bar)
        line.addWidget(self.whose)
        line.addStretch()
        line.addWidget(self.mode)
        inside = column(self.head, gap=0)
        inside.addWidget(stripe(mode))
        inside.addLayout(line)
        self.put_above(self.head)

    def _make_body(self) -> None:
        theme = self._desk.theme
        self._mark = StateMark(theme, 24)
        self.headline, self.words = text("", Role.HEAD, wrap=True), text("", tone="soft", wrap=True)
        lines = column(gap=4)
        lines.addWidget(self.headline)
        lines.addWidget(self.words)
        top = row(gap=12)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(lines, 1)
        self.steps = [StepRow(theme) for _ in exit_said.PHASES]
        self.lines = column(gap=8)
        self.inside.addLayout(top)
        for step in self.steps:
            self.inside.addWidget(step)
        self.inside.addLayout(self.lines)
        self.inside.addStretch()

    def _make_foot(self) -> None:
        self.age = text("", Role.SMALL, "soft", wrap=True)
        self.orders = button(tr("Show orders"), "plain")
        self.again = button(tr("Read again"), "plain")
        self.deed = button("", "danger")
        self.leave = button(tr("Cancel"), "plain")
        self.foot.addWidget(self.age, 1)
        for made in (self.orders, self.again, self.deed, self.leave):
            self.foot.addWidget(made)
        self.orders.clicked.connect(self.orders_wanted)
        self.again.clicked.connect(self.errand.read)
        self.deed.clicked.connect(self._on_deed)
        self.leave.clicked.connect(self.reject)
        self.leave.setFocus()

    # -------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        """Show where it stands, and how old that is."""
        course, now = self.errand.course, self._desk.now()
        title = titled(exit_said.title_of(course, self._desk.board), self._desk.services.orders.mode)
        if self.windowTitle() != title:
            self.setWindowTitle(title)
            name(self, title)
        if course.stage is not self._stage:
            self._stage = course.stage
            if course.stage is Stage.PLAN:
                self._pause.start()
            QTimer.singleShot(0, self, self._announce)
        headline, words = exit_said.headline(course)
        put(self.headline, headline)
        put(self.words, words)
        self._mark.show_shape(self._shape(), headline)
        put(self.age, exit_said.age_words(course, now))
        self._show_whose()
        self._show_steps()
        self._show_lines()
        self._show_buttons()

    def _announce(self) -> None:
        """A screen reader hears where it stands."""
        name(self.headline, self.headline.text(), self.words.text())
        QAccessible.updateAccessibility(QAccessibleEvent(self.headline, QAccessible.Event.Alert))

    def _shape(self) -> str:
        course = self.errand.course
        if course.stage in {Stage.READING, Stage.RUNNING}:
            return "signing-in"
        if course.stage is Stage.DONE:
            return "ready" if exit_said.is_clean(course) else "unknown" if exit_said.lost(course) else "expiring"
        if course.stage is Stage.FAILED:
            return "unknown" if course.began else "expiring"
        return "expiring" if course.doable else "refused"

    def _show_whose(self) -> None:
        board, course = self._desk.board, self.errand.course
        account = board.account(exit_said.account_of(course))
        self.bar.setVisible(account is not None)
        self.bar.show_colour(account.colour if account is not None else "")
        several = len({part.user_id for part in course.parts}) or len(board.accounts)
        put(self.whose, account.title if account is not None else tr("{count} accounts", count=several))
        name(self.head, tr("{title}, {mode}", title=self.whose.text(), mode=self.mode.text()))

    def _show_steps(self) -> None:
        course = self.errand.course
        phases = [phase for phase, _ in exit_said.PHASES]
        here = phases.index(course.phase) if course.phase in phases else len(phases)
        for number, (row_, (_, title)) in enumerate(zip(self.steps, exit_said.PHASES, strict=True)):
            at = At.DONE if number < here else At.RUNNING if number == here else At.TO_COME
            row_.setVisible(course.stage is Stage.RUNNING)
            row_.show_step(Step(tr(title), at))

    def _show_lines(self) -> None:
        """What would be done, what is left: drawn anew only when it is something else."""
        course, figures = self.errand.course, self._desk.figures
        wanted = (course.stage, course.plans, tuple(course.views.values()), figures.hidden, course.error)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        clear(self.lines)
        for made in self._receipt() if course.stage is Stage.DONE else self._plan():
            self.lines.addWidget(made)

    def _plan(self) -> list[QWidget]:
        course, figures, theme = self.errand.course, self._desk.figures, self._desk.theme
        symbols = [part.symbol for part in course.parts]
        made: list[QWidget] = []
        if course.error is not None:
            made.append(note(" ".join(words_of(course.error)), theme, alarm=True))
        if course.stage is Stage.PLAN:
            for finding in course.findings:
                words = exit_said.masked(f"{finding.text}. {finding.next_step}".strip(), figures, symbols)
                made.append(note(words, theme, alarm=finding.weight is not Weight.NOTE))
        made += accounts_of(course.parts, self._desk.board, figures)
        notes = "\n".join(exit_said.notes(course, self._desk.board))
        return [*made, note(exit_said.masked(notes, figures, symbols), theme)] if notes else made

    def _receipt(self) -> list[QWidget]:
        course, board, theme = self.errand.course, self._desk.board, self._desk.theme
        figures, symbols = self._desk.figures, [part.symbol for part in course.parts]
        remarks = exit_said.remarks(course, board)
        made: list[QWidget] = [note(exit_said.masked(one, figures, symbols), theme, alarm=True) for one in remarks]
        open_ = [line for line in course.lines if line.left != 0 or line.why]
        made += [left_over(line, board.account(line.part.user_id), figures, theme) for line in open_]
        return made + [note(one, theme) for one in exit_said.flat_words(course, board)]

    # -------------------------------------------------------------- what can be pressed

    def _show_buttons(self) -> None:
        course = self.errand.course
        reading = course.stage is Stage.READING
        self.orders.setVisible(course.began)
        again = course.is_old(self._desk.now()) or (course.stage is Stage.FAILED and not course.began)
        self.again.setVisible(again or (course.stage is Stage.PLAN and not course.doable))
        self.deed.setVisible(course.stage is Stage.PLAN and bool(course.doable) and not again)
        self.deed.setText(exit_said.deed_of(course, self._desk.services.orders.mode))
        self.deed.setEnabled(not self._pause.isActive())
        why = tr("A moment: read what would be sent first") if self._pause.isActive() else ""
        self.deed.setToolTip(why)
        name(self.deed, self.deed.text(), why or tr("Sends it, once"))
        put_leave = tr("Cancel") if reading or self.deed.isVisibleTo(self) else tr("Close")
        if self.leave.text() != put_leave:
            self.leave.setText(put_leave)
            name(self.leave, put_leave)

    def _on_deed(self) -> None:
        if not self._pause.isActive():
            self.errand.confirm()
