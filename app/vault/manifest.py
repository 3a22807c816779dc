"""The list of what must be there: no row can be deleted, added, replayed or swapped unseen. Imports cryptography.

Sealed with HMAC-SHA256 under a key of its own, in the same transaction as every change. The list itself is stored
beside the seal, so a check can name the row that is wrong and the others stay readable.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from app.domain import Tampered
from app.vault.cipher import EpochKey, length_prefixed
from app.vault.record import opens

if TYPE_CHECKING:
    from app.store.vault_db import BrokerCredential, VaultMeta

_LABEL: Final = b"kunji-manifest-v1"
Entries = Mapping[str, tuple[int, str]]
"""Row id -> (revision, digest of its four ciphertexts)."""


def write(meta: "VaultMeta", key: EpochKey, entries: Entries) -> None:
    """Put `entries` into the vault's row as its new generation."""
    meta.generation += 1
    meta.active_key_id = key.key_id
    meta.writes = key.used
    meta.manifest = json.dumps([[row_id, *entries[row_id]] for row_id in sorted(entries)])
    meta.manifest_mac = _mac(meta, key, entries)


def read(meta: "VaultMeta", key: EpochKey) -> dict[str, tuple[int, str]]:
    """The sealed entries. Raises `Tampered` when the list, its generation or its key id was changed."""
    entries = _parsed(meta.manifest)
    if meta.active_key_id != key.key_id or not hmac.compare_digest(meta.manifest_mac, _mac(meta, key, entries)):
        raise Tampered("the list of accounts was changed")
    return entries


def entries_of(rows: Iterable["BrokerCredential"]) -> dict[str, tuple[int, str]]:
    """The entries that `rows` would have."""
    return {row.id: (row.rev, _digest(row)) for row in rows}


def suspects(entries: Entries, rows: Sequence["BrokerCredential"], key: EpochKey) -> frozenset[str]:
    """Ids of the rows that are not as they were written: changed, added, or missing."""
    found = entries_of(rows)
    wrong = {row_id for row_id in entries.keys() | found.keys() if entries.get(row_id) != found.get(row_id)}
    wrong |= {row.id for row in rows if row.user is None or not opens(row, key)}
    return frozenset(wrong)


def _mac(meta: "VaultMeta", key: EpochKey, entries: Entries) -> str:
    parts = [_LABEL, key.vault_id.encode(), str(meta.generation).encode(), key.key_id.encode()]
    parts.append(str(len(entries)).encode())
    for row_id in sorted(entries):
        rev, digest = entries[row_id]
        parts += [row_id.encode(), str(rev).encode(), digest.encode()]
    return hmac.new(key.manifest_key, length_prefixed(parts), hashlib.sha256).hexdigest()


def _digest(row: "BrokerCredential") -> str:
    fields = (row.encrypted_api_key, row.encrypted_secret, row.encrypted_token, row.encrypted_extras)
    return hashlib.sha256(length_prefixed(str(field).encode() for field in fields)).hexdigest()


def _parsed(text: str) -> dict[str, tuple[int, str]]:
    try:
        return {str(row_id): (int(rev), str(digest)) for row_id, rev, digest in json.loads(text)}
    except (ValueError, TypeError) as error:
        raise Tampered("the list of accounts cannot be read") from error
