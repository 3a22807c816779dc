"""L1 to L3 for what the vault and the store hold: nothing that is printed, kept or raised shows a secret."""

import base64
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain import Tampered, VaultError, redact
from app.store import AppStore
from app.vault import FieldAddress, Vault
from app.vault.cipher import EpochKey
from tests.vault.fakes import CANARIES, Held, MemoryKeychain, add, raising, token_of, update

ROOT = bytes(range(7, 39))
ADDRESS = FieldAddress("brk_1", "usr_1", "zerodha", "AB1234", "encrypted_token", 1)


def forms(secret: bytes) -> list[bytes]:
    """Every shape in which a secret could lie about."""
    text = secret.decode("latin-1")
    shapes = [secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret)]
    return [*shapes, text.encode("utf-16-le"), json.dumps(text).encode(), repr(secret)[2:-1].encode()]


def shown(secrets: list[bytes], where: bytes) -> list[bytes]:
    return [form for secret in secrets for form in forms(secret) if form in where]


def root_of(keychain: MemoryKeychain) -> bytes:
    (root,) = keychain.items.values()
    return root


CANARY_BYTES = [text.encode() for text in CANARIES.values()]


@pytest.mark.parametrize("show", [repr, str, format, ascii, lambda holder: f"{holder}", lambda holder: f"{holder!r}"])
def test_holders_of_a_key_are_safe_to_print(show: Callable[[object], str]) -> None:
    """L2."""
    key = EpochKey("vault", ROOT)
    for holder in (key, key.field(ADDRESS)):
        assert shown([ROOT, key.manifest_key], show(holder).encode()) == []


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars])
def test_a_key_is_not_copied_or_pickled(take: Callable[[Any], object]) -> None:
    """L2."""
    with pytest.raises(TypeError):
        take(EpochKey("vault", ROOT))


async def test_an_open_vault_is_safe_to_print(held: Held, keychain: MemoryKeychain) -> None:
    vault = await held.open()
    account = await add(vault)
    held_things = (vault, vars(vault), account, await vault.credentials(account.user_id), await vault.accounts())
    assert shown([*CANARY_BYTES, root_of(keychain)], repr(held_things).encode()) == []


async def test_keys_are_known_to_the_mask_of_the_logs(held: Held, keychain: MemoryKeychain) -> None:
    await held.open()
    root = root_of(keychain)
    assert redact(f"{root.hex()} {base64.b64encode(root).decode()}").split() == ["••••", "••••"]


async def test_errors_are_safe_to_print_with_their_locals(held: Held, keychain: MemoryKeychain) -> None:
    """L3: the error, its causes, and a traceback that shows local variables."""
    vault = await held.open()
    account = await add(vault)
    root = root_of(keychain)
    keychain.trouble = raising(RuntimeError(f"odd {CANARIES['api_secret']}"))
    errors = [await error_of(vault.rotate), await error_of(lambda: vault.remove(account.user_id))]
    errors.append(await error_of(lambda: await_bad(vault)))
    told = "".join(str(error) + error.detail + repr(error) + error.next_step for error in errors)
    assert shown([*CANARY_BYTES, root], told.encode()) == []


@pytest.mark.parametrize("failing", ["read", "write", "delete"])
async def test_a_traceback_with_locals_of_a_keychain_error_shows_no_key(held: Held, failing: str) -> None:
    """L3: a keychain that fails with the key in its hands."""
    held.keychain = keychain = Clumsy()
    vault = await held.open()
    await add(vault)
    roots = list(keychain.items.values())
    keychain.failing = failing
    error = await error_of(vault.rotate)
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert shown([*roots, *keychain.seen, *CANARY_BYTES], told.encode()) == []


class Clumsy(MemoryKeychain):
    """Puts the key into the text of its error."""

    def __init__(self) -> None:
        super().__init__()
        self.failing = ""
        self.seen: list[bytes] = []

    def write(self, service: str, key: bytes) -> None:
        self.seen.append(key)
        if self.failing == "write":
            raise RuntimeError(key.hex())
        super().write(service, key)

    def read(self, service: str) -> bytes | None:
        if self.failing == "read":
            raise OSError(repr(self.items))
        return super().read(service)

    def delete(self, service: str) -> None:
        if self.failing == "delete":
            raise LookupError(repr(self.items))
        super().delete(service)


def test_a_traceback_with_locals_of_a_used_up_key_shows_no_plaintext() -> None:
    """L3."""
    key = EpochKey("vault", ROOT, used=1, limit=1)
    field = key.field(ADDRESS)
    with pytest.raises(VaultError) as caught:
        field.encrypt(CANARIES["access_token"])
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert shown([ROOT, CANARIES["access_token"].encode()], told.encode()) == []


async def await_bad(vault: Vault) -> None:
    vault.field(ADDRESS).decrypt("bm90aGluZw==")


async def error_of(call: Callable[[], Any]) -> VaultError:
    with pytest.raises(VaultError) as caught:
        await call()
    return caught.value


def test_a_traceback_with_locals_of_a_failed_decryption_shows_no_key() -> None:
    """L3."""
    key = EpochKey("vault", ROOT)
    text = key.field(ADDRESS).encrypt(CANARIES["access_token"])
    with pytest.raises(Tampered) as caught:
        EpochKey("other", ROOT).field(ADDRESS).decrypt(text)
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert shown([ROOT, *CANARY_BYTES], told.encode()) == []


async def test_nothing_of_a_secret_is_logged_or_written(
    held: Held,
    keychain: MemoryKeychain,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """L1: everything happens once with every logger at DEBUG; then logs, outputs and all files are searched."""
    caplog.set_level(logging.DEBUG)
    roots = []
    vault = await held.open()
    store = await AppStore.open(path.with_name("app.db"))
    account = await add(vault)
    roots.append(root_of(keychain))
    await update(vault, account.user_id, CANARIES["access_token"])
    await store.history.add(account.created_at, account.user_id, "x", f"oops {CANARIES['access_token']}")
    await vault.rotate()
    roots.append(root_of(keychain))
    assert await token_of(vault, account.user_id) == CANARIES["access_token"]
    await vault.remove((await add(vault, "second")).user_id)
    roots.append(root_of(keychain))
    await store.close()
    await held.close()
    printed = "".join(capfd.readouterr()) + caplog.text
    assert shown([*CANARY_BYTES, *roots], printed.encode()) == []
    assert shown([*CANARY_BYTES, *roots], contents(path.parent)) == []


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_sqlalchemy_says_nothing_of_values_in_its_errors(tmp_path: Path) -> None:
    from app.domain import Worker
    from app.store.models import Models
    from app.store.vault_layout import VAULT_LAYOUT

    database = Models(tmp_path / "vault.db", VAULT_LAYOUT, Worker("test"))
    assert database.engine.hide_parameters
