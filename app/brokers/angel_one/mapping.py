"""Who, what money, what is held: Angel One's answers as Kunji's models, pure functions (section 4.3)."""

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.brokers.angel_one import words
from app.brokers.angel_one.quick import PositionRow
from app.brokers.angel_one.rows import (
    NOTHING,
    counted,
    ident,
    number,
    number_or,
    number_or_none,
    price_or_none,
    printed,
    said,
    text_or,
    whole,
    whole_or,
)
from app.brokers.quick import Draft, positions_of, rows_of
from app.brokers.rows import Row, an_object, objects, text, word
from app.domain import Funds, Holding, Position, Profile, WireSurprise

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_FIGURES: Final = frozenset(
    {"net", "availablecash", "availableintradaypayin", "availablelimitmargin", "collateral", "m2munrealized"}
    | {"m2mrealized", "utiliseddebits", "utilisedspan", "utilisedoptionpremium", "utilisedholdingsales"}
    | {"utilisedexposure", "utilisedturnover", "utilisedpayout"}
)
_NEEDED: Final = frozenset({"net", "utiliseddebits", "collateral"})
_WORD: Final = re.compile(r"[A-Za-z_]+", re.ASCII)


def profile(data: object) -> Profile:
    """Whose session it is. Exchanges and products are lists, or lists printed into a text, in two vocabularies."""
    row = an_object(data, "profile")
    products = [words.PRODUCTS.get(each) for each in _listed(row, "products")]
    return Profile(
        client_id=text(row, "clientcode"),
        name=said(row, "name"),
        email=said(row, "email"),
        exchanges=tuple(dict.fromkeys(words.SEGMENTS.get(each, each) for each in _listed(row, "exchanges"))),
        products=tuple(dict.fromkeys(each.value for each in products if each is not None)),
    )


def funds(data: object) -> Funds:
    """Money, rupees: `net` is the tradable margin; parts that are not in use are null."""
    row = an_object(data, "funds")
    figures = {name: _figure(row, name) for name in row if name in _FIGURES}
    raw = {name: figure for name, figure in figures.items() if figure is not None}
    if "net" not in raw or "utiliseddebits" not in row:
        raise WireSurprise("funds: no balance")
    return Funds(
        available=raw["net"],
        used=raw.get("utiliseddebits", _ZERO),
        collateral=raw.get("collateral"),
        raw=MappingProxyType(raw),
    )


def _figure(row: Row, name: str) -> Decimal | None:
    """A figure; one that is merely shown is left out when it is none."""
    try:
        return number_or_none(row, name)
    except WireSurprise:
        if name in _NEEDED:
            raise
        return None


# ------------------------------------------------------------------ holdings


def holdings(data: object) -> list[Holding]:
    """What getHolding answers: a list; the documentation prints one bare row."""
    rows = [data] if isinstance(data, dict) and "tradingsymbol" in data else data
    return [_holding(row) for row in objects(rows, "holdings")]


def _holding(row: Row) -> Holding:
    symbol = text_or(row, "tradingsymbol") or ident(row, "symboltoken")
    free, t1, pledged, used = _shares(row)
    return Holding(
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchange"),
        isin=said(row, "isin"),
        free=free,
        t1=t1,
        pledged=pledged,
        used_today=used,
        average_price=number(row, "averageprice"),
        last_price=price_or_none(row, "ltp"),
        close_price=price_or_none(row, "close"),
        broker_symbol=symbol,
        pnl_told=_figure(row, "profitandloss"),
    )


def _shares(row: Row) -> tuple[int, int, int, int]:
    """Free, unsettled, pledged and sold today.

    `realisedquantity` is settled; a `quantity` below it means that some of it was sold today. Whether `quantity` holds
    the unsettled part is documented nowhere, hence nothing else is concluded from it.
    """
    t1, pledged = whole_or(row, "t1quantity"), max(0, whole_or(row, "collateralquantity"))
    quantity = whole(row, "quantity")
    realised = whole_or(row, "realisedquantity", max(0, quantity - t1))
    settled = min(realised, quantity)
    return max(0, settled - pledged), t1, pledged, realised - settled


