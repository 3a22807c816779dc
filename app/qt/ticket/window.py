"""The window of one ticket: account and LIVE or DEMO above every page, then the fields, Review, a question, the result.

A window of its own, not modal to the application, without a loop of its own. Closing it never cancels what was sent.
For 400 ms after another page has come no button is heard: who presses twice presses once.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.tongue import tr
from app.qt.dialogs.page_links import put_button
from app.qt.dialogs.sheet import Sheet
from app.qt.theme import put
from app.qt.ticket import outcome as outcomes
from app.qt.ticket.course import Stage
from app.qt.ticket.draft import tradable
from app.qt.ticket.fields import FieldsPage
from app.qt.ticket.find import FindPage
from app.qt.ticket.foot import Foot
from app.qt.ticket.head import TicketHead
from app.qt.ticket.held import held
from app.qt.ticket.result import ResultPage
from app.qt.ticket.review import AskPage, ReviewPage
from app.qt.ticket.words import agree_words, deed_words, held_words, price_words, title_of
from app.qt.widgets.basic import name
from app.qt.widgets.mode_mark import titled
from app.services.book_views import Book, FundsView

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain import Instrument
    from app.qt.ticket.errand import Errand
    from app.services.order_views import Preview

P = TypeVar("P", bound=QWidget)
HEIGHT: Final = 480
PAUSE_MS: Final = 400
"""So long after another page has come no press is taken (design.md section 7)."""
_PRICE_S: Final = 3  # seconds between two askings for the last price
_FRAME: Final = 2
_MOST: Final = 50  # instruments found


class TicketWindow(Sheet):
    """Shows an errand. `closed` comes once, when it is put away."""

    closed = Signal()

    def __init__(self, parent: QWidget, errand: Errand) -> None:
        super().__init__(parent, HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.errand, self._desk = errand, errand.desk
        self._stage: Stage | None = None
        self._shown: Preview | None = None
        self._amber = False
        self._seconds = 0
        self._make()
        self._connect()
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(PAUSE_MS)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._on_second)
        self._tick.start()
        self.show_draft()

    def _make(self) -> None:
        theme = self._desk.theme
        self.head = TicketHead(theme, self.errand.orders.mode)
        self.fields = FieldsPage(theme, self._desk.figures)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.fields)
        self._outer.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        self.put_above(self.head)
        self.inside.addWidget(self._pages)
        self.buttons = Foot(self.foot)

    def _connect(self) -> None:
        errand, foot = self.errand, self.buttons
        errand.changed.connect(self.refresh)
        errand.draft_changed.connect(self.show_draft)
        errand.stopped.connect(lambda: self.fields.focus_first(errand.told))
        self.head.chosen.connect(errand.choose_account)
        self.fields.edited.connect(lambda: errand.take(self.fields.draft))
        self.fields.find_wanted.connect(errand.find)
        for box in (self.fields.quantity, self.fields.price, self.fields.trigger, self.fields.disclosed):
            box.edit.returnPressed.connect(self._on_review)
        for pressed, then in (
            (foot.more, self._on_more),
            (foot.review, self._on_review),
            (foot.back, errand.back),
            (foot.go_back, errand.back),
            (foot.again, errand.back),
            (foot.confirm, errand.confirm),
            (foot.agree, errand.agree),
            (foot.cancel, self.reject),
            (foot.close, self.reject),
        ):
            pressed.clicked.connect(lambda _=False, then=then: None if self.pause.isActive() else then())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._on_keys)

    # -------------------------------------------------------------- the pages, each made when it is first wanted

    @cached_property
    def found(self) -> FindPage:
        """Where the instrument is found."""
        made = FindPage()
        made.wanted.connect(self._search)
        made.chosen.connect(self.errand.choose)
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

    def _added(self, page: P) -> P:
        self._pages.addWidget(page)
        return page

    def _page_of(self, stage: Stage) -> QWidget:
        match stage:
            case Stage.FIND:
                return self.found
            case Stage.REVIEW:
                return self.review
            case Stage.ASK:
                return self.question
            case Stage.RESULT:
                return self.came
            case _:
                return self.fields

    # -------------------------------------------------------------- showing

    def show_draft(self) -> None:
        """Other values stand in the draft than were typed."""
        self.fields.show_draft(self.errand.draft)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        now, errand = self._desk.now(), self.errand
        stage = errand.course.stage
        self.head.offer(self._desk.board.accounts)
        choosing = stage in (Stage.FIND, Stage.WRITE) and errand.draft.order is None
        self.head.show_account(errand.account, now, choosing=choosing)
        title = titled(title_of(errand.draft), errand.orders.mode)
        self.setWindowTitle(title)
        name(self, title)
        self._show_page(stage, now)
        self.buttons.show_stage(stage)
        if stage is not self._stage:
            self._turn(stage)

    def _show_page(self, stage: Stage, now: datetime) -> None:
        self._show_amber(amber=False)
        if stage is Stage.WRITE:
            self._show_fields(now)
        elif stage is Stage.RESULT:
            self._show_result()
        elif stage is not Stage.FIND:
            self._show_preview(stage)

    def _show_fields(self, now: datetime) -> None:
        errand, figures = self.errand, self._desk.figures
        draft = errand.draft
        self.fields.tell(errand.told)
        self.buttons.say_more(shown=self.fields.shows_more)
        price = price_words(errand.last, errand.why_no_price, draft.exchange or "", figures, now)
        owned = held_words(held(self._desk.board, draft.user_id, draft.exchange, draft.symbol), figures)
        put(self.fields.last, f"{price} {owned}".strip())
        funds = self._desk.board.book(Book.FUNDS, draft.user_id)
        known = funds.funds.available if isinstance(funds, FundsView) and funds.funds is not None else None
        put(self.fields.available, figures.amount(known))
        put(self.fields.value, figures.amount(errand.looked.value if errand.looked is not None else None))

    def _show_preview(self, stage: Stage) -> None:
        preview, asked = self.errand.course.preview, self.errand.course.asked
        if preview is None:
            return
        if stage is Stage.REVIEW and preview is not self._shown:
            self._shown = preview
            self.review.show_preview(preview, self.errand.course.remarks)
        put_button(self.buttons.confirm, deed_words(preview, self.errand.orders.mode))
        if stage is Stage.ASK and asked is not None:
            self.question.show_question(asked, preview)
            put_button(self.buttons.agree, agree_words(asked.check, preview))

    def _show_result(self) -> None:
        errand = self.errand
        shown = outcomes.outcome(errand.course, errand.broker, errand.order, self._desk.figures)
        self.came.show_outcome(shown, errand.broker)
        self._show_amber(amber=shown.is_open)
        self.buttons.name_close(tr("Close, keep checking") if shown.is_open else tr("Close"))
        self.buttons.offer_again(offered=errand.course.may_write)
        self.buttons.copy.show_text(outcomes.details(errand.course, shown))

    def _show_amber(self, *, amber: bool) -> None:
        if amber is not self._amber:
            self._amber = amber
            self.update()

    def _turn(self, stage: Stage) -> None:
        """Another page: nothing is heard for a moment, and the keyboard stands where a press does no harm."""
        first, self._stage = self._stage is None, stage
        self._pages.setCurrentWidget(self._page_of(stage))
        if not first:
            self.pause.start()
        safe = {Stage.REVIEW: self.buttons.back, Stage.ASK: self.buttons.go_back, Stage.RESULT: self.buttons.close}
        if stage in safe:
            safe[stage].setFocus()
        elif stage is Stage.FIND:
            self.found.begin()
        else:
            self.fields.focus_first(self.errand.told)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An amber frame while the fate of an order is not known."""
        super().paintEvent(event)
        if self._amber:
            painter = QPainter(self)
            painter.setPen(QPen(self._desk.theme.colour("state.warn"), _FRAME))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # -------------------------------------------------------------- doing

    def _on_second(self) -> None:
        self._seconds += 1
        writing = self._stage in (Stage.WRITE, Stage.REVIEW)
        if writing and self._seconds % _PRICE_S == 0 and self.isActiveWindow():
            self.errand.ask_price()
        if self.isVisible():
            self.refresh()

    def _on_review(self) -> None:
        if self._stage is not Stage.WRITE or not self.buttons.review.isEnabled() or self.pause.isActive():
            return
        work = self.errand.review()
        if work is not None:
            work.busy(self.buttons.review, tr("Checking"))

    def _on_keys(self) -> None:
        """Ctrl+Enter: on Review only, and not while it has only just come."""
        if self._stage is Stage.REVIEW and not self.pause.isActive():
            self.errand.confirm()

    def _on_more(self) -> None:
        self.fields.show_more(more=not self.fields.shows_more)
        self.refresh()

    def _search(self, text: str) -> None:
        account = self.errand.account
        if account is not None:
            asked = self._desk.services.store.instruments.search(account.broker_type, text, _MOST)
            self._desk.run(self, asked, newest="search").done(lambda rows: self._on_found(text, rows))

    def _on_found(self, text: str, rows: list[Instrument]) -> None:
        account = self.errand.account
        master = self._desk.board.master(account.broker_type) if account is not None else None
        no_list = master is None or master.day is None
        why = tr("{broker}'s list of instruments is not loaded yet.", broker=self.errand.broker) if no_list else ""
        self.found.show_found(text, [one for one in rows if tradable(one)], why)

    def reject(self) -> None:
        """Cancel, Esc or the window's own close button: what was sent goes on."""
        if self._tick.isActive():
            self._tick.stop()
            self.errand.leave()
            self.closed.emit()
        super().reject()
