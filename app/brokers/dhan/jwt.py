"""What a Dhan token says of itself, read without verification: the server stays the judge (section 2.5)."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from app.brokers import wire
from app.domain import Secret, WireSurprise

_PARTS: Final = 3
_SELF: Final = "SELF"


class Claims:
    """The claims that Kunji plans with; a token that is no JWT has none."""

    def __init__(self, token: Secret) -> None:
        claims = _claims(token)
        expires = claims.get("exp")
        self.expires_at = _moment(expires) if isinstance(expires, int) and not isinstance(expires, bool) else None
        client = claims.get("dhanClientId")
        self.client_id = client if isinstance(client, str) else ""
        self.is_renewable = claims.get("tokenConsumerType") == _SELF  # made on Dhan's web page, not by a sign-in


def is_jwt(token: Secret) -> bool:
    """Whether `token` can be read as a JWT."""
    return bool(_claims(token))


def _claims(token: Secret) -> Mapping[str, Any]:
    parts = token.reveal().split(".")
    if len(parts) != _PARTS:
        return {}
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = wire.decode(body)
    except (binascii.Error, ValueError, WireSurprise):  # not ASCII is a ValueError
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # no such year
        return None
