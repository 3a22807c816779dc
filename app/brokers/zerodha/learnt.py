"""What one adapter has learnt from Kite's own answers and needs for the orders that follow."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from app.brokers.zerodha.quick import OrderRow
from app.brokers.zerodha.ticket import IN_LOTS
from app.domain import Exchange, Instrument, Order, Position, Trade, Unsupported
from app.domain.tongue import tr

_FREEZE: Final = re.compile(r"freeze (?:quantity|limit)\D{0,20}(\d+)", re.IGNORECASE)
_VARIETIES: Final = frozenset({"regular", "amo", "co", "iceberg", "auction"})
_Key = tuple[str, str]


class Learnt:
    """Varieties of orders, units of lots, and freeze quantities that a refusal named."""

    def __init__(self) -> None:
        self._varieties: dict[str, str] = {}
        self._units: dict[_Key, int] = {}
        self._freezes: dict[_Key, int] = {}

    # ---------------------------------------------------------------- varieties: a part of an order's path

    def saw_orders(self, rows: Iterable[Any]) -> None:
        """Rows of the book or of an order's history, as they came."""
        for row in rows:
            order_id, variety = _named(row)
            if isinstance(variety, str) and variety in _VARIETIES and isinstance(order_id, str):
                self._varieties[order_id] = variety

    def placed(self, order_id: str, variety: str) -> None:
        """An order of ours."""
        self._varieties[order_id] = variety

    def variety_of(self, order_id: str) -> str | None:
        """None: it was never seen here."""
        return self._varieties.get(order_id)

    # ---------------------------------------------------------------- lots

    def saw_positions(self, rows: Iterable[Position]) -> None:
        """Their multiplier is the only place where Kite says how many units a lot has (section 4)."""
        for row in rows:
            if row.exchange in IN_LOTS and row.multiplier >= 1 and not row.multiplier % 1:
                self._units[row.exchange.value, row.broker_symbol] = int(row.multiplier)

    def units_of(self, exchange: Exchange, symbol: str) -> int | None:
        """Units in one of Kite's quantity; None where it counts lots and nobody knows their units."""
        return self._units.get((exchange.value, symbol)) if exchange in IN_LOTS else 1

    def demand_units(self, exchange: Exchange, instrument: Instrument) -> int:
        """The same; raises `Unsupported` where nobody knows: a guess would order a thousand times too much."""
        units = self.units_of(exchange, instrument.broker_symbol)
        if units is None:
            raise Unsupported(
                f"units of a lot of {instrument.broker_symbol}",
                title=tr("Nobody knows here how many units a lot of this contract has"),
                next_step=tr(
                    "Zerodha counts lots on {exchange} and tells their size in positions alone. Place the first order"
                    " in Kite; from then on Kunji can change and close it.",
                    exchange=exchange,
                ),
            )
        return units

    def in_units(self, orders: list[Order]) -> list[Order]:
        """`orders` with their quantities in units, as far as the units of their lots are known."""
        if not self._units:
            return orders
        counted = [(order, self._factor(order)) for order in orders]
        return [
            replace(
                order,
                quantity=order.quantity * units,
                filled_quantity=order.filled_quantity * units,
                disclosed_quantity=None if order.disclosed_quantity is None else order.disclosed_quantity * units,
            )
            if units > 1
            else order
            for order, units in counted
        ]

    def trades_in_units(self, trades: list[Trade]) -> list[Trade]:
        """The same of trades."""
        if not self._units:
            return trades
        return [replace(trade, quantity=trade.quantity * self._factor(trade)) for trade in trades]

    def _factor(self, row: Order | Trade) -> int:
        return self.units_of(row.exchange, row.broker_symbol) or 1

    # ---------------------------------------------------------------- freeze quantities

    def refused(self, exchange: Exchange, symbol: str, sent: int, words: str) -> None:
        """The text of a refusal names the freeze quantity (section 4); so many were `sent`, in Kite's count."""
        found = _FREEZE.search(words)
        if found is not None and 0 < int(found[1]) < sent:
            self._freezes[exchange.value, symbol] = int(found[1])

    def freeze_of(self, instrument: Instrument) -> int | None:
        """What a refusal said of it, in Kite's count."""
        return self._freezes.get((instrument.exchange, instrument.broker_symbol))


def _named(row: Any) -> tuple[object, object]:
    """Id and variety of a row, decoded quickly or not; nobody has looked at it yet: it may be anything."""
    if isinstance(row, OrderRow):
        return row.order_id, row.variety
    return (row.get("order_id"), row.get("variety")) if isinstance(row, dict) else (None, None)
