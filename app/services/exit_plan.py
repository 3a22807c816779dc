"""What would make positions flat: read anew, every hindrance found before anything is touched. Nothing is sent here.

What keeps a position from being closed also keeps the orders that rest against it: a stop loss is never cancelled for
an exit that cannot be carried out.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from app.domain import IST, Clock, Exchange, OrderPlan, OrderRequest, OrderType, TradingError, WireSurprise
from app.domain.intents import Deed, Record
from app.domain.market import SEGMENTS, in_force
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.services import exit_words
from app.services.accounts import Accounts
from app.services.exit_books import Key, Reader, Seen, closing_side, key_of
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.services.order_views import ExitPart, ExitPlan, ExitScope, Finding, Weight
from app.services.sessions import Coordinator

_IN_FLIGHT: Final = (Fate.WRITTEN, Fate.SENDING, Fate.UNKNOWN)


def never(user_id: str) -> str:  # noqa: ARG001 - of its shape
    """No hindrance."""
    return ""


@dataclass(frozen=True, slots=True)
class Means:
    """What plans and exits are made with. `hindrance` says why an account may order nothing now, empty when it may."""

    accounts: Accounts
    reader: Reader
    sender: OrderSender
    search: OrderSearch
    clock: Clock
    hindrance: Callable[[str], str] = never


class Planner:
    """Makes plans. `is_under_way` says whether a position of an account is being closed already."""

    def __init__(self, means: Means, is_under_way: Callable[[str, Key], bool]) -> None:
        self._means = means
        self._is_under_way = is_under_way

    async def plan(self, scope: ExitScope) -> ExitPlan:
        """See `Exits.plan`."""
        accounts = self._means.accounts
        ones = [accounts.find(scope.user_id)] if scope.user_id is not None else list(accounts)
        drafts = await asyncio.gather(*(self._account(one, scope) for one in ones if not one.retired))
        parts = tuple(part for draft in drafts for part in draft.parts)
        words = tuple(line for draft in drafts for line in draft.words)
        unread = frozenset(draft.user_id for draft in drafts if draft.is_unread)
        findings = (*(finding for draft in drafts for finding in draft.findings), *self._nothing(parts, unread))
        return ExitPlan(uuid4().hex, self._means.clock.now(), scope, parts, words, findings, unread)

    async def orders(self, one: Coordinator, key: Key, quantity: int) -> OrderPlan:
        """The orders that close `quantity` units. Raises the `TradingError` why there are none."""
        exchange, symbol, product = key
        asked = OrderRequest(symbol, exchange, product, closing_side(quantity), OrderType.MARKET, abs(quantity))
        plan = await (await one.ready()).plan_order(asked)
        if not _closes(plan, asked):  # an order too many would open the other side
            raise WireSurprise(f"the plan for {abs(quantity)} {symbol} is for something else")
        return plan

    def bars(self, one: Coordinator, key: Key) -> str:
        """Why nothing can be done about that contract now, not even a cancellation; empty when it can."""
        refused, exchange = one.orders_refused, key[0]
        if not is_trading(exchange, self._means.clock):
            return exit_words.is_closed(exchange)
        if refused is not None:
            return tr("{why}. {next_step}", why=exit_words.said(refused), next_step=refused.next_step)
        return ""

    def doubts(self, one: Coordinator, key: Key) -> str:
        """Why no order may be placed for that position now; empty when it may."""
        if self._means.search.is_searching(one.user_id) or self._is_open(one.user_id, key, _IN_FLIGHT):
            return tr("the answer to an order was lost; it is looked for, and nothing new is sent meanwhile")
        return self._means.hindrance(one.user_id)

    # ------------------------------------------------------------------ one account

    async def _account(self, one: Coordinator, scope: ExitScope) -> "_Draft":
        seen = await self._means.reader.read(one.user_id)
        if seen.error is not None:
            return _unread(one, seen, seen.error, _wanted(scope, seen.open_keys()))
        resting = dict.fromkeys(key_of(order) for order in seen.resting_all())
        keys = _wanted(scope, dict.fromkeys((*seen.open_keys(), *resting)))
        planned = [await self._part(one, key, seen) for key in keys]
        words = [exit_words.of_account(one.view().title, line) for draft in planned for line in draft.words]
        parts = tuple(part for draft in planned for part in draft.parts)
        findings = tuple(finding for key in keys for finding in self._warnings(one, key))
        return _Draft(one.user_id, parts, tuple(dict.fromkeys(words)), findings)

    async def _part(self, one: Coordinator, key: Key, seen: Seen) -> "_Draft":
        (exchange, symbol, product), quantity = key, seen.held(key)
        part = ExitPart(one.user_id, symbol, exchange, product, quantity, seen.resting(key))
        plan, why = OrderPlan(()), self._hindrance(one, key, quantity)
        try:
            plan = await self.orders(one, key, quantity) if quantity and not why else plan
        except TradingError as error:
            why = exit_words.said(error)
        part = replace(part, orders=plan.orders, why_not=why)
        return _Draft(one.user_id, (part,), (*_lines(part), *plan.notes))

    def _hindrance(self, one: Coordinator, key: Key, quantity: int) -> str:
        if self._is_under_way(one.user_id, key):
            return exit_words.under_way()
        return self.bars(one, key) or (self.doubts(one, key) if quantity else "")

    def _warnings(self, one: Coordinator, key: Key) -> Iterable[Finding]:
        if self._is_open(one.user_id, key, (Fate.NOT_CONFIRMED,)):
            text = tr("An order for {symbol} was never confirmed: it may still turn up", symbol=key[1])
            yield Finding("not_confirmed", Weight.NOTE, text, tr("Look into the broker's own order book first."))

    def _nothing(self, parts: Sequence[ExitPart], unread: Collection[str]) -> Iterable[Finding]:
        """Why an exit that would do nothing is not to be begun."""
        if not parts:
            nothing = tr("Nothing is known of the positions") if unread else tr("There is nothing to exit")
            yield Finding("nothing", Weight.STOP, nothing)
        elif all(part.why_not for part in parts):
            open_now = any(is_trading(part.exchange, self._means.clock) for part in parts)
            why = exit_words.together(part.why_not for part in parts)
            yield Finding(
                "hindered" if open_now else "hours", Weight.STOP, tr("Nothing can be closed now: {why}", why=why)
            )

    def _is_open(self, user_id: str, key: Key, fates: tuple[Fate, ...]) -> bool:
        today = indian_day(self._means.clock.now())  # what was not confirmed yesterday is in no market any more
        return any(
            record.fate in fates
            and record.intent.user_id == user_id
            and placed_key(record) == key
            and indian_day(record.intent.at) == today
            for record in self._means.sender.records
        )


def placed_key(record: Record) -> Key | None:
    """The position that a placed order is about."""
    request = record.intent.request
    if record.intent.deed is not Deed.PLACE or request is None:
        return None
    return key_of(request)


def indian_day(moment: datetime) -> date:
    """The day in India."""
    return moment.astimezone(IST).date()


def is_trading(exchange: Exchange, clock: Clock) -> bool:
    """Whether orders at market can trade there now; nothing does before the opening."""
    segment, now = SEGMENTS.get(exchange), clock.now()
    session = in_force().session(segment, indian_day(now)) if segment is not None else None
    return session is not None and session.opens <= now < session.closes


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one account adds to a plan."""

    user_id: str
    parts: tuple[ExitPart, ...] = ()
    words: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_unread: bool = False


