"""Angel One's order pushes (section 9.2). Their values were seen from before a change: hints, the book is the truth."""

from typing import Final

from app.brokers.http import in_header
from app.brokers.pushes import Feed, id_in
from app.brokers.rows import Row
from app.domain import Secret

_ROOT: Final = "wss://tns.angelone.in/smart-order-update"
_GREETING: Final = "AB00"


def feed(access_token: Secret) -> Feed:
    """The socket of a session."""
    bearer = f"Bearer {in_header(access_token, 'access_token')}"
    return Feed(_ROOT, order_of, headers={"Authorization": bearer}, ping="ping")


def order_of(message: Row) -> str | None:
    """The first frame greets, with an empty order."""
    order_id = id_in(message.get("orderData"), "orderid")
    return None if message.get("order-status") == _GREETING and not order_id else order_id
