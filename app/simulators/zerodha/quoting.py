"""Quotes and the instrument file (sheet sections 4 and 8)."""

from decimal import Decimal
from typing import Final

from app.simulators.answers import CSV, Answer
from app.simulators.books import Account
from app.simulators.zerodha import wire
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.auth import App
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.errors import Refusals

_BATCH: Final = {"ltp": 1000, "ohlc": 1000, "quote": 500}
_DEPTH: Final = 5


class Quoting:
    """What the exchange tells."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def instruments(self, call: Call) -> Answer:
        """Served without a token (sheet section 8)."""
        return Answer(self._broker.master.csv(call.where["exchange"] or None), content_type=CSV)

    def quotes(self, call: Call, _: App, __: Account) -> Answer:
        """Keys without data are absent, no error (sheet section 4)."""
        if not call.names or len(call.names) > _BATCH[call.operation]:
            raise Refusals.bad_input("Invalid `i`.")
        found = ((name, self._quote(name, call.operation)) for name in call.names)
        return success({name: row for name, row in found if row is not None})

    def _quote(self, name: str, operation: str) -> wire.Row | None:
        contract = self._broker.master.get(*name.split(":", 1)) if ":" in name else None
        if contract is None:
            return None
        prices = self._broker.prices
        last, close = prices.last(contract), prices.close(contract)
        row: wire.Row = {"instrument_token": contract.token, "last_price": float(last)}
        if operation != "ltp":
            row["ohlc"] = {
                "open": float(close),
                "high": float(max(last, close)),
                "low": float(min(last, close)),
                "close": float(close),
            }
        if operation == "quote":
            low, high = prices.band(contract)
            row |= {"lower_circuit_limit": float(low), "upper_circuit_limit": float(high)}
            row |= self._depth(last, close, contract.tick)
        return row

    def _depth(self, last: Decimal, close: Decimal, tick: Decimal) -> wire.Row:
        now = wire.stamp(self._broker.market.now())
        sides = {
            side: [
                {"price": float(last + sign * tick * step), "quantity": 75 * step, "orders": step}
                for step in range(1, _DEPTH + 1)
            ]
            for side, sign in (("buy", -1), ("sell", 1))
        }
        return {
            "timestamp": now,
            "last_trade_time": now,
            "last_quantity": 75,
            "buy_quantity": 1125,
            "sell_quantity": 1125,
            "volume": 100_000,
            "average_price": float(last),
            "oi": 0,
            "oi_day_high": 0,
            "oi_day_low": 0,
            "net_change": wire.noisy(last - close),
            "depth": sides,
        }
