"""One sign-in as it goes on: its steps, what it asks for, what the page's links are good for, what is wrong."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain import TradingError
from app.domain.tongue import tr
from app.qt.account_ports import RunningSignIn
from app.qt.dialogs.ask import ATTEMPTS, AskBox
from app.qt.dialogs.page_links import PageLinks
from app.qt.dialogs.steps import StepRow, steps_of
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import column, row, surface, text
from app.qt.widgets.details import CopyDetails
from app.services.views import Phase, SignInView
from app.services.words import countdown


class SignInPane(QWidget):
    """Follows a `RunningSignIn` and takes the person's part to it. `edited`: what is typed may be complete now.

    `steps` is how many lines there are for the steps; with 0 somebody else says where it stands.
    """

    edited = Signal()

    def __init__(self, theme: Theme, *, steps: int = 4) -> None:
        super().__init__()
        self._running: RunningSignIn | None = None
        self._broker, self._by_code = "", False
        self._told: TradingError | None = None  # what is wrong is told once: it moves the keyboard
        self.steps = [StepRow(theme) for _ in range(steps)]
        self.ask = AskBox(theme)
        self.links = PageLinks(theme)
        self._note = surface("note")
        self.note_words = text("", Role.SMALL, wrap=True)
        self.copy = CopyDetails(size="row")
        note = row(self._note, gap=8, margin=12)
        note.addWidget(self.note_words, 1)
        note.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        inside = column(self, gap=12)
        for part in (*self.steps, self.ask, self.links, self._note):
            inside.addWidget(part)
        self.links.again.connect(lambda: self._running and self._running.open_again())
        self.links.pasted.connect(lambda pasted: self._running and self._running.paste(pasted))
        self.ask.entered.connect(self.send)
        self.ask.edited.connect(self.edited)
        self.idle()

    @property
    def running(self) -> RunningSignIn | None:
        """The sign-in on show."""
        return self._running

    def follow(self, running: RunningSignIn, broker: str, *, by_code: bool) -> None:
        """Show this one from now on; `by_code`: its broker has no page."""
        self._running, self._broker, self._by_code = running, broker, by_code
        self.show()
        self.ask.reset()  # what was typed for another sign-in
        self.links.wipe()

    def idle(self) -> None:
        """No sign-in is on show: it takes no room."""
        self._running = None
        self.hide()
        self._show_steps(None)
        self.links.show_for(None)
        self.ask.reset()
        self.show_note("")

    def refresh(self, now: datetime) -> None:
        """Show where the sign-in stands now."""
        if self._running is None:
            return
        view = self._running.view
        went_on = view.phase in (Phase.EXCHANGING, Phase.CHECKING, Phase.DONE)  # without a page: by what was kept
        self._by_code = not view.url and (self._by_code or went_on or view.asked is not None)
        self._show_steps(view)
        self.links.show_for(view)
        self._show_asked(view, now)

    def show_done(self, now: datetime) -> None:
        """It has ended well."""
        self._ended(Phase.DONE, None, now)
        self.show_note("")

    def show_failed(self, error: TradingError, now: datetime) -> None:
        """It has ended in `error`, told as a note at the step that it came to."""
        self._ended(Phase.FAILED, error, now)
        self.show_error(error, now)

    def show_error(self, error: TradingError, at: datetime) -> None:
        """What is wrong and what to do."""
        detail = f" ({error.detail})" if error.detail else ""
        self.show_note(f"{error.title}. {error.next_step}{detail}")
        self.copy.show_error(error, at)

    def show_note(self, words: str) -> None:
        """A remark below everything; none when empty."""
        self.setVisible(bool(words) or self._running is not None)
        self._note.setVisible(bool(words))
        put(self.note_words, words)
        self.copy.show_error(None)

    def time_left(self, now: datetime) -> str:
        """How long a person still has: "4:41 left"; empty when nobody is waited for."""
        view = self._running.view if self._running is not None else None
        if view is None or view.ends_at is None or view.phase not in (Phase.WAITING, Phase.ASKING):
            return ""
        return tr("{countdown} left", countdown=countdown(view.ends_at - now))

    def show_send(self, button: QWidget) -> None:
        """Whether `button`, which calls `send`, is wanted, can be pressed, and if not why."""
        view = self._running.view if self._running is not None else None
        said = "" if self.ask.complete else self.ask.missing
        button.setVisible(view is not None and view.phase is Phase.ASKING and view.asked is not None)
        button.setEnabled(self.ask.complete)
        button.setToolTip(said)
        button.setAccessibleDescription(said)

    def send(self) -> None:
        """Hand on what was typed, or say what is missing."""
        if not self.ask.complete:
            self.ask.ask_for_the_rest()
        elif self._running is not None:
            asked = self.ask.asked
            self._running.answer(self.ask.take(), asked)

    def wipe(self) -> None:
        """Forget everything that was typed or pasted."""
        self.links.wipe()
        self.ask.wipe()

    def _ended(self, phase: Phase, error: TradingError | None, now: datetime) -> None:
        self.ask.show_asked(None, now)
        self.links.show_for(None)
        if self._running is None:
            return
        view = self._running.view
        last = view.failed_in or (None if view.phase in (Phase.DONE, Phase.FAILED) else view.phase)
        self._show_steps(replace(view, phase=phase, failed_in=last, ends_at=None, asked=None, error=error))

    def _show_steps(self, view: SignInView | None) -> None:
        """A line a step; while something is asked for, the question has their place."""
        steps = steps_of(view, self._broker, by_code=self._by_code) if view is not None else ()
        asks = view is not None and view.asked is not None
        for at, shown in enumerate(self.steps):
            shown.setVisible(at < len(steps) and not asks)
            if at < len(steps):
                shown.show_step(steps[at])

    def _show_asked(self, view: SignInView, now: datetime) -> None:
        """The question, with what is wrong with the answer beside it; any other trouble is a note."""
        self.ask.show_asked(view.asked, now)
        problem = view.error or view.problem
        if view.asked is not None and problem is not None and problem.field == view.asked.name:
            self._show_wrong(problem)
            problem = None
        if problem is not None:
            self.show_error(problem, now)
        else:
            self.show_note(tr(ATTEMPTS) if view.asked is not None and view.asked.digits else "")

    def _show_wrong(self, problem: TradingError) -> None:
        if problem is not self._told:
            self._told = problem
            self.ask.show_problem(problem)
