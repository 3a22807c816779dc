"""The two envelopes of the wire (sheet sections 4 and 6)."""

from app.simulators.answers import Answer, encode
from app.simulators.zerodha.errors import Refusal


def success(data: object) -> Answer:
    """The success envelope (sheet section 4)."""
    return Answer(encode({"status": "success", "data": data}))


def refused(refusal: Refusal) -> Answer:
    """The error envelope (sheet section 6)."""
    body: dict[str, object] = {"status": "error", "message": refusal.message, "data": None}
    if refusal.kind is not None:
        body["error_type"] = refusal.kind
    return Answer(encode(body), refusal.status)
