"""Who, what money, what is held: Dhan's answers as Kunji's models, pure functions (sections 4.2 to 4.5)."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.brokers import exact
from app.brokers.dhan import words
from app.brokers.dhan.quick import PositionRow
from app.brokers.dhan.rows import NOTHING, flag, text_or
from app.brokers.quick import Draft, amount, positions_of, rows_of
from app.brokers.rows import Row, an_object, money, objects, price_or_none, text, whole, whole_or, word
from app.domain import (
    IST,
    Exchange,
    Funds,
    Holding,
    OrderAddresses,
    Position,
    Profile,
    WireSurprise,
    as_address,
)

_AVAILABLE: Final = ("availabelBalance", "availableBalance")  # misspelt on the wire (section 4.3)
_FIGURES: Final = frozenset(
    {*_AVAILABLE, "sodLimit", "collateralAmount", "receiveableAmount", "utilizedAmount", "blockedPayoutAmount"}
    | {"withdrawableBalance"}
)
_ONE: Final = Decimal(1)
_PAISA: Final = Decimal("0.01")
_FOUR_PLACES: Final = Decimal("0.0001")  # currency pairs move in 0.0025
_CURRENCIES: Final = frozenset({Exchange.CDS, Exchange.BCD})
_MATCHES: Final = {"MATCH": True, "MISMATCH": False}
_LISTED: Final = {"NSE": Exchange.NSE, "NSE_EQ": Exchange.NSE, "BSE": Exchange.BSE, "BSE_EQ": Exchange.BSE}


def profile(data: object) -> Profile:
    """GET /profile. Dhan says no name and no address; its segments come as words or as letters.

    `session_ends_at` is the `tokenValidity`, cut to the minute (section 2.5).
    """
    row = an_object(data, "profile")
    segments = re.split(r"[,\s]+", text_or(row, "activeSegment").upper())
    exchanges = [exchange for segment in segments for exchange in words.ACTIVE_SEGMENTS.get(segment, ())]
    return Profile(
        client_id=text(row, "dhanClientId"),
        name="",
        exchanges=tuple(dict.fromkeys(exchanges)),
        session_ends_at=_validity(text_or(row, "tokenValidity")),
    )


def _validity(said: str) -> datetime | None:
    """Indian time, "18/11/2026 09:32"; anything else says nothing."""
    try:
        return datetime.strptime(said, "%d/%m/%Y %H:%M").replace(tzinfo=IST)
    except ValueError:
        return None


def has_data_plan(data: object) -> bool | None:
    """Whether the profile says that prices are paid for; None when it says nothing (the sandbox)."""
    plan = text_or(an_object(data, "profile"), "dataPlan")
    return plan.casefold() == "active" if plan else None


def order_addresses(data: object) -> OrderAddresses:
    """GET /ip/getIP; every key is optional (section 4.9)."""
    row = an_object(data, "getIP")
    told = [as_address(text_or(row, name)) for name in ("primaryIP", "secondaryIP")]
    allowed = row.get("ordersAllowed")
    taken = allowed if isinstance(allowed, bool) else _MATCHES.get(text_or(row, "ipMatchStatus").upper())
    return OrderAddresses(tuple(filter(None, told)), as_address(text_or(row, "detectedIP")), taken)


def funds(data: object) -> Funds:
    """GET /fundlimit, rupees."""
    row = an_object(data, "fundlimit")
    raw = {name: money(row, name) for name in row if name in _FIGURES and row[name] is not None}
    available = next((raw[name] for name in _AVAILABLE if name in raw), None)
    if available is None or "utilizedAmount" not in raw:
        raise WireSurprise("fundlimit: no balance")
    return Funds(
        available=available,
        used=raw["utilizedAmount"],
        collateral=raw.get("collateralAmount"),
        opening=raw.get("sodLimit"),
        raw=MappingProxyType(raw),
    )


# ------------------------------------------------------------------ holdings


def holdings(data: object) -> list[tuple[Holding, str]]:
    """GET /holdings, each with the security id of one of its listings."""
    return [(_holding(row), text_or(row, "securityId")) for row in objects(data, "holdings")]


def _holding(row: Row) -> Holding:
    symbol = text_or(row, "tradingSymbol") or text_or(row, "securityId") or text(row, "isin")
    free, t1, pledged, used = _shares(row)
    return Holding(
        symbol=symbol,
        exchange=_LISTED.get(text_or(row, "exchange").upper(), Exchange.NSE),  # in practice "ALL": NSE first
        isin=text_or(row, "isin"),
        free=free,
        t1=t1,
        pledged=pledged,
        used_today=used,
        average_price=money(row, "avgCostPrice"),
        last_price=price_or_none(row, "lastTradedPrice"),
        close_price=None,
        broker_symbol=symbol,
    )


def _shares(row: Row) -> tuple[int, int, int, int]:
    """Free, unsettled, pledged and sold today.

    total = dp + t1 and available = total - pledged (section 4.4), so what is available and unsettled cannot be sold as
    settled stock. What the two sums leave over was sold today, unless it is just the unsettled part left out.
    """
    total, t1, pledged = whole(row, "totalQty"), whole_or(row, "t1Qty"), whole_or(row, "collateralQty")
    available = whole(row, "availableQty")
    left_over = max(0, total - pledged - available)
    if left_over == t1:
        return available, t1, pledged, 0
    return max(0, available - t1), t1, pledged, left_over


# ------------------------------------------------------------------ positions


def positions(data: object) -> list[tuple[Position, str]]:
    """GET /positions with each row's security id; closed rows stay, with their booked P&L (section 4.5)."""
    quickly = rows_of(PositionRow, data)
    if quickly is None:
        rows = [(_position(row), text(row, "securityId")) for row in objects(data, "positions")]
    else:
        made = positions_of([_quick_position(row) for row in quickly])
        rows = [(position, _number(row)) for position, row in zip(made, quickly, strict=True)]
    if len({row.broker_symbol for row, _ in rows}) == len(rows):
        return rows
    shared = Counter((row.exchange, row.broker_symbol, row.product) for row, _ in rows)
    return [
        (_told_apart(row, number) if shared[row.exchange, row.broker_symbol, row.product] > 1 else row, number)
        for row, number in rows
    ]


