"""How calls to a broker go, in a trader's words: kinds of calls, families of limits, windows, milliseconds. No Qt."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.domain.calls import LimitUse
from app.domain.money import grouped
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.book_views import GaugeView, Latency

_CALLS: Final = {
    "positions": "Positions",
    "holdings": "Holdings",
    "funds": "Funds",
    "orders": "Orders",
    "trades": "Trades",
    "profile": "Profile",
    "session": "Session check",
    "quotes": "Prices",
    "instruments": "Instruments",
    "addresses": "Internet address",
    "place_order": "Place order",
    "modify_order": "Change order",
    "cancel_order": "Cancel order",
}
_FAMILIES: Final = {
    "orders": "Orders",
    "quotes": "Prices",
    "reads": "Reads",
    "api": "All calls",
    "other": "Other reads",
    "details": "Order details",
    "profile": "Profile",
    "funds": "Funds",
    "consents": "Sign-ins",
    "pins": "Sign-ins by PIN",
    "login": "Sign-ins",
    "renew": "Renewals",
    "logout": "Sign-outs",
    "auth": "Sign-in pages",
    "files": "Instrument lists",
}
WINDOWS: Final = (("A second", 1.0), ("A minute", 60.0), ("An hour", 3600.0), ("A day", 86_400.0))
"""Heads of the columns, and up to how many seconds a limit's window is listed below each."""


@dataclass(frozen=True, slots=True)
class Use:
    """One family of calls: what is used by column of `WINDOWS`, and of the fullest the share and a word."""

    family: str
    cells: tuple[str, ...]
    share: float
    word: str


def call_name(kind: str) -> str:
    """A kind of call; one of a later version by its own name."""
    return tr(_CALLS.get(kind, kind.replace("_", " ").capitalize()))


def milliseconds(seconds: float) -> str:
    """As in "86 ms" and "1,240 ms"."""
    return tr("{ms} ms", ms=f"{round(seconds * 1000):,}")


def slowest(latencies: Sequence[Latency]) -> float:
    """The full width of a bar: the longest of all, in seconds, never 0."""
    return max((one.p95 for one in latencies), default=0.0) or 1.0


def uses(view: GaugeView) -> tuple[Use, ...]:
    """The families in the order in which the broker's limits are declared."""
    families: dict[str, list[LimitUse]] = {}
    for one in view.limits:
        families.setdefault(one.family, []).append(one)
    return tuple(_use(family, limits) for family, limits in families.items())


def _use(family: str, limits: Sequence[LimitUse]) -> Use:
    cells = [""] * len(WINDOWS)
    for one in limits:
        at = next((at for at, (_, seconds) in enumerate(WINDOWS) if one.window <= seconds), len(WINDOWS) - 1)
        cells[at] = tr("{used} of {allowed}", used=_count(one.used), allowed=_count(one.allowed))
    share = max((one.used / one.allowed for one in limits), default=0.0)
    return Use(tr(_FAMILIES.get(family, family.replace("_", " ").capitalize())), tuple(cells), share, _word(share))


def _count(calls: int) -> str:
    return grouped(Decimal(calls), 0)


def _word(share: float) -> str:
    if share >= 1:
        return tr("used up")
    if share >= 0.8:  # noqa: PLR2004 - as the bar's colour
        return tr("nearly used up")
    return tr("free") if share < 0.5 else tr("half used")  # noqa: PLR2004 - half
