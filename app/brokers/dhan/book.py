"""Orders and trades of the day: Dhan's rows as Kunji's models, pure functions (sections 4.7, 4.8 and 5)."""

from datetime import datetime
from typing import Final

from app.brokers import exact
from app.brokers.dhan import words
from app.brokers.dhan.quick import OrderRow
from app.brokers.dhan.rows import NOTHING, flag, moment, text_or
from app.brokers.quick import OrderDraft, orders_of, price, rows_of
from app.brokers.rows import Row, an_object, disclosed, money, objects, price_or_none, text, validity, whole, word
from app.domain import NotFound, Order, OrderStatus, OrderType, SubState, Trade, WireSurprise

Security = tuple[str, str]
_STOPS: Final = (OrderType.SL, OrderType.SL_M)
_ENDED_BADLY: Final = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
_AMBIGUOUS: Final = "PENDING"  # the rest of the row tells what it means
_HEALTHY: Final = "CONFIRMED"  # stands in omsErrorDescription of orders that nothing is wrong with


def orders(data: object) -> list[tuple[Order, Security]]:
    """GET /orders: each order with what Dhan takes its instrument by."""
    quickly = rows_of(OrderRow, data)
    if quickly is None:
        return [_named(row) for row in objects(data, "orders")]
    drafts = [_quickly_named(row) for row in quickly]
    made = orders_of([draft for draft, _ in drafts])
    return [(order, security) for order, (_, security) in zip(made, drafts, strict=True)]


def order(data: object, order_id: str) -> tuple[Order, Security]:
    """GET /orders/{id}: a list of one, an object in older texts, an empty list for an unknown id (section 4.1)."""
    rows = objects(data if isinstance(data, list) else [an_object(data, "order")], "order")
    if not rows:
        raise NotFound(f"the broker knows no order {order_id}")
    for row in rows:
        if text(row, "orderId") == order_id:
            return _named(row)
    raise WireSurprise("another order than the one asked for")


def tagged(data: object, tag: str) -> list[tuple[Order, Security]]:
    """GET /orders/external/{tag}: an object or a list (section 4.1); the rows that really carry the tag."""
    rows = objects(data if isinstance(data, list) else [an_object(data, "order")], "order")
    return [_named(row) for row in rows if text_or(row, "correlationId") == tag]


def trades(data: object) -> list[tuple[Trade, Security]]:
    """GET /trades: each fill with what Dhan takes its instrument by."""
    return [(_trade(row), _security(row)) for row in objects(data, "trades")]


def placed(data: object) -> tuple[str, OrderStatus]:
    """POST /orders: the id and where the order stands; raises `WireSurprise` without an id.

    An unknown word beside an id is still a registered order, and PENDING says no more than that.
    """
    row = an_object(data, "placed order")
    status, _ = words.STATES.get(text_or(row, "orderStatus").upper(), (OrderStatus.PENDING, SubState.NONE))
    return text(row, "orderId"), status


def _named(row: Row) -> tuple[Order, Security]:
    return (_order(row), _security(row))


def _security(row: Row) -> Security:
    return text(row, "exchangeSegment").upper(), text_or(row, "securityId")


def _order(row: Row) -> Order:
    raw_status, quantity, filled = _status(row), whole(row, "quantity"), whole(row, "filledQty")
    status, sub_state = _state(row, raw_status, filled)
    symbol = _symbol(row)
    return Order(
        order_id=text(row, "orderId"),
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchangeSegment"),
        product=word(words.PRODUCTS, row, "productType"),
        side=word(words.SIDES, row, "transactionType"),
        order_type=word(words.TYPES, row, "orderType"),
        quantity=quantity,
        filled_quantity=filled,
        price=price_or_none(row, "price"),
        trigger_price=price_or_none(row, "triggerPrice"),
        average_price=price_or_none(row, "averageTradedPrice"),
        status=status,
        sub_state=sub_state,
        raw_status=raw_status,
        message=_message(text_or(row, "omsErrorDescription"), status),
        placed_at=moment(row.get("createTime")),
        tag=_tag(text_or(row, "correlationId"), text_or(row, "dhanClientId")),
        broker_symbol=symbol,
        validity=validity(row.get("validity")),
        disclosed_quantity=disclosed(row.get("disclosedQuantity")),
    )


