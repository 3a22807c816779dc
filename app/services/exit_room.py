"""Whether as many orders may be sent as an exit needs: found, and said, before anything is cancelled. Pure.

A limit that ends an exit in the middle would leave a part of a position without the stop that guarded it, so a position
is closed whole or left whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from app.domain.calls import LimitUse
from app.domain.tongue import tr
from app.services.exit_books import Key, key_of
from app.services.order_findings import ask
from app.services.order_views import ExitPart, Finding

_DAY: Final = 86_400
_HOUR: Final = 3600


def full(
    parts: Iterable[ExitPart], limits: Sequence[LimitUse], broker: str, ahead: Callable[[LimitUse], int]
) -> Mapping[Key, str]:
    """The positions of one account for whose orders no room is left, and why; shorts are closed first.

    What only cancels goes in any case, and before any order: that takes risk off. What is hindered anyway takes none.
    `ahead` says of a limit how many requests of other exits are still to count in it.
    """
    found: dict[Key, str] = {}
    rooms = [(use, use.left - ahead(use)) for use in limits]
    taken = 0
    for part in sorted(_sent(parts), key=lambda part: (bool(part.orders), part.quantity > 0)):
        needed = _needed(part)
        over = [(use, left - taken) for use, left in rooms if taken + needed > left]
        if not over or not part.orders:
            taken += needed
        else:
            limit, left = max(over, key=lambda one: one[0].window)
            found[key_of(part)] = _no_room(needed, max(0, left), limit, broker)
    return found


def requests(parts: Iterable[ExitPart]) -> int:
    """How many it takes in all."""
    return sum(map(_needed, _sent(parts)))


def above_cap(orders: int, recent: int, cap: int | None) -> Iterable[Finding]:
    """The user's own cap of orders a minute holds nobody in a position: it is told, and asked with the exit itself."""
    if cap is not None and orders and orders + recent > cap:
        text = tr("{count} orders within a minute with this exit; you set {cap}", count=orders + recent, cap=cap)
        yield ask("cap_rate", text, tr("Your own limit does not stop an exit: all of them are sent."))


def _sent(parts: Iterable[ExitPart]) -> Iterable[ExitPart]:
    return (part for part in parts if not part.why_not)


def _needed(part: ExitPart) -> int:
    return len(part.cancels) + len(part.orders)


def _no_room(needed: int, left: int, limit: LimitUse, broker: str) -> str:
    if limit.window >= _DAY:
        said = tr("it takes {needed} requests, and {broker} takes {left} more today", **_of(needed, left, broker))
        return _and(said, limit, needed, tr("exit it tomorrow, or in the broker's own app"))
    time = tr("an hour") if limit.window >= _HOUR else tr("a minute")
    said = tr(
        "it takes {needed} requests, and {left} are left of what {broker} takes in {time}",
        time=time,
        **_of(needed, left, broker),
    )
    return _and(said, limit, needed, tr("exit it after that"))


def _of(needed: int, left: int, broker: str) -> dict[str, object]:
    return {"needed": needed, "left": left, "broker": broker}


def _and(said: str, limit: LimitUse, needed: int, then: str) -> str:
    """What to do; a position that never fits must be closed in parts."""
    never = needed > limit.allowed - limit.kept
    then = tr("close it in parts, with tickets") if never else then
    return tr("{said}, so none is sent; {then}", said=said, then=then)
