"""Dhan's order pushes (section 9.2). The documented sample is no valid JSON and its keys were seen in both cases."""

import json
from typing import Final

from app.brokers.pushes import Feed, id_in
from app.brokers.rows import Row
from app.domain import Secret

_ROOT: Final = "wss://api-order-update.dhan.co"
_SILENCE: Final = 95.0  # seconds; no heartbeat is documented, only the protocol's own pings are answered
_LOGIN: Final = 42  # the message code of a log-in
_ALERT: Final = "order_alert"


def feed(client_id: str, access_token: Secret) -> Feed:
    """The socket of a session; the log-in is the first message, nothing answers it."""
    login = {"MsgCode": _LOGIN, "ClientId": client_id, "Token": access_token.reveal()}
    first = json.dumps({"LoginReq": login, "UserType": "SELF"})
    return Feed(_ROOT, order_of, first=first, silence=_SILENCE)


def order_of(message: Row) -> str | None:
    """Keys are looked up whatever their case."""
    if message.get("Type") != _ALERT:
        return None
    data = message.get("Data")
    fields = {key.lower(): value for key, value in data.items()} if isinstance(data, dict) else {}
    return id_in(fields, "orderno")
