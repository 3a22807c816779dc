"""Rows of holdings, trades, the order book and quotes with every field that the protocol sheet names (section 4)."""

from decimal import Decimal
from typing import Any

from tests.brokers.zerodha import rows


def holding(**changes: Any) -> dict[str, Any]:
    """60 RELIANCE in the demat account, 40 more bought yesterday, before anything was sold."""
    return {
        "tradingsymbol": "RELIANCE",
        "exchange": "NSE",
        "instrument_token": 738561,
        "isin": "INE002A01018",
        "product": "CNC",
        "price": 0,
        "quantity": 60,
        "used_quantity": 0,
        "t1_quantity": 40,
        "realised_quantity": 60,
        "authorised_quantity": 0,
        "authorised_date": "2025-11-26 00:00:00",
        "authorisation": {},
        "opening_quantity": 60,
        "short_quantity": 0,
        "collateral_quantity": 0,
        "collateral_type": None,
        "discrepancy": False,
        "average_price": Decimal("1301.1234567890123"),
        "last_price": Decimal("1450.1"),
        "close_price": Decimal("1432.8"),
        "pnl": Decimal("14897.65"),
        "day_change": Decimal("17.299999999999955"),
        "day_change_percentage": Decimal("1.2074260189838"),
        "mtf": {"quantity": 0, "used_quantity": 0, "average_price": 0, "value": 0, "initial_margin": 0},
    } | changes


def trade(**changes: Any) -> dict[str, Any]:
    """20 RELIANCE bought at 1,440.05; `order_timestamp` is a time without a day."""
    return {
        "trade_id": "10000001",
        "order_id": rows.ORDER_ID,
        "exchange": "NSE",
        "tradingsymbol": "RELIANCE",
        "instrument_token": 738561,
        "product": "CNC",
        "average_price": Decimal("1440.05"),
        "quantity": 20,
        "exchange_order_id": "1300000001234567",
        "transaction_type": "BUY",
        "fill_timestamp": "2025-11-26 10:31:07",
        "order_timestamp": "10:31:05",
        "exchange_timestamp": "2025-11-26 10:31:06",
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """A row of the book: what a history row has and the fields that only the book has."""
    more: dict[str, Any] = {"status_message_raw": None, "market_protection": 0, "meta": {}, "tag": None}
    return rows.state() | more | changes


def quote(**changes: Any) -> dict[str, Any]:
    """One entry of GET /quote."""
    return {
        "instrument_token": 738561,
        "last_price": Decimal("1450.1"),
        "ohlc": {
            "open": Decimal(1435),
            "high": Decimal("1452.3"),
            "low": Decimal("1431.05"),
            "close": Decimal("1432.8"),
        },
    } | changes
