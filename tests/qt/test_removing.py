"""The question before an account is removed tells what goes on at the broker (`services/stays_words.py`)."""

from PySide6.QtWidgets import QLabel

from app.domain import OrderStatus
from app.qt.dialogs.confirm import ConfirmDialog
from app.services.book_views import OrdersView
from tests.qt.books import order
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, at, position, positions

WORKING = tuple(order(number, status=OrderStatus.OPEN, filled_quantity=0) for number in (1, 2))
ORDERS = OrdersView("huf", (*WORKING, order(3)), at(10, 2), current=True, error=None)
HELD = positions("huf", (position("A"), position("B", quantity=-5)), as_of=at(10, 3))


async def test_the_question_says_it_of_that_account(show: Show) -> None:
    services = FakeServices([account("huf")], [HELD])
    services.portfolio.others[ORDERS.book, "huf"] = ORDERS
    window = show(services)
    window.go("huf")

    window.pages.status.head.remove.click()

    asked = " ".join(label.text() for label in window.findChildren(ConfirmDialog)[0].findChildren(QLabel))
    assert "2 orders still work at Zerodha and 2 positions are open (as of 10:02): they stay there." in asked
