"""Sends what was written down, once: intent on the disk, "sending" on the disk, one request, its fate on the disk.

Nothing here repeats a request. What the answer does not say for certain is unknown and is looked for in the order book
(`order_search.py`); a program that ends in between finds it unknown at its next start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from app.domain import (
    AccountError,
    Clock,
    DailyCap,
    NotSent,
    Order,
    OrderError,
    OrderResponse,
    OutcomeUnknown,
    RateLimited,
    RequestError,
    TradingError,
    VaultError,
)
from app.domain.intents import Deed, Intent, Record, Step
from app.domain.last_words import ENDED, HELD_BACK, RESTARTED
from app.domain.order_life import Evidence, Fate, next_fate
from app.services.events import Events
from app.services.views import IntentChanged

if TYPE_CHECKING:
    from app.brokers.base import BaseBroker
    from app.services.kept_journal import KeptJournal
    from app.store.journal import Journal

_log: Final = logging.getLogger(__name__)
_DEFINITE: Final = (AccountError, OrderError, RequestError, RateLimited, DailyCap)
"""What only the broker, or an adapter before it sent anything, can say; two of them are told apart (`_proof`)."""

T = TypeVar("T")


class Account(Protocol):
    """What sending needs of an account (`services.sessions.Coordinator`)."""

    async def ready(self) -> "BaseBroker":
        """The adapter with its credentials in it. Raises why there is none."""
        ...

    async def call(self, use: "Callable[[BaseBroker], Awaitable[T]]", *, kind: str = "other") -> T:
        """Let `use` ask the broker something, and learn from the answer."""
        ...


class Accounts(Protocol):
    """Where accounts are found (`services.accounts.Accounts`)."""

    def find(self, user_id: str) -> Account:
        """The account of that id. Raises `NotFound`."""
        ...


_LOOKED_FOR: Final = timedelta(days=7)
"""So long after it was sent an order that was told as not confirmed is looked for at every start: no book is of so many
days, and an after-market order waits no longer than over holidays."""

FAREWELL: Final = 3.0  # seconds that an order in flight has when Kunji ends


class OrderSender:
    """The one way by which an order leaves. `resting` gives the order that a change or a cancellation is about."""

    def __init__(
        self,
        journal: "Journal | KeptJournal",
        accounts: "Accounts",
        events: Events,
        clock: Clock,
        resting: "Resting | None" = None,
    ) -> None:
        self._journal = journal
        self._accounts = accounts
        self._events = events
        self._clock = clock
        self._resting = resting or _nothing_rests
        self._records: dict[str, Record] = {}
        self._flying: set[asyncio.Task[tuple[Record, ...]]] = set()
        self._closing = False
        self._restoring = asyncio.Lock()
        self._restored = False

    @property
    def records(self) -> tuple[Record, ...]:
        """What was sent, or was to be, since the start, and what was unsettled then; oldest first."""
        return tuple(self._records.values())

    async def restore(self) -> None:
        """Take up what an earlier run left: what was only written was never sent, what was being sent is unknown.

        Done once, before anything new is sent. Raises the `VaultError` of the journal: then nothing can be; what could
        be read of it is known and looked for all the same.
        """
        async with self._restoring:
            if not self._restored:
                left = [record for record in await self._journal.unsettled() if not self._is_done_with(record)]
                self._records |= {record.intent.intent_id: record for record in left}
                notes = (self.note(one.intent.intent_id, Evidence.RESTARTED, RESTARTED) for one in left)
                errors = [error for note in notes if (error := await _failure(note)) is not None]
                if errors:
                    raise errors[0]
                self._restored = True

    async def send(self, intents: Sequence[Intent]) -> tuple[Record, ...]:
        """Write all of them down, then send each once, in order; the first that is not taken keeps back the rest.

        Goes on to its end when whoever waits for it gives up. Raises the `VaultError` of the disk: whatever of the
        intents stands in `records` then may have been sent, else nothing was.
        """
        if self._closing:
            raise NotSent("Kunji is ending")
        task = asyncio.create_task(self._send(intents), name="send-orders")
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)
        return await asyncio.shield(task)

    async def note(self, intent_id: str, evidence: Evidence, detail: str = "", order_id: str = "") -> Record:
        """Write down what is known of an intent now, and tell everyone. Raises the `VaultError` of the disk.

        Everyone is told all the same of what happened at the broker: a full disk must not hide an order.
        """
        record = self._records[intent_id]
        step = Step(intent_id, self._clock.now(), evidence, next_fate(record.fate, evidence), order_id, detail)
        known = Record(record.intent, (*record.steps, step))
        try:
            await self._journal.note([step])
        except VaultError:
            if evidence is not Evidence.BEGUN:  # then nothing is sent, and nothing happened
                self._keep(known)
            raise
        return self._keep(known)

    async def close(self) -> None:
        """Let what is in flight come to its answer for 3 s; what then has none is unknown and is looked for later."""
        self._closing = True
        if self._flying:
            await asyncio.wait(self._flying, timeout=FAREWELL)
        for task in tuple(self._flying):
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    # ------------------------------------------------------------------ one after another

    async def _send(self, intents: Sequence[Intent]) -> tuple[Record, ...]:
        await self.restore()  # an order of an earlier run whose fate is open comes before anything new
        await self._journal.write(intents)  # the whole ticket, before the first of its slices leaves
        for intent in intents:
            self._keep(Record(intent))
        held_back = ""
        for intent in intents:
            if held_back:  # also after an unknown one: a second order would only add to what nobody knows
                await self.note(intent.intent_id, Evidence.NEVER_LEFT, held_back)
            elif (await self._send_one(intent)).fate is not Fate.ACCEPTED:
                held_back = HELD_BACK
        return tuple(self._records[intent.intent_id] for intent in intents)

    async def _send_one(self, intent: Intent) -> Record:
        try:
            one = self._accounts.find(intent.user_id)
            await one.ready()  # before "sending" is on the disk: whatever fails here certainly never left
            use = self._errand(intent)
        except TradingError as error:
            return await self.note(intent.intent_id, Evidence.NEVER_LEFT, _words(error))
        await self.note(intent.intent_id, Evidence.BEGUN)  # raises: without this line on the disk nothing is sent
        evidence, detail, order_id = await self._ask(one, use)
        return await self.note(intent.intent_id, evidence, detail, order_id)

    async def _ask(self, one: "Account", use: "Callable[[BaseBroker], Awaitable[str]]") -> tuple[Evidence, str, str]:
        """The one request, and what its end proves; before the adapter was asked nothing can have left."""
        begun: list[BaseBroker] = []

        def asked(broker: "BaseBroker") -> "Awaitable[str]":
            begun.append(broker)
            return use(broker)

        try:
            return Evidence.ANSWERED, "", await one.call(asked, kind="order")
        except TradingError as error:
            return (_proof(error) if begun else Evidence.NEVER_LEFT), _words(error), ""
        except asyncio.CancelledError:  # Kunji ends: said as what it is, and looked for at the next start
            return (Evidence.LOST if begun else Evidence.NEVER_LEFT), ENDED, ""
        except Exception as error:  # noqa: BLE001 - whatever went wrong here, the order may be in the market
            _log.critical("order without a fate", exc_info=error)
            return Evidence.LOST, f"a mistake of Kunji ({type(error).__name__})", ""

    def _errand(self, intent: Intent) -> "Callable[[BaseBroker], Awaitable[str]]":
        if intent.deed is Deed.PLACE and intent.request is not None:
            request = intent.request
            return lambda broker: _named(broker.place_order(request))
        order = self._resting(intent.user_id, intent.order_id)  # as read last: brokers want more than its number
        if intent.deed is Deed.MODIFY and intent.change is not None:
            change = intent.change
            return lambda broker: _done(broker.modify_order(order, change), order)
        return lambda broker: _done(broker.cancel_order(order), order)

    def _is_done_with(self, record: Record) -> bool:
        """Whether it was taken up before: what came of it since may stand nowhere but here; or can turn up no more."""
        is_old = self._clock.now() - record.intent.at > _LOOKED_FOR
        return record.intent.intent_id in self._records or (is_old and record.fate is Fate.NOT_CONFIRMED)

    def _keep(self, record: Record) -> Record:
        self._records[record.intent.intent_id] = record
        self._events.publish(IntentChanged(record))
        return record


async def _failure(noting: "Awaitable[Record]") -> VaultError | None:
    """What kept a step from the disk: those of the other orders are told all the same."""
    try:
        await noting
    except VaultError as error:
        return error
    return None


Resting = Callable[[str, str], Order]
"""The order of an account, by its id, as it was read last; raises `NotFound`."""


def _nothing_rests(user_id: str, order_id: str) -> Order:
    raise NotSent(f"no order {order_id} of {user_id} was read")


async def _named(asking: "Awaitable[OrderResponse]") -> str:
    return (await asking).order_id


async def _done(asking: "Awaitable[None]", order: Order) -> str:
    await asking
    return order.order_id


def _proof(error: TradingError) -> Evidence:
    """What an error of an order call proves; one that an adapter should not raise there proves nothing."""
    if isinstance(error, NotSent):
        return Evidence.NEVER_LEFT
    if isinstance(error, OutcomeUnknown) or not isinstance(error, _DEFINITE):
        return Evidence.LOST
    return Evidence.REFUSED


def _words(error: TradingError) -> str:
    return f"{error.title} ({error.kind})" + (f": {error.detail}" if error.detail else "")
