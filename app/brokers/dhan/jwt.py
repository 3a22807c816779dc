"""What a Dhan token says of itself (section 2.5)."""

from typing import Final

from app.brokers.claims import claims_of, end_of
from app.domain import Secret

_SELF: Final = "SELF"


class Claims:
    """The claims that Kunji plans with; a token that is no JWT has none."""

    def __init__(self, token: Secret) -> None:
        claims = claims_of(token)
        self.expires_at = end_of(claims)
        client = claims.get("dhanClientId")
        self.client_id = client if isinstance(client, str) else ""
        self.is_renewable = claims.get("tokenConsumerType") == _SELF  # made on Dhan's web page, not by a sign-in


def is_jwt(token: Secret) -> bool:
    """Whether `token` can be read as a JWT."""
    return bool(claims_of(token))
