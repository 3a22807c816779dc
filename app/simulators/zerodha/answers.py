"""What a handler gives back, before it becomes bytes on a connection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.simulators.zerodha.errors import Refusal

JSON: Final = "application/json"
CSV: Final = "text/csv"
HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers; `content_type` None sends none."""

    body: bytes = b""
    status: int = 200
    content_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def success(data: object) -> Answer:
    """The success envelope (sheet section 4)."""
    return Answer(encode({"status": "success", "data": data}))


def refused(refusal: Refusal) -> Answer:
    """The error envelope (sheet section 6)."""
    body: dict[str, object] = {"status": "error", "message": refusal.message, "data": None}
    if refusal.kind is not None:
        body["error_type"] = refusal.kind
    return Answer(encode(body), refusal.status)


def encode(value: object) -> bytes:
    """JSON as the broker writes it: no blanks, UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
