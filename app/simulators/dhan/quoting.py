"""Quotes and the instrument files (sections 4.9 and 8)."""

from decimal import Decimal
from typing import Any, Final

from app.domain import IST
from app.simulators.answers import CSV, Answer, encode
from app.simulators.books import Account
from app.simulators.dhan import names, wire
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import Call
from app.simulators.dhan.errors import quote_error
from app.simulators.listing import Contract

_BATCH: Final = 1000
_DEPTH: Final = 5


class Quoting:
    """What the exchange tells."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def instruments(self, call: Call) -> Answer:
        """Served without a token."""
        return Answer(self._broker.master.text(detailed=bool(call.where["detailed"])), content_type=CSV)

    def quotes(self, call: Call, _: Account) -> Answer:
        """Ids as ints in, as text keys out; unknown ids are simply missing, an unknown segment empties it all."""
        wanted = {name: ids for name, ids in (call.body or {}).items() if name != "dhanClientId"}
        if not wanted or not all(_is_ids(ids) for ids in wanted.values()):
            raise quote_error(400, "814")
        if sum(len(ids) for ids in wanted.values()) > _BATCH:
            raise quote_error(400, "804")
        if not set(wanted) <= names.SEGMENTS:
            return Answer(encode({"data": {}, "status": "success"}))
        data = {segment: self._rows(segment, ids, call.operation) for segment, ids in wanted.items()}
        return Answer(encode({"data": data, "status": "success"}))

    def _rows(self, segment: str, ids: list[int], operation: str) -> wire.Row:
        rows: wire.Row = {}
        for number in ids:
            contract, as_zero = self._broker.master.by_id(segment, number), self._broker.unpriced.get((segment, number))
            if contract is not None and as_zero is not False:
                rows[str(number)] = {"last_price": 0} if as_zero else self._quote(contract, operation)
        return rows

    def _quote(self, contract: Contract, operation: str) -> wire.Row:
        prices = self._broker.prices
        last, close = prices.last(contract), prices.close(contract)
        price = wire.number if names.segment(contract) in {"NSE_EQ", "BSE_EQ"} else wire.float32
        row: wire.Row = {"last_price": price(last)}
        if operation != "ltp":
            bounds = {"open": close, "close": close, "high": max(last, close), "low": min(last, close)}
            row["ohlc"] = {name: price(value) for name, value in bounds.items()}
        if operation == "quote":
            row |= self._rest(contract, last, close)
        return row

    def _rest(self, contract: Contract, last: Decimal, close: Decimal) -> wire.Row:
        low, high = self._broker.prices.band(contract)
        sides = {
            side: [
                {"quantity": 75 * step, "orders": step, "price": wire.number(last + sign * contract.tick * step)}
                for step in range(1, _DEPTH + 1)
            ]
            for side, sign in (("buy", -1), ("sell", 1))
        }
        return {
            "average_price": wire.number(last),
            "buy_quantity": 1125,
            "sell_quantity": 1125,
            "depth": sides,
            "last_quantity": 75,
            "last_trade_time": f"{self._broker.market.now().astimezone(IST):%d/%m/%Y %H:%M:%S}",
            "lower_circuit_limit": wire.number(low),
            "upper_circuit_limit": wire.number(high),
            "net_change": wire.number(last - close),
            "volume": 100_000,
            "oi": 0,
            "oi_day_high": 0,
            "oi_day_low": 0,
        }


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
