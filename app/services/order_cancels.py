"""Cancels what rests. It takes risk off: nothing but the journal, the mode and an account that answers is asked for.

An order whose cancellation is under way is not cancelled again: whoever asks meanwhile gets the answer of that one.
Each goes by itself, so that one that is final already keeps none of the others back.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import uuid4

from app.domain import Clock, NotFound, NotSent, Order, SubState, TradingError, VaultError
from app.domain.intents import Intent, Mode, Record
from app.domain.order_life import Fate, is_settled
from app.domain.tongue import tr
from app.services.book_views import Book, OrdersView
from app.services.order_accounts import OrderAccount, OrderAccounts, Sender, Shelf
from app.services.order_findings import note, of_error, stop
from app.services.order_ground import no_mode
from app.services.order_intents import to_cancel
from app.services.order_sender import Resting
from app.services.order_views import Finding, Sent
from app.services.pacing import let_end

_Key = tuple[str, str]
_NOTHING: Final = Sent(())
_AT_ONCE: Final = 8  # of one account: what the limits let out in a second; more would only wait for their turn there
_JUST_NOW: Final = timedelta(minutes=1)  # so long a book may lack an order that the broker named


def resting_in(portfolio: Shelf) -> Resting:
    """Where a sender finds the order that a change or a cancellation is about: the order books as they were read."""

    def find(user_id: str, order_id: str) -> Order:
        found = row_of(portfolio, user_id, order_id)
        if found is None:
            raise NotFound(
                order_id,
                title=tr("The order book does not show the order {order_id}", order_id=order_id),
                next_step=tr("Read the orders again. Nothing was sent."),
            )
        return found

    return find


def rows_of(portfolio: Shelf, user_id: str) -> tuple[Order, ...]:
    """The account's order book as it was last read."""
    view = portfolio.book(Book.ORDERS, user_id)
    return (view.rows or ()) if isinstance(view, OrdersView) else ()


def row_of(portfolio: Shelf, user_id: str, order_id: str) -> Order | None:
    """One order of it."""
    return next((row for row in rows_of(portfolio, user_id) if row.order_id == order_id), None)


class Cancels:
    """The cancellations of all accounts."""

    def __init__(
        self, sender: Sender, accounts: OrderAccounts, portfolio: Shelf, clock: Clock, mode: Mode | None
    ) -> None:
        self._sender = sender
        self._accounts = accounts
        self._portfolio = portfolio
        self._clock = clock
        self._mode = mode
        self._flying: dict[_Key, asyncio.Task[Sent]] = {}
        self._lanes: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))

    def is_flying(self, user_id: str, order_id: str) -> bool:
        """Whether a cancellation of this order is under way."""
        return (user_id, order_id) in self._flying

    async def cancel(self, user_id: str, order_ids: Collection[str]) -> Sent:
        """Cancel these orders of one account, all at once."""
        try:
            one = self._accounts.find(user_id)
        except NotFound as error:
            return Sent((), (of_error("account", error),))
        if self._mode is None:
            return Sent((), (no_mode(),))
        group = uuid4().hex
        tasks = [self._once(one, self._mode, (user_id, order_id), group) for order_id in dict.fromkeys(order_ids)]
        return joined(await asyncio.gather(*(asyncio.shield(task) for task in tasks)))

    async def cancel_all(self, user_ids: Sequence[str]) -> Sent:
        """Cancel whatever rests in these accounts, read anew first; of a book that cannot be read, what it showed."""
        return joined(await asyncio.gather(*map(self._cancel_resting, user_ids)))

    async def close(self) -> None:
        """Give up what is still being read: whoever sends has ended, nothing is under way there."""
        await let_end(tuple(self._flying.values()))

    # ------------------------------------------------------------------ parts

    async def _cancel_resting(self, user_id: str) -> Sent:
        try:
            account = self._accounts.find(user_id).view().title
            read = await self._portfolio.refresh(user_id, {Book.ORDERS})
        except NotFound as error:
            return Sent((), (of_error("account", error),))
        rows = rows_of(self._portfolio, user_id)
        resting = [*(row.order_id for row in rows if _may_trade(row)), *self._not_shown(user_id, rows)]
        sent = await self.cancel(user_id, resting) if resting else _NOTHING
        unread = tuple(_unread(account, error) for _, _, error in read.failed)
        return joined([sent, Sent((), (*unread, *self._lost(user_id, account)))])

    def _not_shown(self, user_id: str, rows: Sequence[Order]) -> Iterator[str]:
        """Orders that were taken a moment ago: a reading that was under way then may lack them."""
        shown, now = {row.order_id for row in rows}, self._clock.now()
        for record in self._sender.records:
            fresh = record.intent.user_id == user_id and now - record.intent.at < _JUST_NOW
            if fresh and record.intent.request is not None and record.fate is Fate.ACCEPTED:
                yield from {record.order_id} - shown

    def _lost(self, user_id: str, account: str) -> tuple[Finding, ...]:
        """An order whose fate is open may rest without being seen."""
        lost = [one for one in self._sender.records if one.intent.user_id == user_id and one.fate.is_open]
        if not any(one.intent.request is not None for one in lost):
            return ()
        text = tr("An order of {account} whose answer was lost may still be in the market", account=account)
        return (note("unknown", text, tr("Kunji goes on looking for it.")),)

    def _once(self, one: OrderAccount, mode: Mode, key: _Key, group: str) -> asyncio.Task[Sent]:
        task = self._flying.get(key)
        if task is None:
            task = self._flying[key] = asyncio.create_task(self._cancel(one, mode, key, group), name="cancel-order")
            task.add_done_callback(lambda _: self._flying.pop(key, None))  # a refused one may be tried again
        return task

    async def _cancel(self, one: OrderAccount, mode: Mode, key: _Key, group: str) -> Sent:
        user_id, order_id = key
        if row_of(self._portfolio, user_id, order_id) is None:  # placed a moment ago: the book may show it by now
            with suppress(NotFound):  # the account was removed: the sender says so
                await self._portfolio.refresh(user_id, {Book.ORDERS})
        async with self._lanes[user_id]:
            intent = to_cancel(one, order_id, mode, self._clock.now(), group)
            return await sent_by(self._sender, [intent])


async def sent_by(sender: Sender, intents: Sequence[Intent]) -> Sent:
    """Hand `intents` to the sender; what keeps them from the journal, or Kunji's end, holds them back.

    Once one of them is written down it counts as sent, whatever else fails: it must never be sent another time.
    """
    try:
        return Sent(await sender.send(intents))
    except (VaultError, NotSent) as error:
        mine = {intent.intent_id for intent in intents}
        written = tuple(record for record in sender.records if record.intent.intent_id in mine)
        check = "journal" if isinstance(error, VaultError) else "ending"
        return Sent(written, (of_error(check, error),))


def joined(parts: Sequence[Sent]) -> Sent:
    """Several as one, in their order; a finding that stands twice is said once."""
    records: tuple[Record, ...] = tuple(record for part in parts for record in part.records)
    held_back = tuple(dict.fromkeys(finding for part in parts for finding in part.held_back))
    return Sent(records, held_back)


def _may_trade(order: Order) -> bool:
    """An order of an unknown state may; one that is being cancelled already is left to that."""
    return not is_settled(order) and order.sub_state is not SubState.CANCELLING


def _unread(account: str, error: TradingError) -> Finding:
    text = tr("The orders of {account} could not be read: {title}", account=account, title=error.title)
    return stop("orders", text, tr("There may be more than Kunji knows. Look into the broker's own order book."))
