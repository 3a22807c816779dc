"""Fyers' vocabulary in Kunji's words (section 5). What is not here is a surprise, never a default."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import Exchange, OrderSide, OrderStatus, OrderType, Product, SubState, WireSurprise

CASH: Final = 10
"""The cash segment's number."""

EXCHANGES: Final[Mapping[tuple[str, int], Exchange]] = MappingProxyType(
    {
        ("NSE", 10): Exchange.NSE,
        ("NSE", 11): Exchange.NFO,
        ("NSE", 12): Exchange.CDS,
        ("NSE", 20): Exchange.NCO,
        ("BSE", 10): Exchange.BSE,
        ("BSE", 11): Exchange.BFO,
        ("BSE", 12): Exchange.BCD,
        ("MCX", 20): Exchange.MCX,
    }
)
"""The exchange of a ticker's prefix and a segment's number."""

PREFIXES: Final[Mapping[Exchange, str]] = MappingProxyType({value: key[0] for key, value in EXCHANGES.items()})
"""What the tickers of an exchange begin with, without the colon."""

EXCHANGE_NUMBERS: Final[Mapping[str, int]] = MappingProxyType({"NSE": 10, "MCX": 11, "BSE": 12})

PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {
        "CNC": Product.CNC,
        "INTRADAY": Product.MIS,
        "MARGIN": Product.NRML,
        "MTF": Product.MTF,
        "CO": Product.CO,
        "BO": Product.BO,
    }
)

TYPES: Final[Mapping[int, OrderType]] = MappingProxyType(
    {1: OrderType.LIMIT, 2: OrderType.MARKET, 3: OrderType.SL_M, 4: OrderType.SL}
)

SIDES: Final[Mapping[int, OrderSide]] = MappingProxyType({1: OrderSide.BUY, -1: OrderSide.SELL})

STATES: Final[Mapping[int, tuple[OrderStatus, SubState]]] = MappingProxyType(
    {  # 3 is not used; a raw value of the exchange's side (90 ...) has been seen to leak
        1: (OrderStatus.CANCELLED, SubState.NONE),
        2: (OrderStatus.COMPLETE, SubState.NONE),
        4: (OrderStatus.PENDING, SubState.NONE),
        5: (OrderStatus.REJECTED, SubState.NONE),
        6: (OrderStatus.OPEN, SubState.NONE),
        7: (OrderStatus.CANCELLED, SubState.EXPIRED),
    }
)


def exchange_of(ticker: str, segment: int) -> Exchange:
    """The exchange of a row. The ticker's prefix decides: a commodity of MCX has been printed with NSE's number."""
    key = (ticker.partition(":")[0], segment)
    if key not in EXCHANGES:
        raise WireSurprise(f"no such exchange and segment: {key[0]!r}, {segment}")
    return EXCHANGES[key]
