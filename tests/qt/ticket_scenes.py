"""Tickets at each of their moments, for pictures and for the tests that walk over every screen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from app.domain import (
    Exchange,
    Instrument,
    OrderPlan,
    OrderRequest,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
)
from app.domain.instruments import Kind
from app.domain.intents import Deed, Mode, Record
from app.domain.last_words import HELD_BACK
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.qt.ticket.window import TicketWindow
from app.qt.window import Window
from app.services.order_views import Finding, Preview, Sent, Weight
from tests.qt.books import order, orders
from tests.qt.fakes import FakeServices, five
from tests.qt.fakes_orders import placing, record

SYMBOL = "NIFTY 30DEC26 26000 CE"
CALL = Instrument(
    "NFO", "NIFTY26D3026000CE", "101", "NIFTY", Kind.CALL, date(2026, 12, 30), Decimal(26000), Decimal("0.05"), 75,
    freeze_quantity=1800,
)  # fmt: skip
SHARE = Instrument("NSE", "RELIANCE", "738561", "RELIANCE", Kind.CASH, None, None, Decimal("0.05"), 1, title="Reliance")
INDEX = Instrument("NSE", "NIFTY 50", "256265", "NIFTY 50", Kind.INDEX, None, None, Decimal("0.05"), 1)
FUTURE = Instrument(
    "NFO", "NIFTY26DECFUT", "102", "NIFTY", Kind.FUTURE, date(2026, 12, 29), None, Decimal("0.05"), 75
)  # fmt: skip

WORDS = (
    "Buy 75 NIFTY 30DEC26 26000 CE on NFO at \u20b9437.50 or less.",
    "For Self \u00b7 Zerodha (ZK4417), with real money.",
    "75 units are 1 lot.",
    "LIMIT, good for today.",
    "NRML: carried overnight.",
    "Worth \u20b932,812.50, without charges.",
)
SLICED = (
    "Buy 4,500 NIFTY 30DEC26 26000 CE on NFO at the market price.",
    *WORDS[1:2],
    "4,500 units are 60 lots of 75.",
    "MARKET, good for today.",
    "NRML: carried overnight.",
    "Worth \u20b919,68,750.00, without charges.",
    "It is sent as 3 orders, one after another: 1,800, 1,800, 900.",
    "A market order is protected at 2 % from the last price; what is left of it rests as a limit order.",
)
AGAIN = Finding(
    "same_again", Weight.ASK, f"You sent the same order 3 s ago: buy 75 {SYMBOL}",
    "Send a second one only if you mean it.",
)  # fmt: skip
CAP = Finding(
    "value_cap", Weight.ASK, "This order is worth \u20b919,68,750.00, above your cap of \u20b910,00,000.00.", "Send it?"
)  # fmt: skip
STALE = Finding("list_old", Weight.NOTE, "The list of instruments is of 15 Nov.")
LOT = Finding("lot", Weight.STOP, "100 units are no whole lots of 75.", "Take 75 or 150.", "quantity")
TICK = Finding("tick", Weight.STOP, "Prices of this instrument go by 0.05.", "Take 437.50 or 437.55.", "price")
CLOSED = Finding(
    "closed", Weight.STOP, "The market of NFO is closed until 09:15.", "Place it as an after-market order, or wait."
)  # fmt: skip

Screen = Callable[[Window, FakeServices], QWidget]


def listed(make: Callable[[], FakeServices] = five, mode: Mode = Mode.LIVE) -> Callable[[], FakeServices]:
    def made() -> FakeServices:
        services = make()
        services.store.instruments.rows = [CALL, SHARE, FUTURE, INDEX]
        services.orders.listed = {one.symbol: one for one in (CALL, SHARE, FUTURE)}
        services.orders.mode = mode
        return services

    return made


def asked(**changes: object) -> OrderRequest:
    made = OrderRequest(
        SYMBOL, Exchange.NFO, Product.NRML, OrderSide.BUY, OrderType.LIMIT, 75, price=Decimal("437.50")
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of a request


def previewed(services: FakeServices, *findings: Finding, words: tuple[str, ...] = WORDS, orders: int = 1) -> Preview:
    request, words = asked(), tuple(tr(line) for line in words)
    findings = tuple(replace(one, text=tr(one.text), next_step=tr(one.next_step)) for one in findings)
    plan = OrderPlan((request,) * orders)
    now, value = services.clock.now(), Decimal("32812.50")
    return Preview(
        "p1", now, "self", Deed.PLACE, words, findings=findings, request=request, plan=plan, value=value
    )  # fmt: skip


def opened(window: Window) -> TicketWindow:
    assert window.desk is not None
    return window.desk.tickets.open_ticket("self", Exchange.NFO, SYMBOL, OrderSide.BUY, 75)


def find(window: Window, services: FakeServices) -> QWidget:
    assert window.desk is not None
    ticket = window.desk.tickets.open_ticket()
    ticket.pages.found.field.setText("nifty")
    return ticket


def write(window: Window, services: FakeServices) -> QWidget:
    return opened(window)


def share(window: Window, services: FakeServices) -> QWidget:
    assert window.desk is not None
    return window.desk.tickets.open_ticket("self", Exchange.NSE, "RELIANCE")


def wrong(window: Window, services: FakeServices) -> QWidget:
    services.orders.previews.extend([previewed(services, LOT, TICK, CLOSED)] * 8)
    ticket = opened(window)

    ticket.pages.fields.quantity.edit.setText("100")
    ticket.pages.fields.price.edit.setText("437.52")
    return ticket


def more(window: Window, services: FakeServices) -> QWidget:
    ticket = opened(window)

    ticket.pages.fields.type.pick(OrderType.SL)
    ticket.buttons.more.click()
    return ticket


def review(*findings: Finding, words: tuple[str, ...] = WORDS, orders: int = 1) -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        ticket = opened(window)
        preview = previewed(services, *findings, words=words, orders=orders)

        ticket.errand.course.show(preview)
        ticket.refresh()
        return ticket

    return screen


def question(window: Window, services: FakeServices) -> QWidget:
    ticket = opened(window)

    ticket.errand.course.show(previewed(services, AGAIN), (AGAIN,))
    ticket.refresh()
    return ticket


def sent(services: FakeServices, *fates: Fate, number: int = 1, order_id: str = "", detail: str = "") -> Record:
    intent = placing(asked(tag=f"KJ7F3A9{number}"), f"i{number}", clock=services.clock)
    return record(replace(intent, tag=f"KJ7F3A9{number}"), *fates, order_id=order_id, detail=detail)


def result(*ways: tuple[tuple[Fate, ...], str, str], sending: bool = False) -> Screen:
    """The fates of each order, its id and the broker's words."""

    def screen(window: Window, services: FakeServices) -> QWidget:
        ticket = opened(window)
        course = ticket.errand.course
        records = tuple(
            sent(services, *fates, number=number, order_id=order_id, detail=detail)
            for number, (fates, order_id, detail) in enumerate(ways, 1)
        )

        course.show(previewed(services))
        course.confirm()
        if not sending:
            course.answered(Sent(records))
        ticket.refresh()
        return ticket

    return screen


