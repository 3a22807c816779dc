"""The question before an account is removed tells what goes on at the broker: by the last readings, no guess."""

from dataclasses import replace

import pytest

from app.domain import NotReachable, OrderStatus
from app.services.book_views import OrdersView, PositionsView
from app.services.stays_words import stays_words
from tests.qt.books import order
from tests.qt.fakes import NOW, account, at, position, positions

WORKING = tuple(order(number, status=OrderStatus.OPEN, filled_quantity=0) for number in (1, 2))
HELD = (position("A"), position("B", quantity=-5), position("C", quantity=9), position("FLAT", quantity=0))
NO_ORDERS = OrdersView("huf", (order(7),), at(10, 2), current=True, error=None)
NO_POSITIONS = positions("huf", (), as_of=at(10, 2))
TWO = replace(NO_ORDERS, rows=(*WORKING, order(3)))
THREE = positions("huf", HELD, as_of=at(10, 3))
NEVER_ORDERS = OrdersView("huf", None, None, current=False, error=NotReachable())
NEVER_POSITIONS = positions("huf", None, as_of=None, current=False, error=NotReachable())


@pytest.mark.parametrize(
    ("orders", "held", "words"),
    [
        (TWO, THREE, "2 orders still work at Zerodha and 3 positions are open (as of 10:02): they stay there."),
        (TWO, NO_POSITIONS, "2 orders still work at Zerodha (as of 10:02): they stay there."),
        (
            replace(TWO, rows=WORKING[:1], as_of=at(15, 29, days=-1), current=False),
            NO_POSITIONS,
            "1 order still works at Zerodha (as of 15:29 yesterday): it stays there.",
        ),
        (NO_ORDERS, THREE, "3 positions are open at Zerodha (as of 10:03): they stay there."),
        (
            NEVER_ORDERS,
            replace(THREE, rows=HELD[:1]),
            "1 position is open at Zerodha (as of 10:03): it stays there. Kunji does not know what orders work there.",
        ),
        (NO_ORDERS, NEVER_POSITIONS, "Kunji does not know what positions are open there."),
        (None, None, "Kunji does not know what orders work and what positions are open there."),
        (replace(NO_ORDERS, current=False), NO_POSITIONS, "Kunji does not know what orders work there."),
        (NO_ORDERS, NO_POSITIONS, ""),
    ],
    ids=["both", "orders", "old", "positions", "orders-never", "positions-never", "never", "none-is-old", "none"],
)
def test_what_stays_at_the_broker_is_told(orders: OrdersView | None, held: PositionsView | None, words: str) -> None:
    assert stays_words(account("huf"), orders, held, NOW) == words
