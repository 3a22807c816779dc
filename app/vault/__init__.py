"""Secrets at rest: AES-256-GCM records in one small file, the key in the OS keychain. Cheap to import."""

from app.vault.account import FieldAddress, StoredAccount
from app.vault.keychain import Keychain, system_keychain
from app.vault.vault import Vault

__all__ = ["FieldAddress", "Keychain", "StoredAccount", "Vault", "system_keychain"]
