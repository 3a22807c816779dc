"""The branches of the error tree that this computer grows: its credential store and key, a person's sign-in.

The whole tree is drawn in `errors.py`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from app.domain.errors import TradingError


class VaultError(TradingError):
    """The credential store or its key has a problem; nothing was lost or overwritten."""

    kind = "vault"


class KeychainLocked(VaultError):
    """The keychain is there, but locked."""

    kind = "keychain_locked"
    title = "Your keychain is locked, so your sessions cannot be read"
    next_step = "Unlock it and Kunji goes on. Nothing was lost."


class KeychainMissing(VaultError):
    """There is no keychain service on this machine."""

    kind = "keychain_missing"
    title = "This computer has no keychain service"
    next_step = (
        "Kunji does not store secrets without one. Install GNOME Keyring, KWallet or KeePassXC, then start again."
    )


class KeychainDenied(VaultError):
    """The keychain refused access."""

    kind = "keychain_denied"
    title = "The keychain refused access"
    next_step = "Allow Kunji to use the keychain and try again. Nothing was stored."


class KeychainTimeout(VaultError):
    """The keychain did not answer in time, or waiting was cancelled."""

    kind = "keychain_timeout"
    title = "The keychain did not answer"
    next_step = "Look for its password prompt, answer it and try again. Nothing was lost."


class KeyMissing(VaultError):
    """The vault is there, its key is not in the keychain."""

    kind = "key_missing"
    title = "The key to your stored credentials is not in this keychain"
    next_step = "Open the keychain that holds it, or start anew with an empty profile. The file is kept as it is."


class Tampered(VaultError):
    """A stored record was changed from outside."""

    kind = "tampered"
    title = "The stored credentials were changed from outside"
    next_step = "Restore the file from a backup, or remove the account and connect it again. Nothing was overwritten."


class VaultForeign(VaultError):
    """The file is not a vault of Kunji."""

    kind = "vault_foreign"
    title = "This file is not a credential store of Kunji"
    next_step = "Move it away and start again. It was not touched."


class VaultDamaged(VaultError):
    """The file cannot be read as a database."""

    kind = "vault_damaged"
    title = "The credential store is damaged"
    next_step = "Restore it from a backup, or move it away and connect your accounts again. It was not touched."


class VaultNewer(VaultError):
    """The file was written by a newer version of Kunji."""

    kind = "vault_newer"
    title = "The credential store was written by a newer Kunji"
    next_step = "Update Kunji. The file was not touched."


class DiskFull(VaultError):
    """No room to write."""

    kind = "disk_full"
    title = "The disk is full"
    next_step = "Free some space and try again. What was stored before is intact."


class ReadOnly(VaultError):
    """The profile folder or file cannot be written."""

    kind = "read_only"
    title = "The credential store cannot be written"
    next_step = "Make its folder writable for you and try again. What was stored before is intact."


class Busy(VaultError):
    """Another process holds the profile."""

    kind = "busy"
    title = "Kunji is already open"
    next_step = "Use the open window, or close it first."


class LoginError(TradingError):
    """A sign-in did not come to its end."""

    kind = "login"


class LoginCancelled(LoginError):
    """The user or the broker's page cancelled the sign-in."""

    kind = "login_cancelled"
    title = "The sign-in was cancelled"
    next_step = "The account is as it was before. Start again when you like."


class LoginTimedOut(LoginError):
    """Nobody signed in within the time."""

    kind = "login_timed_out"
    title = "Nobody signed in within 5 minutes"
    next_step = "The account is as it was before. Start again."


class LoginForged(LoginError):
    """A redirect came back that this sign-in did not start."""

    kind = "login_forged"
    title = "The page that came back does not belong to this sign-in"
    next_step = "It was ignored. Start the sign-in again from Kunji."


class PortTaken(LoginError):
    """Another program listens on the redirect port."""

    kind = "port_taken"
    title = "Another program uses the redirect port"
    next_step = "Close it, or paste the address of the page you land on."


class BrowserMissing(LoginError):
    """No browser could be started."""

    kind = "browser_missing"
    title = "No browser could be opened"
    next_step = "Copy the link into a browser on this computer."


def _tree(root: type[TradingError]) -> Iterator[type[TradingError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


ERRORS: Final[Mapping[str, type[TradingError]]] = MappingProxyType({cls.kind: cls for cls in _tree(TradingError)})
"""Every error class by its kind."""
