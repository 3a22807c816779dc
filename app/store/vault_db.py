"""vault.db: users, their encrypted broker credentials and the vault's own row. Bytes only, never a secret in clear.

Tables and pragmas as the security promises, section 2, name them. The DDL of a version is frozen as text below; that
it says the same as the models is tested.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.store.database import Layout
from app.store.times import Instant


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


_FIRST: Final = (
    """CREATE TABLE users (
        id VARCHAR NOT NULL, name VARCHAR NOT NULL, colour VARCHAR NOT NULL, position INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id))""",
    """CREATE TABLE broker_credentials (
        id VARCHAR NOT NULL, user_id VARCHAR NOT NULL, broker_type VARCHAR NOT NULL, client_id VARCHAR NOT NULL,
        encrypted_api_key VARCHAR NOT NULL, encrypted_secret VARCHAR NOT NULL, encrypted_token VARCHAR NOT NULL,
        encrypted_extras VARCHAR NOT NULL, key_id VARCHAR NOT NULL, rev INTEGER NOT NULL,
        is_valid BOOLEAN NOT NULL, confirmed BOOLEAN NOT NULL, created_at VARCHAR NOT NULL,
        updated_at VARCHAR NOT NULL, token_since VARCHAR, token_expires_at VARCHAR,
        PRIMARY KEY (id), UNIQUE (user_id), FOREIGN KEY(user_id) REFERENCES users (id))""",
    """CREATE TABLE vault_meta (
        id INTEGER NOT NULL, vault_id VARCHAR NOT NULL, active_key_id VARCHAR, incoming_key_id VARCHAR,
        retiring_key_id VARCHAR, key_since VARCHAR, writes INTEGER NOT NULL, generation INTEGER NOT NULL,
        manifest VARCHAR NOT NULL, manifest_mac VARCHAR NOT NULL,
        PRIMARY KEY (id))""",
    # the vault's name is drawn with its first table, so that a vault without a name never exists
    """INSERT INTO vault_meta (id, vault_id, writes, generation, manifest, manifest_mac)
        VALUES (1, lower(hex(randomblob(8))), 0, 0, '[]', '')""",
)

VAULT_LAYOUT: Final = Layout(
    application_id=0x4B4E4A56,  # "KNJV"
    migrations=(_FIRST,),
    tables=frozenset({"users", "broker_credentials", "vault_meta"}),
    pragmas=("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON"),
)
