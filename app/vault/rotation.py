"""The key's life: made, read back, changed, destroyed; safe against a crash or a keychain's refusal at every step.

Changing the key: (1) the new key's name is noted as incoming, (2) it goes into the keychain and is read back, (3) one
transaction re-encrypts every row, makes it the active key and the old one retiring, (4) the file is opened anew and
checked, (5) the old key is destroyed, (6) the note about it is cleared. A start finds the notes and ends what was
begun, so exactly one key is left whatever happened.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain import Credentials, KeychainDenied, KeyMissing, Tampered, VaultError
from app.domain.records import dataclass
from app.store import vault_db
from app.store.models import Models
from app.vault import ledger, manifest, record
from app.vault.cipher import KEY_SIZE, WRITE_LIMIT, EpochKey
from app.vault.desk import KeychainDesk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Edit = Callable[[str, Credentials], Credentials]
"""What becomes of the credentials of a user id when everything is put under a new key."""


class KeyRoom:
    """Brings keys in and out: between the vault's own row and the keychain."""

    def __init__(self, database: Models, desk: KeychainDesk, *, limit: int = WRITE_LIMIT) -> None:
        """`limit` is the number of encryptions that one key may make."""
        self._database = database
        self._desk = desk
        self._limit = limit

    async def load(self, now: datetime, adopt: Callable[[EpochKey], None]) -> None:
        """Hand the active key to `adopt`; make the first one when nothing was stored yet.

        Raises `KeyMissing` when something is stored and its key is not in the keychain: never a silent new key.
        """
        marks = await self._database.read(ledger.marks)
        key = await self._fetch(marks)
        if key is not None:
            adopt(key)
        elif marks.empty:
            await self.change(None, now, adopt)
        else:
            raise KeyMissing

    async def change(
        self,
        old: EpochKey | None,
        now: datetime,
        adopt: Callable[[EpochKey], None],
        *,
        without: str = "",
        edit: Edit | None = None,
    ) -> None:
        """Put everything under a new key, handing it to `adopt`, and destroy the old one.

        User `without` is dropped; what is kept of the others goes through `edit`, in the same transaction.
        """
        await self.finish(old)
        fresh = await self._bring_in()

        def switch(session: "Session") -> EpochKey:
            _switch(session, _Change(old, fresh, now, without, edit or _as_it_is))
            return fresh

        await self._database.write(switch, then=adopt)
        await self._database.reopen()
        await self._database.read(lambda session: _check(session, fresh))
        await self.finish(fresh)

    async def finish(self, active: EpochKey | None) -> None:
        """End what a change left half done: destroy keys that are noted as incoming or retiring and not active."""
        marks = await self._database.read(ledger.marks)
        keep = active.key_id if active is not None else marks.active
        for key_id in (marks.incoming, marks.retiring):
            if key_id is not None and key_id != keep:
                await self._destroy(_service(marks.vault_id, key_id))
        if marks.incoming is not None or marks.retiring is not None:
            await self._database.write(ledger.clear_notes)

    async def _bring_in(self) -> EpochKey:
        vault_id = (await self._database.read(ledger.marks)).vault_id
        fresh = EpochKey.fresh(vault_id, limit=self._limit)
        service = _service(vault_id, fresh.key_id)
        await self._database.write(lambda session: ledger.note_incoming(session, fresh.key_id))
        await self._desk.write(service, fresh.root)
        if await self._desk.read(service) != fresh.root():
            raise KeychainDenied("the keychain did not keep the new key")
        return fresh

    async def _destroy(self, service: str) -> None:
        await self._desk.delete(service)
        if await self._desk.read(service) is not None:
            raise KeychainDenied("the keychain did not let go of the old key")

    async def _fetch(self, marks: ledger.Marks) -> EpochKey | None:
        """The active key, or None when there is none. Raises `KeyMissing` for something else under its name."""
        root = None if marks.active is None else await self._desk.read(_service(marks.vault_id, marks.active))
        if root is None:
            return None
        if len(root) != KEY_SIZE:
            raise KeyMissing("the keychain's entry is not a key")
        key = EpochKey(marks.vault_id, root, used=marks.writes, limit=self._limit)
        del root  # a traceback may show what a frame holds
        if key.key_id != marks.active:
            raise KeyMissing("the keychain holds another key under this name")
        return key


def _service(vault_id: str, key_id: str) -> str:
    return f"kunji/vault/{vault_id}/{key_id}"


@dataclass(frozen=True, slots=True)
class _Change:
    """What one change of the key does."""

    old: EpochKey | None
    fresh: EpochKey
    now: datetime
    without: str
    edit: Edit


def _as_it_is(_: str, credentials: Credentials) -> Credentials:
    return credentials


def _switch(session: "Session", change: _Change) -> None:
    meta, rows = ledger.meta(session), ledger.rows(session)
    if change.old is not None:
        rows = _keep(session, meta, rows, change.old, change.without)
        for row in rows:
            record.write(row, change.fresh, change.edit(row.user_id, record.read(row, change.old)))
    elif rows:
        raise KeyMissing  # nothing may be put under a new key that cannot be read with the old one
    meta.retiring_key_id = meta.active_key_id
    meta.incoming_key_id = None
    meta.key_since = change.now
    manifest.write(meta, change.fresh, manifest.entries_of(rows))


def _keep(
    session: "Session", meta: vault_db.VaultMeta, rows: list[vault_db.BrokerCredential], old: EpochKey, without: str
) -> list[vault_db.BrokerCredential]:
    """The rows that stay. A row that was changed from outside can only leave: it cannot be put under a new key."""
    wrong = manifest.suspects(manifest.read(meta, old), rows, old)
    staying = [row for row in rows if row.user_id != without]
    if wrong & {row.id for row in staying} or (wrong and not without):
        raise Tampered("an account was changed from outside")
    if without:
        ledger.delete(session, without)
    return staying


def _check(session: "Session", key: EpochKey) -> None:
    meta = ledger.meta(session)
    if manifest.suspects(manifest.read(meta, key), ledger.rows(session), key):
        raise VaultError("the rows under the new key cannot be read back")
