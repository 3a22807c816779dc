"""Angel One's vocabulary in Kunji's words (section 5). A word that is not here is a surprise, never a default."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import Exchange, OrderSide, OrderStatus, OrderType, Product, SubState

EXCHANGES: Final[Mapping[str, Exchange]] = MappingProxyType(
    {each.value: each for each in (Exchange.NSE, Exchange.BSE, Exchange.NFO, Exchange.BFO)}
    | {each.value: each for each in (Exchange.MCX, Exchange.CDS, Exchange.NCO, Exchange.NCDEX)}
)
"""exch_seg of the master and `exchange` of every row; the newer texts no longer name NCDEX, the master does."""

SEGMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NSE_CM": "NSE",
        "NSE_FO": "NFO",
        "BSE_CM": "BSE",
        "BSE_FO": "BFO",
        "MCX_FO": "MCX",
        "CDE_FO": "CDS",
        "NCX_FO": "NCDEX",
    }
)
"""The segment codes of the profile (section 4.3); older answers name the exchange itself."""

PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {
        "DELIVERY": Product.CNC,
        "CARRYFORWARD": Product.NRML,
        "INTRADAY": Product.MIS,
        "MARGIN": Product.MTF,
        "BO": Product.BO,
        "CNC": Product.CNC,  # books may return these where the words above were sent
        "NRML": Product.NRML,
        "MIS": Product.MIS,
        "MTF": Product.MTF,
        "CO": Product.CO,
    }
)

TYPES: Final[Mapping[str, OrderType]] = MappingProxyType(
    {
        "MARKET": OrderType.MARKET,
        "LIMIT": OrderType.LIMIT,
        "STOPLOSS_LIMIT": OrderType.SL,
        "STOPLOSS_MARKET": OrderType.SL_M,
    }
)

SIDES: Final[Mapping[str, OrderSide]] = MappingProxyType({"BUY": OrderSide.BUY, "SELL": OrderSide.SELL})

STATES: Final[Mapping[str, tuple[OrderStatus, SubState]]] = MappingProxyType(
    {  # in lower case: compared so (section 5)
        "put order req received": (OrderStatus.PENDING, SubState.NONE),
        "validation pending": (OrderStatus.PENDING, SubState.NONE),
        "open pending": (OrderStatus.PENDING, SubState.NONE),
        "pending": (OrderStatus.PENDING, SubState.NONE),
        "after market order req received": (OrderStatus.PENDING, SubState.AMO),
        "amo req received": (OrderStatus.PENDING, SubState.AMO),
        "modify after market order req received": (OrderStatus.PENDING, SubState.AMO),
        "open": (OrderStatus.OPEN, SubState.NONE),
        "trigger pending": (OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        "modify validation pending": (OrderStatus.OPEN, SubState.MODIFYING),
        "modify pending": (OrderStatus.OPEN, SubState.MODIFYING),
        "modified": (OrderStatus.OPEN, SubState.NONE),
        "not modified": (OrderStatus.OPEN, SubState.NONE),
        "not cancelled": (OrderStatus.OPEN, SubState.NONE),
        "cancel pending": (OrderStatus.OPEN, SubState.CANCELLING),
        "complete": (OrderStatus.COMPLETE, SubState.NONE),
        "executed": (OrderStatus.COMPLETE, SubState.NONE),
        "cancelled": (OrderStatus.CANCELLED, SubState.NONE),
        "cancelled after market order": (OrderStatus.CANCELLED, SubState.NONE),
        "rejected": (OrderStatus.REJECTED, SubState.NONE),
        "expired": (OrderStatus.CANCELLED, SubState.EXPIRED),
    }
)
