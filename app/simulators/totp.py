"""The six digits of an authenticator (RFC 6238: SHA-1, 30 seconds), as the broker itself would count them."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

STEP: Final = 30


def code(seed: str, at: datetime) -> str:
    """The digits of base32 `seed` at `at`."""
    counter = int(at.timestamp()) // STEP
    digest = hmac.new(base64.b32decode(seed), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
