"""V11: nothing puts another keychain in the place of the system's. Every exception of theirs becomes one of ours."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.backends.kwallet import DBusKeyring
from keyring.backends.SecretService import Keyring as SecretService

from app.domain import KeychainDenied, KeychainMissing, KeyMissing, VaultError
from app.vault import Keychain, system_keychain
from app.vault.backends import explicit, system_backend
from app.vault.keychain import SystemKeychain, of_foreign

KEY = bytes(range(32))


class Plain(KeyringBackend):
    """A plain-text keyring, as a plug-in would bring it; with an error to raise."""

    priority: ClassVar[float] = 9.0
    error: Exception | None = None

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring does not type it
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._raise()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._raise()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._raise()
        if (service, username) not in self.items:
            raise keyring.errors.PasswordDeleteError("No such password!")
        del self.items[service, username]

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error


class Disguised(SecretService):
    """Calls itself by the name of an allowed one, but is a class of its own."""


@pytest.mark.parametrize("kind", [null.Keyring, fail.Keyring, ChainerBackend, Plain, Disguised])
def test_a_backend_that_is_not_on_the_list_is_refused(kind: type[KeyringBackend]) -> None:
    with pytest.raises(KeychainDenied):
        explicit(kind)


def outcome_here() -> tuple[str, str]:
    """What the system's keychain is in this process: the backend's family, or the error."""
    try:
        backend = system_backend("linux")
    except VaultError as error:
        return ("", error.kind)
    return (type(backend).__mro__[1].__module__, "")


@pytest.mark.parametrize(
    "name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "keyrings.alt.file.PlaintextKeyring"]
)
def test_the_environment_chooses_no_backend(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = outcome_here()
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert outcome_here() == before


def test_a_configuration_file_chooses_no_backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = outcome_here()
    for folder in (tmp_path / "python_keyring", tmp_path / "share" / "python_keyring", tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert outcome_here() == before


def test_a_backend_that_somebody_set_in_keyring_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Plain()
    monkeypatch.setattr("keyring.core._keyring_backend", plain)
    try:
        system_keychain().write("kunji/vault/a/b", KEY)
    except KeychainMissing:
        assert outcome_here() == ("", "keychain_missing")  # a machine without a keychain: nothing was stored at all
    assert plain.items == {}


def test_property_variables_do_not_reach_a_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session")
    monkeypatch.setenv("KEYRING_PROPERTY_APPID", "another")
    backend = explicit(SecretService)
    assert not hasattr(backend, "preferred_collection")
    assert vars(backend) == {}
    assert hasattr(SecretService(), "preferred_collection")  # type: ignore[no-untyped-call]  # keyring's own takes it


def test_kwallet_is_on_the_list() -> None:
    assert isinstance(explicit(DBusKeyring), DBusKeyring)


def test_without_a_session_bus_the_keychain_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(KeychainMissing):
        system_keychain().read("kunji/vault/a/b")


def test_a_key_goes_through_a_backend_as_base64_under_one_user_name() -> None:
    plain = Plain()
    keychain: Keychain = SystemKeychain(lambda: plain)
    keychain.write("service", KEY)
    assert plain.items == {("service", "kunji"): base64.b64encode(KEY).decode()}
    assert keychain.read("service") == KEY
    keychain.delete("service")
    keychain.delete("service")  # nothing there: nothing happens
    assert keychain.read("service") is None


@pytest.mark.parametrize(
    "text",
    ["", "not base64!", "QR==", base64.b64encode(bytes(31)).decode(), base64.b64encode(KEY).decode() + "\n", "ü"],
)
def test_an_entry_that_is_not_a_key_is_a_missing_key(text: str) -> None:
    plain = Plain()
    plain.items["service", "kunji"] = text
    with pytest.raises(KeyMissing):
        SystemKeychain(lambda: plain).read("service")


def named(name: str) -> Exception:
    """An exception of a class that lives in a library of another platform."""
    error: Exception = type(name, (Exception,), {})("text with a secret")
    return error


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (keyring.errors.KeyringLocked(), "keychain_locked"),
        (named("LockedException"), "keychain_locked"),
        (named("PromptDismissedException"), "keychain_locked"),
        (keyring.errors.NoKeyringError(), "keychain_missing"),
        (keyring.errors.InitError(), "keychain_missing"),
        (named("SecretServiceNotAvailableException"), "keychain_missing"),
        (ConnectionResetError(), "keychain_missing"),
        (ImportError(), "keychain_missing"),
        (keyring.errors.PasswordSetError(), "keychain_denied"),
        (caused_by(keyring.errors.KeyringLocked(), named("KeychainDenied")), "keychain_denied"),
        (caused_by(keyring.errors.KeyringError(), named("KeychainDenied")), "keychain_denied"),
        (named("pywintypes.error"), "keychain_denied"),
        (RuntimeError("x"), "keychain_denied"),
        (KeyError("x"), "keychain_denied"),
    ],
)
def test_an_exception_of_theirs_becomes_one_of_ours(error: Exception, kind: str) -> None:
    assert of_foreign(error).kind == kind
    assert "secret" not in str(of_foreign(error))


@pytest.mark.parametrize("call", ["read", "write", "delete"])
def test_each_call_maps_what_the_backend_raises(call: str) -> None:
    plain = Plain()
    plain.error = keyring.errors.KeyringLocked("text")
    keychain = SystemKeychain(lambda: plain)
    calls: dict[str, Callable[[], object]] = {
        "read": lambda: keychain.read("s"),
        "write": lambda: keychain.write("s", KEY),
        "delete": lambda: keychain.delete("s"),
    }
    with pytest.raises(VaultError) as caught:
        calls[call]()
    assert caught.value.kind == "keychain_locked"


def test_a_deletion_that_the_keychain_refuses_is_told() -> None:
    class Stubborn(Plain):
        def delete_password(self, service: str, username: str) -> None:
            raise keyring.errors.PasswordDeleteError("no")

    plain = Stubborn()
    plain.items["service", "kunji"] = base64.b64encode(KEY).decode()
    with pytest.raises(KeychainDenied):
        SystemKeychain(lambda: plain).delete("service")


def test_a_keychain_that_comes_later_is_found() -> None:
    found: list[Plain] = []

    def make() -> KeyringBackend:
        if not found:
            raise KeychainMissing
        return found[0]

    keychain = SystemKeychain(make)
    with pytest.raises(KeychainMissing):
        keychain.read("service")
    found.append(Plain())
    assert keychain.read("service") is None
