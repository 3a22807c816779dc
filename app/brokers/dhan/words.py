"""Dhan's vocabulary in Kunji's words (section 5). A word that is not here is a surprise, never a default."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import Exchange, Kind, OrderSide, OrderStatus, OrderType, Product, SubState

INDEX: Final = "IDX_I"

EXCHANGES: Final[Mapping[str, Exchange]] = MappingProxyType(
    {
        "NSE_EQ": Exchange.NSE,
        "BSE_EQ": Exchange.BSE,
        "NSE_FNO": Exchange.NFO,
        "BSE_FNO": Exchange.BFO,
        "NSE_CURRENCY": Exchange.CDS,
        "BSE_CURRENCY": Exchange.BCD,
        "MCX_COMM": Exchange.MCX,
        "NSE_COMM": Exchange.NCO,
    }
)
"""Dhan's exchangeSegment as an exchange; the indices' segment belongs to two."""

SEGMENTS: Final[Mapping[str, str]] = MappingProxyType({value.value: key for key, value in EXCHANGES.items()})

MASTER_SEGMENTS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("NSE", "E"): "NSE_EQ",
        ("BSE", "E"): "BSE_EQ",
        ("NSE", "D"): "NSE_FNO",
        ("BSE", "D"): "BSE_FNO",
        ("NSE", "C"): "NSE_CURRENCY",
        ("BSE", "C"): "BSE_CURRENCY",
        ("MCX", "M"): "MCX_COMM",
        ("NSE", "M"): "NSE_COMM",
        ("NSE", "I"): INDEX,
        ("BSE", "I"): INDEX,
    }
)
"""The exchange and segment columns of the instrument master as exchangeSegment."""

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

TYPES: Final[Mapping[str, OrderType]] = MappingProxyType(
    {
        "LIMIT": OrderType.LIMIT,
        "MARKET": OrderType.MARKET,
        "STOP_LOSS": OrderType.SL,
        "STOP_LOSS_MARKET": OrderType.SL_M,
    }
)

SIDES: Final[Mapping[str, OrderSide]] = MappingProxyType({"BUY": OrderSide.BUY, "SELL": OrderSide.SELL})

STATES: Final[Mapping[str, tuple[OrderStatus, SubState]]] = MappingProxyType(
    {
        "TRANSIT": (OrderStatus.PENDING, SubState.NONE),
        "PENDING": (OrderStatus.OPEN, SubState.NONE),
        "PART_TRADED": (OrderStatus.OPEN, SubState.PARTIAL),
        "TRADED": (OrderStatus.COMPLETE, SubState.NONE),
        "CANCELLED": (OrderStatus.CANCELLED, SubState.NONE),
        "REJECTED": (OrderStatus.REJECTED, SubState.NONE),
        "EXPIRED": (OrderStatus.CANCELLED, SubState.EXPIRED),
        "MODIFIED": (OrderStatus.OPEN, SubState.NONE),
        "TRIGGERED": (OrderStatus.OPEN, SubState.NONE),
        "CLOSED": (OrderStatus.COMPLETE, SubState.NONE),
        "CONFIRM": (OrderStatus.OPEN, SubState.NONE),
        "INACTIVE": (OrderStatus.PENDING, SubState.NONE),
    }
)

ACTIVE_SEGMENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "E": ("NSE", "BSE"),
        "D": ("NFO", "BFO"),
        "C": ("CDS", "BCD"),
        "M": ("MCX",),
        "EQUITY": ("NSE", "BSE"),
        "DERIVATIVE": ("NFO", "BFO"),
        "CURRENCY": ("CDS", "BCD"),
        "COMMODITY": ("MCX",),
    }
)
"""Words (documentation) and letters (wire) of the profile's activeSegment."""


def segment_of(exchange: str, kind: Kind) -> str | None:
    """The exchangeSegment of an instrument; None on an exchange that Dhan does not know."""
    return INDEX if kind is Kind.INDEX else SEGMENTS.get(exchange)
