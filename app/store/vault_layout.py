"""What makes a file vault.db: tables and pragmas as the security promises, section 2, name them.

The DDL of a version is frozen as text.
"""

from typing import Final

from app.store.database import Layout

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
