"""Looks for orders whose answer was lost: by their tag, in the broker's own order book, until their fate is certain.

After 1, 2, 4, 8 and 15 s, then every 15 s (security-promises section 6). Two whole readings without it, each begun at
least 20 s after it was sent, are told as "not confirmed": still no rejection, never a reason to send again by itself.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from app.domain import IST, Clock, NotFound, Order, TradingError, VaultError
from app.domain.intents import Deed, Intent, Record
from app.domain.order_life import LEAST_AGE, Evidence, Fate, Search, is_late
from app.services.events import Events
from app.services.pacing import Background, Pause
from app.services.views import Event, IntentChanged, OrderTurnedUp

if TYPE_CHECKING:
    from app.services.order_accounts import OrderAccount, OrderAccounts
    from app.services.order_sender import OrderSender

_log: Final = logging.getLogger(__name__)
STEPS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds after the sending at which the book is read; then the last of them again and again."""

_IDLE: Final = 3600.0


class OrderSearch:
    """The readings of one set of accounts. One reading of an account's book serves all of its orders."""

    def __init__(self, sender: "OrderSender", accounts: "OrderAccounts", events: Events, clock: Clock) -> None:
        self._sender = sender
        self._accounts = accounts
        self._events = events
        self._clock = clock
        self._pause = Pause(clock)
        self._readings = Background(ended=self._pause.end)  # by account; what came due meanwhile is next
        self._searches: dict[str, Search] = {}
        self._due: dict[str, float] = {}  # by intent, on the monotonic clock
        self._turn: dict[str, int] = {}
        self._left_at: dict[str, float] = {}  # by intent, on the monotonic clock: when it was sent in this run
        self._looked: set[str] = set()  # intents that a whole reading of the book came after

    def hear(self, event: Event) -> None:
        """An order was lost: begin; a listener of `Events`."""
        if isinstance(event, IntentChanged):
            self._follow(event.record)
            self._pause.end()

    async def ready(self) -> None:
        """Return when what an earlier run left is known here. Raises the `VaultError` of the journal."""
        await self._sender.restore()

    def is_searching(self, user_id: str) -> bool:
        """Whether an order of this account is unknown and was not looked for since the start."""
        return any(
            record.fate is Fate.UNKNOWN and record.intent.intent_id not in self._looked
            for record in self._sender.records
            if self._whose(record.intent) == user_id
        )

    async def run(self) -> None:
        """Look for what is due until cancelled, in each account at its own pace: one that hangs holds up no other."""
        for record in self._sender.records:
            self._follow(record)
        try:
            while True:
                self._begin_what_is_due()
                await self._pause.sleep(self._until_next())
        finally:
            await self._readings.close()

    # ------------------------------------------------------------------ when

    def _follow(self, record: Record) -> None:
        key = record.intent.intent_id
        if record.fate is Fate.SENDING:
            self._left_at[key] = self._clock.monotonic()
        if record.fate in (Fate.UNKNOWN, Fate.NOT_CONFIRMED):
            if key not in self._searches:
                self._searches[key] = Search(_sent_at(record))
                self._turn[key] = 0
                self._due[key] = self._clock.monotonic() + STEPS[0]
        else:
            self._due.pop(key, None)

    def _waiting(self) -> Iterator[tuple[str, Record, float]]:
        """What is looked for: its account, and in how many seconds; nothing of an account that is just being read."""
        now = self._clock.monotonic()
        for record in self._sender.records:
            due = self._due.get(record.intent.intent_id)
            if due is not None and (user_id := self._whose(record.intent)) not in self._readings:
                yield user_id, record, due - now

    def _begin_what_is_due(self) -> None:
        """One reading of an account's book for all of its orders that are due."""
        found: dict[str, list[Record]] = {}
        for user_id, record, wait in self._waiting():
            if wait <= 0:
                found.setdefault(user_id, []).append(record)
        for user_id, records in found.items():
            self._readings.start(user_id, partial(self._read, user_id, records))

    def _until_next(self) -> float:
        return max(0.05, min((wait for _, _, wait in self._waiting()), default=_IDLE))

    def _again(self, key: str) -> None:
        turn = self._turn[key] = self._turn.get(key, 0) + 1
        before, after = STEPS[min(turn, len(STEPS)) - 1], STEPS[min(turn, len(STEPS) - 1)]
        wait = after - before if turn < len(STEPS) else after
        self._due[key] = self._clock.monotonic() + wait

    # ------------------------------------------------------------------ reading

    async def _read(self, user_id: str, records: Sequence[Record]) -> None:
        began, moment = self._clock.now(), self._clock.monotonic()
        for record in records:  # before the answer: a book that cannot be read is read again at its next hour
            self._again(record.intent.intent_id)
        try:
            one = self._accounts.find(user_id)
            book = await one.call(lambda broker: broker.get_orders(), kind="orders")
        except TradingError as error:
            _log.info("order book not read for a search kind=%s", error.kind)
            return  # no answer is no evidence: it counts as no reading
        for record in records:
            key = record.intent.intent_id
            if moment - self._left_at.get(key, -math.inf) >= LEAST_AGE.total_seconds():  # the wall clock may be set
                self._searches[key] = self._searches[key].read_without(began)
            try:
                await self._judge(record, _found(record, book, began), began)
            except VaultError as error:  # it is known here all the same; the next start finds it once more
                _log.critical("found order not written down kind=%s", error.kind)
            self._looked.add(key)

    async def _judge(self, record: Record, order: Order | None, began: datetime) -> None:
        key = record.intent.intent_id
        if order is not None:
            try:
                await self._sender.note(
                    key, Evidence.SEEN, f"seen in the order book: {order.raw_status}", order.order_id
                )
            finally:  # a full disk keeps no alarm back
                if is_late(record.fate, Evidence.SEEN):
                    now = next(one for one in self._sender.records if one.intent.intent_id == key)
                    self._events.publish(OrderTurnedUp(now, order))
        elif record.fate is Fate.UNKNOWN and self._searches[key].is_over:
            await self._sender.note(key, Evidence.MISSING, _missing(record, began))

    def _whose(self, intent: Intent) -> str:
        """The account that the intent is looked for in: its own, or that of the same client connected anew."""
        try:
            self._accounts.find(intent.user_id)
        except NotFound:
            same = (one.view() for one in self._accounts if _is_of(one, intent))
            return next((view.user_id for view in same), intent.user_id)
        return intent.user_id


