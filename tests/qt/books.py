"""Holdings, funds, orders and trades that look like a trader's, for the panels and their pictures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from app.domain import (
    Exchange,
    Funds,
    Holding,
    NotReachable,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SessionExpired,
    SubState,
    Trade,
    TradingError,
    Validity,
)
from app.services.book_views import FundsView, HoldingsView, OrdersView, TradesView
from tests.qt.fakes import NOW, FakeServices, at

READ = NOW - timedelta(seconds=1)
REFUSAL = "RMS: margin exceeds, required 1,84,210.00, available 52,118.35 for entity account-M51220"


def holding(symbol: str = "INFY", **changes: Any) -> Holding:
    average, last = Decimal(changes.pop("average", "1420.10")), Decimal(changes.pop("last", "1539.25"))
    free, t1, pledged = changes.pop("free", 100), changes.pop("t1", 0), changes.pop("pledged", 0)
    close = (last / Decimal("1.0062")).quantize(Decimal("0.05"))
    made = Holding(symbol, Exchange.NSE, f"INE{symbol}", free, t1, pledged, 0, average, last, close, symbol)
    return replace(made, **{"pnl_told": made.pnl} | changes)


HELD = (
    holding("INFY"),
    holding("RELIANCE", free=60, t1=40, average="1301.15", last="1541.85", pnl_told=Decimal("14442.00")),
    holding("HDFCBANK", free=210, pledged=500, average="1612.00", last="1598.40"),
    holding("TATAMOTORS", free=1250, average="512.35", last="655.70"),
    holding("NIFTYBEES", free=4000, average="281.22", last="281.22"),
)


def order(number: int, symbol: str = "RELIANCE", **changes: Any) -> Order:
    made = Order(
        order_id=f"2611180000{number:05d}",
        symbol=symbol,
        exchange=Exchange.NSE,
        product=Product.CNC,
        side=OrderSide.BUY,
        order_type=OrderType.LIMIT,
        quantity=100,
        filled_quantity=100,
        price=Decimal("1540.00"),
        trigger_price=None,
        average_price=Decimal("1539.85"),
        status=OrderStatus.COMPLETE,
        sub_state=SubState.NONE,
        raw_status="COMPLETE",
        message="",
        placed_at=at(9, 15) + timedelta(seconds=7 * number),
        tag="",
        broker_symbol=symbol.replace(" ", ""),
        validity=Validity.DAY,
        disclosed_quantity=0,
    )
    return replace(made, **changes)


OPTION: dict[str, Any] = {"exchange": Exchange.NFO, "product": Product.NRML, "side": OrderSide.SELL}
ORDERS = (
    order(1),
    order(
        2,
        "NIFTY 30DEC26 26000 CE",
        **OPTION,
        quantity=150,
        filled_quantity=75,
        price=Decimal("182.40"),
        average_price=Decimal("182.45"),
        status=OrderStatus.OPEN,
        sub_state=SubState.PARTIAL,
        raw_status="OPEN",
    ),
    order(
        3,
        "BANKNIFTY 24NOV26 58200 PE",
        **OPTION,
        order_type=OrderType.SL,
        quantity=35,
        filled_quantity=0,
        price=Decimal("410.00"),
        trigger_price=Decimal("408.50"),
        average_price=None,
        status=OrderStatus.OPEN,
        sub_state=SubState.TRIGGER_PENDING,
        raw_status="TRIGGER PENDING",
    ),
    order(
        4,
        "INFY",
        order_type=OrderType.MARKET,
        product=Product.MIS,
        price=None,
        filled_quantity=0,
        average_price=None,
        status=OrderStatus.REJECTED,
        raw_status="REJECTED",
        message=REFUSAL,
    ),
    order(5, "SBIN", filled_quantity=0, average_price=None, status=None, raw_status="AWAITING OMS ACK"),
)


def trade(number: int, symbol: str = "RELIANCE", **changes: Any) -> Trade:
    made = Trade(
        trade_id=str(40_210_000 + number),
        order_id=f"2611180000{number:05d}",
        symbol=symbol,
        exchange=Exchange.NSE,
        product=Product.CNC,
        side=OrderSide.BUY,
        quantity=100,
        price=Decimal("1539.85"),
        traded_at=at(9, 15) + timedelta(seconds=7 * number + 1),
        broker_symbol=symbol.replace(" ", ""),
    )
    return replace(made, **changes)


TRADES = (
    trade(1),
    trade(2, "NIFTY 30DEC26 26000 CE", **OPTION, quantity=75, price=Decimal("182.45")),
)
MONEY = Funds(
    Decimal("412850.35"),
    Decimal("184210.00"),
    Decimal("250000.00"),
    Decimal("597060.35"),
    MappingProxyType({"equity.net": Decimal("412850.35"), "equity.utilised.span": Decimal("151200.00")}),
)


def holdings(user_id: str, rows: Sequence[Holding] | None = HELD, **changes: Any) -> HoldingsView:
    held = tuple(rows) if rows is not None else None
    return replace(HoldingsView(user_id, held, READ, current=True, error=None), **changes)


def funds(user_id: str, money: Funds | None = MONEY, **changes: Any) -> FundsView:
    return replace(FundsView(user_id, money, READ, current=True, error=None), **changes)


def orders(user_id: str, rows: Sequence[Order] | None = ORDERS, **changes: Any) -> OrdersView:
    held = tuple(rows) if rows is not None else None
    return replace(OrdersView(user_id, held, READ, current=True, error=None), **changes)


def trades(user_id: str, rows: Sequence[Trade] | None = TRADES, **changes: Any) -> TradesView:
    held = tuple(rows) if rows is not None else None
    return replace(TradesView(user_id, held, READ, current=True, error=None), **changes)


def fill(services: FakeServices) -> FakeServices:
    """Every book of the five accounts of `fakes.five`, some of them stale, one never read."""
    out = _stale(at(9, 12), SessionExpired())
    away = _stale(at(9, 21), NotReachable())
    for view in (
        holdings("self"),
        holdings("dhan", [replace(one, pnl_told=None, close_price=None) for one in HELD[:2]]),
        holdings("angel", HELD[2:4]),
        holdings("huf", HELD[1:3], **out),
        funds("self"),
        funds("dhan", replace(MONEY, available=Decimal("52118.35"), used=Decimal(0), collateral=None)),
        funds("angel", replace(MONEY, available=Decimal("1284000.00"), opening=None)),
        funds("huf", **out),
        orders("self"),
        orders("dhan", ORDERS[:1]),
        orders("angel", ()),
        orders("huf", ORDERS[1:3], **out),
        orders("meera", None, as_of=None, current=False, error=NotReachable()),
        trades("self"),
        trades("dhan", TRADES[:1]),
        trades("meera", TRADES[:1], **away),
    ):
        services.portfolio.others[view.book, view.user_id] = view
    return services


def _stale(as_of: datetime, error: TradingError) -> dict[str, Any]:
    return {"as_of": as_of, "current": False, "error": error}
