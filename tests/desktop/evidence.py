"""What lies on the disk: rows of a vault, orders in a journal, and any trace of a secret in any file, in every form."""

import base64
import json
import sqlite3
import urllib.parse
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_QUERY: Final = """SELECT u.name, c.client_id, c.rev, c.is_valid, c.confirmed, c.encrypted_token, c.encrypted_api_key,
 c.encrypted_secret FROM users u JOIN broker_credentials c ON c.user_id = u.id ORDER BY u.position"""


@dataclass(frozen=True)
class Record:
    """One account in the vault, as anybody who has the file can read it."""

    name: str
    client_id: str
    rev: int
    is_valid: bool
    confirmed: bool
    token: str
    api_key: str
    secret: str


def records(vault: Path) -> list[Record]:
    """The accounts, read beside the program that owns the file; none while there is no table yet."""
    if not vault.exists():
        return []
    with closing(sqlite3.connect(f"file:{vault}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            rows = connection.execute(_QUERY).fetchall()
        except sqlite3.OperationalError:  # the file is being made in this very moment
            return []
    return [Record(row[0], row[1], row[2], bool(row[3]), bool(row[4]), *row[5:]) for row in rows]


@dataclass(frozen=True)
class Sent:
    """One order in the journal: its instrument and tag, and the fates it went through."""

    symbol: str
    tag: str
    fates: tuple[str, ...]


def sent(journal: Path) -> list[Sent]:
    """The orders in the journal, oldest first, read beside the program that owns the file."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=5)) as connection:
        rows = connection.execute("SELECT intent_id, ticket, tag FROM intents WHERE deed = 'place' ORDER BY number")
        steps = connection.execute("SELECT intent_id, fate FROM steps ORDER BY number").fetchall()
        return [
            Sent(json.loads(ticket)["symbol"], tag, tuple(fate for of, fate in steps if of == intent))
            for intent, ticket, tag in rows
        ]


def forms(secret: str) -> set[bytes]:
    """How `secret` looks raw, in base64 (both alphabets, any offset), hex, an address, UTF-16 and JSON."""
    raw = secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote_plus(secret).encode()}
    found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be"), json.dumps(secret)[1:-1].encode()}
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + raw)
        sure = coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]  # the rest depends on what stands beside it
        found |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def traces(secrets: Mapping[str, str], places: Iterable[Path]) -> list[str]:
    """Every file below `places` that holds a secret in any form, with the secret's own name."""
    wanted = [(name, form) for name, secret in secrets.items() for form in forms(secret)]
    files = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*")))]
    found = set()
    for path in files:
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {f"{name} in {path}" for name, form in wanted if form in content}
    return sorted(found)


def told(secrets: Mapping[str, str], text: str) -> list[str]:
    """The names of the secrets that `text` holds in any form."""
    content = text.encode()
    return sorted(name for name, secret in secrets.items() if any(form in content for form in forms(secret)))
