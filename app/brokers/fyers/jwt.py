"""What a Fyers token says of itself, read without verification: the server stays the judge (section 2)."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from app.brokers import wire
from app.domain import Secret, WireSurprise

_PARTS: Final = 3


def expires_at(token: Secret) -> datetime | None:
    """The claim `exp`: the token lives no longer; a valid one proves nothing. None where there is none."""
    seconds = _claims(token).get("exp")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # no such year
        return None


def client_id(token: Secret) -> str:
    """The claim `fy_id`, whose token it is; empty where there is none."""
    claim = _claims(token).get("fy_id")
    return claim.strip() if isinstance(claim, str) else ""


def _claims(token: Secret) -> Mapping[str, Any]:
    parts = token.reveal().split(".")
    if len(parts) != _PARTS:
        return {}
    try:
        claims = wire.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, WireSurprise):  # not ASCII is a ValueError
        return {}
    return claims if isinstance(claims, dict) else {}
