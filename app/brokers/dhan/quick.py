"""What is read of Dhan's large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any

import msgspec

from app.brokers.dhan.errors import TELLTALES
from app.brokers.quick import Form, Row


class PositionRow(Row, gc=False, kw_only=True):
    """A row of GET /positions (section 4.5)."""

    number: str = msgspec.field(name="securityId")
    symbol: str | None = msgspec.field(name="tradingSymbol")
    segment: str = msgspec.field(name="exchangeSegment")
    product: str = msgspec.field(name="productType")
    quantity: Any = msgspec.field(name="netQty")
    average: Any = msgspec.field(name="costPrice")
    realised: Any = msgspec.field(name="realizedProfit")
    unrealised: Any = msgspec.field(name="unrealizedProfit")
    factor: Any = msgspec.field(name="multiplier", default=None)
    crossed: bool | None = msgspec.field(name="crossCurrency", default=None)


class OrderRow(Row, gc=False, kw_only=True):
    """A row of GET /orders (section 4.7)."""

    order_id: str = msgspec.field(name="orderId")
    number: str | None = msgspec.field(name="securityId", default=None)
    symbol: str | None = msgspec.field(name="tradingSymbol", default=None)
    custom: str | None = msgspec.field(name="customSymbol", default=None)
    segment: str = msgspec.field(name="exchangeSegment")
    product: str = msgspec.field(name="productType")
    side: str = msgspec.field(name="transactionType")
    kind: str = msgspec.field(name="orderType")
    quantity: Any = msgspec.field(name="quantity")
    filled: Any = msgspec.field(name="filledQty")
    price: Any = msgspec.field(name="price", default=None)
    trigger: Any = msgspec.field(name="triggerPrice", default=None)
    average: Any = msgspec.field(name="averageTradedPrice", default=None)
    status: str = msgspec.field(name="orderStatus")
    said: str | None = msgspec.field(name="omsErrorDescription", default=None)
    created_at: Any = msgspec.field(name="createTime", default=None)
    tag: str | None = msgspec.field(name="correlationId", default=None)
    client: str | None = msgspec.field(name="dhanClientId", default=None)
    queued: Any = msgspec.field(name="afterMarketOrder", default=None)
    at_exchange: Any = msgspec.field(name="exchangeOrderId", default=None)
    validity: Any = msgspec.field(name="validity", default=None)
    disclosed: Any = msgspec.field(name="disclosedQuantity", default=None)


def positions() -> Form:
    """How the answers to GET /positions are decoded."""
    return Form(PositionRow, never=TELLTALES)


def orders() -> Form:
    """How the answers to GET /orders are decoded."""
    return Form(OrderRow, never=TELLTALES)
