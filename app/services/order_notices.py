"""What is told about orders, in which words: names and states, never an amount, nor a broker's text that may hold one.

Told are: refused, of unknown fate, not confirmed, turned up after something else was told, partly filled at the day's
end, and how an exit ended or that it broke off. Whatever else becomes of an order stands in the ticket and in the
orders panel.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final, TypeVar

from app.domain import IST, Clock, Order, OrderSide, OrderStatus
from app.domain.intents import Deed, Intent, Record
from app.domain.market import SEGMENTS, is_open
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.services.book_views import OrdersView
from app.services.exit_notices import OF_EXIT, broken_notice, exit_notice
from app.services.notices import Notices
from app.services.order_views import ExitPhase
from app.services.views import (
    AccountRemoved,
    Action,
    BookChanged,
    Event,
    ExitBroken,
    ExitChanged,
    IntentChanged,
    Notice,
    OrderTurnedUp,
)

T = TypeVar("T")
_Key = tuple[str, str, date | None]
_OF_INTENT: Final = "intent:"
_MANY: Final = 2000  # of what was told and of what is ours the last ones: a taken order is rejected soon, if at all
_ENDED: Final = (OrderStatus.CANCELLED, OrderStatus.COMPLETE)


class OrderNotices:
    """Of all accounts. `title_of` names an account by its id."""

    def __init__(self, notices: Notices, clock: Clock, title_of: Callable[[str], str]) -> None:
        self._notices = notices
        self._clock = clock
        self._title_of = title_of
        self._told: dict[_Key, None] = {}  # account, order and its day: refused, or left over at the day's end
        self._ours: dict[tuple[str, str], None] = {}  # account and order that this Kunji placed

    def hear(self, event: Event) -> None:
        """Take notice of what became of an order; a listener of `Events`."""
        if isinstance(event, IntentChanged):
            self._follow(event.record)
        elif isinstance(event, OrderTurnedUp):
            self._notices.post(_turned_up(event.record))
        elif isinstance(event, ExitChanged) and event.view.phase is ExitPhase.DONE:
            self._notices.post(exit_notice(event.view, self._title_of))
        elif isinstance(event, ExitBroken):
            self._notices.post(broken_notice(event.plan, self._title_of))
        elif isinstance(event, AccountRemoved):
            self._outlive(event.user_id)
        elif isinstance(event, BookChanged) and isinstance(event.view, OrdersView):
            for order in event.view.rows or ():
                self._look(event.view.user_id, order)

    def _follow(self, record: Record) -> None:
        fate, intent = record.fate, record.intent
        if intent.deed is Deed.PLACE and record.order_id:
            _add(self._ours, (intent.user_id, record.order_id))
        words = _WORDS if intent.deed is Deed.PLACE else _WORDS_OF_LATER
        if fate in words:
            title, text = words[fate]
            what = tr(title, what=_what(intent), account=intent.account)
            self._notices.post(Notice(key_of(intent), what, tr(text), intent.user_id, Action.SHOW_ORDERS, urgent=True))
        elif fate is Fate.ACCEPTED:
            self._notices.withdraw(key_of(intent))

    def _outlive(self, user_id: str) -> None:
        """What became of an order at the broker stays to be told when its account is removed here."""
        for notice in self._notices.open:
            if notice.user_id == user_id and notice.key.startswith((_OF_INTENT, OF_EXIT)):
                self._notices.post(replace(notice, user_id=None))

    def _look(self, user_id: str, order: Order) -> None:
        """A row of the book: refused later than it was taken, or left over when its market has closed."""
        key = (user_id, order.order_id, _day(order.placed_at))  # a broker may use a number again on another day
        if key in self._told:
            return
        if order.status is OrderStatus.REJECTED and key[:2] in self._ours:
            self._tell(key, tr("{what}: rejected", what=_of_row(order)), tr("The broker's reason stands in Orders."))
        elif self._is_left_over(order):
            words = tr("What is left of it is no longer in the market.")
            self._tell(key, tr("{what}: partly filled at the day's end", what=_of_row(order)), words)

    def _is_left_over(self, order: Order) -> bool:
        segment, now = SEGMENTS.get(order.exchange), self._clock.now()
        closed = segment is not None and not is_open([segment], now)
        partly = 0 < order.filled_quantity < order.quantity and order.status in _ENDED
        return closed and partly and _day(order.placed_at) == _day(now)

    def _tell(self, key: _Key, title: str, text: str) -> None:
        _add(self._told, key)
        user_id, order_id, _ = key
        whole = tr("{text} {account}", text=text, account=self._title_of(user_id))
        self._notices.post(Notice(f"order:{user_id}:{order_id}", title, whole, user_id, Action.SHOW_ORDERS))


_WORDS: Final = {
    Fate.REJECTED: ("{what}: refused by {account}", "It is not in the market. The reason stands in Orders."),
    Fate.UNKNOWN: (
        "{what}: not known whether it reached {account}",
        "The answer was lost. It may be in the market. Do not send it again: Kunji looks for it.",
    ),
    Fate.NOT_CONFIRMED: (
        "{what}: {account} does not show it",
        "Look at the broker before you order again. Kunji goes on looking.",
    ),
}

_WORDS_OF_LATER: Final = {
    Fate.REJECTED: ("{what}: refused by {account}", "The order stands as it was. The reason stands in Orders."),
    Fate.UNKNOWN: (
        "{what}: not known whether it reached {account}",
        "The answer was lost. The order may stand as it was. Kunji looks at the order book.",
    ),
    Fate.NOT_CONFIRMED: (
        "{what}: {account} does not show it",
        "The order may stand as it was. Look at the broker. Kunji goes on looking.",
    ),
}
"""Of what was asked of an order that is in the market already."""


def _add(known: dict[T, None], key: T) -> None:
    """Put `key` among the last ones; the oldest goes when they are too many."""
    known[key] = None
    if len(known) > _MANY:
        del known[next(iter(known))]


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(IST).date()


def key_of(intent: Intent) -> str:
    """The key of an intent's own notice: a later one takes its place."""
    return f"{_OF_INTENT}{intent.intent_id}"


def _turned_up(record: Record) -> Notice:
    intent = record.intent
    if intent.deed is not Deed.PLACE:
        title = tr("{what}: its order has ended, or stands as asked", what=_what(intent))
        text = tr("{account} shows it now. Look at Orders.", account=intent.account)
        return Notice(key_of(intent), title, text, intent.user_id, Action.SHOW_ORDERS, urgent=True)
    title = tr("{what} is in the market after all", what=_what(intent))
    text = tr("{account} shows it now, later than was told. Look at Orders.", account=intent.account)
    return Notice(key_of(intent), title, text, intent.user_id, Action.SHOW_ORDERS, urgent=True)


def _what(intent: Intent) -> str:
    if intent.request is not None:
        return tr("{side} {symbol}", side=_side(intent.request.side), symbol=intent.request.symbol)
    verb = tr("Change of order") if intent.deed is Deed.MODIFY else tr("Cancellation of order")
    return tr("{verb} {order_id}", verb=verb, order_id=intent.order_id)


def _of_row(order: Order) -> str:
    return tr("{side} {symbol}", side=_side(order.side), symbol=order.symbol)


def _side(side: OrderSide) -> str:
    return tr("Buy") if side is OrderSide.BUY else tr("Sell")
