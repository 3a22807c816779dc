"""What the vault does inside one transaction, with the key.

Loaded on first use: imports SQLAlchemy and cryptography.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import Credentials, Secret, Tampered
from app.domain.records import dataclass
from app.store.vault_db import BrokerCredential
from app.vault import ledger, manifest, record
from app.vault.account import StoredAccount
from app.vault.cipher import EpochKey


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the user calls a new account, and its broker."""

    name: str
    colour: str
    broker_type: str


@dataclass(frozen=True, slots=True)
class TokenState:
    """What is known of a token when it is stored."""

    since: datetime | None
    expires_at: datetime | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """Everything a write needs: the transaction, the key, the time."""

    session: Session
    key: EpochKey
    now: datetime


def inspect(session: Session, key: EpochKey) -> None:
    """Raise `Tampered` when the list of accounts was changed or an account is missing.

    A single account that was changed or added shows when it is read: the others go on, and it can be removed.
    """
    listed = manifest.read(ledger.meta(session), key)
    if listed.keys() - {row.id for row in ledger.rows(session) if row.user is not None}:
        raise Tampered("an account was deleted from outside")


def reveal(session: Session, key: EpochKey, user_id: str) -> Credentials:
    """The credentials of `user_id`. Raises `NotFound` or `Tampered`."""
    row = ledger.find(session, user_id)
    _check(manifest.read(ledger.meta(session), key), row, key)
    return record.read(row, key)


def add(new: NewAccount, credentials: Credentials, token: TokenState, at: Writing) -> StoredAccount:
    """Store a new account."""
    listed = manifest.read(ledger.meta(at.session), at.key)
    row = ledger.create(at.session, new.name, new.colour, new.broker_type, at.now)
    return _store(listed, row, credentials, token, at)


def update(user_id: str, credentials: Credentials, token: TokenState, at: Writing) -> StoredAccount:
    """Replace what is stored of `user_id`. Raises `NotFound` or, for a row changed from outside, `Tampered`."""
    row, listed = _sound(user_id, at)
    return _store(listed, row, credentials, token, at)


def keep(user_id: str, extras: Mapping[str, Secret], at: Writing) -> StoredAccount:
    """Store `extras` of `user_id` beside the others; its token stands as it stood. Raises as `update` does."""
    row, listed = _sound(user_id, at)
    stored = record.read(row, at.key)
    record.write(row, at.key, replace(stored, extras={**stored.extras, **extras}))
    manifest.write(ledger.meta(at.session), at.key, {**listed, **manifest.entries_of([row])})
    return ledger.account(row)


def rename(session: Session, user_id: str, name: str | None, colour: str | None) -> StoredAccount:
    """Change name or colour. Raises `NotFound`."""
    row = ledger.find(session, user_id)
    user = row.user
    if user is not None:
        user.name = user.name if name is None else name
        user.colour = user.colour if colour is None else colour
    return ledger.account(row)


def mark(
    session: Session, user_id: str, *, is_valid: bool | None, confirmed: bool | None, now: datetime
) -> StoredAccount:
    """Set the two marks that are no secrets. Raises `NotFound`."""
    row = ledger.find(session, user_id)
    row.is_valid = row.is_valid if is_valid is None else is_valid
    row.confirmed = row.confirmed if confirmed is None else confirmed
    row.updated_at = now
    return ledger.account(row)


def _store(
    listed: dict[str, tuple[int, str]], row: BrokerCredential, credentials: Credentials, token: TokenState, at: Writing
) -> StoredAccount:
    record.write(row, at.key, credentials)
    row.is_valid, row.confirmed, row.updated_at = True, token.confirmed, at.now
    row.token_since, row.token_expires_at = token.since, token.expires_at
    at.session.add(row)
    manifest.write(ledger.meta(at.session), at.key, {**listed, **manifest.entries_of([row])})
    return ledger.account(row)


def _sound(user_id: str, at: Writing) -> tuple[BrokerCredential, dict[str, tuple[int, str]]]:
    """The row of `user_id` and what is listed of all; raises `NotFound` or `Tampered`."""
    row = ledger.find(at.session, user_id)
    listed = manifest.read(ledger.meta(at.session), at.key)
    _check(listed, row, at.key)
    return row, listed


def _check(listed: manifest.Entries, row: BrokerCredential, key: EpochKey) -> None:
    if row.id in manifest.suspects({row.id: listed[row.id]} if row.id in listed else {}, [row], key):
        raise Tampered("this account was changed from outside")
