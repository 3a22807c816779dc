"""Kite's answers as Kunji's models: pure functions, wire in, domain out."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from app.brokers import exact
from app.brokers.quick import Draft, OrderDraft, orders_of, positions_of, rows_of
from app.brokers.rows import disclosed, validity
from app.brokers.zerodha import quick
from app.brokers.zerodha.rows import (
    money,
    must_be_list,
    must_be_object,
    must_map,
    price,
    price_or_none,
    text,
    text_or,
    texts,
    whole,
)
from app.domain import (
    Exchange,
    Funds,
    Holding,
    Instrument,
    NotFound,
    Order,
    OrderStatus,
    Position,
    Product,
    Profile,
    SubState,
    Trade,
    WireSurprise,
)

Row = TypeVar("Row", Position, Holding, Order, Trade)
_ONE: Final = Decimal(1)
_MANY: Final = 2**53
_TIME_LENGTH: Final = 19  # "YYYY-MM-DD HH:MM:SS", naive, IST (section 13)
_BLANK: Final = 10  # where date and time part
_INDIAN: Final = "+05:30"
_SEGMENTS: Final = ("equity", "commodity")
_NUMBERS: Final = (int, Decimal)
_NOTHING: Final = Decimal(0)
_PAISA: Final = Decimal("0.01")
_ROUNDING: Final = Decimal("0.0001")  # rupees a unit, of an average

_STATES: Final[Mapping[str, tuple[OrderStatus | None, SubState]]] = MappingProxyType(
    {  # section 5; both spellings of the first have been seen
        "PUT ORDER REQ RECEIVED": (OrderStatus.PENDING, SubState.NONE),
        "PUT ORDER REQUEST RECEIVED": (OrderStatus.PENDING, SubState.NONE),
        "AMO REQ RECEIVED": (OrderStatus.PENDING, SubState.AMO),
        "VALIDATION PENDING": (OrderStatus.PENDING, SubState.NONE),
        "OPEN PENDING": (OrderStatus.PENDING, SubState.NONE),
        "TRIGGER PENDING": (OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        "OPEN": (OrderStatus.OPEN, SubState.NONE),
        "MODIFY VALIDATION PENDING": (OrderStatus.OPEN, SubState.MODIFYING),
        "MODIFY PENDING": (OrderStatus.OPEN, SubState.MODIFYING),
        "MODIFIED": (OrderStatus.OPEN, SubState.MODIFYING),
        "CANCEL PENDING": (OrderStatus.OPEN, SubState.CANCELLING),
        "UPDATE": (OrderStatus.OPEN, SubState.NONE),
        "COMPLETE": (OrderStatus.COMPLETE, SubState.NONE),
        "CANCELLED": (OrderStatus.CANCELLED, SubState.NONE),
        "REJECTED": (OrderStatus.REJECTED, SubState.NONE),
    }
)

_UNKNOWN: Final = (None, SubState.NONE)
_RESTING: Final = _STATES["OPEN"]
_ENDED: Final = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
_COMPLETE, _PARTIAL, _PARTLY_FILLED = OrderStatus.COMPLETE, SubState.PARTIAL, SubState.PARTLY_FILLED


def profile(data: object) -> Profile:
    """GET /user/profile."""
    row = must_be_object(data, "profile")
    return Profile(
        client_id=text(row, "user_id"),
        name=text_or(row, "user_name"),
        email=text_or(row, "email"),
        exchanges=texts(row, "exchanges"),
        products=texts(row, "products"),
    )


def funds(data: object) -> Funds:
    """GET /user/margins: the enabled segments together; one that is not there is not enabled.

    `net` is what can be used: `available.cash` does not subtract debits and has been seen as 0 (section 4).
    """
    margins = must_be_object(data, "margins")
    found = [(name, must_be_object(margins[name], name)) for name in _SEGMENTS if margins.get(name) is not None]
    if not found:
        raise WireSurprise("margins: no segment")
    enabled = [(name, row) for name, row in found if _enabled(row)]
    raw = {f"{name}.{key}": value for name, row in enabled for key, value in _figures(row).items()}
    return Funds(
        available=_total(raw, enabled, "net"),
        used=_total(raw, enabled, "utilised.debits"),
        collateral=_total(raw, enabled, "available.collateral"),
        opening=_total(raw, enabled, "available.opening_balance"),
        raw=MappingProxyType(raw),
    )


def positions(data: object) -> list[Position]:
    """GET /portfolio/positions: `net` is the portfolio, `day` only today's activity (section 4)."""
    rows = must_be_list(must_be_object(data, "positions").get("net"), "net")
    quickly = rows_of(quick.PositionRow, rows)
    if quickly is not None:
        return positions_of([_quick_position(row) for row in quickly])
    return [_position(must_be_object(row, "position")) for row in rows]


