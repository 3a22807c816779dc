"""An exit within one account, step by step: cancel, wait, read, close, wait, read. One request after the other.

Every step rests on the broker's books, read anew, and nothing is ever sent a second time: what is left is told.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain import Exchange, NoAnswer, Order, OrderPlan, OrderStatus, TradingError
from app.domain.intents import Mode, Record
from app.domain.order_life import Fate, is_settled
from app.domain.tongue import tr
from app.services import exit_words
from app.services.book_views import Book
from app.services.exit_books import PAUSE, Key, Seen, agrees, closing_side, key_of
from app.services.exit_plan import Means, Planner
from app.services.exit_ports import ExitAccount
from app.services.exit_receipt import line_of
from app.services.order_intents import to_cancel, to_place
from app.services.order_views import ExitLine, ExitPart, ExitPhase, Finding

CANCELLED: Final = 10.0  # seconds until cancellations are final in the order book
REFUSED: Final = 3.0  # seconds for an order that refused its cancellation: it may just be filled
COVERED: Final = 5.0  # seconds that bought back shorts have before what they were hedged with is sold
FILLED: Final = 20.0  # seconds that the closing orders have
AGREED: Final = 6.0  # seconds until positions show what orders were filled
_FIRST: Final = 0.3  # seconds before the first look: most is final by then
_NO: Final = (Fate.REJECTED, Fate.NOT_SENT)
_NEVER: Final = (*_NO, Fate.WRITTEN)


@dataclass(slots=True)
class Closing:
    """One position on its way: what hindered it, and by which of our orders it is closed."""

    part: ExitPart
    why: str = ""
    intents: list[str] = field(default_factory=list)
    cancels: list[str] = field(default_factory=list)  # orders whose cancellation was asked for

    @property
    def key(self) -> Key:
        """The position."""
        return key_of(self.part)

    @property
    def underlying(self) -> str:
        """Contracts of one underlying share the first word of Kunji's name."""
        return self.part.symbol.partition(" ")[0]


def _is_cancelled(order: Order | None) -> bool:
    return order is not None and order.status is OrderStatus.CANCELLED


