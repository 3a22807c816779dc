"""What an account that is removed here leaves at its broker: orders that work, positions that are open. Pure."""

from datetime import datetime
from typing import Final

from app.domain.order_life import is_settled
from app.domain.tongue import tr
from app.services.book_views import BookView, OrdersView, PositionsView
from app.services.times import clock_time
from app.services.views import AccountView

_NOT_KNOWN: Final = {
    (True, True): "Kunji does not know what orders work and what positions are open there.",
    (True, False): "Kunji does not know what orders work there.",
    (False, True): "Kunji does not know what positions are open there.",
}
"""By whether the orders and whether the positions are not known."""


def stays_words(account: AccountView, orders: BookView | None, positions: BookView | None, now: datetime) -> str:
    """What stays there, by the last readings, and what is not known; "" where both were read and show nothing."""
    working = sum(not is_settled(row) for row in (orders.rows or () if isinstance(orders, OrdersView) else ()))
    held = sum(row.quantity != 0 for row in (positions.rows or () if isinstance(positions, PositionsView) else ()))
    shown = ((orders, working), (positions, held))
    moments = [view.as_of for view, count in shown if count and view is not None and view.as_of is not None]
    said = _stays(account, working, held)
    if said and moments:  # of both no more is known than the older reading tells
        said = tr("{said} (as of {time})", said=said, time=clock_time(min(moments), now))
    if said:
        said = _together(said, working + held)
    unknown = (not working and _may_hide(orders), not held and _may_hide(positions))
    return " ".join(filter(None, (said, tr(_NOT_KNOWN[unknown]) if any(unknown) else "")))


def _may_hide(view: BookView | None) -> bool:
    """Whether there may be some although none is shown: never read, or not since."""
    return view is None or not view.current


def _stays(account: AccountView, working: int, held: int) -> str:
    if not working:
        return _positions(account, held, alone=True) if held else ""
    orders = _orders(account, working)
    if not held:
        return orders
    return tr("{orders} and {positions}", orders=orders, positions=_positions(account, held, alone=False))


def _together(said: str, count: int) -> str:
    return tr("{said}: it stays there.", said=said) if count == 1 else tr("{said}: they stay there.", said=said)


def _orders(account: AccountView, count: int) -> str:
    if count == 1:
        return tr("1 order still works at {broker}", broker=account.broker_label)
    return tr("{count} orders still work at {broker}", count=count, broker=account.broker_label)


def _positions(account: AccountView, count: int, *, alone: bool) -> str:
    said = tr("1 position is open") if count == 1 else tr("{count} positions are open", count=count)
    return tr("{positions} at {broker}", positions=said, broker=account.broker_label) if alone else said
