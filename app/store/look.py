"""Looks at the profile's two databases without writing a byte: whole or not, and of which version. Blocks.

For `kunji doctor`, beside an owner who has them open as well as without one.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain import Busy, VaultDamaged
from app.domain.records import dataclass
from app.store import files

if TYPE_CHECKING:
    from app.store.database import Layout

_WAIT: Final = 2.0  # seconds: an owner may be writing


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is; `version` of `newest` that this program can read, `size` in bytes."""

    version: int
    newest: int
    size: int


def look(path: Path) -> Looked | None:
    """The file as it is, checked from end to end; None when there is none yet.

    Raises a `VaultError`: foreign, newer, damaged, not readable, or `Busy` while somebody writes.
    """
    if not path.exists():
        return None
    layout = _layout(path.name)
    newest = len(layout.migrations)
    files.recognise(path, application_id=layout.application_id, newest=newest)
    size = path.stat().st_size
    if not size:
        return Looked(0, newest, 0)
    if path.with_name(f"{path.name}-journal").exists():  # looking now would have to take the write back
        raise Busy("a write is under way, or was broken off")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT)) as connection:
            return Looked(_checked(connection), newest, size)
    except sqlite3.Error as error:
        raise files.of_sqlite_error(error) from error


def _checked(connection: sqlite3.Connection) -> int:
    connection.execute("PRAGMA trusted_schema=OFF")
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise VaultDamaged("the database's own check failed")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _layout(name: str) -> "Layout":
    if name == "vault.db":
        from app.store.vault_layout import VAULT_LAYOUT  # loaded on first use: start-up

        return VAULT_LAYOUT
    from app.store import app_db  # as above

    return app_db.layout()
