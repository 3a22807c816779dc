"""The symbol files: 21 columns without a header line, and the JSON masters (sheet section 8)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from app.domain import IST
from app.simulators.answers import encode
from app.simulators.fyers.padding import padding
from app.simulators.fyers.symbols import Symbol, Symbols
from app.simulators.fyers.words import month
from app.simulators.listing import Sort

NAMES: Final = {
    (10, 10): "NSE_CM",
    (10, 11): "NSE_FO",
    (10, 12): "NSE_CD",
    (10, 20): "NSE_COM",
    (12, 10): "BSE_CM",
    (12, 11): "BSE_FO",
    (11, 20): "MCX_COM",
}
"""The file of each (exchange, segment); BSE's currency contracts are in none."""
_SESSIONS: Final = {12: "0900-1700|1815-1915:", 20: "0900-2330|1815-1915:"}
_ETFS: Final = frozenset({"NIFTYBEES"})
_BONDS: Final = {"SG": 6, "GS": 6, "TB": 7, "GB": 5, "N1": 2}
_INDEX_NAMES: Final = frozenset({"NIFTY", "BANKNIFTY", "SENSEX", "FINNIFTY", "INDIA VIX"})


class Files:
    """Every file of one day, made once when it is asked for; `rows` pads them to that many lines in all."""

    def __init__(self, symbols: Symbols, *, rows: int = 0) -> None:
        self._symbols = symbols
        self._rows = rows
        self._made: dict[tuple[str, str], bytes] = {}

    def get(self, name: str, kind: str) -> bytes | None:
        """The file, or None when there is none of that name; an empty one where nothing is listed."""
        if name not in NAMES.values():
            return None
        if (name, kind) not in self._made:
            make = self._csv if kind == ".csv" else self._json
            self._made[name, kind] = make(name)
        return self._made[name, kind]

    def _csv(self, name: str) -> bytes:
        day = self._symbols.day
        lines = [",".join(line(one, day)) for one in self._of(name)]
        listed = sum(one.place in NAMES for one in self._symbols)
        lines += padding(name, max(self._rows - listed, 0), day)
        return "".join(f"{text}\n" for text in lines).encode()

    def _json(self, name: str) -> bytes:
        return encode({one.ticker: record(one, self._symbols.day) for one in self._of(name)})

    def _of(self, name: str) -> Iterator[Symbol]:
        return (one for one in self._symbols if NAMES.get(one.place) == name)


def line(one: Symbol, day: date) -> tuple[str, ...]:
    """One line of a CSV file."""
    contract = one.contract
    exchange, segment = one.place
    return (
        one.fy_token,
        details(one),
        str(instrument_type(one)),
        lot(one),
        f"{contract.tick:f}",
        one.isin,
        _SESSIONS.get(segment, "0915-1530|1815-1915:"),
        day.isoformat(),
        epoch(one.expires_at),
        one.ticker,
        str(exchange),
        str(segment),
        str(one.exchange_token),
        one.name,
        "0",
        strike(one),
        option_type(one),
        f"{exchange}10000000{one.exchange_token}",
        epoch(one.expires_at) if exchange == 11 else "None",  # noqa: PLR2004 - MCX: the original expiry
        "1" if contract.sort is Sort.CASH else "0",
        "2.5" if contract.sort is Sort.CASH else "0.0",
    )


def record(one: Symbol, day: date) -> dict[str, object]:
    """One entry of a JSON file; the keys of section 8, texts where section 13 says so."""
    contract = one.contract
    exchange, segment = one.place
    updated = datetime.combine(day, time(8, 0), IST) - timedelta(days=1)
    return {
        "fyToken": one.fy_token,
        "isin": one.isin,
        "exSymbol": contract.symbol,
        "symDetails": details(one),
        "symTicker": one.ticker,
        "exchange": exchange,
        "segment": segment,
        "exSymName": contract.title or contract.name,
        "exToken": one.exchange_token,
        "exSeries": one.ticker.rpartition("-")[2] if contract.sort is Sort.CASH else option_type(one),
        "optType": option_type(one),
        "underSym": one.name,
        "underFyTok": f"{exchange}10000000{one.exchange_token}",
        "exInstType": instrument_type(one),
        "minLotSize": int(lot(one)),
        "tickSize": float(contract.tick),
        "tradingSession": _SESSIONS.get(segment, "0915-1530|1815-1915:"),
        "lastUpdate": updated.date().isoformat(),
        "expiryDate": epoch(one.expires_at),
        "strikePrice": float(strike(one)),
        "qtyFreeze": str(contract.freeze) if contract.is_derivative else "",
        "tradeStatus": 0 if contract.sort is Sort.INDEX else 1,
        "currencyCode": "INR",
        "upperPrice": float(contract.base * Decimal("1.1")),
        "lowerPrice": float(contract.base * Decimal("0.9")),
        "faceValue": 0.0,
        "qtyMultiplier": float(contract.units),
        "previousClose": float(contract.base),
        "previousOi": 0.0,
        "asmGsmVal": "",
        "exchangeName": one.ticker.partition(":")[0],
        "symbolDesc": details(one),
        "originalExpDate": None,
        "is_mtf_tradable": 0,
        "mtf_margin": 0.0,
        "stream": "group1",
    }


def details(one: Symbol) -> str:
    """The company, or `SENSEX 26 Nov 26 85200 CE`."""
    contract, expires = one.contract, one.expires_at
    if expires is None:
        return contract.title or contract.name
    when = f"{expires.year % 100:02d} {month(expires)} {expires.day:02d}"
    tail = f"{contract.strike.normalize():f} {contract.sort}" if contract.is_option else "FUT"
    return f"{contract.name} {when} {tail}"


def instrument_type(one: Symbol) -> int:
    """Column 3: the sort of a cash instrument or contract."""
    contract, segment = one.contract, one.place[1]
    if contract.sort is Sort.INDEX:
        return 10
    if contract.sort is Sort.CASH:
        return 9 if contract.name in _ETFS else _BONDS.get(one.ticker.rpartition("-")[2], 0)
    future = contract.sort is Sort.FUTURE
    if segment == 20:  # noqa: PLR2004 - commodities
        return 30 if future else 31
    if segment == 12:  # noqa: PLR2004 - currencies
        return 16 if future else 19
    if contract.name in _INDEX_NAMES:
        return 11 if future else 14
    return 13 if future else 15


def lot(one: Symbol) -> str:
    """0 for indices."""
    return "0" if one.contract.sort is Sort.INDEX else str(one.contract.lot)


def strike(one: Symbol) -> str:
    """-1.0 where there is none."""
    return f"{float(one.contract.strike)}" if one.contract.is_option else "-1.0"


def option_type(one: Symbol) -> str:
    """CE, PE, XX; nothing at all for the futures of BSE."""
    contract = one.contract
    if contract.is_option:
        return str(contract.sort)
    return "" if contract.exchange == "BFO" and contract.sort is Sort.FUTURE else "XX"


def epoch(at: datetime | None) -> str:
    """Seconds, or nothing."""
    return "" if at is None else str(int(at.timestamp()))