def _wanted(scope: ExitScope, keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(key for key in keys if scope.keys is None or key in scope.keys)


def _closes(plan: OrderPlan, asked: OrderRequest) -> bool:
    """Whether the orders of `plan` are together what was asked for, and nothing else."""
    named = {(order.symbol, order.exchange, order.product, order.side) for order in plan.orders}
    total = sum(order.quantity for order in plan.orders)
    return total == asked.quantity and named == {(asked.symbol, asked.exchange, asked.product, asked.side)}


def _unread(one: Coordinator, seen: Seen, error: TradingError, keys: Iterable[Key]) -> _Draft:
    """Every position that was known, and that nobody knows how it stands."""
    line = exit_words.unread_line(error)
    parts = tuple(
        ExitPart(one.user_id, symbol, exchange, product, seen.held((exchange, symbol, product)), why_not=line)
        for exchange, symbol, product in keys
    )
    words = exit_words.of_account(one.view().title, line)
    return _Draft(one.user_id, parts, (words,), (Finding("unread", Weight.NOTE, words, error.next_step),), True)


def _lines(part: ExitPart) -> Iterable[str]:
    if part.why_not:
        yield exit_words.not_done_line(part.symbol, part.product, part.why_not)
        return
    yield from map(exit_words.cancel_line, part.cancels)
    yield from map(exit_words.order_line, part.orders)
