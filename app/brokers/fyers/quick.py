"""What is read of Fyers' large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any, Final

import msgspec

from app.brokers.quick import Form, Row

POSITIONS: Final = "netPositions"
ORDERS: Final = "orderBook"


class PositionRow(Row, gc=False, kw_only=True):
    """A row of GET /positions (section 4.4)."""

    ticker: str = msgspec.field(name="symbol")
    segment: Any = msgspec.field(name="segment")
    product: str = msgspec.field(name="productType")
    quantity: Any = msgspec.field(name="netQty")
    average: Any = msgspec.field(name="netAvg")
    pnl: Any = msgspec.field(name="pl")
    realised: Any = msgspec.field(name="realized_profit")
    unrealised: Any = msgspec.field(name="unrealized_profit")
    last_price: Any = msgspec.field(name="ltp", default=None)
    multiplier: Any = msgspec.field(name="qtyMulti_com", default=None)


class OrderRow(Row, gc=False, kw_only=True):
    """A row of GET /orders (section 4.7)."""

    number: Any = msgspec.field(name="id")
    ticker: str = msgspec.field(name="symbol")
    segment: Any = msgspec.field(name="segment")
    product: str = msgspec.field(name="productType")
    side: Any = msgspec.field(name="side")
    kind: Any = msgspec.field(name="type")
    quantity: Any = msgspec.field(name="qty")
    filled: Any = msgspec.field(name="filledQty")
    status: Any = msgspec.field(name="status")
    price: Any = msgspec.field(name="limitPrice", default=None)
    trigger: Any = msgspec.field(name="stopPrice", default=None)
    average: Any = msgspec.field(name="tradedPrice", default=None)
    message: Any = msgspec.field(name="message", default=None)
    placed_at: Any = msgspec.field(name="orderDateTime", default=None)
    tag: Any = msgspec.field(name="orderTag", default=None)
    offline: Any = msgspec.field(name="offlineOrder", default=None)
    at_exchange: Any = msgspec.field(name="exchOrdId", default=None)
    validity: Any = msgspec.field(name="orderValidity", default=None)
    disclosed: Any = msgspec.field(name="disclosedQty", default=None)
    disclosed_too: Any = msgspec.field(name="discloseQty", default=None)


def positions() -> Form:
    """How the answers to GET /positions are decoded."""
    return Form(PositionRow, under=POSITIONS)


def orders() -> Form:
    """How the answers to GET /orders are decoded."""
    return Form(OrderRow, under=ORDERS)
