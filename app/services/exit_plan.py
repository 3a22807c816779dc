"""What would make positions flat: read anew, every hindrance found before anything is touched. Nothing is sent here.

What keeps a position from being closed also keeps the orders that rest against it: a stop loss is never cancelled for
an exit that cannot be carried out.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import uuid4

from app.domain import IST, Clock, Exchange, OrderPlan, TradingError
from app.domain.intents import Deed, Mode, Record
from app.domain.market import SEGMENTS, in_force
from app.domain.order_life import Fate
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services import exit_room, exit_words
from app.services.exit_books import Key, Reader, Seen, key_of
from app.services.exit_orders import closing_orders
from app.services.exit_pledges import Pledges
from app.services.exit_ports import ExitAccount, ExitAccounts, Look
from app.services.order_accounts import Sender
from app.services.order_findings import note, stop
from app.services.order_ground import no_mode
from app.services.order_lately import recent
from app.services.order_views import ExitPart, ExitPlan, ExitScope, Finding, Weight

SETTLED: Final = 3.0  # seconds that positions have to show the fills of a moment ago
_IN_FLIGHT: Final = (Fate.SENDING, Fate.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Means:
    """What plans and exits are made with. `mode` is None when nobody can say whether real money is meant.

    `cap` is how many orders a minute the user wants to be asked about.
    """

    accounts: ExitAccounts
    reader: Reader
    sender: Sender
    look: Look
    clock: Clock
    mode: Mode | None
    cap: Callable[[], int | None]


class Planner:
    """Makes plans, and says at every later step whether they still may go on."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._pledges = Pledges(means.sender)

    async def plan(
        self, scope: ExitScope, under_way: Collection[tuple[str, Key]]
    ) -> tuple[ExitPlan, Mapping[str, Seen]]:
        """The plan and, by account, what it was made of; positions that are `under_way` are being closed already."""
        accounts = self._means.accounts
        ones = [accounts.find(scope.user_id)] if scope.user_id is not None else list(accounts)
        drafts = await asyncio.gather(*(self._account(one, scope, under_way) for one in ones))
        parts = tuple(part for draft in drafts for part in draft.parts)
        words = tuple(line for draft in drafts for line in draft.words)
        unread = frozenset(draft.user_id for draft in drafts if draft.is_unread)
        found = (*(finding for draft in drafts for finding in draft.findings), *self._nothing(parts, unread))
        findings = tuple(dict.fromkeys(found))
        plan = ExitPlan(uuid4().hex, self._means.clock.now(), scope, parts, words, findings, unread)
        return plan, {draft.user_id: draft.seen for draft in drafts if draft.seen is not None}

    async def orders(self, one: ExitAccount, key: Key, quantity: int) -> OrderPlan:
        """The orders that close `quantity` units. Raises the `TradingError` why there are none."""
        return await closing_orders(await one.ready(), key, quantity)

    async def ground(self, user_id: str, keys: Iterable[Key]) -> dict[Exchange, Sequence[Finding]]:
        """What must hold before an order leaves, by exchange."""
        return {
            exchange: await self._means.look(user_id, exchange) for exchange in dict.fromkeys(key[0] for key in keys)
        }

    def bars(self, user_id: str, key: Key, ground: Sequence[Finding]) -> str:
        """Why no order may be placed for that position now; empty when it may."""
        if self._means.mode is Mode.LIVE and not is_trading(key[0], self._means.clock.now()):
            return exit_words.is_closed(key[0])
        if self._is_open(user_id, key, _IN_FLIGHT):
            return tr("the answer to an order was lost; it is looked for, and nothing new is sent meanwhile")
        stops = (finding for finding in ground if finding.weight is Weight.STOP)
        return exit_words.together(_sentence(finding) for finding in stops)

    def asked(self, plans: Sequence[ExitPlan]) -> tuple[ExitPlan, ...]:
        """`plans`, which are carried out with one press, with what is to be known of all their orders together."""
        counts = [sum(len(part.orders) for part in plan.parts if not part.why_not) for plan in plans]
        before = recent(self._means.sender.records, self._means.clock.now())
        found = tuple(exit_room.above_cap(sum(counts), before, self._means.cap()))
        return tuple(
            replace(plan, findings=(*found, *plan.findings)) if count else plan
            for plan, count in zip(plans, counts, strict=True)
        )

    def full(self, one: ExitAccount, parts: Iterable[ExitPart]) -> Mapping[Key, str]:
        """Those of `parts` for whose orders the broker's limits leave no room, and why."""
        ahead = partial(self._pledges.ahead, one.user_id)
        return exit_room.full(parts, one.order_limits, one.view().broker_label, ahead)

    def pledge(self, one: ExitAccount, parts: Sequence[ExitPart], group: str) -> Mapping[Key, str]:
        """As `full`; the room that the others take is kept for them until `release`."""
        full = self.full(one, parts)
        going = (part for part in parts if key_of(part) not in full)
        self._pledges.make(group, one, exit_room.requests(going))
        return full

    def release(self, group: str) -> None:
        """The exit of that plan has ended."""
        self._pledges.drop(group)

    # ------------------------------------------------------------------ one account

    async def _account(self, one: ExitAccount, scope: ExitScope, under_way: Collection[tuple[str, Key]]) -> "_Draft":
        seen = await self._means.reader.read_settled(one.user_id, SETTLED)
        if seen.error is not None:
            return _unread(one, seen, seen.error, _wanted(scope, seen.open_keys()))
        resting = dict.fromkeys(key_of(order) for order in seen.resting_all())
        keys = _wanted(scope, dict.fromkeys((*seen.open_keys(), *resting)))
        ground = await self.ground(one.user_id, (key for key in keys if seen.held(key)))
        planned = [
            _Draft(one.user_id, (_part(one.user_id, key, seen, why=exit_words.under_way()),))
            if (one.user_id, key) in under_way
            else await self._part(one, key, seen, ground.get(key[0], ()))
            for key in keys
        ]
        planned = self._unless_full(one, planned)
        draft = self._draft(one, planned, [finding for found in ground.values() for finding in found])
        return replace(draft, seen=seen)

    async def _part(self, one: ExitAccount, key: Key, seen: Seen, ground: Sequence[Finding]) -> "_Draft":
        quantity, plan = seen.held(key), OrderPlan(())
        if not quantity:  # nothing but a cancellation: that takes risk off and asks for nothing
            return _Draft(one.user_id, (_part(one.user_id, key, seen),))
        why = self.bars(one.user_id, key, ground)
        try:
            plan = plan if why else await self.orders(one, key, quantity)
        except TradingError as error:
            why = exit_words.said(error)
        part = replace(_part(one.user_id, key, seen, why=why), orders=plan.orders)
        return _Draft(one.user_id, (part,), plan.notes, tuple(self._warnings(one, key)))

    def _unless_full(self, one: ExitAccount, planned: Sequence["_Draft"]) -> list["_Draft"]:
        """`planned`, each of one position; nothing is planned for those that there is no room for."""
        full = self.full(one, (part for draft in planned for part in draft.parts))
        return [_left_whole(draft, full.get(key_of(draft.parts[0]), "")) for draft in planned]

    def _draft(self, one: ExitAccount, planned: Sequence["_Draft"], ground: Sequence[Finding]) -> "_Draft":
        """Those of all positions as one, with the words of the account; what stops a part stands in its words."""
        parts = tuple(part for draft in planned for part in draft.parts)
        lines = [line for draft in planned for part in draft.parts for line in (*_lines(part), *draft.words)]
        words = dict.fromkeys(exit_words.of_account(one.view().title, line) for line in lines)
        told = [replace(one_of, weight=Weight.NOTE) if one_of.weight is Weight.STOP else one_of for one_of in ground]
        warnings = [finding for draft in planned for finding in draft.findings]
        return _Draft(one.user_id, parts, tuple(words), (*told, *warnings))

    def _warnings(self, one: ExitAccount, key: Key) -> Iterable[Finding]:
        if self._is_open(one.user_id, key, (Fate.NOT_CONFIRMED,)):
            text = tr("An order for {symbol} was never confirmed: it may still turn up", symbol=key[1])
            yield note("not_confirmed", text, tr("Look into the broker's own order book first."))

    def _nothing(self, parts: Sequence[ExitPart], unread: Collection[str]) -> Iterable[Finding]:
        """Why an exit that would do nothing is not to be begun."""
        if self._means.mode is None:
            yield no_mode()
        if not parts:
            yield stop("nothing", tr("Nothing is known of the positions") if unread else tr("There is nothing to exit"))
        elif all(part.why_not for part in parts):
            closed = all(part.why_not == exit_words.is_closed(part.exchange) for part in parts)
            why = exit_words.together(part.why_not for part in parts)
            yield stop("hours" if closed else "hindered", tr("Nothing can be closed now: {why}", why=why))

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
    return key_of(request) if record.intent.deed is Deed.PLACE and request is not None else None