def named(rows: list[Row], known: Mapping[tuple[str, str], Instrument]) -> list[Row]:
    """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
    for row in rows if known else ():
        instrument = known.get((row.exchange.value, row.broker_symbol))
        if instrument is not None:  # `rows` are ours alone until they are returned; replace() takes 4 us a row
            object.__setattr__(row, "symbol", instrument.symbol)
    return rows


def last_prices(data: object) -> dict[str, Decimal]:
    """GET /quote/ltp: prices by "EXCHANGE:SYMBOL"; keys without data are absent, and 0 is no price."""
    quotes = must_be_object(data, "quotes")
    prices = {key: price_or_none(must_be_object(row, key), "last_price") for key, row in quotes.items()}
    return {key: price for key, price in prices.items() if price is not None}


def orders(data: object) -> list[Order]:
    """GET /orders: the book of the day."""
    return orders_of([_order(row) for row in must_be_list(data, "orders")])


def history(data: object) -> list[Order]:
    """GET /orders/:order_id: the states of one order, oldest first; raises `NotFound` for none."""
    states = orders(data)
    if not states:
        raise NotFound("the broker knows no such order")
    return states


def order(data: object) -> Order:
    """GET /orders/:order_id: the last of the states is the current one; raises `NotFound` for none."""
    rows = must_be_list(data, "order history")
    if not rows:
        raise NotFound("the broker knows no such order")
    return orders_of([_order(rows[-1])])[0]


def moment(value: object) -> datetime | None:
    """Kite's 19 characters of Indian time as an aware moment; None for anything else."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=8192)  # a book's times are those of the refresh before
def _moment(text: str) -> datetime | None:
    if len(text) != _TIME_LENGTH or text[_BLANK] != " ":
        return None
    try:
        return datetime.fromisoformat(text + _INDIAN)  # strptime takes 6 us, which 500 orders would feel
    except ValueError:
        return None


def _enabled(row: Mapping[str, Any]) -> bool:
    enabled = row.get("enabled")
    if not isinstance(enabled, bool):
        raise WireSurprise("enabled: neither true nor false")
    return enabled


def _figures(row: Mapping[str, Any]) -> dict[str, Decimal]:
    """`net` and all the broker's figures of one segment, "available.cash" for the cash under available.

    What is no number there is none of its figures; whoever needs that one misses it.
    """
    figures = {"net": money(row, "net")}
    for group in ("available", "utilised"):
        inner = must_be_object(row.get(group), group)
        figures |= {f"{group}.{name}": money(inner, name) for name in inner if type(inner[name]) in _NUMBERS}
    return figures


def _total(raw: Mapping[str, Decimal], enabled: list[tuple[str, Mapping[str, Any]]], figure: str) -> Decimal:
    try:
        return sum((raw[f"{name}.{figure}"] for name, _ in enabled), Decimal(0))
    except KeyError:
        raise WireSurprise(f"{figure}: missing") from None


def _position(row: Mapping[str, Any]) -> Position:
    """One row of `net`; MCX and currency rows count lots, which the multiplier turns into units (section 4)."""
    symbol, multiplier = text(row, "tradingsymbol"), money(row, "multiplier")
    units, average = _units(whole(row, "quantity"), multiplier), money(row, "average_price")
    last = price_or_none(row, "last_price")
    pnl, realised, unrealised = money(row, "pnl"), money(row, "realised"), money(row, "unrealised")
    if not realised:
        realised, unrealised = _booked(pnl, unrealised, (last, average, units))
    return Position(
        symbol=symbol,
        exchange=must_map(Exchange, row, "exchange"),
        product=must_map(Product, row, "product"),
        quantity=units,
        average_price=average,
        last_price=last,
        pnl=pnl,
        realised=realised,
        unrealised=unrealised,
        broker_symbol=symbol,
        close_price=price_or_none(row, "close_price"),
        multiplier=multiplier,
    )


