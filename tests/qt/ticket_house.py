"""Orders as the services take them: a preview goes once, and the same again within 5 s is asked about."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.domain import Exchange, OrderChange, OrderRequest, OrderSide
from app.domain.intents import Deed, Intent, Mode
from app.domain.order_life import Fate
from app.qt.desk import Desk
from app.qt.ticket.course import Stage
from app.qt.ticket.window import TicketWindow
from app.qt.window import Window
from app.services.order_views import Finding, Preview, Sent, Weight
from tests.qt.conftest import Desks
from tests.qt.fakes import FakeServices, account, funds, positions
from tests.qt.fakes_orders import FakeOrders, record
from tests.qt.ticket_scenes import CALL, SHARE, SYMBOL
from tests.qt.waiting import until

SAME = Finding("same_again", Weight.ASK, "You sent the same order 1 s ago", "Send a second one only if you mean it.")


@dataclass
class House(FakeOrders):
    """`posts` is what reached the broker. `found` is found of every ticket, `fates` is what becomes of each order.

    `crash` is raised after the post, `held_by` and `last_word` come instead of it, once.
    """

    posts: list[OrderRequest | OrderChange] = field(default_factory=list)
    found: tuple[Finding, ...] = ()
    fates: tuple[Fate, ...] = (Fate.SENDING, Fate.ACCEPTED)
    detail: str = ""
    crash: Exception | None = None
    held_by: Exception | None = None
    last_word: Sent | None = None
    gone: dict[str, asyncio.Future[Sent]] = field(default_factory=dict)

    async def preview(self, user_id: str, request: OrderRequest) -> Preview:
        made = await super().preview(user_id, request)
        words = (f"{request.side.capitalize()} {request.quantity} {request.symbol}.",)
        return replace(
            made, words=words, value=Decimal(request.quantity), findings=(*self.found, *self._asks(user_id, request))
        )

    async def preview_change(self, user_id: str, order: object, change: OrderChange) -> Preview:
        made = await super().preview_change(user_id, order, change)  # type: ignore[arg-type]  # as it came
        return replace(made, findings=self.found)

    async def send(self, preview: Preview, agreed: Collection[str] = ()) -> Sent:
        """As `OrderDesk`: at most once for one preview, and nothing is awaited between the check and the post."""
        self.sent.append((preview, frozenset(agreed)))
        if self.held_by is not None or self.last_word is not None:
            return await self._hold_back()
        if preview.preview_id not in self.gone:
            held_back = [one for one in self._asks(preview.user_id, preview.request) if one.check not in agreed]
            if held_back:
                return Sent((), tuple(held_back))
            self.gone[preview.preview_id] = asyncio.get_running_loop().create_future()
            await self._post(preview)
        return await asyncio.shield(self.gone[preview.preview_id])

    async def _hold_back(self) -> Sent:
        """Once."""
        error, self.held_by = self.held_by, None
        answer, self.last_word = self.last_word or Sent(()), None
        await self._wait()
        if error is not None:
            raise error
        return answer

    async def _post(self, preview: Preview) -> None:
        planned = preview.plan.orders if preview.plan is not None else (preview.request,)
        made = tuple(self._intent(preview, one) for one in planned)
        self.posts += [one for one in (*planned, preview.change) if one is not None]
        for intent in made:
            self.tell(record(intent, Fate.SENDING))
        await self._wait()
        if self.crash is not None:
            self.gone.pop(preview.preview_id).cancel()
            raise self.crash
        ended = tuple(
            record(intent, *self.fates, order_id=self._order_id(intent), detail=self.detail) for intent in made
        )
        for one in ended:
            self.tell(one)
        self.gone[preview.preview_id].set_result(Sent(ended))

    def _order_id(self, intent: Intent) -> str:
        return f"o{intent.intent_id}" if self.fates[-1] is Fate.ACCEPTED else ""

    def _intent(self, preview: Preview, request: OrderRequest | None) -> Intent:
        number = f"i{len(self.records) + len(self.posts)}"
        whose = (preview.user_id, "Self", "zerodha", "ZK4417", self.mode, preview.deed)
        if preview.deed is Deed.PLACE:
            return Intent(number, self.clock.now(), *whose, tag=f"KJ{number}", request=request)
        order_id = preview.order.order_id if preview.order is not None else ""
        return Intent(number, self.clock.now(), *whose, change=preview.change, order_id=order_id)

    def _asks(self, user_id: str, request: OrderRequest | None) -> tuple[Finding, ...]:
        now = self.clock.now()
        for one in self.records:
            earlier = one.intent.request
            if request is None or earlier is None or (now - one.intent.at).total_seconds() > 5:
                continue
            if (one.intent.user_id, earlier.symbol, earlier.side, earlier.quantity) == (
                user_id, request.symbol, request.side, request.quantity,
            ):  # fmt: skip
                return (SAME,)
        return ()


def street(mode: Mode = Mode.LIVE) -> tuple[FakeServices, House]:
    """Two accounts, a contract and a share."""
    views = [
        account("self", name="Self", client_id="ZK4417", colour="blue"),
        account("dhan", name="Joint", broker_type="dhan", broker_label="Dhan", client_id="DN1100", colour="teal"),
    ]
    made = FakeServices(views, [positions("self")])
    house = House(made.clock, made.events, mode)
    house.listed = {one.symbol: one for one in (CALL, SHARE)}
    made.orders = house
    made.store.instruments.rows = [CALL, SHARE]
    money = funds("self")
    made.portfolio.others[money.book, "self"] = money
    return made, house


def tickets(window: Window) -> list[TicketWindow]:
    return desk_of(window).tickets.windows


def desk_of(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk


async def opened(
    desk: Desk, symbol: str = SYMBOL, side: OrderSide | None = OrderSide.BUY, quantity: int | None = 75
) -> TicketWindow:
    """A ticket with everything in it that can be known."""
    exchange = Exchange.NSE if symbol == SHARE.symbol else Exchange.NFO
    ticket = desk.tickets.open_ticket("self", exchange, symbol, side, quantity)
    await until(lambda: ticket.errand.price.last is not None and ticket.errand.draft.instrument is not None)
    await until(lambda: ticket.pages.fields.price.value() != "")
    return ticket


async def reviewed(ticket: TicketWindow) -> TicketWindow:
    """On Review, when presses are heard again."""
    ticket.buttons.review.click()
    return await heard(ticket, Stage.REVIEW)


async def heard(ticket: TicketWindow, stage: Stage) -> TicketWindow:
    """On this page, as if its pause were over: only the tests about the pause wait for it."""
    await until(lambda: ticket.errand.course.stage is stage)
    ticket.pause.stop()
    return ticket


async def begun(desks: Desks, **changes: object) -> tuple[TicketWindow, House, Desk]:
    """A ticket over a house that is played so."""
    services, house = street()
    for called, value in changes.items():
        setattr(house, called, value)
    desk = desks(services)
    return await opened(desk), house, desk


def words(ticket: TicketWindow) -> str:
    return " / ".join(label.text() for label in ticket.findChildren(QLabel) if label.isVisible())


def press(ticket: TicketWindow, *called: str) -> None:
    """Press buttons by name, one right after another."""
    for one in called:
        ticket.buttons.buttons[one].click()


def keys(ticket: TicketWindow, sequence: str) -> None:
    QTest.keySequence(ticket, sequence)
