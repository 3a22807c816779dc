"""What a Fyers token says of itself (section 2)."""

from datetime import datetime

from app.brokers.claims import claims_of, end_of
from app.domain import Secret


def expires_at(token: Secret) -> datetime | None:
    """The claim `exp`: the token lives no longer; a valid one proves nothing. None where there is none."""
    return end_of(claims_of(token))


def client_id(token: Secret) -> str:
    """The claim `fy_id`, whose token it is; empty where there is none."""
    claim = claims_of(token).get("fy_id")
    return claim.strip() if isinstance(claim, str) else ""
