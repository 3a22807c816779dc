"""The keyring backends that may hold a key, made explicitly. Imports keyring.

keyring would choose by environment variable (PYTHON_KEYRING_BACKEND), by a configuration file, or by what is installed,
plain-text files included, and sets any attribute from KEYRING_PROPERTY_* variables. None of that is used here.
"""

import sys
from importlib import import_module
from typing import Final

from keyring.backend import KeyringBackend

from app.domain import KeychainDenied, KeychainMissing

_LINUX: Final = (("keyring.backends.SecretService", "Keyring"), ("keyring.backends.kwallet", "DBusKeyring"))
_ALLOWED: Final = {
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
    "darwin": (("keyring.backends.macOS", "Keyring"),),
}


def system_backend(platform: str = sys.platform) -> KeyringBackend:
    """The first backend of the platform's list that works here. Raises `KeychainMissing` when none does."""
    for module, name in _ALLOWED.get(platform, _LINUX):
        kind: type[KeyringBackend] = getattr(import_module(module), name)
        if kind.viable:
            return explicit(kind)
    raise KeychainMissing


def explicit(kind: type[KeyringBackend]) -> KeyringBackend:
    """A backend of `kind` that listens to no environment variable. Raises `KeychainDenied` for any but the allowed."""
    origin = (kind.__module__, kind.__qualname__)
    if origin not in {entry for entries in (_LINUX, *_ALLOWED.values()) for entry in entries}:
        raise KeychainDenied(f"{kind.__module__} is not a keychain that Kunji trusts")
    backend: KeyringBackend = type("Explicit", (kind,), _overrides(origin))()
    if origin[0].endswith("Windows"):
        backend.persist = "local machine"  # type: ignore[attr-defined]  # a property of the Windows backend alone
    return backend


def _overrides(origin: tuple[str, str]) -> dict[str, object]:
    overrides: dict[str, object] = {"set_properties_from_env": lambda self: None}  # noqa: ARG005 - keyring's method
    if origin[0].endswith("macOS"):
        overrides["keychain"] = None  # keyring reads KEYCHAIN_PATH into it
    if origin[0].endswith("SecretService"):
        overrides["get_preferred_collection"] = _default_collection
    return overrides


def _default_collection(self: KeyringBackend) -> object:  # noqa: ARG001 - keyring's method
    """Do as keyring does, but the connection is closed when no collection comes of it."""
    import secretstorage  # Linux only
    from keyring.errors import InitError, KeyringLocked  # beside it

    try:
        bus = secretstorage.dbus_init()
    except secretstorage.exceptions.SecretStorageException as error:
        raise InitError("no session bus") from error
    try:
        collection = secretstorage.get_default_collection(bus)
        dismissed = collection.is_locked() and (collection.unlock() or collection.is_locked())
    except BaseException:  # whatever ended it, the connection is closed; it is raised on
        bus.close()
        raise
    if dismissed:
        bus.close()
        raise KeyringLocked("the prompt was dismissed")
    return collection