def _is_of(one: "OrderAccount", intent: Intent) -> bool:
    view = one.view()
    client = intent.client_id.casefold()
    return bool(client) and (view.broker_type, view.client_id.casefold()) == (intent.broker_type, client)


def _is_of_its_day(record: Record, began: datetime) -> bool:
    """Whether a book that was read at `began` is that of the day on which it was sent."""
    return began.astimezone(IST).date() == _sent_at(record).astimezone(IST).date()


def _missing(record: Record, began: datetime) -> str:
    """What two readings proved: a book shows its own day, so that one of a later day says nothing of an earlier one."""
    if _is_of_its_day(record, began):
        return "two whole readings of the order book lack it"
    return "the order book of a later day lacks it: that of the day on which it was sent was not read"


def _found(record: Record, book: Sequence[Order], began: datetime) -> Order | None:
    """The order in the book, once it shows what was asked of it; numbers may be used again on another day."""
    intent = record.intent
    if intent.deed is Deed.PLACE:
        return next((order for order in book if order.tag == intent.tag), None)
    about = next((order for order in book if order.order_id == intent.order_id), None)
    shows = about is not None and _is_of_its_day(record, began) and _shows(about, intent)
    return about if shows else None


def _shows(order: Order, intent: Intent) -> bool:
    """Whether a change or a cancellation took effect, or can no longer: a final order is the broker's last word."""
    change = intent.change
    if change is None or (order.status is not None and order.status.is_final):
        return order.status is not None and order.status.is_final
    asked = (change.quantity, change.price, change.trigger_price)
    untold = order.validity in (None, change.validity) and order.disclosed_quantity in (None, change.disclosed_quantity)
    return (order.quantity, order.price, order.trigger_price) == asked and untold


def _sent_at(record: Record) -> datetime:
    return next((step.at for step in record.steps if step.evidence is Evidence.BEGUN), record.intent.at)
