"""Quotes, the search and the instrument file (sections 4, 4.4 and 8)."""

from decimal import Decimal
from typing import Final

from app.simulators.angel_one import names
from app.simulators.angel_one.answers import gateway_success, success
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.calls import Call
from app.simulators.angel_one.errors import Refusals, standard
from app.simulators.angel_one.wire import Row, cents
from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.listing import Contract, Sort

_BATCH: Final = 50
_LEVELS: Final = 5
_MODES: Final = frozenset({"LTP", "OHLC", "FULL"})
_NO_LEVEL: Final[Row] = {"price": 0.0, "quantity": 0, "orders": 0}


class Quoting:
    """What the exchange tells."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def instruments(self, _: Call) -> Answer:
        """Served without a token."""
        return Answer(self._broker.master.text())

    def quotes(self, call: Call, _: Account) -> Answer:
        """Tokens by exchange; what is not known or has no price comes back as not fetched, in the other envelope."""
        wanted, mode = call.body.get("exchangeTokens"), call.body.get("mode")
        if mode not in _MODES or not isinstance(wanted, dict) or not wanted:
            raise Refusals.bad_word()
        if not all(isinstance(tokens, list) for tokens in wanted.values()):
            raise Refusals.bad_word()
        pairs = [(exchange, token) for exchange, tokens in wanted.items() for token in tokens]
        if len(pairs) > _BATCH:
            raise Refusals.bad_word()
        fetched: list[Row] = []
        unfetched: list[Row] = []
        for exchange, token in pairs:
            contract = self._priced(exchange, token)
            if contract is None:
                unfetched.append(_unfetched(exchange, token))
            else:
                fetched.append(self._quote(contract, mode))
        # never in the order of the request (section 4.4)
        data = {"fetched": fetched[::-1], "unfetched": unfetched}
        return gateway_success(data) if unfetched else success(data)

    def ltp(self, call: Call, _: Account) -> Answer:
        """getLtpData: one symbol, numbers."""
        body = call.body
        contract = self._priced(body.get("exchange"), body.get("symboltoken"))
        if contract is None or names.symbol(contract) != body.get("tradingsymbol"):
            raise standard("AB1018", "Failed to Get Symbol Details")
        what = {
            "exchange": contract.exchange,
            "tradingsymbol": names.symbol(contract),
            "symboltoken": names.token(contract),
        }
        last, close = self._broker.prices.last(contract), self._broker.prices.close(contract)
        return success(what | _bounds(last, close) | {"ltp": float(last)})

    def search(self, call: Call, _: Account) -> Answer:
        """searchScrip: what begins with the text; the sheet has no sample of an answer."""
        exchange, text = call.body.get("exchange"), str(call.body.get("searchscrip", "")).upper()
        if not text:
            raise Refusals.bad_word()
        found = (one for one in self._broker.master if one.exchange == exchange)
        rows = [
            {"exchange": one.exchange, "tradingsymbol": names.symbol(one), "symboltoken": names.token(one)}
            for one in found
            if names.symbol(one).upper().startswith(text)
        ]
        return success(rows)

    def _priced(self, exchange: object, token: object) -> Contract | None:
        if not isinstance(exchange, str) or not isinstance(token, str) or (exchange, token) in self._broker.unpriced:
            return None
        return self._broker.master.by_token(exchange, token)

    def _quote(self, contract: Contract, mode: str) -> Row:
        last, close = self._broker.prices.last(contract), self._broker.prices.close(contract)
        row: Row = {
            "exchange": contract.exchange,
            "tradingSymbol": names.symbol(contract),
            "symbolToken": names.token(contract),
            "ltp": float(last),
        }
        if mode != "LTP":
            row |= _bounds(last, close)
        return row | self._rest(contract, last, close) if mode == "FULL" else row

    def _rest(self, contract: Contract, last: Decimal, close: Decimal) -> Row:
        low, high = self._broker.prices.band(contract)
        at = names.stamp(self._broker.market.ticking(contract.exchange))
        traded = contract.sort is not Sort.INDEX
        return {
            "lastTradeQty": 75 if traded else 0,
            "exchFeedTime": at,
            "exchTradeTime": at,
            "netChange": cents(last - close),
            "percentChange": cents((last - close) * 100 / close),
            "avgPrice": float(last),
            "tradeVolume": 100_000 if traded else 0,
            "opnInterest": 4_500 if contract.is_derivative else 0,
            "lowerCircuit": float(low),
            "upperCircuit": float(high),
            "totBuyQuan": 1125 if traded else 0,
            "totSellQuan": 1125 if traded else 0,
            "52WeekLow": cents(contract.base * Decimal("0.7")),
            "52WeekHigh": cents(contract.base * Decimal("1.3")),
            "depth": {"buy": _depth(contract, last, -1), "sell": _depth(contract, last, 1)},
            "referenceLimitPrice": float(last),
        }


def _bounds(last: Decimal, close: Decimal) -> Row:
    """`close` is that of the day before."""
    return {
        "open": float(close),
        "high": float(max(last, close)),
        "low": float(min(last, close)),
        "close": float(close),
    }


def _depth(contract: Contract, last: Decimal, sign: int) -> list[Row]:
    """Five levels; empty ones are zeros and not missing (section 4.4)."""
    if contract.sort is Sort.INDEX:
        return [_NO_LEVEL] * _LEVELS
    levels: list[Row] = [
        {"price": float(last + sign * contract.tick * step), "quantity": 75 * step, "orders": step}
        for step in range(1, _LEVELS)
    ]
    return [*levels, _NO_LEVEL]


def _unfetched(exchange: object, token: object) -> Row:
    empty = token == ""
    return {
        "exchange": exchange,
        "symbolToken": token,
        "message": "Symbol token is empty" if empty else "Invalid symboltoken",
        "errorCode": "AB4018" if empty else "AB4006",
    }
