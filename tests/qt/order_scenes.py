"""Orders of unknown fate, cancellations and exits as a trader meets them, for the panels and their pictures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain import Exchange, OrderRequest, OrderSide, OrderStatus, OrderType, Product, SubState
from app.domain.intents import Deed, Intent, Mode, Record
from app.domain.order_life import Fate
from app.qt.window import Window
from app.services.order_views import ExitLine, ExitPart, ExitPhase, ExitPlan, ExitScope, ExitView
from tests.qt.books import ORDERS, REFUSAL, fill, order, orders
from tests.qt.fakes import NOW, FakeServices, five
from tests.qt.fakes_orders import placing, record

CALL = "NIFTY 30DEC26 26500 CE"
DETAIL = "Read timed out after 10 s"
NO_LINE = "No connection could be made."
CLOSED = "MCX is closed now"
NOT_FILLED = "not filled at the protected price"
LOST = "the answer to an order was lost: it is not known whether it is in the market"
BESIDE = "20 INFY (CNC) was no part of this exit"
PROTECTED = "Self \u00b7 Zerodha: Market orders are protected at 2 % from the last price."
SAID = (DETAIL, NO_LINE, CLOSED, NOT_FILLED, LOST, BESIDE, PROTECTED, REFUSAL, REFUSAL[:38])
"""What the services and the brokers say here: words that the window shows as they come."""


def request(symbol: str = CALL, **changes: Any) -> OrderRequest:
    made = OrderRequest(
        symbol, Exchange.NFO, Product.NRML, OrderSide.BUY, OrderType.LIMIT, 75, price=Decimal("182.40"), tag="KJ1"
    )
    return replace(made, **changes)


def placed(services: FakeServices, number: int, *fates: Fate, user_id: str = "self", **changes: Any) -> Record:
    """An order that was to be placed `number` minutes ago."""
    known = {key: changes.pop(key) for key in ("order_id", "detail") if key in changes}
    intent = placing(request(**changes), f"i{number}", user_id, clock=services.clock)
    return record(replace(intent, at=NOW - timedelta(minutes=number)), *fates, **known)


def asked(services: FakeServices, deed: Deed, order_id: str, *fates: Fate, **known: str) -> Record:
    """A cancellation of an order."""
    intent = Intent(
        f"{deed}{order_id}", services.clock.now(), "self", "Self", "zerodha", "ZK4417", Mode.LIVE, deed,
        order_id=order_id,
    )  # fmt: skip
    return record(intent, *fates, **known)


BOOK = (
    *ORDERS,
    order(6, "TATASTEEL", status=OrderStatus.OPEN, sub_state=SubState.AMO, filled_quantity=0, average_price=None),
    order(7, "ITC", status=OrderStatus.OPEN, sub_state=SubState.MODIFYING, filled_quantity=0, average_price=None),
    order(8, "WIPRO", status=OrderStatus.CANCELLED, sub_state=SubState.PARTLY_FILLED, filled_quantity=40),
)


def unsettled() -> FakeServices:
    """Every state that an order can be in, also those that no book has."""
    made = fill(five())
    made.portfolio.others |= {(view.book, view.user_id): view for view in (orders("self", BOOK),)}
    made.orders.records = (
        placed(made, 9, Fate.SENDING, Fate.REJECTED, symbol="SBIN", exchange="NSE", product="MIS", detail=REFUSAL),
        placed(made, 5, Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED, side="SELL", symbol="BANKNIFTY 30DEC26 FUT"),
        placed(made, 3, Fate.NOT_SENT, detail=NO_LINE),
        placed(made, 1, Fate.SENDING, Fate.UNKNOWN, detail=DETAIL),
        asked(made, Deed.CANCEL, ORDERS[2].order_id, Fate.SENDING, Fate.UNKNOWN),
    )
    return made


# ------------------------------------------------------------------ exits


def part(symbol: str = CALL, quantity: int = 150, **changes: Any) -> ExitPart:
    """A position with the order that closes it, in slices of 75; `changes` replace fields."""
    side = OrderSide.SELL if quantity > 0 else OrderSide.BUY
    units = [75] * (abs(quantity) // 75) or [abs(quantity)]
    closing = tuple(
        OrderRequest(symbol, Exchange.NFO, Product.NRML, side, OrderType.MARKET, one, tag="KJ1") for one in units
    )
    orders = () if changes.get("why_not") else closing
    return replace(ExitPart("self", symbol, Exchange.NFO, Product.NRML, quantity, orders=orders), **changes)


RESTING = replace(ORDERS[1], filled_quantity=0)
PARTS = (
    part(cancels=(RESTING,)),
    part("BANKNIFTY 30DEC26 FUT", -35),
    part("NIFTY 02DEC26 26200 PE", 75, user_id="dhan"),
    part("GOLDM 04DEC26 FUT", 10, user_id="huf", exchange=Exchange.MCX, why_not=CLOSED),
)


def plan(*parts: ExitPart, scope: ExitScope | None = None, plan_id: str = "plan", **changes: Any) -> ExitPlan:
    made = ExitPlan(plan_id, NOW, scope or ExitScope(), parts or PARTS, (PROTECTED,))
    return replace(made, **changes)


def to_exit(*plans: ExitPlan) -> FakeServices:
    made = fill(five())
    made.orders.plans.extend(plans or (plan(),))
    return made


def receipt(of: ExitPlan) -> ExitView:
    """One flat, one partly, one not known, one untouched."""
    lines = (
        ExitLine(of.parts[0], 75, NOT_FILLED),
        ExitLine(of.parts[1], 0),
        ExitLine(of.parts[2], None, LOST),
        ExitLine(of.parts[3], 10, of.parts[3].why_not),
    )
    services = five()
    lost = placed(services, 1, Fate.SENDING, Fate.UNKNOWN)
    return ExitView(of, ExitPhase.DONE, lines, (lost,), NOW, (BESIDE,))


def choose(window: Window, *numbers: int) -> QWidget:
    """Choose lines of the orders on show."""
    window.go("orders")
    page = window.pages.orders.orders
    lines = page.model.shown()
    page.view.clearSelection()
    for number in numbers:
        for at, item in enumerate(page.model.items):
            if item is lines[number]:
                page.view.selectRow(at)
    return window


def symbols(rows: Sequence[Any]) -> list[str]:
    return [row.record.symbol for row in rows]
