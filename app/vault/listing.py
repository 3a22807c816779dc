"""The list of accounts in plain SQL: it is wanted at once at a start, and needs neither models nor a key."""

from sqlite3 import Connection
from typing import Any, Final

from app.domain import VaultDamaged
from app.store.times import instant_of
from app.vault.account import StoredAccount

_ALL: Final = """
    SELECT user_id, credential.id, name, colour, broker_type, client_id, is_valid, confirmed, credential.created_at,
        updated_at, token_since, token_expires_at
    FROM broker_credentials AS credential JOIN users ON users.id = user_id
    ORDER BY position, users.created_at, users.id"""


def accounts(connection: Connection) -> tuple[StoredAccount, ...]:
    """Every account, in the user's order."""
    return tuple(_account(*row) for row in connection.execute(_ALL))


def _account(*row: Any) -> StoredAccount:
    user_id, row_id, name, colour, broker_type, client_id, is_valid, confirmed, created, updated, since, expires = row
    created_at, updated_at = instant_of(created), instant_of(updated)
    if created_at is None or updated_at is None:
        raise VaultDamaged("an instant is missing")
    return StoredAccount(
        user_id,
        row_id,
        name,
        colour,
        broker_type,
        client_id,
        bool(is_valid),
        bool(confirmed),
        created_at,
        updated_at,
        instant_of(since),
        instant_of(expires),
    )
