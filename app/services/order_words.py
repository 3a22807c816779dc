"""Where an order stands, in words; a broker's word that is not known to Kunji is shown as it is. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import Order, OrderStatus, SubState
from app.domain.tongue import tr

_STATES: Final[Mapping[OrderStatus, str]] = MappingProxyType(
    {
        OrderStatus.PENDING: "Pending",
        OrderStatus.OPEN: "Open",
        OrderStatus.COMPLETE: "Complete",
        OrderStatus.CANCELLED: "Cancelled",
        OrderStatus.REJECTED: "Rejected",
    }
)
_MORE: Final[Mapping[SubState, str]] = MappingProxyType(
    {
        SubState.PARTIAL: "partly filled",
        SubState.TRIGGER_PENDING: "waits for its trigger",
        SubState.AMO: "after market",
        SubState.MODIFYING: "being changed",
        SubState.CANCELLING: "being cancelled",
        SubState.PARTLY_FILLED: "partly filled",
        SubState.EXPIRED: "expired",
    }
)


def order_state(order: Order) -> str:
    """As in "Open, partly filled"; the broker's own word in quotes where it is none of ours."""
    if order.status is None:
        return tr("\u201c{word}\u201d", word=order.raw_status)
    state, more = tr(_STATES[order.status]), _MORE.get(order.sub_state)
    return tr("{state}, {more}", state=state, more=tr(more)) if more else state
