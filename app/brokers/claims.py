"""What a JWT says of itself, read without verification: the broker's server stays the judge."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from app.brokers import wire
from app.domain import Secret, WireSurprise

_PARTS: Final = 3


def claims_of(token: Secret) -> Mapping[str, Any]:
    """The claims; none for a token that is no JWT."""
    parts = token.reveal().split(".")
    if len(parts) != _PARTS:
        return {}
    try:
        claims = wire.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, WireSurprise):  # not ASCII is a ValueError
        return {}
    return claims if isinstance(claims, dict) else {}


def end_of(claims: Mapping[str, Any]) -> datetime | None:
    """The claim `exp`: the token lives no longer. None where there is none."""
    seconds = claims.get("exp")
    if type(seconds) is not int:  # not a bool
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # no such year
        return None
