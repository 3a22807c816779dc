"""The buttons at the foot of a ticket: which there are on each page, and where.

What sends an order stands at the other end than what was pressed before it, so that a double press never hits it.
"""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.dialogs.page_links import put_button
from app.qt.fonts import Role
from app.qt.ticket.course import Course, Stage
from app.qt.ticket.words import agree_words, deed_words
from app.qt.widgets.basic import button, text
from app.qt.widgets.details import CopyDetails

_SHOWN: Final = {
    Stage.FIND: {"cancel"},
    Stage.WRITE: {"more", "cancel", "review"},
    Stage.REVIEW: {"confirm", "once", "back"},
    Stage.ASK: {"go_back", "agree"},
    Stage.RESULT: {"copy", "again", "close"},
}


class Foot:
    """The buttons of every page, in the line that the sheet has for them."""

    def __init__(self, line: QHBoxLayout) -> None:
        self.more = button(tr("More"), "quiet")
        self.confirm = button("", "primary")
        self.go_back = button(tr("Go back"), "plain")
        self.copy = CopyDetails()
        self.once = text(tr("Sent only once"), Role.SMALL, "muted")
        self.cancel = button(tr("Cancel"), "plain")
        self.review = button(tr("Review"), "primary")
        self.back = button(tr("Back"), "plain")
        self.agree = button("", "primary")
        self.again = button(tr("Back to the order"), "plain")
        self.close = button(tr("Close"), "primary")
        self._again, self._details = False, ""
        left: tuple[QWidget, ...] = (self.more, self.confirm, self.go_back, self.copy)
        right: tuple[QWidget, ...] = (
            self.once,
            self.cancel,
            self.review,
            self.back,
            self.agree,
            self.again,
            self.close,
        )
        for part in left:
            line.addWidget(part)
        line.addStretch()
        for part in right:
            line.addWidget(part)

    @property
    def buttons(self) -> dict[str, QPushButton]:
        """Every button by its name."""
        names = ("more", "confirm", "go_back", "cancel", "review", "back", "agree", "again", "close")
        return {one: getattr(self, one) for one in names}

    def show_stage(self, stage: Stage) -> None:
        """The buttons of this page."""
        shown = _SHOWN[stage]
        for called, made in self.buttons.items():
            made.setVisible(called in shown and (called != "again" or self._again))
        self.once.setVisible("once" in shown)
        self.copy.setVisible("copy" in shown and bool(self.copy.details))

    def name_deeds(self, course: Course, mode: Mode) -> None:
        """What sends: side and quantity, and of a question its own words."""
        if course.preview is not None:
            put_button(self.confirm, deed_words(course.preview, mode))
        if course.preview is not None and course.asked is not None:
            put_button(self.agree, agree_words(course.asked.check, course.preview))

    def show_end(self, details: str, *, keeps_checking: bool, again: bool) -> None:
        """`again`: the fields can be gone back to, because nothing of it is in the market."""
        put_button(self.close, tr("Close, keep checking") if keeps_checking else tr("Close"))
        self._again = again
        if details != self._details:  # it is told every second, and would take "Copied" away
            self._details = details
            self.copy.show_text(details)

    def say_more(self, *, shown: bool) -> None:
        """The link to what is seldom used."""
        put_button(self.more, tr("Less") if shown else tr("More: trigger, IOC, AMO"))
