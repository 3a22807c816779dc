"""Orders that a test plays: what was asked is kept, answers are handed in, and a call can be held."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from app.domain import Clock, Exchange, Instrument, Order, OrderChange, OrderPlan, OrderRequest
from app.domain.intents import Deed, Intent, Mode, Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.events import Events
from app.services.order_views import (
    ExitPhase,
    ExitPlan,
    ExitScope,
    ExitView,
    LastPrice,
    Preview,
    Sent,
)
from app.services.views import ExitChanged, IntentChanged

T = TypeVar("T")


@dataclass
class FakeOrders:
    """`previews`, `sents`, `plans` and `views` are answers in their order; without one a plain yes is made.

    `error` is raised by whatever is asked next; `hold` lets every call wait until a test lets it go.
    """

    clock: Clock
    events: Events
    mode: Mode = Mode.LIVE
    records: tuple[Record, ...] = ()
    listed: dict[str, Instrument] = field(default_factory=dict)
    prices: dict[str, LastPrice] = field(default_factory=dict)
    previews: deque[Preview] = field(default_factory=deque)
    sents: deque[Sent] = field(default_factory=deque)
    plans: deque[ExitPlan] = field(default_factory=deque)
    views: deque[ExitView] = field(default_factory=deque)
    kept: tuple[Record, ...] = ()
    error: Exception | None = None
    hold: asyncio.Event | None = None
    previewed: list[tuple[str, OrderRequest]] = field(default_factory=list)
    changes: list[tuple[str, Order, OrderChange]] = field(default_factory=list)
    sent: list[tuple[Preview, frozenset[str]]] = field(default_factory=list)
    cancelled: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    cancelled_all: list[str | None] = field(default_factory=list)
    planned: list[ExitScope] = field(default_factory=list)
    exited: list[ExitPlan] = field(default_factory=list)
    priced: list[str] = field(default_factory=list)

    async def instrument(self, user_id: str, exchange: Exchange, symbol: str) -> Instrument | None:
        await self._wait()
        return self.listed.get(symbol)

    async def last_price(self, user_id: str, exchange: Exchange, symbol: str) -> LastPrice:
        self.priced.append(symbol)
        await self._wait()
        return self.prices.get(symbol) or LastPrice(Decimal("438.90"), self.clock.now() - timedelta(seconds=1))

    async def preview(self, user_id: str, request: OrderRequest) -> Preview:
        self.previewed.append((user_id, request))
        await self._wait()
        return _next(self.previews) or self._preview(user_id, Deed.PLACE, request=request, plan=OrderPlan((request,)))

    async def preview_change(self, user_id: str, order: Order, change: OrderChange) -> Preview:
        self.changes.append((user_id, order, change))
        await self._wait()
        return _next(self.previews) or self._preview(user_id, Deed.MODIFY, order=order, change=change)

    async def send(self, preview: Preview, agreed: Collection[str] = ()) -> Sent:
        self.sent.append((preview, frozenset(agreed)))
        await self._wait()
        return _next(self.sents) or Sent(())

    async def cancel(self, user_id: str, order_ids: Collection[str]) -> Sent:
        self.cancelled.append((user_id, frozenset(order_ids)))
        await self._wait()
        return _next(self.sents) or Sent(())

    async def cancel_all(self, user_id: str | None = None) -> Sent:
        self.cancelled_all.append(user_id)
        await self._wait()
        return _next(self.sents) or Sent(())

    async def plan_exits(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        self.planned += scopes
        await self._wait()
        return tuple(_next(self.plans) or self._nothing(scope) for scope in scopes)

    def _nothing(self, scope: ExitScope) -> ExitPlan:
        return ExitPlan(f"plan{len(self.planned)}-{scope.user_id}", self.clock.now(), scope, (), ())

    async def exit(self, plan: ExitPlan) -> ExitView:
        self.exited.append(plan)
        await self._wait()
        return _next(self.views) or ExitView(plan, ExitPhase.DONE, ended_at=self.clock.now())

    async def journal(self, since: date) -> tuple[Record, ...]:
        await self._wait()
        return self.kept

    def tell(self, record: Record) -> None:
        """An intent is known, or better known."""
        others = [one for one in self.records if one.intent.intent_id != record.intent.intent_id]
        self.records = (*others, record)
        self.events.publish(IntentChanged(record))

    def go_on(self, view: ExitView) -> None:
        """An exit went on."""
        self.events.publish(ExitChanged(view))

    def _preview(
        self,
        user_id: str,
        deed: Deed,
        *,
        request: OrderRequest | None = None,
        plan: OrderPlan | None = None,
        order: Order | None = None,
        change: OrderChange | None = None,
    ) -> Preview:
        number = len(self.previewed) + len(self.changes)
        words = (f"{deed} {number}.",)
        made = Preview(f"preview{number}", self.clock.now(), user_id, deed, words, request=request, plan=plan)
        return replace(made, order=order, change=change)

    async def _wait(self) -> None:
        await asyncio.sleep(0)
        if self.hold is not None:
            await self.hold.wait()
        error, self.error = self.error, None
        if error is not None:
            raise error


def placing(request: OrderRequest, intent_id: str = "i1", user_id: str = "self", *, clock: Clock) -> Intent:
    """An intent to place `request`, written now."""
    return Intent(
        intent_id,
        clock.now(),
        user_id,
        "Self \u00b7 Zerodha",
        "zerodha",
        "ZK4417",
        Mode.LIVE,
        Deed.PLACE,
        tag=f"KJ{intent_id.upper()}",
        request=request,
    )


_EVIDENCE = {
    Fate.SENDING: Evidence.BEGUN,
    Fate.ACCEPTED: Evidence.ANSWERED,
    Fate.REJECTED: Evidence.REFUSED,
    Fate.NOT_SENT: Evidence.NEVER_LEFT,
    Fate.UNKNOWN: Evidence.LOST,
    Fate.NOT_CONFIRMED: Evidence.MISSING,
}


def record(intent: Intent, *fates: Fate, order_id: str = "", detail: str = "") -> Record:
    """What came of `intent`, a second a step; `order_id` and `detail` belong to the last."""
    steps = []
    for number, fate in enumerate(fates, start=1):
        last = number == len(fates)
        at = intent.at + timedelta(seconds=number)
        told = (order_id, detail) if last else ("", "")
        steps.append(Step(intent.intent_id, at, _EVIDENCE[fate], fate, *told))
    return Record(intent, tuple(steps))


def _next(answers: "deque[T]") -> T | None:
    return answers.popleft() if answers else None