def _quickly_named(row: OrderRow) -> tuple[Order | OrderDraft, Security]:
    """The same of a row that was decoded quickly; an unusual one as ever."""
    try:
        return _draft(row), (row.segment, _said(row.number))
    except (WireSurprise, KeyError):
        return _named(row.plain())


def _draft(row: OrderRow) -> OrderDraft:
    """An ordinary row; raises `KeyError` or `WireSurprise` for any other."""
    order_id, symbol, filled = row.order_id.strip(), _said(row.symbol), exact.whole(row.filled, "filledQty")
    if not order_id or not symbol:
        raise WireSurprise("not an ordinary row")
    beside = row.plain() if row.status.upper() == _AMBIGUOUS else {}
    status, sub_state = _state(beside, row.status, filled)
    return OrderDraft(
        order_id,
        symbol,
        words.EXCHANGES[row.segment],
        words.PRODUCTS[row.product],
        words.SIDES[row.side],
        words.TYPES[row.kind],
        exact.whole(row.quantity, "quantity"),
        filled,
        price(row.price, "price"),
        price(row.trigger, "triggerPrice"),
        price(row.average, "averageTradedPrice"),
        status,
        sub_state,
        row.status,
        _message(_said(row.said), status),
        moment(row.created_at),
        _tag(_said(row.tag), _said(row.client)),
        symbol,
        validity(row.validity),
        disclosed(row.disclosed),
    )


def _said(value: str | None) -> str:
    """Like `text_or` of one value."""
    return "" if value is None or (stripped := value.strip()) in NOTHING else stripped


def _status(row: Row) -> str:
    """Dhan's word as it stands, an empty one too: no word that we know, and no reason to hide the order."""
    raw = row.get("orderStatus")
    if not isinstance(raw, str):
        raise WireSurprise("orderStatus: not a text")
    return raw


def _state(row: Row, raw: str, filled: int) -> tuple[OrderStatus | None, SubState]:
    """The table of section 5 and what the row adds to it; an unknown word gives no status.

    Of the row nothing is read but where the word is the ambiguous one. Its remainingQuantity is 0 when cancelled: never
    trusted.
    """
    if raw.upper() not in words.STATES:
        return None, SubState.NONE
    status, sub_state = words.STATES[raw.upper()]
    if status in _ENDED_BADLY and sub_state is SubState.NONE and filled > 0:
        return status, SubState.PARTLY_FILLED
    return _resting(row, filled) if raw.upper() == _AMBIGUOUS else (status, sub_state)


def _resting(row: Row, filled: int) -> tuple[OrderStatus, SubState]:
    """PENDING, Dhan's word for an order at the exchange, is also that of a queued and of a waiting one."""
    if flag(row, "afterMarketOrder") and not text_or(row, "exchangeOrderId"):
        return OrderStatus.PENDING, SubState.AMO
    if 0 < filled < whole(row, "quantity"):
        return OrderStatus.OPEN, SubState.PARTIAL
    if word(words.TYPES, row, "orderType") in _STOPS and not filled:
        return OrderStatus.OPEN, SubState.TRIGGER_PENDING
    return OrderStatus.OPEN, SubState.NONE


def _message(said: str, status: OrderStatus | None) -> str:
    return said if status in _ENDED_BADLY and said.upper() != _HEALTHY else ""


def _tag(tag: str, client: str) -> str:
    """The tag that was sent; one that Dhan made up (client id, dash, milliseconds) is nobody's."""
    made_up = f"{client}-"
    return "" if client and tag.startswith(made_up) and tag.removeprefix(made_up).isdecimal() else tag


def _trade(row: Row) -> Trade:
    symbol = _symbol(row)
    return Trade(
        trade_id=text(row, "exchangeTradeId"),
        order_id=text(row, "orderId"),
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchangeSegment"),
        product=word(words.PRODUCTS, row, "productType"),
        side=word(words.SIDES, row, "transactionType"),
        quantity=whole(row, "tradedQuantity"),
        price=money(row, "tradedPrice"),
        traded_at=_traded_at(row),
        broker_symbol=symbol,
    )


def _traded_at(row: Row) -> datetime | None:
    return moment(row.get("exchangeTime")) or moment(row.get("createTime"))


def _symbol(row: Row) -> str:
    return text_or(row, "tradingSymbol") or text_or(row, "customSymbol") or text(row, "securityId")
