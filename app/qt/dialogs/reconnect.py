"""The sign-in as it goes on: steps with a shape each, the broker's page, a pasted address, or PIN and code; time left.

A window of its own, not modal to the application; Cancel, Esc and its close button cancel the sign-in, and it never
closes by itself (design.md section 9).
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QVBoxLayout, QWidget

from app.domain import Clock, TradingError
from app.qt.dialogs.ask import ATTEMPTS, AskBox
from app.qt.dialogs.steps import StepRow, steps_of
from app.qt.fonts import Role
from app.qt.ports import RunningSignIn
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.field import FieldBox
from app.qt.widgets.marks import AccountBar, StateMark
from app.services.answers import Answer, Yes
from app.services.views import AccountView, Phase, SignInView
from app.services.words import countdown, row_line

WIDTH: Final = 394
HEIGHT: Final = 430


class ReconnectDialog(QDialog):
    """Watches one `RunningSignIn`. `again` asks for a new one after a failure."""

    again = Signal()

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        clock: Clock,
        running: RunningSignIn,
        *,
        broker: str,
        colour: str,
        by_code: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self.setMinimumHeight(HEIGHT)
        self._clock, self._running, self._broker = clock, running, broker
        self._ended = False
        self._by_code = by_code
        self._reached = Phase.OPENING
        self._told: TradingError | None = None  # what is wrong is told once: it moves the keyboard
        self._new = running.view.user_id is None
        self._theme = theme
        self._build(colour)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()
        self.refresh()

    def _build(self, colour: str) -> None:
        self._title = text(role=Role.HEAD, wrap=True)
        self._under = text("", Role.SMALL, "soft", wrap=True)
        self._done_mark = StateMark(self._theme, 28)
        self._steps = [StepRow(self._theme) for _ in range(4)]
        self.ask = AskBox(self._theme)
        self.open_again = button("Open the page again", "quiet")
        self.copy_link = button("Copy link", "quiet")
        self.paste_link = button("Paste address", "quiet")
        self.paste_field = FieldBox(
            self._theme, "Address of the page you landed on", "The whole line, beginning with http"
        )
        self.paste_send = button("Use this address", "plain")
        self._note = surface("note")
        self._note_words = text("", Role.SMALL, wrap=True)
        self._left = text("", Role.SMALL, "muted")
        self.start_again = button("Start again", "primary")
        self.close_button = button("Cancel", "plain")
        self.send = button("Sign in", "primary")
        self._lay_out(colour)
        self.open_again.clicked.connect(self._on_open_again)
        self.copy_link.clicked.connect(self._on_copy)
        self.paste_link.clicked.connect(self._on_paste)
        self.paste_send.clicked.connect(self._on_send)
        self.start_again.clicked.connect(self._on_start_again)
        self.close_button.clicked.connect(self.reject)
        self.send.clicked.connect(self._on_answer)
        self.ask.entered.connect(self._on_answer)
        self.ask.edited.connect(self._show_send)

    def _lay_out(self, colour: str) -> None:
        body = surface("plain")
        inside = column(body, gap=12, margin=20)
        self._lay_head(inside, colour)
        for step in self._steps:
            inside.addWidget(step)
        inside.addWidget(self.ask)
        links = row(gap=12)
        for link in (self.open_again, self.copy_link, self.paste_link):
            links.addWidget(link)
        links.addStretch()
        inside.addLayout(links)
        inside.addWidget(self._paste_box())
        column(self._note, gap=0, margin=12).addWidget(self._note_words)
        inside.addWidget(self._note)
        inside.addStretch()
        self._outer = column(self, gap=0)
        self._outer.addWidget(body, 1)
        self._outer.addWidget(self._foot())

    def _lay_head(self, inside: QVBoxLayout, colour: str) -> None:
        head = row(gap=12)
        head.addWidget(AccountBar(colour, 34))
        words = column(gap=0)
        words.addWidget(self._title)
        words.addWidget(self._under)
        head.addLayout(words, 1)
        head.addWidget(self._done_mark)
        inside.addLayout(head)

    def _paste_box(self) -> QFrame:
        self._paste = surface("plain")
        box = column(self._paste, gap=8)
        box.addWidget(self.paste_field)
        line = row()
        line.addStretch()
        line.addWidget(self.paste_send)
        box.addLayout(line)
        self._paste.hide()
        return self._paste

    def _foot(self) -> QFrame:
        foot = surface("sunken")
        line = row(foot)
        line.setContentsMargins(20, 12, 20, 12)
        line.addWidget(self._left)
        line.addStretch()
        line.addWidget(self.start_again)
        line.addWidget(self.close_button)
        line.addWidget(self.send)
        return foot

    def event(self, event: QEvent) -> bool:
        """One height for every step; longer words make it higher at once."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumHeight(max(HEIGHT, self._outer.totalHeightForWidth(WIDTH)))
        return super().event(event)

    # -------------------------------------------------------------- showing

    @property
    def running(self) -> RunningSignIn:
        """The sign-in on show."""
        return self._running

    def follow(self, running: RunningSignIn) -> None:
        """Show another attempt in the same place."""
        self._running, self._ended, self._reached = running, False, Phase.OPENING
        self.refresh()

    def refresh(self) -> None:
        """Show where the sign-in stands now."""
        if self._ended:
            return
        view, now = self._running.view, self._clock.now()
        if view.phase is not Phase.FAILED:
            self._reached = view.phase
        verb = "Connect" if self._new else "Reconnect"
        self._name(f"{verb} {view.title}", view.client_id)
        self._by_code = not view.url and (self._by_code or view.asked is not None)
        self._show_steps(view)
        self._show_links(view)
        self._show_asked(view, now)
        put(self._left, self._time_left(view, now))
        self._done_mark.setVisible(False)
        self.start_again.setVisible(False)
        self._name_close("Cancel", "plain")

    def show_answer(self, answer: Answer[AccountView], now: datetime) -> None:
        """How it ended; the dialog stays until the user puts it away."""
        self._ended = True
        view = self._running.view
        put(self._left, "")
        self.ask.show_asked(None, now)
        for part in (self.open_again, self.copy_link, self.paste_link, self._paste, self.send):
            part.setVisible(False)
        if isinstance(answer, Yes):
            self._show_done(answer.value, now)
        else:
            self._show_failed(view, answer.error)

    def _show_done(self, account: AccountView, now: datetime) -> None:
        line = row_line(account, now)
        self._name(f"{account.title} is ready", line[:1].upper() + line[1:])
        self._done_mark.show_shape("ready", "Ready")
        self._done_mark.show()
        self._show_steps(replace(self._running.view, phase=Phase.DONE, ends_at=None, asked=None))
        self._show_note(None)
        self.start_again.setVisible(False)
        self._name_close("Done", "primary")
        self.close_button.setFocus()

    def _show_failed(self, view: SignInView, error: TradingError) -> None:
        self._reached = Phase.CHECKING if self._reached is Phase.DONE else self._reached
        self._show_steps(replace(view, phase=Phase.FAILED, ends_at=None, asked=None, error=error))
        self._show_note(error)
        self.start_again.setVisible(True)
        self._name_close("Close", "plain")
        self.start_again.setFocus()

    def _name_close(self, words: str, kind: str) -> None:
        put_button(self.close_button, words)
        dress(self.close_button, "kind", kind)

    def _name(self, title: str, under: str) -> None:
        put(self._title, title)
        put(self._under, under)
        self.setWindowTitle(title)
        name(self, title, under)

    def _show_links(self, view: SignInView) -> None:
        waiting = view.phase in (Phase.OPENING, Phase.WAITING) and bool(view.url)
        for link in (self.open_again, self.copy_link):
            link.setVisible(waiting or (view.phase is Phase.ASKING and bool(view.url)))
        self.paste_link.setVisible(waiting)
        if not waiting:
            self._paste.setVisible(False)

    def _show_steps(self, view: SignInView) -> None:
        """A line a step; while something is asked for, the question has their place."""
        steps = steps_of(view, self._broker, self._reached, by_code=self._by_code)
        for at, shown in enumerate(self._steps):
            shown.setVisible(at < len(steps) and view.asked is None)
            if at < len(steps):
                shown.show_step(steps[at])

    def _show_asked(self, view: SignInView, now: datetime) -> None:
        """The question, with what is wrong with the answer beside it; any other trouble is a note."""
        self.ask.show_asked(view.asked, now)
        self.send.setVisible(view.asked is not None)
        self._show_send()
        problem = view.error or view.problem
        if view.asked is not None and problem is not None and problem.field == view.asked.name:
            self._show_wrong(problem)
            problem = None
        self._show_note(problem)
        if problem is None and view.asked is not None and view.asked.digits:
            put(self._note_words, ATTEMPTS)
            self._note.show()

    def _show_wrong(self, problem: TradingError) -> None:
        if problem is not self._told:
            self._told = problem
            self.ask.show_problem(problem)

    def _show_send(self) -> None:
        self.send.setEnabled(self.ask.complete)
        said = "" if self.ask.complete else self.ask.missing
        self.send.setToolTip(said)
        self.send.setAccessibleDescription(said)

    def _show_note(self, error: TradingError | None) -> None:
        self._note.setVisible(error is not None)
        if error is not None:
            detail = f" ({error.detail})" if error.detail else ""
            put(self._note_words, f"{error.title}. {error.next_step}{detail}")

    def _time_left(self, view: SignInView, now: datetime) -> str:
        waits = view.phase in (Phase.WAITING, Phase.ASKING)
        return f"{countdown(view.ends_at - now)} left" if view.ends_at and waits else ""

    # -------------------------------------------------------------- doing

    def reject(self) -> None:
        """Cancel, Esc or the window's own close button."""
        if not self._ended:
            self._running.cancel()
        self.paste_field.wipe()
        self.ask.wipe()
        super().reject()

    def _on_open_again(self) -> None:
        self._running.open_again()

    def _on_copy(self) -> None:
        """The link of the broker's page: it opens a sign-in and holds nothing secret."""
        QGuiApplication.clipboard().setText(self._running.view.url)
        put_button(self.copy_link, "Link copied")
        QTimer.singleShot(2000, self.copy_link, lambda: put_button(self.copy_link, "Copy link"))

    def _on_paste(self) -> None:
        self._paste.show()
        self.paste_field.edit.setFocus()

    def _on_send(self) -> None:
        pasted = self.paste_field.edit.text()
        if not pasted.strip():
            self.paste_field.show_error("Copy the whole address from your browser's address line.")
            return
        self.paste_field.wipe()  # it holds a code that is good for one exchange
        self._paste.hide()
        self._running.paste(pasted)

    def _on_answer(self) -> None:
        if not self.ask.complete:
            self.ask.ask_for_the_rest()
            return
        asked = self.ask.asked
        self._running.answer(self.ask.take(), asked)

    def _on_start_again(self) -> None:
        self.again.emit()


def put_button(shown: QWidget, words: str) -> None:
    """Another label and the same accessible name."""
    if shown.property("text") != words:
        shown.setProperty("text", words)
        name(shown, words)
