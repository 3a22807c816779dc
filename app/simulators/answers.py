"""What a simulator's handler gives back, before it becomes bytes on a connection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

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


def encode(value: object) -> bytes:
    """JSON as the brokers write it: no blanks, UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
