"""The six digits of an authenticator at one moment (RFC 6238: SHA-1, 30 seconds, 6 digits), for the opt-in sign-in."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final

from app.domain import InvalidRequest, Secret

DIGITS: Final = 6
PERIOD: Final = 30  # seconds that a code is good for


def code(secret: Secret, now: datetime, field: str) -> Secret:
    """The code of `secret` (base 32, as shown under the QR code) at `now`; raises `InvalidRequest` naming `field`."""
    counter = int(now.timestamp()) // PERIOD
    digest = hmac.new(_key(secret, field), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return Secret(f"{number % 10**DIGITS:0{DIGITS}d}")


def until_next(now: datetime) -> float:
    """Seconds until the next code."""
    return PERIOD - now.timestamp() % PERIOD


def _key(secret: Secret, field: str) -> bytes:
    plain = secret.reveal().replace(" ", "").replace("-", "").upper().rstrip("=")
    try:
        key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise InvalidRequest(f"{field}: not a TOTP secret", field=field)
    return key
