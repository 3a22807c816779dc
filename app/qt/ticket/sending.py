"""The one sending of a ticket: a preview goes out, and what comes of it is kept, also when nothing comes back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.domain import NotSent, RequestError, TradingError, VaultError
from app.domain.order_life import Fate
from app.qt.ticket.findings import of_error
from app.services.order_views import Sent, Weight

if TYPE_CHECKING:
    from app.domain.intents import Record
    from app.qt.desk import Desk
    from app.qt.ticket.course import Course
    from app.services.order_views import Preview

OUTDATED: Final = "outdated"
"""The check that finds Review too long ago (`services.order_previews`)."""
_UNSENT: Final = (VaultError, NotSent, RequestError)
"""With none of its orders begun, these say for certain that nothing left."""


class Sending(QObject):
    """`again`: nothing was sent, but what held it back can be asked. `ended`: there is an answer, or there is none.

    Its work is the errand's, not the window's: it goes on when the window is closed.
    """

    changed = Signal()
    again = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject, desk: Desk, course: Course) -> None:
        super().__init__(parent)
        self._desk, self._course = desk, course
        self._known: frozenset[str] = frozenset()

    def send(self, preview: Preview | None) -> None:
        """Send what the course has handed out; without anything handed out nothing is sent."""
        orders = self._desk.services.orders
        if preview is not None:
            self._known = frozenset(record.intent.intent_id for record in orders.records)
            work = self._desk.run(self, orders.send(preview, self._course.agreed))
            work.done(self._on_sent).failed(partial(self._on_failed, preview))
        self.changed.emit()

    def keep(self, sent: Sent) -> None:
        """This is what came of it."""
        self._course.answered(sent)
        self._end()

    def hear(self, record: Record) -> None:
        """An order is better known; while nothing has come back yet, one that was written down for this ticket, too."""
        course = self._course
        if course.sending and course.preview is not None and self._is_own(course.preview, record):
            course.records[record.intent.intent_id] = record
            self.changed.emit()
        elif course.take(record):
            self.changed.emit()

    def _on_sent(self, sent: Sent) -> None:
        mendable = all(one.weight is Weight.ASK or one.check == OUTDATED for one in sent.held_back)
        if sent.held_back and mendable and not sent.records:
            self.again.emit(sent)
        else:
            self.keep(sent)

    def _on_failed(self, preview: Preview, error: BaseException) -> None:
        """Nothing came back. Only where none of its orders was begun it is certain that nothing was sent."""
        written = [one for one in self._desk.services.orders.records if self._is_own(preview, one)]
        self._course.records |= {one.intent.intent_id: one for one in written}
        begun = any(record.fate is not Fate.WRITTEN for record in self._course.records.values())
        certain = isinstance(error, _UNSENT) and not begun
        self._course.failed(error, (of_error(error),) if certain else ())
        if not isinstance(error, TradingError):
            self._desk.run.untaken(error)  # a mistake of ours: logged whole and told
        self._end()

    def _end(self) -> None:
        self.changed.emit()
        self.ended.emit()

    def _is_own(self, preview: Preview, record: Record) -> bool:
        """Whether it was written down for `preview`: the services say so for certain with their answer only."""
        intent = record.intent
        if intent.intent_id in self._known or (intent.user_id, intent.deed) != (preview.user_id, preview.deed):
            return False
        if intent.request is None:
            return preview.order is not None and intent.order_id == preview.order.order_id
        planned = preview.plan.orders if preview.plan is not None else ()
        return replace(intent.request, tag="") in [replace(one, tag="") for one in planned]
