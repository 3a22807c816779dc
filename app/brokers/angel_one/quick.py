"""What is read of Angel One's large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any

import msgspec

from app.brokers.quick import Form, Row


class PositionRow(Row, gc=False, kw_only=True):
    """A row of getPosition (section 4.3); every number comes as a text."""

    exchange: str = msgspec.field(name="exchange")
    product: str = msgspec.field(name="producttype")
    symbol: str | None = msgspec.field(name="tradingsymbol", default=None)
    token: Any = msgspec.field(name="symboltoken", default=None)
    quantity: Any = msgspec.field(name="netqty")
    bought_at: Any = msgspec.field(name="totalbuyavgprice", default=None)
    sold_at: Any = msgspec.field(name="totalsellavgprice", default=None)
    last_price: Any = msgspec.field(name="ltp", default=None)
    close_price: Any = msgspec.field(name="close", default=None)
    pnl: Any = msgspec.field(name="pnl", default=None)
    realised: Any = msgspec.field(name="realised", default=None)
    unrealised: Any = msgspec.field(name="unrealised", default=None)
    bought: Any = msgspec.field(name="buyqty", default=None)
    sold: Any = msgspec.field(name="sellqty", default=None)
    carried_bought: Any = msgspec.field(name="cfbuyqty", default=None)
    carried_sold: Any = msgspec.field(name="cfsellqty", default=None)


class OrderRow(Row, gc=False, kw_only=True):
    """A row of getOrderBook (section 4.2); counts come as texts, prices as numbers."""

    number: Any = msgspec.field(name="orderid")
    unique: Any = msgspec.field(name="uniqueorderid", default=None)
    symbol: str | None = msgspec.field(name="tradingsymbol", default=None)
    token: Any = msgspec.field(name="symboltoken", default=None)
    exchange: str = msgspec.field(name="exchange")
    variety: Any = msgspec.field(name="variety", default=None)
    product: Any = msgspec.field(name="producttype", default=None)
    side: str = msgspec.field(name="transactiontype")
    kind: str = msgspec.field(name="ordertype")
    quantity: Any = msgspec.field(name="quantity")
    filled: Any = msgspec.field(name="filledshares", default=None)
    price: Any = msgspec.field(name="price", default=None)
    trigger: Any = msgspec.field(name="triggerprice", default=None)
    average: Any = msgspec.field(name="averageprice", default=None)
    state: Any = msgspec.field(name="orderstatus", default=None)
    status: Any = msgspec.field(name="status", default=None)
    at_exchange: Any = msgspec.field(name="exchangeorderid", default=None)
    said: Any = msgspec.field(name="text", default=None)
    updated_at: Any = msgspec.field(name="updatetime", default=None)
    tag: Any = msgspec.field(name="ordertag", default=None)
    validity: Any = msgspec.field(name="duration", default=None)
    disclosed: Any = msgspec.field(name="disclosedquantity", default=None)


def positions() -> Form:
    """How the answers to getPosition are decoded."""
    return Form(PositionRow, under="data")


def orders() -> Form:
    """How the answers to getOrderBook are decoded."""
    return Form(OrderRow, under="data")
