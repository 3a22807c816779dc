"""Cancelling orders from the window: the chosen ones at once, all of an account or of all after one question.

What is on its way is not asked for again: a second press does nothing, and the control says why.
"""

from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.exits.cancel_words import came_of, question, why_none
from app.qt.models.order_rows import OrderRow
from app.qt.widgets.basic import name
from app.services.book_views import Book
from app.services.order_views import Sent

_ALL: Final = ""  # of all accounts
Key = tuple[str, str]
_Back = Callable[[], None]


class Cancels(QObject):
    """`changed`: something is on its way, or back. `told` says what came of it, and whether eyes are needed."""

    changed = Signal()
    told = Signal(str, bool)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._place, self._desk = parent, desk
        self._flying: set[Key] = set()
        self._sweeping: set[str] = set()
        self.dialog: ConfirmDialog | None = None

    # -------------------------------------------------------------- chosen orders

    def why_not(self, rows: Sequence[OrderRow]) -> str:
        """Why these cannot be cancelled just now, "" when they can."""
        if not rows:
            return tr("Choose an order first")
        first = self._why_not(rows[0])
        return "" if any(not self._why_not(row) for row in rows) else first

    def cancel(self, rows: Sequence[OrderRow]) -> None:
        """Cancel those of them that can be."""
        wanted: dict[str, list[str]] = {}
        for row in rows:
            if row.account is not None and not self._why_not(row):
                wanted.setdefault(row.account.user_id, []).append(row.record.order.order_id)
        for user_id, order_ids in wanted.items():
            self._send(user_id, order_ids)

    def _why_not(self, row: OrderRow) -> str:
        shown, user_id = row.record, row.account.user_id if row.account is not None else ""
        if shown.fate is not None:
            return _why_not_ours(shown.fate)
        if not shown.may_trade:
            return tr("It is over: nothing is left to cancel")
        if (user_id, shown.order.order_id) in self._flying or self._sweeping & {user_id, _ALL}:
            return tr("Its cancellation is on its way")
        if shown.awaits_cancel and not shown.still_open_in(self._desk.board.book(Book.ORDERS, user_id)):
            return tr("Kunji is looking for what became of its cancellation")
        return ""

    def _send(self, user_id: str, order_ids: Collection[str]) -> None:
        keys = {(user_id, order_id) for order_id in order_ids}
        self._flying |= keys
        self.changed.emit()

        def back() -> None:
            self._flying -= keys
            self.changed.emit()

        self._follow(self._desk.services.orders.cancel(user_id, tuple(order_ids)), back)

    # -------------------------------------------------------------- all of them

    def why_not_all(self, user_id: str | None = None) -> str:
        """Why nothing can be cancelled in an account, or in all; "" when it can."""
        if self._sweeping & {user_id or _ALL, _ALL}:
            return tr("Everything that rests is being cancelled")
        return why_none(self._desk.board, user_id)

    def ask_all(self, user_id: str | None = None) -> None:
        """Ask once, saying how many; then cancel whatever rests by then."""
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
        if self.dialog is not None or self.why_not_all(user_id):
            return
        title, words, deed = question(self._desk.board, user_id, self._desk.now())
        account = self._desk.board.account(user_id) if user_id is not None else None
        mode, colour = self._desk.services.orders.mode, account.colour if account is not None else ""
        self.dialog = ConfirmDialog(self._place, title, words, deed, colour, mode)
        self.dialog.cancel.setText(tr("Keep them"))
        name(self.dialog.cancel, tr("Keep them"))
        self.dialog.accepted.connect(lambda: self.cancel_all(user_id))
        self.dialog.finished.connect(self._answered)
        self.dialog.open()

    def cancel_all(self, user_id: str | None) -> None:
        """Cancel whatever rests, at most once at a time."""
        whose = user_id or _ALL
        if whose in self._sweeping:
            return
        self._sweeping.add(whose)
        self.changed.emit()

        def back() -> None:
            self._sweeping.discard(whose)
            self.changed.emit()

        self._follow(self._desk.services.orders.cancel_all(user_id), back)

    def _answered(self) -> None:
        self.dialog = None

    # -------------------------------------------------------------- what came of it

    def _follow(self, asked: Coroutine[Any, Any, Sent], back: _Back) -> None:
        work = self._desk.run(self, asked)
        work.done(lambda sent: self._came(sent, back)).failed(lambda error: self._failed(error, back))

    def _came(self, sent: Sent, back: _Back) -> None:
        back()
        sure = all(record.fate is Fate.ACCEPTED for record in sent.records) and not sent.held_back
        self.told.emit(came_of(sent), not sure)

    def _failed(self, error: BaseException, back: _Back) -> None:
        back()
        self.told.emit(" ".join(words_of(error)), True)


def _why_not_ours(fate: Fate) -> str:
    """What is not in the book has no number by which it could be cancelled."""
    if fate in {Fate.REJECTED, Fate.NOT_SENT}:
        return tr("It is not in the market")
    if fate in {Fate.UNKNOWN, Fate.NOT_CONFIRMED}:
        return tr("It is being looked for: it can be cancelled once it is found")
    return tr("It does not stand in the book yet")