def filling() -> FakeServices:
    made = listed()()
    part = order(
        2, SYMBOL, exchange=Exchange.NFO, product=Product.NRML, quantity=75, filled_quantity=25,
        status=OrderStatus.OPEN, sub_state=SubState.PARTIAL, order_id="261118000000417",
        average_price=Decimal("437.45"),
    )  # fmt: skip
    view = orders("self", [part])
    made.portfolio.others[view.book, "self"] = view
    return made


def change(window: Window, services: FakeServices) -> QWidget:
    assert window.desk is not None
    resting = order(
        2, SYMBOL, exchange=Exchange.NFO, product=Product.NRML, side=OrderSide.SELL, quantity=150, filled_quantity=75,
        price=Decimal("182.40"), status=OrderStatus.OPEN, sub_state=SubState.PARTIAL, placed_at=services.clock.now()
        - timedelta(minutes=3),
    )  # fmt: skip
    return window.desk.tickets.open_change("self", resting)


REFUSAL = "The order was refused (order_rejected): RMS: margin exceeds, required 1,84,210.00, available 52,118.35"
TAKEN = ((Fate.SENDING, Fate.ACCEPTED), "261118000000417", "")
LOST = (
    (Fate.SENDING, Fate.UNKNOWN),
    "",
    "It is not known what became of the order (outcome_unknown): Read timed out",
)
GONE = ((Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED), "", "")
REFUSED = ((Fate.SENDING, Fate.REJECTED), "", REFUSAL)
HELD = ((Fate.NOT_SENT,), "", HELD_BACK)

SCENES: dict[str, tuple[Callable[[], FakeServices], Screen]] = {
    "ticket": (listed(), write),
    "ticket-demo": (listed(mode=Mode.DEMO), write),
    "ticket-share": (listed(), share),
    "ticket-find": (listed(), find),
    "ticket-wrong": (listed(), wrong),
    "ticket-more": (listed(), more),
    "ticket-change": (listed(), change),
    "ticket-review": (listed(), review(STALE)),
    "ticket-review-demo": (listed(mode=Mode.DEMO), review()),
    "ticket-review-slices": (listed(), review(CAP, words=SLICED, orders=3)),
    "ticket-question": (listed(), question),
    "ticket-sending": (listed(), result(sending=True)),
    "ticket-taken": (filling, result(TAKEN)),
    "ticket-refused": (listed(), result(REFUSED)),
    "ticket-not-sent": (listed(), result(HELD)),
    "ticket-unknown": (listed(), result(LOST)),
    "ticket-not-confirmed": (listed(), result(GONE)),
    "ticket-slices": (listed(), result(TAKEN, REFUSED, HELD)),
}
