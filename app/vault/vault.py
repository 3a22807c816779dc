"""The vault: credentials at rest, one small encrypted file, its key in the OS keychain.

What needs no key (the list of accounts, their names and marks) works without one; what needs it raises the typed
reason. SQLAlchemy and cryptography are imported when the key is asked for, on the vault's own thread.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import (
    Clock,
    Credentials,
    KeychainDenied,
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    KeyMissing,
    Secret,
    Tampered,
    VaultError,
    Worker,
)
from app.domain.tongue import tr
from app.vault.account import FieldAddress, StoredAccount
from app.vault.desk import KeychainDesk
from app.vault.keychain import Keychain

if TYPE_CHECKING:
    from app.store.models import Models
    from app.vault.cipher import EpochKey, FieldCipher
    from app.vault.entries import Writing
    from app.vault.rotation import Edit, KeyRoom

T = TypeVar("T")
_log = logging.getLogger(__name__)
_KEY_LIFE: Final = timedelta(days=365)
_WRITE_LIMIT: Final = 2**20  # encryptions under one key (security promises, V3)
_KEY_TROUBLES: Final = (KeychainLocked, KeychainMissing, KeychainDenied, KeychainTimeout, KeyMissing, Tampered)


class Vault:
    """An open vault; made by `open`, ended by `close`. Operations that change it run one after another."""

    def __init__(self, database: "Models", desk: KeychainDesk, clock: Clock, write_limit: int) -> None:
        """Use `open`."""
        self._database = database
        self._desk = desk
        self._clock = clock
        self._write_limit = write_limit
        self._keys: KeyRoom | None = None
        self._key: EpochKey | None = None
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[object]] = set()
        self.key_error: VaultError | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        keychain: Keychain,
        clock: Clock,
        *,
        on_waiting: Callable[[bool], None] | None = None,
        give_up: asyncio.Event | None = None,
        attended: bool = True,
        write_limit: int = _WRITE_LIMIT,
        ask: bool = True,
    ) -> "Vault":
        """Open or make the vault at `path` and ask `keychain` for its key.

        Trouble with the file is raised (`VaultForeign`, `VaultDamaged`, `VaultNewer`, `ReadOnly`, `DiskFull`, `Busy`);
        trouble with the key is kept in `key_error`. After 20 s without an answer `on_waiting(True)` is called, and
        `on_waiting(False)` when that wait ends; setting `give_up` ends it with `KeychainTimeout`, and so do the 20 s
        themselves when nobody is there (`attended` False). `write_limit` is the number of encryptions under one key.
        Without `ask` a vault that holds accounts asks for the key when it is first needed, or by `unlock`.
        """
        desk = KeychainDesk(keychain, clock, on_waiting=on_waiting, give_up=give_up, attended=attended)
        worker = Worker("kunji-vault")
        try:
            vault = await worker.run(lambda: _build(path, worker, desk, clock, write_limit))
        except BaseException:  # also a cancelled start must not leave threads behind
            desk.close()
            worker.stop()
            raise
        try:
            await vault._start(ask=ask)  # noqa: SLF001 - the constructor of this class
        except BaseException:  # also a cancelled start must give the file back
            await asyncio.shield(vault.close())
            raise
        return vault

    async def unlock(self) -> None:
        """Ask the keychain for the key (again) and check the list. Raises what `key_error` then holds.

        One account that was changed from outside is no reason: reading that one raises `Tampered`.
        """
        await self._in_turn(self._unlock)

    def cancel_waiting(self) -> None:
        """End a wait for the keychain; the operation that waits raises `KeychainTimeout`."""
        self._desk.give_up()

    async def accounts(self) -> tuple[StoredAccount, ...]:
        """All stored accounts, in the user's order. Needs no key."""
        from app.vault import listing  # loaded on first use: start-up

        return await self._database.rows(listing.accounts)

    @property
    def is_open(self) -> bool:
        """Whether the key is there and the list of accounts was found sound."""
        return self._key is not None and self.key_error is None

    async def credentials(self, user_id: str) -> Credentials:
        """The credentials of one account. Raises `NotFound`, `Tampered` or the reason why there is no key."""
        await self._asked()
        from app.vault import entries  # loaded on first use: start-up

        # the key is taken on the database's thread: there it always belongs to the rows that are read
        return await self._database.read(lambda session: entries.reveal(session, self._present_key(), user_id))

    async def add(
        self,
        name: str,
        colour: str,
        broker_type: str,
        credentials: Credentials,
        *,
        token_since: datetime | None,
        token_expires_at: datetime | None,
        confirmed: bool,
    ) -> StoredAccount:
        """Store a new account; at the return it is on the disk, or nothing is."""
        await self._asked()
        from app.vault import entries  # loaded on first use: start-up

        token = entries.TokenState(token_since, token_expires_at, confirmed)
        return await self._write(
            partial(entries.add, entries.NewAccount(name, colour, broker_type), credentials, token)
        )

    async def update(
        self,
        user_id: str,
        credentials: Credentials,
        *,
        token_since: datetime | None,
        token_expires_at: datetime | None,
        confirmed: bool,
    ) -> StoredAccount:
        """Replace all four fields of one account at once; it counts as valid again. Raises `NotFound`."""
        await self._asked()
        from app.vault import entries  # loaded on first use: start-up

        token = entries.TokenState(token_since, token_expires_at, confirmed)
        return await self._write(partial(entries.update, user_id, credentials, token))

    async def rename(self, user_id: str, *, name: str | None = None, colour: str | None = None) -> StoredAccount:
        """Change what the user calls the account. Needs no key. Raises `NotFound`."""
        await self._room()
        from app.vault import entries  # loaded on first use: start-up

        return await self._database.write(partial(entries.rename, user_id=user_id, name=name, colour=colour))

    async def mark(self, user_id: str, *, is_valid: bool | None = None, confirmed: bool | None = None) -> StoredAccount:
        """Note what the broker said of the stored token. Needs no key. Raises `NotFound`."""
        await self._room()
        from app.vault import entries  # loaded on first use: start-up

        now = self._clock.now()
        return await self._database.write(
            partial(entries.mark, user_id=user_id, is_valid=is_valid, confirmed=confirmed, now=now)
        )

    async def remove(self, user_id: str) -> None:
        """Delete one account, put the others under a new key and destroy the old one.

        After it, no copy of the file made before can be read. Raises `NotFound`; a `VaultError` before the deletion
        leaves everything as it was, one after it (the old key could not be destroyed) is worded so.
        """
        await self._asked()
        await self._in_turn(lambda: self._remove(user_id))

    async def keep(self, user_id: str, extras: Mapping[str, Secret]) -> StoredAccount:
        """Store `extras` of one account beside its others; nothing else of it changes. Raises `NotFound`."""
        await self._asked()
        from app.vault import entries  # loaded on first use: start-up

        return await self._write(partial(entries.keep, user_id, extras))

    async def erase(self, user_id: str, names: Collection[str]) -> None:
        """Erase the extras `names` of one account: everything goes under a new key without them, the old one goes.

        After it they can be read nowhere, in no copy of the file made before either. Raises as `remove` does.
        """
        await self._asked()
        await self._in_turn(lambda: self._erase(user_id, frozenset(names)))

    async def rotate(self) -> None:
        """Put everything under a new key and destroy the old one."""
        await self._asked()
        await self._in_turn(self._rotate)

    async def copy(self) -> None:
        """Take today's copy of the file, unless there is one; see `Database.copy`."""
        await self._database.copy()

    def field(self, address: FieldAddress) -> "FieldCipher":
        """The cipher of the field at `address`, with exactly `encrypt` and `decrypt`. Raises the key's error."""
        return self._present_key().field(address)

    async def close(self) -> None:
        """Let go of key, file and threads; a wait for the keychain is given up."""
        self._desk.close()
        if self._running:
            await asyncio.wait(self._running)
        self._key = None
        await self._database.close()

    async def _start(self, *, ask: bool) -> None:
        await self._database.open()
        if ask or not await self.accounts():
            await self._asked()

    async def _asked(self) -> None:
        """Ask for the key unless somebody did; what prevents it is kept in `key_error`."""
        if self._key is None and self.key_error is None:
            with suppress(*_KEY_TROUBLES):
                await self.unlock()

    async def _room(self) -> "KeyRoom":
        """What brings keys in and out; with it comes everything that costs an import, on the vault's own thread."""
        if self._keys is None:
            self._keys = await self._database.run(lambda: _key_room(self._database, self._desk, self._write_limit))
        return self._keys

    async def _unlock(self) -> None:
        room = await self._room()
        from app.vault import entries  # loaded on first use: start-up

        try:
            if self._key is None:
                await room.load(self._clock.now(), self._adopt)
            await self._database.read(lambda session: entries.inspect(session, self._present_key()))
        except VaultError as error:
            self.key_error = _again(error)
            raise
        self.key_error = None
        try:
            await room.finish(self._key)
        except VaultError as error:  # the key that must go is still noted, for the next start
            _log.warning("an old key could not be destroyed yet: %s", error.kind)

    async def _remove(self, user_id: str) -> None:
        from app.vault import ledger  # loaded on first use: start-up

        await self._database.read(lambda session: ledger.find(session, user_id))
        old = self._present_key()
        try:
            await self._change(old, without=user_id)
        except VaultError as error:
            if self._key is not old:
                raise _half_done(error, "The account is removed") from error
            raise
        self.key_error = None  # the account that was changed from outside may have been this one

    async def _erase(self, user_id: str, names: frozenset[str]) -> None:
        from app.vault import ledger  # loaded on first use: start-up

        await self._database.read(lambda session: ledger.find(session, user_id))
        old = self._present_key()
        try:
            await self._change(old, edit=partial(_without, user_id, names))
        except VaultError as error:
            if self._key is not old:
                raise _half_done(error, "It is erased") from error
            raise

    async def _rotate(self) -> None:
        await self._change(self._present_key())

    async def _change(self, old: "EpochKey", *, without: str = "", edit: "Edit | None" = None) -> None:
        """Put everything under a new key; earlier copies are under the old one, and hold what was erased."""
        try:
            await (await self._room()).change(old, self._clock.now(), self._adopt, without=without, edit=edit)
        finally:
            if self._key is not old:
                await self._database.copy(erased=True)

    async def _write(self, work: "Callable[[Writing], T]") -> T:
        from app.vault import entries, ledger, record  # loaded on first use: start-up

        async def change() -> T:
            now = self._clock.now()
            if self._present_key().left < record.WRITES_PER_ROW:
                await self._rotate()
            # asked before the write: nothing that can fail may stand between the commit and the answer
            is_old = await self._database.read(lambda session: ledger.key_age(session, now)) >= _KEY_LIFE
            written = await self._database.write(
                lambda session: work(entries.Writing(session, self._present_key(), now))
            )
            if is_old:
                self._begin(self._rotate_old_key)  # nobody waits for it: what was asked for is stored
            return written

        return await self._in_turn(change)

    async def _rotate_old_key(self) -> None:
        try:
            await self._rotate()
        except VaultError as error:
            _log.warning("the yearly change of the key waits for the next time: %s", error.kind)

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` when nothing else runs; it goes on to its end when its caller is cancelled."""
        return await asyncio.shield(self._begin(work))

    def _begin(self, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        async def run() -> T:
            async with self._turn:
                return await work()

        task = asyncio.create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _adopt(self, key: "EpochKey") -> None:
        self._key = key

    def _present_key(self) -> "EpochKey":
        if self._key is None:
            raise _again(self.key_error or KeyMissing())
        return self._key


def _build(path: Path, worker: Worker, desk: KeychainDesk, clock: Clock, write_limit: int) -> Vault:
    from app.store.copies import Copies  # loaded on first use: start-up
    from app.store.models import Models  # loaded on first use: start-up
    from app.store.vault_layout import VAULT_LAYOUT  # loaded on first use: start-up

    return Vault(Models(path, VAULT_LAYOUT, worker, Copies(path, clock.now)), desk, clock, write_limit)


def _key_room(database: "Models", desk: KeychainDesk, write_limit: int) -> "KeyRoom":
    from app.vault import entries  # noqa: F401 - loaded on first use: start-up
    from app.vault.rotation import KeyRoom  # loaded on first use: start-up

    return KeyRoom(database, desk, limit=write_limit)


def _again(error: VaultError) -> VaultError:
    """The same error without the frames that an earlier raise left on it."""
    return type(error)(error.detail, title=error.title, next_step=error.next_step)


def _without(user_id: str, names: frozenset[str], owner: str, credentials: Credentials) -> Credentials:
    if owner != user_id:
        return credentials
    extras = {name: secret for name, secret in credentials.extras.items() if name not in names}
    return replace(credentials, extras=extras)


def _half_done(error: VaultError, done: str) -> VaultError:
    return type(error)(
        error.detail,
        title=tr("{done}, but the old key could not be destroyed yet", done=done),
        next_step=tr("Kunji tries again at the next start."),
    )
