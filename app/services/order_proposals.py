"""Makes the previews of tickets and changes, and looks at them once more when they are to be sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from app.domain import Clock, InvalidRequest, Order, OrderChange, OrderRequest
from app.domain.intents import Deed, Mode, Record
from app.domain.orders import changed
from app.services import order_changes, order_lately
from app.services.order_accounts import Sender
from app.services.order_checks import look_over, worst_first
from app.services.order_findings import of_error
from app.services.order_lately import Ticket, ticket_of, tickets
from app.services.order_looks import Looks, Seen
from app.services.order_prices import Priced
from app.services.order_request_words import change_words, planned_words, request_words
from app.services.order_views import Finding, Preview
from app.services.views import PreferencesView

_Key = tuple[str, str]


class Proposals:
    """What would be sent, with all that is found. `is_busy` says that an order is being cancelled."""

    def __init__(
        self,
        *,
        looks: Looks,
        sender: Sender,
        caps: Callable[[], PreferencesView],
        is_busy: Callable[[str, str], bool],
        clock: Clock,
        mode: Mode | None,
    ) -> None:
        self._looks = looks
        self._sender = sender
        self._caps = caps
        self._is_busy = is_busy
        self._clock = clock
        self._mode = mode
        self._begun: dict[str, Ticket] = {}  # on their way to the journal
        self._changing: set[_Key] = set()

    # ------------------------------------------------------------------ previews

    async def to_place(self, user_id: str, request: OrderRequest) -> tuple[Preview, Priced | None]:
        """A ticket as it would be sent now, and the price that it was looked at with."""
        seen = await self._looks.at(user_id, request)
        blank = replace(self._blank(user_id, Deed.PLACE), request=request)
        findings = self.of_ticket(seen, self.ticket(user_id, request, seen))
        if seen.one is None or seen.look is None:
            return replace(blank, findings=findings), None
        look = seen.look
        words = request_words(
            request, seen.one.view(), self._mode, instrument=look.instrument, plan=look.plan, value=look.value
        )
        whole = replace(blank, findings=findings, words=words, value=look.value)
        return replace(whole, plan=look.plan if whole.may_send else None), look.priced

    async def to_change(self, user_id: str, order: Order, change: OrderChange) -> tuple[Preview, Priced | None]:
        """A change likewise; `order` is as it was read last."""
        blank = replace(self._blank(user_id, Deed.MODIFY), order=order, change=change)
        try:
            request = changed(order, change)
            seen = await self._looks.at(user_id, request, is_change=True)
        except InvalidRequest as error:
            return replace(blank, findings=(of_error("change", error),)), None
        blank = replace(blank, findings=self.of_change(user_id, seen, order, change))
        if seen.one is None or seen.look is None:
            return blank, None
        planned = planned_words(request, seen.look.plan)
        words = change_words(order, change, seen.one.view(), self._mode, planned)
        return replace(blank, words=words, value=seen.look.value), seen.look.priced

    def _blank(self, user_id: str, deed: Deed) -> Preview:
        return Preview(uuid4().hex, self._clock.now(), user_id, deed, ())

    # ------------------------------------------------------------------ what is found; nothing here waits

    def ticket(self, user_id: str, request: OrderRequest, seen: Seen) -> Ticket:
        """`request` as a ticket of now, in as many orders as it would become."""
        plan = seen.look.plan if seen.look is not None else None
        orders = len(plan.orders) if plan is not None else 1
        return ticket_of(user_id, request, self._clock.now(), orders=orders, group=uuid4().hex)

    def of_ticket(self, seen: Seen, wanted: Ticket) -> tuple[Finding, ...]:
        """What stands in the way of a new order, and what is to be asked or told."""
        if seen.look is None:
            return seen.ground
        before = tickets(self._sender.records, self._begun.values(), wanted.at)
        lately = order_lately.findings(wanted, before, self._caps().orders_a_minute_cap)
        return worst_first([*seen.ground, *look_over(seen.look), *lately])

    def of_change(self, user_id: str, seen: Seen, order: Order, change: OrderChange) -> tuple[Finding, ...]:
        """Likewise of a change."""
        if seen.look is None:
            return seen.ground
        found = [*seen.ground, *order_changes.findings(order, change, self._records_of(user_id))]
        if (user_id, order.order_id) in self._changing or self._is_busy(user_id, order.order_id):
            found.append(order_changes.under_way())
        return worst_first(dict.fromkeys([*found, *look_over(seen.look)]))

    def _records_of(self, user_id: str) -> Iterator[Record]:
        return (record for record in self._sender.records if record.intent.user_id == user_id)

    # ------------------------------------------------------------------ on its way

    @contextmanager
    def placing(self, ticket: Ticket) -> Iterator[None]:
        """From here on `ticket` counts as sent before, until the journal says so."""
        self._begun[ticket.group] = ticket
        try:
            yield
        finally:
            del self._begun[ticket.group]

    @contextmanager
    def changing(self, user_id: str, order_id: str) -> Iterator[None]:
        """Until its end nobody else changes this order."""
        self._changing.add((user_id, order_id))
        try:
            yield
        finally:
            self._changing.discard((user_id, order_id))
