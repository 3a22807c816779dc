"""The envelopes of the wire (sheet sections 4 and 6)."""

from app.simulators.answers import Answer, encode
from app.simulators.fyers.errors import Refusal


def success(payload: dict[str, object] | None = None, *, code: int = 200, message: str = "") -> Answer:
    """The success envelope with its named payload."""
    return Answer(encode({"s": "ok", "code": code, "message": message, **(payload or {})}))


def refused(refusal: Refusal) -> Answer:
    """The error envelope; key order varies on the real wire, too."""
    body: dict[str, object] = {"code": refusal.code, "message": refusal.message, "s": "error"}
    if refusal.order_id:
        body["id"] = refusal.order_id
    return Answer(encode(body), refusal.status, headers=refusal.headers)
