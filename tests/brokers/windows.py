"""The limits as the protocol sheets give them (section 7 of each), typed here by hand, and how to look for breaches."""

from collections.abc import Iterable
from math import floor
from typing import Final

Figures = tuple[tuple[int, float], ...]
"""Calls in any seconds."""

SHEETS: Final[dict[str, dict[str, Figures]]] = {
    "zerodha": {"orders": ((10, 1), (400, 60)), "quotes": ((1, 1),), "other": ((10, 1),)},
    "dhan": {
        "orders": ((10, 1), (250, 60), (1000, 3600)),
        "quotes": ((1, 1),),
        "reads": ((20, 1),),
        "consents": ((25, 86_400),),
        "pins": ((1, 120),),
    },
    "fyers": {"api": ((10, 1), (200, 60), (100_000, 86_400)), "orders": ((10, 1),)},
    "angel_one": {
        "login": ((1, 1),),
        "logout": ((1, 1),),
        "renew": ((1, 1), (1000, 3600)),  # generateTokens
        "profile": ((3, 1), (1000, 3600)),
        "funds": ((2, 1),),
        "orders": ((9, 1), (500, 60), (1000, 3600)),
        "order_book": ((1, 1),),
        "trade_book": ((1, 1),),
        "positions": ((1, 1),),
        "holdings": ((1, 1),),
        "details": ((10, 1), (500, 60), (5000, 3600)),
        "quotes": ((1, 1), (500, 60), (5000, 3600)),
    },
}
UNDOCUMENTED: Final = {"auth", "files"}  # families for which no sheet knows a limit: ours


def most_in_any_window(times: Iterable[float], window: float) -> int:
    """The fullest sliding window that starts at a call."""
    moments = sorted(times)
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] + window <= moment:
            first += 1
        most = max(most, last - first + 1)
    return most


def breaches(times: Iterable[float], figures: Figures) -> list[str]:
    """The windows in which more than 80 % of a limit was sent."""
    moments = list(times)
    found = [
        f"{most} in {seconds} s, {calls} allowed"
        for calls, seconds in figures
        if calls > 1 and (most := most_in_any_window(moments, seconds)) > floor(calls * 0.8)
    ]
    single = (seconds / 0.8 for calls, seconds in figures if calls == 1)  # 80 % of one call: one in a longer window
    return found + [f"two in {seconds} s" for seconds in single if most_in_any_window(moments, seconds) > 1]
