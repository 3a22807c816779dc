"""Orders and trades of the day: Angel One's rows as Kunji's models, pure functions (sections 4.2 and 5)."""

from typing import Final

from app.brokers.angel_one import words
from app.brokers.angel_one.rows import ident, ident_or, moment, number, price_or_none, said, text_or, whole, whole_or
from app.brokers.rows import Row, an_object, objects, word
from app.domain import Order, OrderStatus, Product, SubState, Trade, WireSurprise

_ENDED_BADLY: Final = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
_AMO: Final = "AMO"
_BRACKET: Final = "ROBO"


def orders(data: object) -> list[tuple[Order, str]]:
    """getOrderBook: each order with the key of its own call; null when there are none."""
    return [] if data is None else [(_order(row), ident_or(row, "uniqueorderid")) for row in objects(data, "orders")]


def order(data: object, order_id: str) -> Order:
    """details/{uniqueorderid}: one row."""
    found = _order(an_object(data, "order"))
    if found.order_id != order_id:
        raise WireSurprise("another order than the one asked for")
    return found


def trades(data: object) -> list[Trade]:
    """getTradeBook; null when there are none."""
    return [] if data is None else [_trade(row) for row in objects(data, "trades")]


def placed(data: object) -> tuple[str, str]:
    """placeOrder: the order's id and the key of its own call; raises `WireSurprise` without an id."""
    row = an_object(data, "placed order")
    return ident(row, "orderid"), ident_or(row, "uniqueorderid")


def _order(row: Row) -> Order:
    quantity, filled = whole(row, "quantity"), whole_or(row, "filledshares")
    raw_status = text_or(row, "orderstatus") or text_or(row, "status")
    status, sub_state = _state(row, raw_status, filled, quantity)
    symbol = text_or(row, "tradingsymbol") or ident(row, "symboltoken")
    return Order(
        order_id=ident(row, "orderid"),
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchange"),
        product=_product(row),
        side=word(words.SIDES, row, "transactiontype"),
        order_type=word(words.TYPES, row, "ordertype"),
        quantity=quantity,
        filled_quantity=filled,
        price=price_or_none(row, "price"),
        trigger_price=price_or_none(row, "triggerprice"),
        average_price=price_or_none(row, "averageprice"),
        status=status,
        sub_state=sub_state,
        raw_status=raw_status,
        message=said(row, "text"),
        placed_at=moment(row.get("updatetime")),
        tag=ident_or(row, "ordertag"),
        broker_symbol=symbol,
    )


def _product(row: Row) -> Product:
    if text_or(row, "variety").upper() == _BRACKET:  # whatever product stands beside it
        return Product.BO
    return word(words.PRODUCTS, row, "producttype")


def _state(row: Row, raw: str, filled: int, quantity: int) -> tuple[OrderStatus | None, SubState]:
    """The table of section 5 and what the row adds to it; an unknown word gives no status.

    A fill is never a status of its own, and a queued after-market order is called "open".
    """
    said = raw.lower()
    if said not in words.STATES:
        return None, SubState.NONE
    if said == "open" and _is_queued(row):
        return OrderStatus.PENDING, SubState.AMO
    status, sub_state = words.STATES[said]
    if said == "modified" and text_or(row, "status").lower() == "trigger pending":
        sub_state = SubState.TRIGGER_PENDING
    elif sub_state is SubState.NONE and status is OrderStatus.OPEN and 0 < filled < quantity:
        sub_state = SubState.PARTIAL
    elif sub_state is SubState.NONE and status in _ENDED_BADLY and filled > 0:
        sub_state = SubState.PARTLY_FILLED
    return status, sub_state


def _is_queued(row: Row) -> bool:
    """Whether an after-market order has not reached the exchange yet."""
    return text_or(row, "variety").upper() == _AMO and not ident_or(row, "exchangeorderid")


def _trade(row: Row) -> Trade:
    symbol = text_or(row, "tradingsymbol") or ident(row, "symboltoken")
    return Trade(
        trade_id=ident(row, "fillid"),
        order_id=ident(row, "orderid"),
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchange"),
        product=word(words.PRODUCTS, row, "producttype"),
        side=word(words.SIDES, row, "transactiontype"),
        quantity=whole(row, "fillsize"),
        price=number(row, "fillprice"),
        traded_at=None,  # filltime has no date
        broker_symbol=symbol,
    )