class AccountExit:
    """The exit of `parts`, all of one account. `tell` hears of every phase that begins."""

    def __init__(
        self,
        one: ExitAccount,
        parts: Iterable[ExitPart],
        means: Means,
        planner: Planner,
        planned: Seen,
        *,
        group: str,
        mode: Mode,
        tell: Callable[[str, ExitPhase], None],
    ) -> None:
        """`planned` is the reading that the plan was made of: what changed since must be told by orders, too."""
        self._one = one
        self._means = means
        self._planner = planner
        self._group = group
        self._ground: dict[Exchange, Sequence[Finding]] = {}
        self._refusal = ""
        self._mode = mode
        self._tell = tell
        self.closings = [Closing(part, part.why_not) for part in parts]
        self.last = Seen(one.user_id, error=NoAnswer(title=tr("Nothing was read yet")))  # what the receipt is made of
        self._origin = planned  # what later readings must agree with
        self._base = self.last  # what the closing orders rest on

    async def run(self) -> None:
        """Carry it out. What goes wrong stands in `closings` and `last`; raises only mistakes of ours."""
        self._tell(self._one.user_id, ExitPhase.CANCELLING)
        self._base = self.last = await self._agreed(self.closings)
        if self._base.error is not None:
            return  # what cannot be read is neither flat nor open: nothing is cancelled or closed on a guess
        self._weigh(self._free())
        await self._bar()
        await self._cancel_all()
        self._tell(self._one.user_id, ExitPhase.CLOSING)
        await self._close_all()
        self._tell(self._one.user_id, ExitPhase.FILLING)
        await self._wait_for_fills(self.closings, FILLED)

    async def read(self) -> None:
        """The books once more, for the receipt."""
        self._tell(self._one.user_id, ExitPhase.READING)
        self.last = await self._agreed(self.closings)

    def line(self, part: ExitPart) -> ExitLine:
        """What came of `part`."""
        closing = next(closing for closing in self.closings if closing.part == part)
        unguarded = sum(_is_cancelled(self.last.order(order_id)) for order_id in closing.cancels)
        found = line_of(part, closing.why, self._records_of(closing), self._origin, self.last)
        if found.left == 0 or not unguarded:
            return found
        return replace(found, why=exit_words.unguarded(found.why, unguarded))

    def _records_of(self, closing: Closing) -> tuple[Record, ...]:
        return tuple(record for record in self._means.sender.records if record.intent.intent_id in closing.intents)

    # ------------------------------------------------------------------ readings

    async def _agreed(self, closings: Iterable[Closing]) -> Seen:
        return await self._means.reader.read_agreed(self._origin, [closing.key for closing in closings], AGREED)

    def _weigh(self, closings: Iterable[Closing]) -> None:
        """Nothing is closed by a position that does not show its orders, nor one that nobody could read."""
        for closing in closings:
            if self._base.error is not None:
                closing.why = exit_words.unread_line(self._base.error)
            elif not agrees(self._origin, self._base, closing.key):
                closing.why = tr("positions and orders of the broker do not agree yet, so nothing was sent; try again")

    # ------------------------------------------------------------------ what rests is cancelled

    async def _bar(self) -> None:
        """What changed since the plan: a market may have closed, orders may be refused by now."""
        free = self._free()
        self._ground = await self._planner.ground(self._one.user_id, (closing.key for closing in free))
        for closing in free:
            if self._base.held(closing.key):  # else nothing but a cancellation: that takes risk off
                closing.why = self._bars(closing)
        parts = [await self._by_now(closing) for closing in self._free()]
        full = self._planner.pledge(self._one, parts, self._group)
        for closing in self._free():
            closing.why = full.get(closing.key, "")

    async def _by_now(self, closing: Closing) -> ExitPart:
        """What it takes as it stands now; where no orders can be planned any more, why not."""
        held = self._base.held(closing.key)
        part = replace(closing.part, quantity=held, cancels=self._base.resting(closing.key))
        if held == closing.part.quantity:
            return part
        try:
            plan = await self._planner.orders(self._one, closing.key, held) if held else OrderPlan(())
        except TradingError as error:  # found before anything is cancelled
            closing.why = exit_words.said(error)
            return replace(part, why_not=closing.why)
        return replace(part, orders=plan.orders)

    def _bars(self, closing: Closing) -> str:
        return self._planner.bars(self._one.user_id, closing.key, self._ground.get(closing.key[0], ()))

    async def _cancel_all(self) -> None:
        """Cancel what rests against the positions, and read them again once that is final or its time is over."""
        fates: dict[str, Fate] = {}
        for closing in self._free():
            for order in self._base.resting(closing.key):
                closing.cancels.append(order.order_id)
                fates[order.order_id] = await self._cancel(order)
        if not fates:
            return
        await self._wait_for_cancels(fates)
        self._base = await self._agreed(self._free())
        self._weigh(self._free())
        for closing in self._free():
            side = closing_side(self._base.held(closing.key))
            if any(order.side is side for order in self._base.resting(closing.key)):
                closing.why = tr("an order that would close it could not be cancelled, so none was sent")

    async def _cancel(self, order: Order) -> Fate:
        if self._refusal:  # orders are refused from here: another request would be, too, and use up the limits
            return Fate.NOT_SENT
        intent = to_cancel(self._one, order.order_id, self._mode, self._means.clock.now(), self._group)
        try:
            (record,) = await self._means.sender.send([intent])
        except TradingError as error:  # the journal cannot be written: nothing more is sent
            self._refusal = exit_words.said(error)
            return Fate.NOT_SENT
        self._heed((record,))
        return record.fate

    async def _wait_for_cancels(self, fates: dict[str, Fate]) -> None:
        began, pause = self._means.clock.monotonic(), _FIRST
        while True:
            await self._means.clock.sleep(pause)
            seen = await self._means.reader.read(self._one.user_id, [Book.ORDERS])
            waiting = [fate for order_id, fate in fates.items() if not is_settled(seen.order(order_id))]
            patience = REFUSED if all(fate in _NO for fate in waiting) else CANCELLED
            if (not waiting and seen.error is None) or self._means.clock.monotonic() - began >= patience:
                return
            pause = PAUSE

    # ------------------------------------------------------------------ what is open is closed

    async def _close_all(self) -> None:
        """Shorts are bought back first; what they may be hedged with is sold once they are, for the margin's sake."""
        shorts = [closing for closing in self._free() if self._base.held(closing.key) < 0]
        longs = [closing for closing in self._free() if self._base.held(closing.key) > 0]
        shorted = {closing.underlying for closing in shorts}
        hedges = [closing for closing in longs if closing.underlying in shorted]
        for closing in (*shorts, *(closing for closing in longs if closing not in hedges)):
            await self._close(closing)
        if hedges:
            await self._wait_for_fills(shorts, COVERED)
            self._base = await self._agreed(hedges)
            self._weigh(hedges)
        for closing in hedges:
            await self._close(closing)

    async def _close(self, closing: Closing) -> None:
        closing.why = closing.why or self._refusal or self._bars(closing)
        if closing.why or not self._base.held(closing.key):
            return
        try:
            plan = await self._planner.orders(self._one, closing.key, self._base.held(closing.key))
            intents = to_place(self._one, plan, self._mode, self._means.clock.now(), self._group)
            closing.intents += [intent.intent_id for intent in intents]
            records = await self._means.sender.send(intents)
        except TradingError as error:  # no plan, no adapter, no journal: what was sent all the same says its record
            closing.why = exit_words.said(error)
        else:
            self._heed(records)

    def _heed(self, records: Iterable[Record]) -> None:
        """Where orders are refused from here, the next one would be refused, too."""
        refused = self._one.orders_refused
        rejected = (record.steps[-1].detail for record in records if record.fate is Fate.REJECTED)
        if refused is not None and any(f"({refused.kind})" in detail for detail in rejected):
            self._refusal = exit_words.said(refused)

    # ------------------------------------------------------------------ fills

    async def _wait_for_fills(self, closings: Sequence[Closing], seconds: float) -> None:
        """Return when every order that was sent for `closings` is final in the book, or after `seconds`."""
        began, pause = self._means.clock.monotonic(), _FIRST
        seen = self._base
        while self._is_waiting(closings, seen) and self._means.clock.monotonic() - began < seconds:
            await self._means.clock.sleep(pause)
            seen = await self._means.reader.read(self._one.user_id, [Book.ORDERS])
            pause = PAUSE

    def _is_waiting(self, closings: Sequence[Closing], seen: Seen) -> bool:
        sent = [record for closing in closings for record in self._records_of(closing) if record.fate not in _NEVER]
        return any(record.fate.is_open or not is_settled(seen.order(record.order_id)) for record in sent)

    def _free(self) -> list[Closing]:
        """The positions that nothing hinders so far."""
        return [closing for closing in self.closings if not closing.why]
