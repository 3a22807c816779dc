"""The rows of the vault as plain operations inside one transaction. Loaded on first use: imports SQLAlchemy."""

import json
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import NotFound, VaultDamaged
from app.domain.records import dataclass
from app.store.vault_db import BrokerCredential, User, VaultMeta
from app.vault.account import StoredAccount


@dataclass(frozen=True, slots=True)
class Marks:
    """What the vault's own row says about keys; `empty` when no row is stored or listed."""

    vault_id: str
    active: str | None
    incoming: str | None
    retiring: str | None
    writes: int
    empty: bool


def meta(session: Session) -> VaultMeta:
    """The vault's own row."""
    found = session.get(VaultMeta, 1)
    if found is None:
        raise VaultDamaged("the vault's own row is missing")
    return found


def marks(session: Session) -> Marks:
    """See `Marks`."""
    own = meta(session)
    return Marks(
        vault_id=own.vault_id,
        active=own.active_key_id,
        incoming=own.incoming_key_id,
        retiring=own.retiring_key_id,
        writes=own.writes,
        empty=own.manifest == json.dumps([]) and not rows(session),
    )


def key_age(session: Session, now: datetime) -> timedelta:
    """How long the active key has been in use."""
    since = meta(session).key_since
    return timedelta() if since is None else now - since


def note_incoming(session: Session, key_id: str) -> None:
    """A key of this name is about to enter the keychain."""
    meta(session).incoming_key_id = key_id


def clear_notes(session: Session) -> None:
    """No key is on its way in or out."""
    own = meta(session)
    own.incoming_key_id = own.retiring_key_id = None


def rows(session: Session) -> list[BrokerCredential]:
    """Every credential row."""
    return list(session.scalars(select(BrokerCredential).order_by(BrokerCredential.id)))


def find(session: Session, user_id: str) -> BrokerCredential:
    """The row of `user_id`. Raises `NotFound`."""
    row = session.scalars(select(BrokerCredential).where(BrokerCredential.user_id == user_id)).one_or_none()
    if row is None or row.user is None:
        raise NotFound("no such account is stored")
    return row


def create(session: Session, name: str, colour: str, broker_type: str, now: datetime) -> BrokerCredential:
    """A new user and an empty row for the credentials, to be filled in the same transaction."""
    last = session.scalar(select(func.max(User.position)))
    user = User(
        id=f"usr_{secrets.token_hex(6)}",
        name=name,
        colour=colour,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    return BrokerCredential(
        id=f"brk_{secrets.token_hex(6)}", user_id=user.id, user=user, broker_type=broker_type, rev=0, created_at=now
    )


def delete(session: Session, user_id: str) -> None:
    """Drop the user and the credentials. Raises `NotFound`."""
    row = find(session, user_id)
    session.delete(row)
    session.flush()  # the credentials refer to the user
    session.execute(sql_delete(User).where(User.id == user_id))


def account(row: BrokerCredential) -> StoredAccount:
    """What may be known of `row` without a key."""
    if row.user is None:
        raise VaultDamaged("an account has lost its user")
    return StoredAccount(
        user_id=row.user_id,
        row_id=row.id,
        name=row.user.name,
        colour=row.user.colour,
        broker_type=row.broker_type,
        client_id=row.client_id,
        is_valid=row.is_valid,
        confirmed=row.confirmed,
        created_at=row.created_at,
        updated_at=row.updated_at,
        token_since=row.token_since,
        token_expires_at=row.token_expires_at,
    )