def _quick_position(row: quick.PositionRow) -> Position | Draft:
    """The same of a row that was decoded quickly, no call where a comparison does; an unusual one as ever."""
    symbol, units, average, pnl = row.tradingsymbol, row.quantity, row.average_price, row.pnl
    realised, unrealised, last, close = row.realised, row.unrealised, row.last_price, row.close_price
    ordinary = type(symbol) is str and type(units) is type(row.multiplier) is int and row.multiplier == 1
    if not ordinary or not symbol or last is None or not -_MANY < units < _MANY:
        return _position(row)  # type: ignore[arg-type]  # it reads like a mapping
    average = average if type(average) is Decimal else exact.money(average, "average_price")
    pnl = pnl if type(pnl) is Decimal else exact.money(pnl, "pnl")
    realised = realised if type(realised) is Decimal else exact.money(realised, "realised")
    unrealised = unrealised if type(unrealised) is Decimal else exact.money(unrealised, "unrealised")
    last = (last if type(last) is Decimal else exact.money(last, "last_price")) or None
    close = (close if type(close) is Decimal else price(close, "close_price")) or None
    if not realised:
        realised, unrealised = _booked(pnl, unrealised, (last, average, units))
    return Draft(
        symbol, row.exchange, row.product, units, average, last, pnl, realised, unrealised, symbol, close, _ONE
    )


def _booked(pnl: Decimal, unrealised: Decimal, held: tuple[Decimal | None, Decimal, int]) -> tuple[Decimal, Decimal]:
    """What is realised and what is not of a row without anything realised: last price, average and units are `held`.

    Kite calls all of a P&L unrealised in its own samples, of closed rows too: of these nothing is open any more, and
    of others what the price says. A difference that a rounded average makes is none.
    """
    last, average, units = held
    if (units and last is None) or abs(unrealised - pnl) >= _PAISA:
        return _NOTHING, unrealised
    still_open = _NOTHING if last is None else (last - average) * units
    booked = pnl - still_open
    return (booked, still_open) if abs(booked) >= max(_PAISA, abs(units) * _ROUNDING) else (_NOTHING, unrealised)


def _units(lots: int, multiplier: Decimal) -> int:
    """So many units; they must come out whole, and an open row must not vanish."""
    units = lots * multiplier
    if multiplier <= 0 or units != units.to_integral_value():
        raise WireSurprise(f"multiplier: {multiplier} units a lot make no whole quantity")
    return int(units)


def _order(row: Mapping[str, Any] | quick.OrderRow) -> OrderDraft:
    seen = row if isinstance(row, quick.OrderRow) else _checked(row)
    symbol, quantity, filled, tag = seen.tradingsymbol, seen.quantity, seen.filled_quantity, seen.tag
    limit, trigger, average, when = seen.price, seen.trigger_price, seen.average_price, seen.order_timestamp
    status, sub_state = _state(seen.status, quantity, filled)
    return OrderDraft(
        seen.order_id,
        symbol,
        seen.exchange,
        seen.product,
        seen.transaction_type,
        seen.order_type,
        quantity,
        filled,
        limit if limit and type(limit) is Decimal else price(limit, "price"),
        trigger if trigger and type(trigger) is Decimal else price(trigger, "trigger_price"),
        average if average and type(average) is Decimal else price(average, "average_price"),
        status,
        sub_state,
        seen.status,
        _said(seen.status_message) or _said(seen.status_message_raw),
        _moment(when) if type(when) is str else None,
        tag if type(tag) is str else "",
        symbol,
        validity(seen.validity),
        disclosed(seen.disclosed_quantity),
    )


def _checked(row: object) -> quick.OrderRow:
    """`row` of the strict way with possible prices, as one of the quick way has them."""
    seen = quick.order(row)
    seen.price, seen.trigger_price = price(seen.price, "price"), price(seen.trigger_price, "trigger_price")
    seen.average_price = price(seen.average_price, "average_price")
    return seen


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _state(raw: str, quantity: int, filled: int) -> tuple[OrderStatus | None, SubState]:
    """The table of section 5 and what the fill adds to it; an unknown word gives no status."""
    known = _STATES.get(raw, _UNKNOWN)
    status = known[0]
    if filled <= 0 or status is _COMPLETE or status is None:
        return known
    if known == _RESTING:
        return (status, _PARTIAL) if filled < quantity else known
    return (status, _PARTLY_FILLED) if status in _ENDED else known
