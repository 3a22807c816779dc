"""The steps of a sign-in as lines with a shape each: done, running, to come, failed."""

from enum import Enum
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt import icons
from app.qt.fonts import Role
from app.qt.say import hour
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import column, name, row, text
from app.services.views import Phase, SignInView

_SIZE: Final = 16


class At(Enum):
    """Where one step stands; the value is what a screen reader says."""

    DONE = "done"
    RUNNING = "running"
    TO_COME = "to come"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what it is, where it stands, a second line."""

    title: str
    at: At
    more: str = ""


_BY_PAGE: Final = {
    Phase.OPENING: 0,
    Phase.WAITING: 1,
    Phase.ASKING: 1,
    Phase.EXCHANGING: 2,
    Phase.CHECKING: 3,
    Phase.DONE: 4,
}
_BY_CODE: Final = {Phase.CHECKING: 1, Phase.DONE: 2}  # before that the first step: there is no page


def steps_of(view: SignInView, broker: str, *, by_code: bool = False) -> tuple[Step, ...]:
    """The steps of `view`, with a page or `by_code`."""
    phase = view.failed_in or Phase.CHECKING if view.phase is Phase.FAILED else view.phase
    now_at = _BY_CODE.get(phase, 0) if by_code else _BY_PAGE[phase]
    titles = _code_titles(broker) if by_code else _page_titles(view, broker, now_at)
    running = At.FAILED if view.phase is Phase.FAILED else At.RUNNING
    return tuple(
        Step(title, At.DONE if at < now_at else (running if at == now_at else At.TO_COME), more if at == now_at else "")
        for at, (title, more) in enumerate(titles)
    )


def _code_titles(broker: str) -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("Sign in to {broker}", broker=broker),
            tr("{broker} is asked once. Your PIN and code go to {broker} only.", broker=broker),
        ),
        (tr("Take over the session, check it and read positions"), tr("Encrypted on this computer.")),
    )


def _page_titles(view: SignInView, broker: str, now_at: int) -> tuple[tuple[str, str], ...]:
    who = tr(" as {client_id}", client_id=view.client_id) if view.client_id else ""
    until = tr(" Waiting until {hour}.", hour=hour(view.ends_at)) if view.ends_at else ""
    return (
        (
            tr("{broker}'s page is open in your browser", broker=broker)
            if now_at
            else tr("Open {broker}'s page in your browser", broker=broker),
            "",
        ),
        (
            tr("Sign in there{who}", who=who),
            tr(
                "Your password goes to {broker} only. Kunji takes over when you come back.{until}",
                broker=broker,
                until=until,
            ),
        ),
        (tr("Take over the session"), "" if now_at < 3 else tr("Encrypted on this computer.")),  # noqa: PLR2004 - the third step
        (tr("Check it and read positions"), ""),
    )


class StepMark(QWidget):
    """The shape of a step."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._at = At.TO_COME
        self.setFixedSize(_SIZE, _SIZE)
        theme.changed.connect(self.update)

    def show_at(self, at: At) -> None:
        """Where the step stands now."""
        self._at = at
        name(self, tr(at.value))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        shapes = {At.DONE: "ready", At.RUNNING: "signing-in", At.FAILED: "expired"}
        if self._at in shapes:
            drawing = icons.state(shapes[self._at], _SIZE, self.devicePixelRatioF(), dark=self._theme.dark)
            painter.drawPixmap(0, 0, drawing)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line.strong"), 1.6))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))


class StepRow(QWidget):
    """One step."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = StepMark(theme)
        self.title: QLabel = text(wrap=True)
        self._more = text("", Role.SMALL, "soft", wrap=True)
        words = column(gap=0)
        words.addWidget(self.title)
        words.addWidget(self._more)
        words.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        outer = row(self, gap=14)
        mark = column(gap=0)
        mark.setContentsMargins(0, 2, 0, 0)
        mark.addWidget(self._mark)
        mark.addStretch()
        outer.addLayout(mark)
        outer.addLayout(words, 1)

    def show_step(self, step: Step) -> None:
        """Where it stands now."""
        self._mark.show_at(step.at)
        put(self.title, step.title)
        put(self._more, step.more)
        self._more.setVisible(bool(step.more))
        dress(self.title, "tone", "muted" if step.at is At.TO_COME else "")
        name(self, f"{step.title}: {tr(step.at.value)}")
