"""A look at the keychain says whether it answers, and never asks it for a key of ours."""

import pytest

from app.domain import KeychainLocked, KeychainMissing
from app.vault import backends
from app.vault.keychain import system_keychain
from app.vault.look import KeychainLooked, look
from tests.vault.fakes import MemoryKeychain, raising


def test_a_keychain_that_answers_is_told_by_its_name() -> None:
    keychain = MemoryKeychain()
    keychain.items["kunji/vault/1"] = bytes(32)

    assert look(keychain) == KeychainLooked("MemoryKeychain", locked=False)
    assert keychain.calls == ["read"]


def test_one_that_does_not_says_why() -> None:
    keychain = MemoryKeychain()
    keychain.trouble = raising(KeychainLocked())

    with pytest.raises(KeychainLocked):
        look(keychain)


def test_without_any_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "_LINUX", ())

    with pytest.raises(KeychainMissing):
        look(system_keychain())


def test_what_a_backend_throws_is_told_by_its_type_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd() -> object:
        raise RuntimeError("text that may hold anything")

    monkeypatch.setattr(backends, "system_backend", odd)

    with pytest.raises(Exception, match=r"RuntimeError$") as caught:
        look()
    assert "anything" not in str(caught.value)
