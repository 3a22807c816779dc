"""Tickets, rows of an order book and intents, whole: a test names only what it is about."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import Exchange, Order, OrderRequest, OrderSide, OrderStatus, OrderType, Product, SubState
from app.domain.intents import Deed, Intent, Mode

TICKET: Final[Mapping[str, Any]] = {
    "symbol": "RELIANCE",
    "exchange": Exchange.NSE,
    "product": Product.CNC,
    "side": OrderSide.BUY,
    "order_type": OrderType.LIMIT,
    "quantity": 10,
    "price": Decimal(2500),
}
"""What a ticket must say, and no more."""


def ticket(**changes: Any) -> OrderRequest:
    """Buy ten shares of RELIANCE at NSE for delivery at 2,500."""
    return OrderRequest(**{**TICKET, **changes})


def market(**changes: Any) -> OrderRequest:
    """The same at the market price."""
    return ticket(**{"order_type": OrderType.MARKET, "price": None} | changes)


def row(asked: OrderRequest, **changes: Any) -> Order:
    """`asked` in the book, open, nothing of it filled."""
    fields: dict[str, Any] = {
        "order_id": "1",
        "symbol": asked.symbol,
        "exchange": asked.exchange,
        "product": asked.product,
        "side": asked.side,
        "order_type": asked.order_type,
        "quantity": asked.quantity,
        "filled_quantity": 0,
        "price": asked.price,
        "trigger_price": asked.trigger_price,
        "average_price": None,
        "status": OrderStatus.OPEN,
        "sub_state": SubState.NONE,
        "raw_status": "OPEN",
        "message": "",
        "placed_at": None,
        "tag": asked.tag,
        "broker_symbol": asked.symbol,
        "validity": asked.validity,
        "disclosed_quantity": asked.disclosed_quantity,
    }
    return Order(**fields | changes)


def intent(number: int, at: datetime, **changes: Any) -> Intent:
    """To place `ticket()` with real money at an account of Zerodha's, under the tag KJ and its number."""
    fields: dict[str, Any] = {
        "intent_id": f"i{number}",
        "at": at,
        "user_id": "u1",
        "account": "HUF",
        "broker_type": "zerodha",
        "client_id": "HS2096",
        "mode": Mode.LIVE,
        "deed": Deed.PLACE,
        "tag": f"KJ{number}",
        "request": ticket(tag=f"KJ{number}"),
    }
    return Intent(**fields | changes)
