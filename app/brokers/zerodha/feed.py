"""Kite's order pushes: text messages on the ticker's socket, for orders of every channel (section 9)."""

from typing import Final
from urllib.parse import urlencode

from app.brokers.pushes import Feed, id_in
from app.brokers.rows import Row
from app.domain import Secret

_ROOT: Final = "wss://ws.kite.trade"
_SILENCE: Final = 15.0  # seconds; the ticker beats by itself every second or so


def feed(api_key: Secret, access_token: Secret) -> Feed:
    """The socket of a session: Kite takes key and token in the address only (section 9). It needs the paid plan."""
    query = urlencode({"api_key": api_key.reveal(), "access_token": access_token.reveal()})
    return Feed(_ROOT, order_of, query=query, ping=None, silence=_SILENCE)


def order_of(message: Row) -> str | None:
    """Messages are of type order, error or message; only the first are about orders."""
    return id_in(message.get("data"), "order_id") if message.get("type") == "order" else None
