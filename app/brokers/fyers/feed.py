"""Fyers' order pushes: JSON texts of what was subscribed to (section 9.2)."""

import json
from typing import Final

from app.brokers.fyers.client import Keys
from app.brokers.http import in_header
from app.brokers.pushes import Feed, id_in
from app.brokers.rows import Row

_ROOT: Final = "wss://socket.fyers.in/trade/v3"
_KINDS: Final = ("orders", "trades", "positions")
_SUBSCRIBE: Final = json.dumps({"T": "SUB_ORD", "SLIST": list(_KINDS), "SUB_T": 1})


def feed(keys: Keys) -> Feed:
    """The socket of a session: the pair in the header of the upgrade, its name in small letters as the SDK has it."""
    pair = f"{in_header(keys.app_id, 'api_key')}:{in_header(keys.access_token, 'access_token')}"
    return Feed(_ROOT, order_of, headers={"authorization": pair}, first=_SUBSCRIBE, ping="ping")


def order_of(message: Row) -> str | None:
    """An event has one of the kinds as its key, the acknowledgement has none. Only orders carry an id."""
    return id_in(message.get("orders"), "id") if any(kind in message for kind in _KINDS) else None
