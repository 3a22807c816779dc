"""Rows of positions and order histories with every field that the protocol sheet names (section 4)."""

from decimal import Decimal
from typing import Any


def position(**changes: Any) -> dict[str, Any]:
    """The 29 fields of a position row: 50 RELIANCE bought today at 1,440.05, now at 1,450."""
    return {
        "tradingsymbol": "RELIANCE",
        "exchange": "NSE",
        "instrument_token": 738561,
        "product": "MIS",
        "quantity": 50,
        "overnight_quantity": 0,
        "multiplier": 1,
        "average_price": Decimal("1440.05"),
        "close_price": Decimal("1432.8"),
        "last_price": Decimal(1450),
        "value": Decimal("-72002.5"),
        "pnl": Decimal("497.5"),
        "m2m": Decimal("497.5"),
        "unrealised": Decimal("497.5"),
        "realised": 0,
        "buy_quantity": 50,
        "buy_price": Decimal("1440.05"),
        "buy_value": Decimal("72002.5"),
        "buy_m2m": Decimal("72002.5"),
        "sell_quantity": 0,
        "sell_price": 0,
        "sell_value": 0,
        "sell_m2m": 0,
        "day_buy_quantity": 50,
        "day_buy_price": Decimal("1440.05"),
        "day_buy_value": Decimal("72002.5"),
        "day_sell_quantity": 0,
        "day_sell_price": 0,
        "day_sell_value": 0,
    } | changes


def closed_position(**changes: Any) -> dict[str, Any]:
    """A closed row keeps quantity 0 and its P&L: 10 INFY bought at 1,500 and sold at 1,580.10."""
    return (
        position(
            tradingsymbol="INFY",
            instrument_token=408065,
            quantity=0,
            average_price=0,
            close_price=Decimal(1490),
            last_price=Decimal("1581.5"),
            value=Decimal(801),
            pnl=Decimal(801),
            m2m=Decimal(801),
            unrealised=0,
            realised=Decimal(801),
            buy_quantity=10,
            buy_price=Decimal(1500),
            buy_value=Decimal(15000),
            buy_m2m=Decimal(15000),
            sell_quantity=10,
            sell_price=Decimal("1580.1"),
            sell_value=Decimal(15801),
            sell_m2m=Decimal(15801),
            day_buy_quantity=10,
            day_buy_price=Decimal(1500),
            day_buy_value=Decimal(15000),
            day_sell_quantity=10,
            day_sell_price=Decimal("1580.1"),
            day_sell_value=Decimal(15801),
        )
        | changes
    )


def portfolio(*net: dict[str, Any], day: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """GET /portfolio/positions."""
    return {"net": list(net), "day": day or []}


ORDER_ID = "1993231240000000001"  # 19 digits: more than a float holds


def state(**changes: Any) -> dict[str, Any]:
    """One element of GET /orders/:order_id: no meta, tags, status_message_raw or market_protection there."""
    return {
        "account_id": "AB1234",
        "placed_by": "AB1234",
        "order_id": ORDER_ID,
        "exchange_order_id": "1300000001234567",
        "parent_order_id": None,
        "status": "OPEN",
        "status_message": None,
        "order_timestamp": "2025-11-26 10:31:05",
        "exchange_update_timestamp": "2025-11-26 10:31:05",
        "exchange_timestamp": "2025-11-26 10:31:05",
        "variety": "regular",
        "modified": False,
        "exchange": "NSE",
        "tradingsymbol": "RELIANCE",
        "instrument_token": 738561,
        "order_type": "LIMIT",
        "transaction_type": "BUY",
        "validity": "DAY",
        "product": "CNC",
        "quantity": 50,
        "disclosed_quantity": 0,
        "price": Decimal("1440.5"),
        "trigger_price": 0,
        "average_price": 0,
        "filled_quantity": 0,
        "pending_quantity": 50,
        "cancelled_quantity": 0,
        "guid": None,
    } | changes
