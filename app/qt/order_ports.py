"""What the window asks of orders, as shapes (`app.qt.ports` says why)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from app.domain import Exchange, Instrument, Order, OrderChange, OrderRequest
from app.domain.intents import Mode, Record
from app.services.order_views import ExitPlan, ExitScope, ExitView, LastPrice, Preview, Sent

if TYPE_CHECKING:
    from datetime import date


class OrdersPort(Protocol):
    """Orders that go out, and what became of them (`services.order_desk.OrderDesk`)."""

    @property
    def mode(self) -> Mode:
        """Demo or live."""
        ...

    @property
    def records(self) -> tuple[Record, ...]:
        """What was sent or was to be since the start, and what was unsettled then; oldest first."""
        ...

    async def instrument(self, user_id: str, exchange: Exchange, symbol: str) -> Instrument | None:
        """As the account's broker lists it."""
        ...

    async def last_price(self, user_id: str, exchange: Exchange, symbol: str) -> LastPrice:
        """Asked of the broker, at most once a second for one instrument; raises why there is none."""
        ...

    async def preview(self, user_id: str, request: OrderRequest) -> Preview:
        """Check a ticket; what stands in its way is a finding, never an error."""
        ...

    async def preview_change(self, user_id: str, order: Order, change: OrderChange) -> Preview:
        """Check what a resting order is to be."""
        ...

    async def send(self, preview: Preview, agreed: Collection[str] = ()) -> Sent:
        """Check once more and send, at most once for one preview: whoever asks again gets the same answer.

        `agreed` are the checks (`Preview.asks`) that the trader was asked about and agreed to.
        """
        ...

    async def cancel(self, user_id: str, order_ids: Collection[str]) -> Sent:
        """Cancel these; one whose cancellation is under way is not cancelled again."""
        ...

    async def cancel_all(self, user_id: str | None = None) -> Sent:
        """Cancel whatever rests, read anew first; of one account or of all."""
        ...

    async def plan_exits(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        """What would make these positions flat, from positions and orders that were read just now; a plan for each.

        They go with one press; what is to be known of all their orders together stands in their findings.
        """
        ...

    async def exit(self, plan: ExitPlan) -> ExitView:
        """Carry it out, at most once for one plan; goes on when whoever waits gives up (`ExitChanged` tells)."""
        ...

    async def journal(self, since: date) -> tuple[Record, ...]:
        """Everything from that Indian day on, oldest first."""
        ...
