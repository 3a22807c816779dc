"""The window of one ticket: account and LIVE or DEMO above every page, then the fields, Review, a question, the result.

A window of its own, not modal to the application, without a loop of its own. Closing it never cancels what was sent.
For 400 ms after another page has come no button is heard: who presses twice presses once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.dialogs.sheet import Sheet
from app.qt.ticket.course import Stage
from app.qt.ticket.draft import has_more, tradable
from app.qt.ticket.foot import Foot
from app.qt.ticket.head import TicketHead
from app.qt.ticket.pages import Pages
from app.qt.ticket.words import title_of
from app.qt.widgets.basic import name
from app.qt.widgets.mode_mark import titled

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain import Instrument
    from app.qt.ticket.errand import Errand
    from app.services.order_views import Finding

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
        self._shown: tuple[Stage, Finding | None] | None = None
        self._amber = False
        self._seconds = 0
        self._awaits_list = False  # the search found no list to look in
        self._make()
        self._connect()
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(PAUSE_MS)
        self.pause.timeout.connect(lambda: self.buttons.copy.blockSignals(False))
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._on_second)
        self._tick.start()
        self.show_draft()

    def _make(self) -> None:
        theme = self._desk.theme
        self.head = TicketHead(theme, self.errand.orders.mode)
        self.pages = Pages(self._desk)
        self._outer.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        self.put_above(self.head)
        self.inside.addWidget(self.pages)
        if has_more(self.errand.draft):
            self.pages.fields.show_more(more=True)
        self.buttons = Foot(self.foot)

    def _connect(self) -> None:
        errand, foot = self.errand, self.buttons
        errand.changed.connect(self.refresh)
        errand.draft_changed.connect(self.show_draft)
        errand.stopped.connect(lambda: self.pages.fields.focus_first(errand.told))
        self.head.chosen.connect(self._on_account)
        fields = self.pages.fields
        fields.edited.connect(lambda: errand.take(fields.draft))
        fields.find_wanted.connect(errand.find)
        self.pages.wanted.connect(self._search)
        self.pages.chosen.connect(errand.choose)
        for box in (fields.quantity, fields.price, fields.trigger, fields.disclosed):
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

    # -------------------------------------------------------------- showing

    def show_draft(self) -> None:
        """Other values stand in the draft than were typed."""
        self.pages.fields.show_draft(self.errand.draft)
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
        asked = errand.course.asked if stage is Stage.ASK else None
        if self._shown != (stage, asked):
            self._turn(stage, asked)

    def _show_page(self, stage: Stage, now: datetime) -> None:
        errand, pages, foot = self.errand, self.pages, self.buttons
        amber = False
        if stage is Stage.WRITE:
            pages.show_fields(errand, now)
            foot.say_more(shown=pages.fields.shows_more)
        elif stage is Stage.RESULT:
            amber = pages.show_result(errand).is_open
            foot.show_end(pages.details, keeps_checking=amber, again=errand.course.may_write)
        elif stage is not Stage.FIND and errand.course.preview is not None:
            pages.show_preview(errand, now)
            foot.name_deeds(errand.course, errand.orders.mode)
        if amber is not self._amber:
            self._amber = amber
            self.update()

    def _turn(self, stage: Stage, asked: Finding | None) -> None:
        """Another page or question: nothing is heard for a moment, and the keyboard stands where it is safe."""
        first, self._shown = self._shown is None, (stage, asked)
        foot = self.buttons
        self.pages.turn(stage)
        if not first:
            self.pause.start()
            foot.copy.blockSignals(True)  # it acts by itself, where the second of two presses may fall
        safe = {Stage.REVIEW: foot.back, Stage.ASK: foot.go_back, Stage.RESULT: foot.close}
        if stage in safe:
            safe[stage].setFocus()
        elif stage is Stage.FIND:
            self.pages.found.begin()
        else:
            self.pages.fields.focus_first(self.errand.told)

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
        writing = self.errand.course.stage in (Stage.WRITE, Stage.REVIEW)
        if writing and self._seconds % _PRICE_S == 0 and self.isActiveWindow():
            self.errand.ask_price()
        if self._awaits_list and self._has_list:
            self._awaits_list = False
            self.pages.found.again()
        if self.isVisible():
            self.refresh()

    def _on_review(self) -> None:
        if self.errand.course.stage is not Stage.WRITE or not self.buttons.review.isEnabled() or self.pause.isActive():
            return
        work = self.errand.review()
        if work is not None:
            work.busy(self.buttons.review, tr("Checking"))

    def _on_keys(self) -> None:
        """Ctrl+Enter: on Review only, and not while it has only just come."""
        if self.errand.course.stage is Stage.REVIEW and not self.pause.isActive():
            self.errand.confirm()

    def _on_account(self, user_id: str) -> None:
        self.errand.choose_account(user_id)
        if self.errand.course.stage is Stage.FIND:
            self.pages.found.again()

    def _on_more(self) -> None:
        self.pages.fields.show_more(more=not self.pages.fields.shows_more)
        self.refresh()

    def _search(self, text: str) -> None:
        account = self.errand.account
        if account is not None:
            asked = self._desk.services.store.instruments.search(account.broker_type, text, _MOST)
            self._desk.run(self, asked, newest="search").done(lambda rows: self._on_found(text, rows))

    def _on_found(self, text: str, rows: list[Instrument]) -> None:
        self._awaits_list = not self._has_list
        unloaded = tr("{broker}'s list of instruments is not loaded yet.", broker=self.errand.broker)
        self.pages.found.show_found(text, [one for one in rows if tradable(one)], unloaded if self._awaits_list else "")

    @property
    def _has_list(self) -> bool:
        account = self.errand.account
        master = self._desk.board.master(account.broker_type) if account is not None else None
        return master is not None and master.day is not None

    def reject(self) -> None:
        """Cancel, Esc or the window's own close button: what was sent goes on."""
        if self._tick.isActive():
            self._tick.stop()
            self.errand.leave()
            self.closed.emit()
        super().reject()
