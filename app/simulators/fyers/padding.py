"""Lines that bring the symbol files to their real size (sheet section 8): the same ones for the same day."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from app.domain import IST
from app.simulators.expiries import monthly_expiry
from app.simulators.fyers.words import month

SIZES: Final = {
    "NSE_CM": 8_730,
    "BSE_CM": 12_569,
    "NSE_FO": 60_000,  # the largest; not measured (sheet section 15)
    "BSE_FO": 6_708,
    "NSE_CD": 11_063,
    "MCX_COM": 15_193,
    "NSE_COM": 1_000,  # not measured
}
FULL_SIZE: Final = sum(SIZES.values())
"""Lines of all files on a real day."""
_PLACES: Final = {
    "NSE_CM": (10, 10),
    "BSE_CM": (12, 10),
    "NSE_FO": (10, 11),
    "BSE_FO": (12, 11),
    "NSE_CD": (10, 12),
    "MCX_COM": (11, 20),
    "NSE_COM": (10, 20),
}
_ENDS: Final = {
    "NSE_FO": time(15, 30),
    "BSE_FO": time(15, 30),
    "NSE_CD": time(12, 30),
    "MCX_COM": time(23, 30),
    "NSE_COM": time(23, 30),
}
_KINDS: Final = {"NSE_FO": 15, "BSE_FO": 15, "NSE_CD": 19, "MCX_COM": 31, "NSE_COM": 31}
_LATE: Final = "0900-2330|1815-1915:"
_SESSIONS: Final = {"NSE_CD": "0900-1700|1815-1915:", "MCX_COM": _LATE, "NSE_COM": _LATE}
_UNDERLYINGS: Final = {
    "NSE_FO": "DEMO",
    "BSE_FO": "DEMO",
    "NSE_CD": "DEMOCUR",
    "MCX_COM": "DEMO",
    "NSE_COM": "DEMOCOM",
}
_FIRST_TOKEN: Final = 200_000
_STRIKES: Final = 80  # on each invented underlying and expiry
_EXPIRIES: Final = 3


def padding(name: str, total: int, day: date) -> Iterator[str]:
    """This file's share of `total` lines more over all files, in proportion to the real sizes."""
    number = total * SIZES[name] // FULL_SIZE
    make = _contracts if name in _ENDS else _papers
    return make(name, number, day)


def _papers(name: str, number: int, day: date) -> Iterator[str]:
    """State loans, of which most of the real cash files consist besides shares."""
    exchange, segment = _PLACES[name]
    market, series = ("NSE", "SG") if exchange == 10 else ("BSE", "F")  # noqa: PLR2004 - NSE
    for serial in range(number):
        token = _FIRST_TOKEN + serial
        paper = f"7{serial:05d}XX{day.year % 100:02d}"
        yield (
            f"{exchange}{segment}000000{token},STATE LOAN {serial:05d},6,100,0.01,IN{serial:08d}XX,"
            f"0915-1530|1815-1915:,{day},,{market}:{paper}-{series},{exchange},{segment},{token},{paper},{token},-1.0,"
            f"XX,{exchange}{segment}000000{token},None,0,0.0"
        )


def _contracts(name: str, number: int, day: date) -> Iterator[str]:
    """Chains of monthly options on invented underlyings."""
    exchange, segment = _PLACES[name]
    market = {10: "NSE", 11: "MCX", 12: "BSE"}[exchange]
    ends = [datetime.combine(monthly_expiry(day, ahead), _ENDS[name], IST) for ahead in range(_EXPIRIES)]
    session = _SESSIONS.get(name, "0915-1530|1815-1915:")
    for serial in range(number):
        chain, place = divmod(serial, _STRIKES * 2)
        underlying, ahead = divmod(chain, _EXPIRIES)
        end, title, token = ends[ahead], f"{_UNDERLYINGS[name]}{underlying:03d}", _FIRST_TOKEN + serial
        price, side = 1000 + place // 2 * 10, ("CE", "PE")[place % 2]
        code = f"{end.year % 100:02d}{month(end).upper()}{price}{side}"
        words = f"{end.year % 100:02d} {month(end)} {end.day:02d} {price} {side}"
        seconds = int(end.timestamp())
        original = seconds if exchange == 11 else None  # noqa: PLR2004 - MCX: the original expiry
        yield (
            f"{exchange}{segment}{end:%y%m%d}{token},{title} {words},{_KINDS[name]},"
            f"{1 if name in _SESSIONS else 500},{'0.0025' if name == 'NSE_CD' else '0.05'},,{session},{day},{seconds},"
            f"{market}:{title}{code},{exchange},{segment},{token},{title},{underlying + 900_000},{float(price)},{side},"
            f"{exchange}10000000{underlying + 900_000},{original},0,0.0"
        )
