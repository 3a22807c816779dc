"""The pages of a ticket, each made when it is first wanted, and what stands on them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.qt.announce import announce
from app.qt.theme import put
from app.qt.ticket import ending
from app.qt.ticket.course import Stage
from app.qt.ticket.fields import FieldsPage
from app.qt.ticket.find import FindPage
from app.qt.ticket.held import held
from app.qt.ticket.result import ResultPage
from app.qt.ticket.review import AskPage, ReviewPage
from app.qt.ticket.words import held_words, price_words
from app.services.book_views import Book, FundsView

if TYPE_CHECKING:
    from datetime import datetime

    from app.qt.desk import Desk
    from app.qt.ticket.errand import Errand
    from app.qt.ticket.outcome import Outcome
    from app.services.order_views import Preview

P = TypeVar("P", bound=QWidget)


class Pages(QStackedWidget):
    """`wanted` carries what an instrument is looked for by, `chosen` the one that was taken."""

    wanted = Signal(str)
    chosen = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: Preview | None = None
        self.details = ""
        self.fields = self._added(FieldsPage(desk.theme, desk.figures))

    @cached_property
    def found(self) -> FindPage:
        """Where the instrument is found."""
        made = FindPage()
        made.wanted.connect(self.wanted)
        made.chosen.connect(self.chosen)
        return self._added(made)

    @cached_property
    def review(self) -> ReviewPage:
        """What would be sent."""
        return self._added(ReviewPage(self._desk.theme))

    @cached_property
    def question(self) -> AskPage:
        """What is asked once more."""
        return self._added(AskPage(self._desk.theme))

    @cached_property
    def came(self) -> ResultPage:
        """What became of it."""
        return self._added(ResultPage(self._desk.theme))

    def turn(self, stage: Stage) -> None:
        """Show the page of this stage."""
        pages = {Stage.FIND: "found", Stage.REVIEW: "review", Stage.ASK: "question", Stage.RESULT: "came"}
        self.setCurrentWidget(getattr(self, pages.get(stage, "fields")))

    def show_fields(self, errand: Errand, now: datetime) -> None:
        """What is wrong with the draft, what it is worth, what there is to pay it with."""
        figures, fields = self._desk.figures, self.fields
        fields.tell(errand.told)
        put(fields.last, self._price(errand, now))
        funds = self._desk.board.book(Book.FUNDS, errand.draft.user_id)
        known = funds.funds.available if isinstance(funds, FundsView) and funds.funds is not None else None
        put(fields.available, figures.amount(known))
        put(fields.value, figures.amount(errand.looked.value if errand.looked is not None else None))

    def show_preview(self, errand: Errand, now: datetime) -> None:
        """What would be sent, or the question about it."""
        course = errand.course
        if course.preview is None:
            return
        if course.stage is Stage.ASK and course.asked is not None:
            self.question.show_question(course.asked, course.preview)
            return
        if course.preview is not self._shown:
            self._shown = course.preview
            self.review.show_preview(course.preview, course.remarks)
        put(self.review.last, self._price(errand, now))

    def show_result(self, errand: Errand) -> Outcome:
        """What came of it, as far as it is known; another end is announced once."""
        shown = ending.outcome(errand.course, errand.broker, errand.order, self._desk.figures)
        self.came.show_outcome(shown, errand.broker)
        self.details = ending.details(errand.course, shown)
        announce(self.came, shown.came, f"{shown.title}. {shown.urgent}".strip())
        return shown

    def _price(self, errand: Errand, now: datetime) -> str:
        """The last price with its age, and what is held of it."""
        draft, figures = errand.draft, self._desk.figures
        price = price_words(errand.price.last, errand.price.why_none, draft.exchange or "", figures, now)
        owned = held_words(held(self._desk.board, draft.user_id, draft.exchange, draft.symbol), figures)
        return f"{price} {owned}".strip()

    def _added(self, page: P) -> P:
        self.addWidget(page)
        return page
