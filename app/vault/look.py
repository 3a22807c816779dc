"""Looks at the keychain without asking it for a key, and without a prompt where that can be told before. Blocks."""

from typing import TYPE_CHECKING, Final

from app.domain import VaultError
from app.domain.records import dataclass
from app.vault.keychain import Keychain, SystemKeychain, of_foreign

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_NOBODY: Final = "kunji-doctor"  # a name under which nothing lies


@dataclass(frozen=True, slots=True)
class KeychainLooked:
    """Which keychain it is, and whether it is locked; None where only a question, and perhaps a prompt, could tell."""

    backend: str
    locked: bool | None


def look(keychain: Keychain | None = None) -> KeychainLooked:
    """The keychain of this machine, or the one that was handed in. Raises a `VaultError` when there is none."""
    if keychain is not None and not isinstance(keychain, SystemKeychain):
        keychain.read(_NOBODY)
        return KeychainLooked(type(keychain).__name__, locked=False)
    try:
        return _look()
    except VaultError:
        raise
    except Exception as error:  # each platform's backend lets exceptions of its own through; see `of_foreign`
        raise of_foreign(error) from error


def _look() -> KeychainLooked:
    from app.vault.backends import system_backend  # loaded on first use: start-up

    module = _module(system_backend())
    return KeychainLooked(module, _secret_service_locked() if module == "SecretService" else None)


def _module(backend: "KeyringBackend") -> str:
    """Ours is a class made over keyring's."""
    return type(backend).__mro__[1].__module__.rpartition(".")[2]


def _secret_service_locked() -> bool | None:
    import secretstorage  # Linux only

    bus = secretstorage.dbus_init()
    try:
        return bool(secretstorage.Collection(bus).is_locked())
    except secretstorage.exceptions.ItemNotFoundException:  # it is made, with a prompt, when the first key is kept
        return None
    finally:
        bus.close()
