"""How Angel One names what the demo exchanges list: symbols, tokens, instrument types, products, dates (5 and 8)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zlib import crc32

from app.domain import IST
from app.simulators.catalogue import INDEX_NAMES
from app.simulators.expiries import plain
from app.simulators.listing import Contract, Sort

_INDICES: Final = {
    "NIFTY": ("Nifty 50", "99926000"),
    "BANKNIFTY": ("Nifty Bank", "99926009"),
    "FINNIFTY": ("Nifty Fin Service", "99926037"),
    "INDIA VIX": ("India VIX", "99926017"),
    "SENSEX": ("SENSEX", "99919000"),
}
"""Display text and token of an index by its name (section 8)."""
_SHIFT: Final = 350
"""Lets numbers of two exchanges meet: a token is unique only together with its exchange (section 8)."""
_SERIES: Final = frozenset({"BE", "BZ", "SM", "ST", "SG", "GS", "TB", "GB", "N1"})
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PRODUCTS: Final = {"DELIVERY": "CNC", "CARRYFORWARD": "NRML", "INTRADAY": "MIS", "MARGIN": "MTF"}
"""Products of the wire and of the books."""
_TO_WIRE: Final = {ours: theirs for theirs, ours in PRODUCTS.items()}


def product(word: str, *, short: bool) -> str:
    """A product of the books in the broker's long or (section 5) short spelling."""
    return word if short and word != "MTF" else _TO_WIRE[word]


def token(contract: Contract) -> str:
    """The symboltoken."""
    if contract.sort is Sort.INDEX:
        return _INDICES[contract.name][1]
    return str((contract.token >> 8) - (_SHIFT if contract.exchange in {"MCX", "CDS"} else 0))


def series(contract: Contract) -> str:
    """The series of a share; empty for all that has none."""
    tail = contract.symbol.rpartition("-")[2]
    if contract.sort is not Sort.CASH:
        return ""
    return tail if tail in _SERIES else "EQ"


def name(contract: Contract) -> str:
    """The underlying, or a share without its series."""
    return contract.symbol.removesuffix(f"-{series(contract)}") if contract.sort is Sort.CASH else contract.name


def symbol(contract: Contract) -> str:
    """The tradingsymbol: RELIANCE-EQ, NIFTY24NOV2626050CE; BSE and currencies spell differently (section 8)."""
    if contract.sort is Sort.INDEX:
        return _INDICES[contract.name][0]
    if contract.sort is Sort.CASH:
        return name(contract) if contract.exchange == "BSE" else f"{name(contract)}-{series(contract)}"
    if contract.exchange not in {"NFO", "MCX"}:
        return contract.symbol
    assert contract.expiry is not None  # noqa: S101 - a contract that is neither share nor index ends some day
    end = f"{contract.expiry.day:02d}{month(contract.expiry).upper()}{contract.expiry.year % 100:02d}"
    tail = f"{plain(contract.strike)}{contract.sort}" if contract.is_option else "FUT"
    return f"{contract.name}{end}{tail}"


def kind(contract: Contract) -> str:
    """The instrumenttype: empty for cash, AMXIDX, FUTIDX, OPTSTK and so on."""
    if contract.expiry is None:
        return "AMXIDX" if contract.sort is Sort.INDEX else ""
    if contract.exchange == "MCX":
        return "OPTFUT" if contract.is_option else "FUTCOM"
    head = "OPT" if contract.is_option else "FUT"
    if contract.exchange == "CDS":
        return f"{head}CUR"
    return head + ("IDX" if contract.name in INDEX_NAMES else "STK")


def lot(contract: Contract) -> int:
    """Units a lot; the broker counts units everywhere (sections 4.1 and 14)."""
    return contract.lot * contract.units


def isin(contract: Contract) -> str:
    """One ISIN a company, the same at both exchanges and at every demo broker."""
    return f"INE{crc32(name(contract).encode()) % 10**9:09d}"


def expiry(day: date | None) -> str:
    """28JUL2026, or nothing."""
    return "" if day is None else f"{day.day:02d}{month(day).upper()}{day.year}"


def month(day: date) -> str:
    """The English month in three letters."""
    return _MONTHS[day.month - 1]


def stamp(at: datetime) -> str:
    """dd-MMM-yyyy HH:mm:ss, Indian time, English month."""
    local = at.astimezone(IST)
    return f"{local.day:02d}-{month(local)}-{local.year} {local:%H:%M:%S}"


def strike(contract: Contract) -> Decimal:
    """The strike in rupees, -1 where there is none."""
    return contract.strike if contract.is_option else Decimal(-1)
