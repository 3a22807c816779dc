"""Kite's holdings, trades and quotes as Kunji's models: pure functions, wire in, domain out (section 4)."""

from collections.abc import Mapping
from typing import Any, Final

from app.brokers import exact
from app.brokers.zerodha.mapping import moment
from app.brokers.zerodha.rows import (
    money,
    must_be_list,
    must_be_object,
    must_map,
    price_or_none,
    text,
    text_or,
    whole,
    whole_or,
)
from app.domain import Exchange, Holding, OrderSide, Product, Quote, Trade

_OHLC: Final = ("open", "high", "low", "close")


def holdings(data: object) -> list[Holding]:
    """GET /portfolio/holdings."""
    return [_holding(must_be_object(row, "holding")) for row in must_be_list(data, "holdings")]


def trades(data: object) -> list[Trade]:
    """GET /trades."""
    return [_trade(must_be_object(row, "trade")) for row in must_be_list(data, "trades")]


def quotes(data: object) -> dict[str, Quote]:
    """GET /quote: quotes by "EXCHANGE:SYMBOL"; keys without data are absent, and 0 is no price."""
    found = {key: _quote(must_be_object(row, key)) for key, row in must_be_object(data, "quotes").items()}
    return {key: quote for key, quote in found.items() if quote is not None}


def _holding(row: Mapping[str, Any]) -> Holding:
    """One row; `quantity` is settled, pledged ones included, and already less what was sold today."""
    symbol = text(row, "tradingsymbol")
    settled, pledged = whole(row, "quantity"), whole_or(row, "collateral_quantity")
    return Holding(
        symbol=symbol,
        exchange=must_map(Exchange, row, "exchange"),
        isin=text_or(row, "isin"),
        free=settled - pledged if pledged <= settled else settled,  # more than there is: it was not counted in
        t1=whole_or(row, "t1_quantity"),
        pledged=pledged,
        used_today=whole_or(row, "used_quantity"),
        average_price=money(row, "average_price"),
        last_price=price_or_none(row, "last_price"),
        close_price=price_or_none(row, "close_price"),
        broker_symbol=symbol,
        pnl_told=exact.told(row.get("pnl")),
    )


def _trade(row: Mapping[str, Any]) -> Trade:
    """One fill; its `order_timestamp` is a time without a day, `fill_timestamp` is whole (section 13)."""
    symbol = text(row, "tradingsymbol")
    return Trade(
        trade_id=text(row, "trade_id"),
        order_id=text(row, "order_id"),
        symbol=symbol,
        exchange=must_map(Exchange, row, "exchange"),
        product=must_map(Product, row, "product"),
        side=must_map(OrderSide, row, "transaction_type"),
        quantity=whole(row, "quantity"),
        price=money(row, "average_price"),
        traded_at=moment(row.get("fill_timestamp")) or moment(row.get("exchange_timestamp")),
        broker_symbol=symbol,
    )


def _quote(row: Mapping[str, Any]) -> Quote | None:
    last = price_or_none(row, "last_price")
    if last is None:
        return None
    day = must_be_object(row.get("ohlc") or {}, "ohlc")
    low, high = price_or_none(row, "lower_circuit_limit"), price_or_none(row, "upper_circuit_limit")
    return Quote(last, **{name: price_or_none(day, name) for name in _OHLC}, band_low=low, band_high=high)
