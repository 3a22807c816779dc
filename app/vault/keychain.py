"""The OS keychain as the vault sees it: 32 bytes under a name.

The backend is taken from a list of our own and made explicitly; no environment variable and no configuration file can
put another one in its place (security promises, V11). keyring is imported with the first call, on the caller's thread.
"""

import base64
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from app.domain import KeychainDenied, KeychainLocked, KeychainMissing, KeyMissing, VaultError
from app.domain.secret import remember

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
_USER: Final = "kunji"  # never a second one: the Windows backend would move the first in two writes
_KEY_SIZE: Final = 32
_log = logging.getLogger(__name__)


class Keychain(Protocol):
    """Where root keys lie. Calls block, perhaps for as long as a prompt is open, and raise a `VaultError`."""

    def read(self, service: str) -> bytes | None:
        """The key under `service`, or None when there is none."""
        ...

    def write(self, service: str, key: bytes) -> None:
        """Keep `key` under `service`."""
        ...

    def delete(self, service: str) -> None:
        """Forget what is under `service`; nothing happens when there is nothing."""
        ...


class SystemKeychain:
    """A `Keychain` over one of keyring's backends; `make` is asked again until it has found one."""

    def __init__(self, make: "Callable[[], KeyringBackend]") -> None:
        """`make` returns an allow-listed backend or raises a `VaultError`; it runs with the first call."""
        self._make = make
        self._backend: KeyringBackend | None = None

    def read(self, service: str) -> bytes | None:
        """See `Keychain.read`. Raises `KeyMissing` for an entry that is not a key of ours."""
        text = self._ask(lambda backend: backend.get_password(service, _USER))
        return None if text is None else _decoded(text)

    def write(self, service: str, key: bytes) -> None:
        """See `Keychain.write`."""
        text = base64.b64encode(key).decode()
        remember(text)
        self._ask(lambda backend: backend.set_password(service, _USER, text))

    def delete(self, service: str) -> None:
        """See `Keychain.delete`."""
        try:
            self._ask(lambda backend: backend.delete_password(service, _USER))
        except KeychainDenied:  # the backends say so too when there is nothing to delete
            if self._ask(lambda backend: backend.get_password(service, _USER)) is not None:
                raise

    def _ask(self, call: "Callable[[KeyringBackend], T]") -> T:
        try:
            if self._backend is None:
                self._backend = self._make()
            return call(self._backend)
        except VaultError:
            raise
        except Exception as error:  # each platform's backend lets exceptions of its own through; see `of_foreign`
            raise of_foreign(error) from error


def system_keychain() -> Keychain:
    """The keychain of this machine. Nothing is imported or asked before its first call."""
    return SystemKeychain(_system_backend)


def of_foreign(error: Exception) -> VaultError:
    """The error of ours for whatever a keychain raised. Its words may hold anything, so only its type is kept."""
    names = {cls.__name__ for cause in _chain(error) for cls in type(cause).__mro__}
    detail = type(error).__name__
    if names & {"KeychainDenied", "SecureStorageDenied"}:  # macOS: the user pressed Deny; keyring calls it locked
        return KeychainDenied(detail)
    if names & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        return KeychainLocked(detail)
    if names & {"NoKeyringError", "InitError", "SecretServiceNotAvailableException", "ImportError", "ConnectionError"}:
        return KeychainMissing(detail)
    return KeychainDenied(detail)


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    return chain


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise KeyMissing("the keychain's entry is not a key") from error
    if len(key) != _KEY_SIZE or base64.b64encode(key).decode() != text:
        raise KeyMissing("the keychain's entry is not a key")
    remember(text)
    return key


def _system_backend() -> "KeyringBackend":
    from app.vault.backends import system_backend  # loaded on first use: start-up

    return system_backend()