def indian_day(moment: datetime) -> date:
    """The day in India."""
    return moment.astimezone(IST).date()


def is_trading(exchange: Exchange, now: datetime) -> bool:
    """Whether orders at market can trade there now; nothing does before the opening."""
    segment = SEGMENTS.get(exchange)
    session = in_force().session(segment, indian_day(now)) if segment is not None else None
    return session is not None and session.opens <= now < session.closes


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one account, or one position of it, adds to a plan."""

    user_id: str
    parts: tuple[ExitPart, ...] = ()
    words: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_unread: bool = False
    seen: Seen | None = None


def _part(user_id: str, key: Key, seen: Seen, *, why: str = "") -> ExitPart:
    exchange, symbol, product = key
    return ExitPart(user_id, symbol, exchange, product, seen.held(key), seen.resting(key), why_not=why)


def _left_whole(draft: _Draft, why: str) -> _Draft:
    part = draft.parts[0]
    return replace(draft, parts=(replace(part, orders=(), why_not=why),), words=()) if why else draft


def _wanted(scope: ExitScope, keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(key for key in keys if scope.keys is None or key in scope.keys)


def _unread(one: ExitAccount, seen: Seen, error: TradingError, keys: Iterable[Key]) -> _Draft:
    """Every position that was known, and that nobody knows how it stands."""
    line = exit_words.unread_line(error)
    parts = tuple(replace(_part(one.user_id, key, seen, why=line), cancels=()) for key in keys)
    words = exit_words.of_account(one.view().title, line)
    return _Draft(one.user_id, parts, (words,), (note("unread", words, error.next_step),), is_unread=True)


def _lines(part: ExitPart) -> Iterable[str]:
    if part.why_not:
        yield exit_words.not_done_line(part.symbol, part.product, part.why_not)
        return
    yield from map(exit_words.cancel_line, part.cancels)
    yield from map(exit_words.order_line, part.orders)


def _sentence(finding: Finding) -> str:
    return tr("{text}. {next_step}", text=finding.text, next_step=finding.next_step).rstrip(". ")
