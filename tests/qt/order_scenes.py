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
from tests.qt.books import ORDERS, REFUSAL, fill, order, orders
from tests.qt.fakes import NOW, FakeServices, five
from tests.qt.fakes_orders import placing, record

CALL = "NIFTY 30DEC26 26500 CE"
DETAIL = "Read timed out after 10 s"


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
        placed(made, 3, Fate.NOT_SENT, detail="No connection could be made."),
        placed(made, 1, Fate.SENDING, Fate.UNKNOWN, detail=DETAIL),
        asked(made, Deed.CANCEL, ORDERS[2].order_id, Fate.SENDING, Fate.UNKNOWN),
    )
    return made


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
