"""What may be known of a stored account without its key, and the address of a field in it."""

from datetime import datetime

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """One stored connection.

    `confirmed` says that the broker took the stored token, `is_valid` that it has not refused it since. Times are
    aware; `token_expires_at` is the forecast given with the token.
    """

    user_id: str
    row_id: str
    name: str
    colour: str
    broker_type: str
    client_id: str
    is_valid: bool
    confirmed: bool
    created_at: datetime
    updated_at: datetime
    token_since: datetime | None
    token_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class FieldAddress:
    """Where a ciphertext lies; it opens nowhere else."""

    row_id: str
    user_id: str
    broker_type: str
    client_id: str
    column: str
    rev: int
