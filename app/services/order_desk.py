"""Orders, for the faces: looked at, said in words, sent once, cancelled. Fulfils `app.qt.order_ports.OrdersPort`.

Everything that may be sent goes one way: a ticket becomes a `Preview`; sending checks it once more, from the ground up,
writes every order of its plan down, and hands them to the sender. Nothing is awaited between the last look at what was
sent before and the moment from which this ticket counts as such, so that two windows cannot both find nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, Final, Protocol
from uuid import uuid4

from app.domain import (
    IST,
    Clock,
    Exchange,
    Instrument,
    Instruments,
    NotFound,
    Order,
    OrderChange,
    OrderRequest,
    TradingError,
)
from app.domain.intents import Deed, Mode, Record
from app.domain.orders import changed
from app.services import order_changes
from app.services.book_views import Book
from app.services.order_accounts import Gates, OrderAccounts, Search, Sender, Shelf, Written
from app.services.order_cancels import Cancels, row_of, sent_by
from app.services.order_findings import of_error
from app.services.order_ground import Ground, no_mode
from app.services.order_intents import to_modify, to_place
from app.services.order_looks import Looks
from app.services.order_previews import Kept, Previews, outdated
from app.services.order_prices import Prices
from app.services.order_proposals import Proposals
from app.services.order_views import ExitPhase, ExitPlan, ExitScope, ExitView, Finding, LastPrice, Preview, Sent, Weight
from app.services.pacing import Background
from app.services.views import PreferencesView

_BOOKS: Final = frozenset({Book.ORDERS, Book.POSITIONS, Book.FUNDS})


class Exits(Protocol):
    """What makes positions flat (`services.exits.Exits`)."""

    async def plans(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        """What would make these positions flat, read anew; a plan for each."""
        ...

    async def carry_out(self, plan: ExitPlan) -> ExitView:
        """Carry it out, at most once for one plan."""
        ...


class Chosen(Protocol):
    """What the user has set (`services.preferences.Preferences`)."""

    @property
    def view(self) -> PreferencesView:
        """All of it."""
        ...


class OrderDesk:
    """The orders of all accounts of one profile."""

    def __init__(
        self,
        *,
        sender: Sender,
        search: Search,
        accounts: OrderAccounts,
        portfolio: Shelf,
        instruments: Instruments,
        preferences: Chosen,
        gates: Gates,
        exits: Exits,
        journal: Written,
        clock: Clock,
        mode: Mode | None,
    ) -> None:
        """`mode` is None when nobody can say whether real money is meant: then nothing is sent."""
        self._sender = sender
        self._accounts = accounts
        self._portfolio = portfolio
        self._exits = exits
        self._journal = journal
        self._clock = clock
        self._mode = mode
        shared: dict[str, Any] = {"accounts": accounts, "instruments": instruments, "clock": clock, "mode": mode}
        ground = Ground(search=search, gates=gates, journal=journal, **shared)
        self._prices = Prices(accounts, clock)
        self._looks = Looks(
            ground=ground, portfolio=portfolio, prices=self._prices, caps=lambda: preferences.view, **shared
        )
        self._cancels = Cancels(sender, accounts, portfolio, clock, mode)
        self._proposals = Proposals(
            looks=self._looks,
            sender=sender,
            caps=lambda: preferences.view,
            is_busy=self._cancels.is_flying,
            clock=clock,
            mode=mode,
        )
        self._previews = Previews(clock)
        self._work = Background()
        self._unread: set[str] = set()  # accounts whose books are to be read once more

    # ------------------------------------------------------------------ looking

    @property
    def mode(self) -> Mode:
        """Demo or live; what nobody can tell is shown as live."""
        return self._mode or Mode.LIVE

    @property
    def records(self) -> tuple[Record, ...]:
        """What was sent or was to be since the start, and what was unsettled then; oldest first."""
        return self._sender.records

    async def instrument(self, user_id: str, exchange: Exchange, symbol: str) -> Instrument | None:
        """As the account's broker lists it. Raises `NotFound` for an account, or the `VaultError` of the list."""
        return await self._looks.instrument(user_id, exchange, symbol)

    async def last_price(self, user_id: str, exchange: Exchange, symbol: str) -> LastPrice:
        """Asked of the broker, at most once a second for one instrument; raises why there is none."""
        return (await self._prices.of(user_id, exchange, symbol)).last

    async def journal(self, since: date) -> tuple[Record, ...]:
        """Everything from that Indian day on, oldest first. Raises the `VaultError` of the disk."""
        return await self._journal.since(datetime.combine(since, time(), IST))

    async def preview(self, user_id: str, request: OrderRequest) -> Preview:
        """Check a ticket; what stands in its way is a finding, never an error."""
        return self._previews.keep(*await self._proposals.to_place(user_id, request))

    async def preview_change(self, user_id: str, order: Order, change: OrderChange) -> Preview:
        """Check what a resting order is to be."""
        known = row_of(self._portfolio, user_id, order.order_id) or order
        return self._previews.keep(*await self._proposals.to_change(user_id, known, change))

    # ------------------------------------------------------------------ sending

    async def send(self, preview: Preview, agreed: Collection[str] = ()) -> Sent:
        """Check once more and send, at most once for one preview: whoever asks again gets the same answer.

        What is held back, with its findings, was not sent; it may be tried again, with more agreed to.
        """
        consent = frozenset(agreed)
        sent = await self._previews.once(preview, lambda kept: self._send(kept, consent))
        return self._read_after(preview.user_id, sent)

    async def _send(self, kept: Kept, agreed: frozenset[str]) -> Sent:
        if self._previews.is_old(kept):
            return Sent((), (outdated(),))
        if not kept.preview.may_send:  # whatever stood in its way may be gone: that is for another look to say
            return Sent((), _held_back(kept.preview.findings, agreed))
        return await (self._place(kept, agreed) if kept.preview.deed is Deed.PLACE else self._modify(kept, agreed))

    async def _place(self, kept: Kept, agreed: frozenset[str]) -> Sent:
        preview, request = kept.preview, kept.preview.request
        if request is None:
            return Sent((), (outdated(),))
        seen = await self._looks.again(preview.user_id, request, kept.priced, is_change=False)
        wanted = self._proposals.ticket(preview.user_id, request, seen)
        # from here to `placing` nothing is awaited: two windows cannot both find that nothing was sent before
        held_back = _held_back(self._proposals.of_ticket(seen, wanted), agreed)
        plan = seen.look.plan if seen.look is not None else None
        if held_back or self._mode is None or seen.one is None:
            return Sent((), held_back)
        if plan is None or plan != preview.plan:  # a newer list of instruments, another freeze quantity
            return Sent((), (outdated(),))
        with self._proposals.placing(wanted):
            try:
                intents = to_place(seen.one, plan, self._mode, self._clock.now(), wanted.group)
            except TradingError as error:  # the account went away meanwhile
                return Sent((), (of_error("account", error),))
            return await sent_by(self._sender, intents)

    async def _modify(self, kept: Kept, agreed: frozenset[str]) -> Sent:
        preview, change = kept.preview, kept.preview.change
        if preview.order is None or change is None:
            return Sent((), (outdated(),))
        user_id, order_id = preview.user_id, preview.order.order_id
        order = row_of(self._portfolio, user_id, order_id) or preview.order  # it may have been filled meanwhile
        request = changed(order, change)
        seen = await self._looks.again(user_id, request, kept.priced, is_change=True)
        held_back = _held_back(self._proposals.of_change(user_id, seen, order, change), agreed)
        if held_back or self._mode is None or seen.one is None:
            return Sent((), held_back)
        now = row_of(self._portfolio, user_id, order_id) or order
        if order_changes.terms_of(now) != order_changes.terms_of(preview.order):  # somebody else changed it meanwhile
            return Sent((), (outdated(),))
        with self._proposals.changing(user_id, order_id):
            intent = to_modify(seen.one, order_id, change, self._mode, self._clock.now())
            return await sent_by(self._sender, [intent])

    # ------------------------------------------------------------------ cancelling and leaving

    async def cancel(self, user_id: str, order_ids: Collection[str]) -> Sent:
        """Cancel these; one whose cancellation is under way is not cancelled again."""
        return self._read_after(user_id, await self._cancels.cancel(user_id, order_ids))

    async def cancel_all(self, user_id: str | None = None) -> Sent:
        """Cancel whatever rests, read anew first; of one account or of all."""
        user_ids = [user_id] if user_id is not None else [one.view().user_id for one in self._accounts]
        sent = await self._cancels.cancel_all(user_ids)
        for one in {record.intent.user_id for record in sent.records}:
            self._read_after(one, sent)
        return sent

    async def plan_exits(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        """What would make these positions flat, from positions and orders that were read just now; a plan for each."""
        if self._mode is None:
            now = self._clock.now()
            return tuple(ExitPlan(uuid4().hex, now, scope, (), (), (no_mode(),)) for scope in scopes)
        return await self._exits.plans(scopes)

    async def exit(self, plan: ExitPlan) -> ExitView:
        """Carry it out, at most once for one plan; goes on when whoever waits gives up (`ExitChanged` tells)."""
        if self._mode is None:
            return ExitView(plan, ExitPhase.DONE, ended_at=self._clock.now(), notes=(no_mode().text,))
        return await self._exits.carry_out(plan)

    async def close(self) -> None:
        """Let go, after the sender was closed: nothing is under way there any more."""
        await self._previews.close()
        await self._cancels.close()
        await self._prices.close()
        await self._work.close()

    # ------------------------------------------------------------------ afterwards

    def _read_after(self, user_id: str, sent: Sent) -> Sent:
        """`sent`; where something was, the account's books are read without delaying the answer."""
        if sent.records:
            self._unread.add(user_id)
            self._work.start(f"books {user_id}", lambda: self._read(user_id))
        return sent

    async def _read(self, user_id: str) -> None:
        while user_id in self._unread:  # something more was sent while they were read
            self._unread.discard(user_id)
            with suppress(NotFound):  # the account was removed meanwhile
                await self._portfolio.refresh(user_id, _BOOKS)


def _held_back(findings: Iterable[Finding], agreed: frozenset[str]) -> tuple[Finding, ...]:
    """What keeps it from being sent: what stops it, else what nobody agreed to."""
    found = tuple(findings)
    stops = tuple(finding for finding in found if finding.weight is Weight.STOP)
    return stops or tuple(one for one in found if one.weight is Weight.ASK and one.check not in agreed)
