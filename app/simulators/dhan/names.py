"""How Dhan names what the demo exchange lists: segments, tickers, series, trading symbols, words (sections 5 and 8)."""

from decimal import Decimal
from typing import Final
from zlib import crc32

from app.simulators.catalogue import INDEX_NAMES
from app.simulators.expiries import plain
from app.simulators.listing import Contract, Sort

_SEGMENTS: Final = {
    "NSE": "NSE_EQ",
    "BSE": "BSE_EQ",
    "NFO": "NSE_FNO",
    "BFO": "BSE_FNO",
    "CDS": "NSE_CURRENCY",
    "BCD": "BSE_CURRENCY",
    "MCX": "MCX_COMM",
}
SEGMENTS: Final = frozenset({*_SEGMENTS.values(), "IDX_I"})
_MASTER_SEGMENTS: Final = {
    "NSE_EQ": ("NSE", "E"),
    "BSE_EQ": ("BSE", "E"),
    "NSE_FNO": ("NSE", "D"),
    "BSE_FNO": ("BSE", "D"),
    "NSE_CURRENCY": ("NSE", "C"),
    "BSE_CURRENCY": ("BSE", "C"),
    "MCX_COMM": ("MCX", "M"),
}
_SERIES: Final = frozenset({"BE", "BZ", "SM", "ST", "SG", "GS", "TB", "GB", "N1", "D1"})
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PRODUCTS: Final = {"CNC": "CNC", "INTRADAY": "MIS", "MARGIN": "NRML", "MTF": "MTF"}
"""Products of the wire and of the books."""
ORDER_TYPES: Final = {"LIMIT": "LIMIT", "MARKET": "MARKET", "STOP_LOSS": "SL", "STOP_LOSS_MARKET": "SL-M"}
_TO_WIRE: Final = {ours: theirs for names in (PRODUCTS, ORDER_TYPES) for theirs, ours in names.items()}


def on_wire(word: str) -> str:
    """A product or an order type of the books in the broker's words."""
    return _TO_WIRE[word]


def segment(contract: Contract) -> str:
    """The exchangeSegment (section 5)."""
    return "IDX_I" if contract.sort is Sort.INDEX else _SEGMENTS[contract.exchange]


def master_segment(contract: Contract) -> tuple[str, str]:
    """Exchange and segment letter of the master (section 5)."""
    return (contract.exchange, "I") if contract.sort is Sort.INDEX else _MASTER_SEGMENTS[segment(contract)]


def series(contract: Contract) -> str:
    """The series of a cash row; X for an index, NA for a contract."""
    if contract.sort is Sort.INDEX:
        return "X"
    if contract.is_derivative:
        return "NA"
    tail = contract.symbol.rpartition("-")[2]
    if tail in _SERIES:
        return tail
    return "A" if contract.exchange == "BSE" else "EQ"


def trading_symbol(contract: Contract) -> str:
    """A ticker, or what a contract is called: month only, but with its day at MCX (section 8)."""
    if contract.expiry is None:
        tail = series(contract)
        return contract.name if contract.sort is Sort.INDEX else contract.symbol.removesuffix(f"-{tail}")
    month = f"{_MONTHS[contract.expiry.month - 1]}{contract.expiry.year}"
    when = f"{contract.expiry.day:02d}{month}" if contract.exchange == "MCX" else month
    if contract.sort is Sort.FUTURE:
        return f"{contract.name}-{when}-FUT"
    return f"{contract.name}-{when}-{plain(contract.strike)}-{contract.sort}"


def display_name(contract: Contract) -> str:
    """What is shown to people: NIFTY 24 OCT 25800 CALL, NIFTY OCT FUT."""
    if contract.expiry is None:
        return contract.title or trading_symbol(contract)
    month = _MONTHS[contract.expiry.month - 1].upper()
    if contract.sort is Sort.FUTURE:
        return f"{contract.name} {month} FUT"
    side = "CALL" if contract.sort is Sort.CALL else "PUT"
    return f"{contract.name} {contract.expiry.day:02d} {month} {plain(contract.strike)} {side}"


def instrument(contract: Contract) -> str:
    """EQUITY, INDEX, FUTIDX, OPTSTK and so on."""
    if contract.expiry is None:
        return "INDEX" if contract.sort is Sort.INDEX else "EQUITY"
    kind = "OPT" if contract.is_option else "FUT"
    if contract.exchange in {"MCX", "CDS"}:
        return kind + ("COM" if contract.exchange == "MCX" else "CUR")
    return kind + ("IDX" if contract.name in INDEX_NAMES else "STK")


def isin(contract: Contract) -> str:
    """One ISIN a company on both exchanges; NA for what has none."""
    if contract.sort is not Sort.CASH:
        return "NA"
    return f"INE{crc32(trading_symbol(contract).encode()) % 10**9:09d}"


def paise(tick: Decimal) -> str:
    """A tick as the master writes it: 5.0 for 0.05 (section 8)."""
    return f"{float(tick * 100)}"
