"""V9: a vault written by format 1 opens for ever. The file is never written again; a new format adds a new one."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import MemoryKeychain, token_of

FROZEN = Path(__file__).parent / "frozen" / "format-1.db"
SERVICE = "kunji/vault/6ec543442e00dd8b/0988639fe60735d5"
ROOT = bytes.fromhex("6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283")


async def opened(tmp_path: Path) -> tuple[Vault, MemoryKeychain]:
    keychain = MemoryKeychain()
    keychain.items[SERVICE] = ROOT
    return await Vault.open(Path(shutil.copy(FROZEN, tmp_path / "vault.db")), keychain, ManualClock()), keychain


async def test_a_vault_of_format_1_opens(tmp_path: Path) -> None:
    vault, _ = await opened(tmp_path)
    first, second = await vault.accounts()
    assert vault.key_error is None
    assert (first.name, first.client_id, first.is_valid, first.confirmed) == ("Self", "AB1234", False, True)
    assert first.token_expires_at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    assert (second.name, second.token_since) == ("पत्नी", None)
    await vault.close()


async def test_the_secrets_of_format_1_are_read(tmp_path: Path) -> None:
    vault, _ = await opened(tmp_path)
    first, second = await vault.accounts()
    found = await vault.credentials(first.user_id)
    assert [found.api_key.reveal(), found.api_secret.reveal(), found.access_token.reveal()] == [
        "frozen-key",
        "frozen-secret",
        "frozen-token-2",
    ]
    assert found.extras["redirect_url"].reveal() == "http://127.0.0.1:5000/"
    assert await token_of(vault, second.user_id) == "t" * 700
    await vault.close()


async def test_a_vault_of_format_1_goes_on_living(tmp_path: Path) -> None:
    vault, keychain = await opened(tmp_path)
    first, second = await vault.accounts()
    await vault.remove(first.user_id)
    assert SERVICE not in keychain.items
    assert await token_of(vault, second.user_id) == "t" * 700
    await vault.close()
