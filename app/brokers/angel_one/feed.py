"""Angel One's order pushes (section 9.2). Their values were seen from before a change: hints, the book is the truth."""

from typing import Final

from app.brokers.http import in_header
from app.brokers.pushes import Feed
from app.brokers.wire import decode
from app.domain import Secret, WireSurprise

_ROOT: Final = "wss://tns.angelone.in/smart-order-update"
_GREETING: Final = "AB00"


def feed(access_token: Secret) -> Feed:
    """The socket of a session."""
    bearer = f"Bearer {in_header(access_token, 'access_token')}"
    return Feed(_ROOT, order_of, headers={"Authorization": bearer}, ping="ping")


def order_of(text: str) -> str | None:
    """The first frame greets, with an empty order; `pong` answers our `ping`."""
    if text == "pong":
        return None
    try:
        message = decode(text.encode())
    except WireSurprise:
        return ""
    if not isinstance(message, dict):
        return None
    data = message.get("orderData")
    found = data.get("orderid") if isinstance(data, dict) else None
    if message.get("order-status") == _GREETING and not found:
        return None
    return found if isinstance(found, str) else ""
