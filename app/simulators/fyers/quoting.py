"""Quotes, depth, market status and the symbol files (sheet sections 4.8 and 8)."""

from decimal import Decimal
from typing import Final

from app.simulators.answers import CSV, JSON, Answer
from app.simulators.books import Account
from app.simulators.fyers.answers import success
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import Call
from app.simulators.fyers.errors import Refusals
from app.simulators.fyers.files import details
from app.simulators.fyers.symbols import Symbol
from app.simulators.fyers.wire import Row, noisy
from app.simulators.fyers.words import PLACES

BATCH: Final = 50
_DEPTH: Final = 5
_NOT_FOUND: Final = Answer(b"404 page not found", 404, "text/plain")


class Quoting:
    """What the exchange tells."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def instruments(self, call: Call) -> Answer:
        """A symbol file, without a token."""
        kind = call.where["kind"]
        found = self._broker.files.get(call.where["file"], kind)
        if found is None:
            return _NOT_FOUND
        return Answer(found, content_type=CSV if kind == ".csv" else JSON)

    def quotes(self, call: Call, _: Account) -> Answer:
        """At most 50 symbols. The shape of a bad row is not known (section 15); with nothing but bad ones: -50."""
        names = _names(call)
        if not names or len(names) > BATCH or not any(self._broker.symbols.get(name) for name in names):
            raise Refusals.bad_symbols()
        return success({"d": [self._row(name) for name in names]})

    def _row(self, name: str) -> Row:
        symbol = self._broker.symbols.get(name)
        if symbol is None:
            return {"n": name, "s": "error", "v": {"code": -300, "errmsg": "Invalid symbol provided"}}
        return {"n": name, "s": "ok", "v": self._values(symbol)}

    def _values(self, symbol: Symbol) -> Row:
        contract, prices = symbol.contract, self._broker.prices
        last, close = prices.last(contract), prices.close(contract)
        return {
            "ch": noisy(last - close),
            "chp": noisy((last - close) * 100 / close),
            "lp": float(last),
            "spread": float(contract.tick * 2),
            "ask": float(last + contract.tick),
            "bid": float(last - contract.tick),
            "open_price": float(close),
            "high_price": float(max(last, close)),
            "low_price": float(min(last, close)),
            "prev_close_price": float(close),
            "atp": float(last),
            "volume": 100_000,
            "short_name": symbol.ticker.partition(":")[2],
            "exchange": symbol.ticker.partition(":")[0],
            "description": details(symbol),
            "original_name": symbol.ticker,
            "symbol": symbol.ticker,
            "fyToken": symbol.fy_token,
            "tt": str(int(self._broker.market.now().timestamp())),
        }

    def depth(self, call: Call, _: Account) -> Answer:
        """One symbol; the only source of open interest over REST."""
        name = call.query.get("symbol", "")
        symbol = self._broker.symbols.get(name)
        if symbol is None:
            raise Refusals.bad_symbols()
        return success({"d": {name: self._depth(symbol)}})

    def _depth(self, symbol: Symbol) -> Row:
        contract, prices = symbol.contract, self._broker.prices
        last, close = prices.last(contract), prices.close(contract)
        low, high = prices.band(contract)
        return {
            "totalbuyqty": 1125,
            "totalsellqty": 1125,
            "bids": _side(last, -contract.tick),
            "ask": _side(last, contract.tick),
            "o": float(close),
            "h": float(max(last, close)),
            "l": float(min(last, close)),
            "c": float(close),
            "v": 100_000,
            "ltp": float(last),
            "ltq": contract.lot,
            "ltt": int(self._broker.market.now().timestamp()),
            "atp": float(last),
            "chp": noisy((last - close) * 100 / close),
            "lower_ckt": float(low),
            "upper_ckt": float(high),
            "tick_Size": float(contract.tick),
            "expiry": "" if symbol.expires_at is None else str(int(symbol.expires_at.timestamp())),
            "oi": 1_500_000 if contract.is_derivative else 0,
            "oiflag": contract.is_derivative,
            "pdoi": 1_480_000 if contract.is_derivative else 0,
            "oipercent": 1.35 if contract.is_derivative else 0.0,
        }

    def status(self, _: Call, __: Account) -> Answer:
        """GET /marketStatus: CLOSE and CLOSED both occur."""
        rows = [
            {
                "exchange": exchange,
                "segment": segment,
                "market_type": "NORMAL",
                "status": "OPEN" if self._broker.market.is_open(name) else ("CLOSED", "CLOSE")[segment % 2],
            }
            for name, (exchange, segment) in PLACES.items()
        ]
        return success({"marketStatus": rows})


def _names(call: Call) -> list[str]:
    if call.method == "GET":
        return [name for name in call.query.get("symbols", "").split(",") if name]
    given = call.body.get("symbols") if isinstance(call.body, dict) else None
    return [str(name) for name in given] if isinstance(given, list) else []


def _side(last: Decimal, step: Decimal) -> list[Row]:
    return [{"price": float(last + step * place), "volume": 75 * place, "ord": place} for place in range(1, _DEPTH + 1)]
