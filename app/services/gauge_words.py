"""Gauges in words: kinds of calls, families of a broker's limits, windows of time, how long an answer took. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.tongue import tr

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_SECOND: Final = 1000  # milliseconds
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "session": "Session check",
        "profile": "Profile",
        "positions": "Positions",
        "holdings": "Holdings",
        "funds": "Funds",
        "orders": "Orders",
        "trades": "Trades",
        "quotes": "Prices",
        "order": "Placing an order",
        "order_state": "State of an order",
        "history": "History of an order",
        "addresses": "Registered addresses",
        "instruments": "Instruments",
        "other": "Other calls",
    }
)
_FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api": "All calls",
        "auth": "Sign-in",
        "consents": "Sign-in pages",
        "details": "States of orders",
        "files": "Files",
        "login": "Sign-in",
        "logout": "Sign-out",
        "order_book": "Order book",
        "other": "Reads",
        "pins": "Sign-in by PIN",
        "reads": "Reads",
        "renew": "Renewal",
        "trade_book": "Trades",
    }
)


def kind_name(kind: str) -> str:
    """A kind of calls, "Positions"."""
    return tr(_KINDS.get(kind, _KINDS["other"]))


def family_name(family: str) -> str:
    """Calls that a broker counts together, "Order book"."""
    return tr(_FAMILIES.get(family) or _KINDS.get(family) or _KINDS["other"])


def window_words(seconds: float) -> str:
    """The time in which calls are counted: "in 1 s", "in 1 min", "in 1 h", "in a day"."""
    if seconds >= _DAY:
        return tr("in a day")
    if seconds >= _HOUR:
        return tr("in {count} h", count=f"{seconds / _HOUR:g}")
    if seconds >= _MINUTE:
        return tr("in {count} min", count=f"{seconds / _MINUTE:g}")
    return tr("in {count} s", count=f"{seconds:g}")


def took(seconds: float) -> str:
    """How long an answer took: "84 ms", "1.2 s"."""
    thousandths = round(seconds * _SECOND)
    return tr("{count} ms", count=thousandths) if thousandths < _SECOND else tr("{count} s", count=f"{seconds:.1f}")
