"""What a ticket asks of the services, and what it knows by their answers. It outlives its window while orders go out.

The window shows it and tells it what the trader does; nothing in here draws.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain import Exchange, NotSent, Order, OrderChange, OrderRequest, OutcomeUnknown, TradingError
from app.domain.tongue import tr
from app.qt.ticket.course import Course, Stage
from app.qt.ticket.draft import Draft, products_of, read, same
from app.qt.ticket.findings import Told, of_error, of_findings, of_reading, said
from app.qt.ticket.last_price import LastPriceOf
from app.qt.ticket.sending import Sending
from app.services.book_views import Book, OrdersView
from app.services.order_views import LastPrice, Preview, Sent, Weight
from app.services.views import AccountView, BookChanged, Event, IntentChanged, OrderTurnedUp

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from app.domain import Instrument
    from app.qt.bridge import Work
    from app.qt.desk import Desk
    from app.qt.order_ports import OrdersPort

SETTLE_MS: Final = 250  # without another change before a draft is checked


class Errand(QObject):
    """`changed`: something else is to be shown. `draft_changed`: other values stand in the draft than were typed.

    `stopped`: it was to be reviewed, and something stands in the way.
    """

    changed = Signal()
    draft_changed = Signal()
    stopped = Signal()

    def __init__(self, parent: QObject, desk: Desk, draft: Draft) -> None:
        super().__init__(parent)
        self.desk, self.draft = desk, draft
        self.course = Course(Stage.WRITE if draft.symbol else Stage.FIND)
        self.told: Told = {}
        self.looked: Preview | None = None
        self._left = False
        self.price = LastPriceOf(self, desk)
        self.price.changed.connect(self.changed)
        self.price.first.connect(self._begin_at)
        self.sending = Sending(self, desk, self.course)
        self.sending.changed.connect(self.changed)
        self.sending.again.connect(self._show_once_more)
        self.sending.ended.connect(self._on_ended)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._look)

    @property
    def orders(self) -> OrdersPort:
        """Where orders go."""
        return self.desk.services.orders

    @property
    def account(self) -> AccountView | None:
        """Whose order it is, as it stands now; None when it is gone."""
        return self.desk.board.account(self.draft.user_id)

    @property
    def broker(self) -> str:
        """The label of the account's broker."""
        return self.account.broker_label if self.account is not None else tr("The broker")

    def begin(self) -> None:
        """Ask for what the instrument is and what it costs."""
        self._ask_instrument()
        self.ask_price()
        self._settle.start()

    def leave(self) -> None:
        """The window is closed. What was sent goes on; with nothing under way there is nothing left to know."""
        self._left = True
        self._settle.stop()
        if not self.course.sending:
            self.deleteLater()

    # -------------------------------------------------------------- what is written

    def take(self, draft: Draft) -> None:
        """Another draft was typed: its own mistakes are told at once, what the checks say a moment later."""
        if draft.order_type is not self.draft.order_type and not draft.price and self.price.last is not None:
            draft = self._priced_at(draft, self.price.last)
        self.draft = draft
        wrong = of_reading(read(draft), pressed=False)
        if wrong or read(draft).asked is None:
            self.told, self.looked = wrong, None
        self._settle.start()
        self.changed.emit()

    def choose(self, instrument: Instrument) -> None:
        """Another instrument; what was typed for the one before does not belong to it."""
        exchange = Exchange(instrument.exchange)
        self.draft = Draft(
            user_id=self.draft.user_id,
            exchange=exchange,
            symbol=instrument.symbol,
            instrument=instrument,
            side=self.draft.side,
            product=products_of(exchange)[0],
            order_type=self.draft.order_type,
            quantity=str(max(1, instrument.lot_size)),
        )
        self.course.write()
        self._forget()
        self.ask_price()
        self._settle.start()
        self.draft_changed.emit()

    def choose_account(self, user_id: str) -> None:
        """Another account; the instrument is asked for at its broker."""
        self.desk.services.ui_state.put("ticket.account", user_id)
        self.draft = replace(self.draft, user_id=user_id)
        self.told, self.looked = {}, None
        if self.course.stage is not Stage.FIND:
            self.begin()
        self.draft_changed.emit()

    def find(self) -> None:
        """Another instrument is wanted."""
        self.course.find()
        self.changed.emit()

    def _ask_instrument(self) -> None:
        draft = self.draft
        if draft.exchange is not None and draft.symbol:
            asked = self.orders.instrument(draft.user_id, draft.exchange, draft.symbol)
            self.desk.run(self, asked, newest="instrument").done(partial(self._on_instrument, draft)).failed(
                _told_later
            )

    def _on_instrument(self, asked: Draft, instrument: Instrument | None) -> None:
        draft = self.draft
        if instrument is None or (draft.user_id, draft.symbol) != (asked.user_id, asked.symbol):
            return  # the checks say that the broker lists none
        quantity = draft.quantity or str(max(1, instrument.lot_size))
        self.draft = replace(draft, instrument=instrument, quantity=quantity)
        self._settle.start()
        self.draft_changed.emit()

    # -------------------------------------------------------------- the price

    def ask_price(self) -> None:
        """The last price, once more."""
        if not self._left:
            self.price.ask(self.draft)

    def _begin_at(self, last: LastPrice) -> None:
        """Something to begin with, once: never under the hands of who has typed."""
        if self.draft.order is None and not self.draft.price:
            self.draft = self._priced_at(self.draft, last)
            self._settle.start()

    def _priced_at(self, draft: Draft, last: LastPrice) -> Draft:
        """With the last price as the limit to begin with, where one is needed."""
        if not draft.order_type.needs_price:
            return draft
        QTimer.singleShot(0, self, self.draft_changed.emit)  # after whoever is telling what was typed
        return replace(draft, price=f"{last.price:f}")

    def _forget(self) -> None:
        self.told, self.looked = {}, None
        self.price.forget()

    # -------------------------------------------------------------- the checks

    def _look(self) -> None:
        """What the checks say of the draft as it stands; nothing is sent."""
        asked = self._preview(self.draft) if self.course.stage is Stage.WRITE else None
        if asked is not None:
            work = self.desk.run(self, asked, newest="look")
            work.done(partial(self._on_looked, self.draft)).failed(partial(self._on_no_look, self.draft))

    def _preview(self, draft: Draft) -> Coroutine[Any, Any, Preview] | None:
        asked = read(draft).asked
        if isinstance(asked, OrderRequest):
            return self.orders.preview(draft.user_id, asked)
        if isinstance(asked, OrderChange) and draft.order is not None:
            return self.orders.preview_change(draft.user_id, draft.order, asked)
        return None

    def _on_looked(self, draft: Draft, preview: Preview) -> None:
        if same(draft, self.draft) and self.course.stage is Stage.WRITE:
            self.told, self.looked = of_findings(preview.findings), preview
            self.changed.emit()

    def _on_no_look(self, draft: Draft, error: BaseException) -> None:
        if same(draft, self.draft):
            self.told, self.looked = of_findings([of_error(error)]), None
            self.changed.emit()

    def review(self) -> Work[Preview] | None:
        """The trader wants to see what would be sent; None: the fields themselves are in the way."""
        reading = read(self.draft)
        asked = self._preview(self.draft)
        if asked is None:
            self.told = of_reading(reading, pressed=True)
            self.changed.emit()
            self.stopped.emit()
            return None
        self._settle.stop()
        work = self.desk.run(self, asked, newest="look")
        return work.done(partial(self._on_review, self.draft)).failed(partial(self._on_no_look, self.draft))

    def _on_review(self, draft: Draft, preview: Preview) -> None:
        if self.course.stage is not Stage.WRITE:
            return  # another instrument is looked for by now
        if not same(draft, self.draft):
            self._settle.start()  # it was changed meanwhile
            return
        self.told, self.looked = of_findings(preview.findings), preview
        if preview.may_send:
            self.course.show(preview)
        self.changed.emit()
        if not preview.may_send:
            self.stopped.emit()

    def back(self) -> None:
        """To the fields; what was shown is checked anew before it can be sent."""
        self.course.write()
        self._settle.start()
        self.changed.emit()

    # -------------------------------------------------------------- the one sending

    def confirm(self) -> None:
        """The trader says yes to what Review shows."""
        self.sending.send(self.course.confirm())

    def agree(self) -> None:
        """The trader says yes to the question."""
        self.sending.send(self.course.agree())

    def _show_once_more(self, sent: Sent) -> None:
        """Nothing was sent: since Review a question has come up, or it is too long ago. A new preview says so."""
        asked = None if self._left else self._preview(self.draft)
        if asked is None:
            self.sending.keep(sent)
            return
        work = self.desk.run(self, asked, newest="look")
        work.done(partial(self._on_again, sent)).failed(lambda _: self.sending.keep(sent))

    def _on_again(self, sent: Sent, preview: Preview) -> None:
        if preview.may_send:
            self.course.show(preview, sent.held_back)
            self.changed.emit()
        else:
            self.sending.keep(Sent((), tuple(one for one in preview.findings if one.weight is Weight.STOP)))

    def _on_ended(self) -> None:
        """With the window closed the program's own tells what came to nothing; all else is told by notices."""
        if not self._left:
            return
        course = self.course
        if course.held_back:
            why = " ".join(said(one) for one in course.held_back)
            self.desk.run.untaken(NotSent(title=tr("The order was not sent"), next_step=why))
        elif course.error is not None:
            self.desk.run.untaken(OutcomeUnknown())
        self.deleteLater()

    # -------------------------------------------------------------- what happens

    def hear(self, event: Event) -> None:
        """What the services tell."""
        match event:
            case IntentChanged(record) | OrderTurnedUp(record, _):
                self.sending.hear(record)
            case BookChanged(OrdersView() as view) if view.user_id == self.draft.user_id:
                self.changed.emit()
            case _:
                pass

    def order(self, user_id: str, order_id: str) -> Order | None:
        """The order as the account's book has it."""
        view = self.desk.board.book(Book.ORDERS, user_id)
        rows = view.rows if isinstance(view, OrdersView) else None
        return next((one for one in rows or () if one.order_id == order_id), None)


def _told_later(error: BaseException) -> None:
    """Why the instrument cannot be asked for is found by the checks, too, and told at its field."""
    if not isinstance(error, TradingError):
        raise error