# ------------------------------------------------------------------ positions


def positions(data: object) -> list[Position]:
    """What getPosition answers: one flat list, null when there are none; closed rows stay, with their booked P&L."""
    quickly = rows_of(PositionRow, data)
    if quickly is not None:
        return positions_of([_quick_position(row) for row in quickly])
    return [] if data is None else [_position(row) for row in objects(data, "positions")]


def _position(row: Row) -> Position:
    symbol = text_or(row, "tradingsymbol") or ident(row, "symboltoken")
    quantity, last_price = whole(row, "netqty"), price_or_none(row, "ltp")
    average = _average(row, quantity)
    realised, unrealised, pnl = _gains(row, quantity, average, last_price)
    return Position(
        symbol=symbol,
        exchange=word(words.EXCHANGES, row, "exchange"),
        product=word(words.PRODUCTS, row, "producttype"),
        quantity=quantity,
        average_price=average,
        last_price=last_price,
        pnl=pnl,
        realised=realised,
        unrealised=unrealised,
        broker_symbol=symbol,
        close_price=price_or_none(row, "close"),
    )


def _quick_position(row: PositionRow) -> Position | Draft:
    """The same of a row that was decoded quickly, no call where a comparison does; an unusual one as ever."""
    exchange, product = words.EXCHANGES.get(row.exchange), words.PRODUCTS.get(row.product)
    symbol = row.symbol.strip() if row.symbol else ""
    try:
        units, price, close = counted(row.quantity), printed(row.last_price), printed(row.close_price)
        pnl, realised, unrealised = printed(row.pnl), printed(row.realised), printed(row.unrealised)
        average = _ZERO if not units else printed(row.bought_at if units > 0 else row.sold_at)
    except (ValueError, TypeError):  # no text, or none of a number
        return _position(row.plain())
    if exchange is None or product is None or symbol in NOTHING or average is None:
        return _position(row.plain())
    if pnl is None or realised is None or unrealised is None:
        return _position(row.plain())
    price, close = price or None, close or None
    return Draft(symbol, exchange, product, units, average, price, pnl, realised, unrealised, symbol, close, _ONE)


def _average(row: Row, quantity: int) -> Decimal:
    """What the open side was paid or got; `avgnetprice` and `netprice` mix booked profit in."""
    if quantity == 0:
        return _ZERO
    return number(row, "totalbuyavgprice" if quantity > 0 else "totalsellavgprice")


def _gains(row: Row, quantity: int, average: Decimal, last_price: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Realised, unrealised and their sum: as the broker says, else by the arithmetic of section 4.3.

    An open row that the broker sends without P&L and without a price counts what is booked only.
    """
    realised = number_or_none(row, "realised")
    if realised is None:
        realised = _booked(row)
    pnl, unrealised = number_or_none(row, "pnl"), number_or_none(row, "unrealised")
    if unrealised is None and pnl is not None:
        unrealised = pnl - realised
    elif unrealised is None:
        unrealised = _ZERO if last_price is None else (last_price - average) * quantity
    return realised, unrealised, realised + unrealised if pnl is None else pnl


def _booked(row: Row) -> Decimal:
    """(average sold - average bought) x what was both bought and sold, carried forward included."""
    bought = whole_or(row, "buyqty") + whole_or(row, "cfbuyqty")
    sold = whole_or(row, "sellqty") + whole_or(row, "cfsellqty")
    closed = min(bought, sold)
    if not closed:
        return _ZERO
    return (number_or(row, "totalsellavgprice", _ZERO) - number_or(row, "totalbuyavgprice", _ZERO)) * closed


def _listed(row: Row, name: str) -> list[str]:
    """The words of a list, or of a text that a list was printed into, in upper case."""
    value = row.get(name)
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    return [found.upper() for found in _WORD.findall(value)] if isinstance(value, str) else []
