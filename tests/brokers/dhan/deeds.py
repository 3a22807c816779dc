"""The three calls that may change something in the market at Dhan, and what they are about."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import IST, Order, OrderChange
from tests.brokers.deeds import at_paths, deeds, forty_at
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import ticket
from tests.fakes.orders import row

BY_ID: Final = f"/v2/orders/{wire.ORDER_ID}"
_RESTING: Final = row(
    ticket(price=Decimal("1540.1")),
    order_id=wire.ORDER_ID,
    raw_status="PENDING",
    placed_at=datetime(2026, 11, 18, 10, 6, 59, tzinfo=IST),
)


def resting(**changes: Any) -> Order:
    """Buy 50 RELIANCE at 1,540.10 for delivery, at rest."""
    return replace(_RESTING, **changes)


def change(**values: Any) -> OrderChange:
    """40 at 1,541.20 in the place of that."""
    return forty_at("1541.2", **values)


DEEDS: Final = deeds(ticket(), resting(), change(), **at_paths("/v2/orders", BY_ID))
