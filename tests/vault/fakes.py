"""Keychains for tests: one in memory that can be given troubles, one in a folder that survives a killed process."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from app.domain import Clock, Credentials, Secret, VaultError
from app.vault import Keychain, StoredAccount, Vault

CANARIES = {
    "api_key": "cnry-key-8d1fb2a97c",
    "api_secret": "cnry-secret-77e0d4c1aa",
    "access_token": "cnry-token-5b9930e2f4",
    "redirect": "cnry-extra-19c4e8d07b",
}


class MemoryKeychain:
    """A keychain that works, until a test sets `trouble`: an error to raise at each call."""

    def __init__(self) -> None:
        self.items: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.trouble: Callable[[str], None] = lambda call: None

    def read(self, service: str) -> bytes | None:
        self._called("read")
        return self.items.get(service)

    def write(self, service: str, key: bytes) -> None:
        self._called("write")
        self.items[service] = key

    def delete(self, service: str) -> None:
        self._called("delete")
        self.items.pop(service, None)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.trouble(name)


class HungKeychain(MemoryKeychain):
    """A keychain whose prompt stays open until `answer` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = threading.Event()
        self.asked = threading.Event()

    def _called(self, name: str) -> None:
        super()._called(name)
        self.asked.set()
        if not self.answer.wait(timeout=60):
            raise AssertionError("nobody answered the prompt")


class FolderKeychain:
    """Keys as files: what was written is there after a kill."""

    def __init__(self, folder: Path, before: Callable[[str], None] = lambda call: None) -> None:
        self.folder = folder
        self._before = before
        folder.mkdir(exist_ok=True)

    def read(self, service: str) -> bytes | None:
        self._before("keychain read")
        path = self._path(service)
        return path.read_bytes() if path.exists() else None

    def write(self, service: str, key: bytes) -> None:
        self._before("keychain write")
        half = self._path(service).with_suffix(".half")
        half.write_bytes(key)
        half.rename(self._path(service))

    def delete(self, service: str) -> None:
        self._before("keychain delete")
        self._path(service).unlink(missing_ok=True)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.suffix != ".half")

    def _path(self, service: str) -> Path:
        return self.folder / service.replace("/", "_")


def raising(error: Exception) -> Callable[[str], None]:
    def trouble(call: str) -> None:
        raise error

    return trouble


def credentials(token: str = CANARIES["access_token"], client_id: str = "AB1234") -> Credentials:
    return Credentials(
        api_key=Secret(CANARIES["api_key"]),
        api_secret=Secret(CANARIES["api_secret"]),
        access_token=Secret(token),
        client_id=client_id,
        extras={"redirect_url": Secret(CANARIES["redirect"])},
    )


async def add(vault: Vault, name: str = "Self", creds: Credentials | None = None) -> StoredAccount:
    return await vault.add(
        name, "teal", "zerodha", creds or credentials(), token_since=None, token_expires_at=None, confirmed=False
    )


async def update(vault: Vault, user_id: str, token: str) -> StoredAccount:
    return await vault.update(user_id, credentials(token), token_since=None, token_expires_at=None, confirmed=True)


async def token_of(vault: Vault, user_id: str) -> str:
    return (await vault.credentials(user_id)).access_token.reveal()


class Held:
    """Opens vaults on one path with one keychain and closes what is open at the end."""

    def __init__(self, path: Path, keychain: Keychain, clock: Clock) -> None:
        self.path, self.keychain, self.clock = path, keychain, clock
        self._open: list[Vault] = []

    async def open(self, *, write_limit: int = 2**20, attended: bool = True, ask: bool = True) -> Vault:
        await self.close()
        vault = await Vault.open(
            self.path, self.keychain, self.clock, write_limit=write_limit, attended=attended, ask=ask
        )
        self._open.append(vault)
        return vault

    async def close(self) -> None:
        while self._open:
            await self._open.pop().close()


def is_open(path: Path) -> bool:
    """Whether this process holds that file."""
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # another thread has let go of it meanwhile
            if handle.readlink() == path:
                return True
    return False


def slowness() -> float:
    """How many times slower than usual this machine is at this moment; at least 1. Limits in time are scaled by it."""
    began = time.perf_counter()
    hashlib.pbkdf2_hmac("sha256", b"calibration", b"salt", 50_000)
    return max(1.0, (time.perf_counter() - began) / 0.015)


async def longest_gap(work: Awaitable[object]) -> float:
    """The longest time for which the loop did not turn while `work` ran, seconds."""
    task, longest, last = asyncio.ensure_future(work), 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest


async def allowed_gap() -> float:
    """50 ms, more where even a thread that only counts stops the loop for longer than the usual 10 ms."""
    usual = await longest_gap(asyncio.to_thread(_count))
    return 0.05 * max(1.0, usual / 0.01)


def _count() -> None:
    for _ in range(5_000_000):  # in Python: a loop inside C would never let the other thread in
        pass


def kind_of(error: VaultError | None) -> str:
    return "" if error is None else error.kind
