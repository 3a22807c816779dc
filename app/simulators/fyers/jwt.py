"""Tokens that look like the broker's: three base64url parts without padding (sheet sections 2 and 14)."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.simulators.answers import encode

_HEADER: Final = {"alg": "HS256", "typ": "JWT"}
_MARKS: Final = ("x:0", "x:1", "x:2", "d:1", "d:2")


def minted(claims: Mapping[str, object]) -> str:
    """A fresh token with `claims`; nobody verifies the signature."""
    signature = secrets.token_bytes(32)
    return ".".join(_part(piece) for piece in (encode(_HEADER), encode(dict(claims)), signature))


def auth_code(now: datetime, dies_at: datetime, app_id: str, client_id: str) -> str:
    """The grant of the redirect (section 2)."""
    claims = {
        "iss": "api.login.fyers.in",
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int(dies_at.timestamp()),
        "aud": list(_MARKS),
        "sub": "auth_code",
        "app_id": app_id.rpartition("-")[0] or app_id,
        "display_name": client_id,
        "oms": "K1",
        "hsm_key": secrets.token_hex(16),
        "uuid": secrets.token_hex(8),
    }
    return minted(claims)


def session_token(subject: str, now: datetime, dies_at: datetime, app_id: str, client_id: str) -> str:
    """An access or refresh token with the claims of section 2."""
    claims = {
        "iss": "api.fyers.in",
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int(dies_at.timestamp()),
        "aud": list(_MARKS),
        "sub": subject,
        "at_hash": secrets.token_urlsafe(12),
        "display_name": client_id,
        "oms": "K1",
        "hsm_key": secrets.token_hex(28),
        "fy_id": client_id,
        "appType": app_id.rpartition("-")[2],
        "poa_flag": "N",
    }
    return minted(claims)


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
