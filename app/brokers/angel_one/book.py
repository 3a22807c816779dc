"""Orders and trades of the day: Angel One's rows as Kunji's models, pure functions (sections 4.2 and 5)."""

from decimal import Decimal
from typing import Any, Final, NamedTuple

from app.brokers.angel_one import words
from app.brokers.angel_one.quick import OrderRow
from app.brokers.angel_one.rows import (
    counted,
    disclosed,
    ident,
    ident_or,
    moment,
    number,
    price_or_none,
    printed,
    said,
    text_or,
    whole,
    whole_or,
)
from app.brokers.quick import OrderDraft, orders_of, rows_of
from app.brokers.rows import Row, an_object, objects, validity, word
from app.domain import Order, OrderStatus, Product, SubState, Trade, WireSurprise

_ENDED_BADLY: Final = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
_AMO: Final = "AMO"
_BRACKET: Final = "ROBO"
_AMBIGUOUS: Final = frozenset({"open", "modified"})  # the rest of the row tells what they mean


class Booked(NamedTuple):
    """An order with the key of its own call and its variety, which a change and its end must name; "" where unknown."""

    order: Order
    unique: str
    variety: str


def orders(data: object) -> list[Booked]:
    """getOrderBook; null when there are none."""
    quickly = rows_of(OrderRow, data)
    if quickly is None:
        rows = [] if data is None else objects(data, "orders")
        return [Booked(_order(row), ident_or(row, "uniqueorderid"), text_or(row, "variety").upper()) for row in rows]
    drafts = [_quick_order(row) for row in quickly]
    made = orders_of([draft for draft, _ in drafts])
    return [
        Booked(order, unique, _text(row.variety).upper())
        for order, (_, unique), row in zip(made, drafts, quickly, strict=True)
    ]


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
        validity=validity(row.get("duration")),
        disclosed_quantity=disclosed(row.get("disclosedquantity")),
    )


def _quick_order(row: OrderRow) -> tuple[Order | OrderDraft, str]:
    """The same of a row that was decoded quickly, with the key of its own call; an unusual one as ever."""
    try:
        return _draft(row), _ident(row.unique)
    except (WireSurprise, ValueError, TypeError, KeyError):  # not what it is in ordinary rows
        plain = row.plain()
        return _order(plain), ident_or(plain, "uniqueorderid")


def _draft(row: OrderRow) -> OrderDraft:
    """An ordinary row; raises `KeyError`, `TypeError`, `ValueError` or `WireSurprise` for any other."""
    number, symbol, said = _ident(row.number), _text(row.symbol), row.said
    quantity, filled = counted(row.quantity), counted(row.filled)
    raw_status = _text(row.state) or _text(row.status)
    if not number or not symbol or _text(row.variety).upper() == _BRACKET:
        raise ValueError("not an ordinary row")
    beside = row.plain() if raw_status.lower() in _AMBIGUOUS else {}
    status, sub_state = _state(beside, raw_status, filled, quantity)
    return OrderDraft(
        number,
        symbol,
        words.EXCHANGES[row.exchange],
        words.PRODUCTS[row.product],
        words.SIDES[row.side],
        words.TYPES[row.kind],
        quantity,
        filled,
        _price(row.price),
        _price(row.trigger),
        _price(row.average),
        status,
        sub_state,
        raw_status,
        _text(said) if type(said) is str else "",
        moment(row.updated_at),
        _ident(row.tag),
        symbol,
        validity(row.validity),
        disclosed(row.disclosed),
    )


def _ident(value: object) -> str:
    return str(value) if type(value) is int else _text(value)


def _text(value: Any) -> str:
    """Like `text_or` of one value; raises `TypeError` for what is no text."""
    return "" if value is None or value == "null" else str.strip(value)


def _price(value: Any) -> Decimal | None:
    """A price; numbers with a point that were decoded quickly are possible ones. Raises like `printed`."""
    if type(value) is Decimal:
        return value or None
    return None if value is None else printed(value) or None


def _product(row: Row) -> Product:
    if text_or(row, "variety").upper() == _BRACKET:  # whatever product stands beside it
        return Product.BO
    return word(words.PRODUCTS, row, "producttype")


def _state(row: Row, raw: str, filled: int, quantity: int) -> tuple[OrderStatus | None, SubState]:
    """The table of section 5 and what the row adds to it; an unknown word gives no status.

    A fill is never a status of its own, and a queued after-market order is called "open". Of the row nothing is read
    but where the word is an ambiguous one.
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