def _told_apart(position: Position, number: str) -> Position:
    """The weekly options of one month share their trading symbol (section 8): the id tells them apart."""
    symbol = f"{position.broker_symbol} ({number})"
    return replace(position, symbol=symbol, broker_symbol=symbol)


def _position(row: Row) -> Position:
    exchange = word(words.EXCHANGES, row, "exchangeSegment")
    symbol = text_or(row, "tradingSymbol") or text(row, "securityId")  # null with commodities
    average = money(row, "costPrice")
    realised, unrealised = money(row, "realizedProfit"), money(row, "unrealizedProfit")
    factor = whole_or(row, "multiplier", 1) or 1
    units = whole(row, "netQty") * factor  # commodities and currencies count lots
    price = None if flag(row, "crossCurrency") else derived_price(average, unrealised, units, exchange)
    return Position(
        symbol=symbol,
        exchange=exchange,
        product=word(words.PRODUCTS, row, "productType"),
        quantity=units,
        average_price=average,
        last_price=price,
        pnl=realised + unrealised,
        realised=realised,
        unrealised=unrealised,
        broker_symbol=symbol,
        multiplier=_ONE if factor == 1 else Decimal(factor),
        price_is_derived=price is not None,
    )


def _number(row: PositionRow) -> str:
    return row.number.strip() or text(row.plain(), "securityId")


def _quick_position(row: PositionRow) -> Position | Draft:
    """The same of a row that was decoded quickly, no call where a comparison does; an unusual one as ever."""
    exchange, product, factor = words.EXCHANGES.get(row.segment), words.PRODUCTS.get(row.product), row.factor
    average, realised, unrealised = row.average, row.realised, row.unrealised
    symbol = row.symbol.strip() if row.symbol else ""
    if exchange is None or product is None or symbol in NOTHING or type(factor) is not int or factor != 1:
        return _position(row.plain())
    average, realised = amount(average, "costPrice"), amount(realised, "realizedProfit")
    unrealised = amount(unrealised, "unrealizedProfit")
    units, pnl = exact.whole(row.quantity, "netQty"), realised + unrealised
    price = None if row.crossed else derived_price(average, unrealised, units, exchange)
    return Draft(
        symbol,
        exchange,
        product,
        units,
        average,
        price,
        pnl,
        realised,
        unrealised,
        symbol,
        None,
        _ONE,
        price is not None,
    )


def derived_price(average: Decimal, unrealised: Decimal, units: int, exchange: Exchange) -> Decimal | None:
    """The last price that the P&L of an open position tells, rupees: a position row carries none (section 4.5).

    None where it tells nothing: a closed row, and a P&L of 0, which Dhan also writes when it has no price.
    """
    if not units or not unrealised or average <= 0:
        return None
    price = (average + unrealised / units).quantize(_FOUR_PLACES if exchange in _CURRENCIES else _PAISA)
    return price if price > 0 else None
