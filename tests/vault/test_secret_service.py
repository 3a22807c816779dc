"""The real Secret Service, in a private desktop session: round trip, locked with a person at the prompt, absent."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__)
ROOT = HERE.parents[2]
KEY = base64.b64encode(bytes(range(32))).decode()

pytestmark = pytest.mark.desktop


def answers(keyring: str, case: str) -> list[str]:
    session = ["bash", str(ROOT / "tests" / "desktop" / "session.sh"), "--tray", "none", "--notify", "none"]
    run = subprocess.run(
        [
            *session,
            "--keyring",
            keyring,
            "--",
            sys.executable,
            "-W",
            "error",
            str(HERE.with_name("secret_service_child.py")),
            case,
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
    )
    found: list[str] = json.loads(run.stdout)
    return found


def test_a_key_goes_in_comes_back_and_can_be_destroyed() -> None:
    assert answers("unlocked", "round trip") == ["None", "None", KEY, "None", "None", "None", "None"]


def test_a_dismissed_prompt_is_a_locked_keychain() -> None:
    assert answers("locked", "dismissed") == ["a prompt", "keychain_locked"]


def test_a_prompt_that_is_answered_goes_on() -> None:
    assert answers("locked", "unlocked") == ["a prompt", "None", KEY]


def test_a_look_at_a_locked_keychain_says_so_and_brings_up_no_prompt() -> None:
    assert answers("locked", "look") == ["KeychainLooked(backend='SecretService', locked=True)", "no prompt"]


def test_without_a_secret_service_the_keychain_is_missing() -> None:
    assert set(answers("absent", "round trip")) == {"keychain_missing"}
