"""vault.db: users, their encrypted broker credentials and the vault's own row. Bytes only, never a secret in clear.

The tables are those of `vault_layout`; that they say the same as the models is tested. Imports SQLAlchemy.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from app.store.times import instant_of, text_of


class Instant(TypeDecorator[datetime]):
    """An aware datetime; a naive one is refused, for nobody would know what it means."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's call
        """To the table."""
        return None if value is None else text_of(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's call
        """From the table."""
        return instant_of(value)


class Base(DeclarativeBase):
    """The tables of vault.db."""


class User(Base):
    """One trading identity on this machine (self, spouse, HUF ...) with one broker connection."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    colour: Mapped[str]
    position: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class BrokerCredential(Base):
    """What opens one user's account; `id` is "brk_" and 12 hex digits.

    The four `encrypted_` columns are written together, each time with `rev` one higher. `token_since` and
    `token_expires_at` belong to the token that is stored.
    """

    __tablename__ = "broker_credentials"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), unique=True)
    broker_type: Mapped[str]
    client_id: Mapped[str]
    encrypted_api_key: Mapped[str]
    encrypted_secret: Mapped[str]
    encrypted_token: Mapped[str]
    encrypted_extras: Mapped[str]
    key_id: Mapped[str]
    rev: Mapped[int]
    is_valid: Mapped[bool]
    confirmed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    token_since: Mapped[datetime | None] = mapped_column(Instant)
    token_expires_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User | None] = relationship(lazy="joined")


class VaultMeta(Base):
    """The one row about the vault itself.

    `active_key_id` names the key that all rows are under, `incoming_key_id` one that is on its way into the keychain,
    `retiring_key_id` one that must still leave it. `manifest` lists every row with its revision and digest,
    `manifest_mac` seals that list under the active key. `writes` counts the encryptions under the active key.
    """

    __tablename__ = "vault_meta"

    id: Mapped[int] = mapped_column(primary_key=True)
    vault_id: Mapped[str]
    active_key_id: Mapped[str | None]
    incoming_key_id: Mapped[str | None]
    retiring_key_id: Mapped[str | None]
    key_since: Mapped[datetime | None] = mapped_column(Instant)
    writes: Mapped[int]
    generation: Mapped[int]
    manifest: Mapped[str]
    manifest_mac: Mapped[str]
