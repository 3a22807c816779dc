"""The last price of a ticket's instrument: asked for now and then, with the reason when there is none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.tongue import tr
from app.qt.bridge import words_of

if TYPE_CHECKING:
    from app.qt.desk import Desk
    from app.qt.ticket.draft import Draft
    from app.services.order_views import LastPrice


class LastPriceOf(QObject):
    """`first` carries the first price of an instrument, `changed` follows every answer."""

    changed = Signal()
    first = Signal(object)

    def __init__(self, parent: QObject, desk: Desk) -> None:
        super().__init__(parent)
        self._desk = desk
        self._symbol = ""
        self.last: LastPrice | None = None
        self.why_none = ""

    def ask(self, draft: Draft) -> None:
        """Ask the account's broker; an answer for another instrument than is wanted then is not taken."""
        self._symbol = draft.symbol
        if draft.exchange is not None and draft.symbol:
            asked = self._desk.services.orders.last_price(draft.user_id, draft.exchange, draft.symbol)
            work = self._desk.run(self, asked, newest="price")
            work.done(partial(self._on_price, draft.symbol)).failed(self._on_none)

    def forget(self) -> None:
        """It was another instrument's."""
        self.last, self.why_none = None, ""

    def _on_price(self, symbol: str, last: LastPrice) -> None:
        if symbol != self._symbol:
            return
        first, self.last, self.why_none = self.last is None, last, ""
        if first:
            self.first.emit(last)
        self.changed.emit()

    def _on_none(self, error: BaseException) -> None:
        title, _ = words_of(error)
        self.why_none = tr("No newer price: {why}.", why=title) if self.last else tr("No price: {why}.", why=title)
        self.changed.emit()
