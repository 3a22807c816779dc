"""What a real Secret Service answers, as JSON: run inside a desktop session. The argument names what a person does."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from app.domain import VaultError
from app.vault import system_keychain
from app.vault.look import look

KEY = bytes(range(32))
SERVICE = "kunji/vault/0123456789abcdef/fedcba9876543210"
PATIENCE = 40.0


def answer(call: Callable[[], object]) -> str:
    try:
        result = call()
    except VaultError as error:
        return error.kind
    return base64.b64encode(result).decode() if isinstance(result, bytes) else repr(result)


def round_trip() -> list[str]:
    keychain = system_keychain()
    calls: list[Callable[[], object]] = [
        lambda: keychain.read(SERVICE),
        lambda: keychain.write(SERVICE, KEY),
        lambda: system_keychain().read(SERVICE),
        lambda: keychain.read(SERVICE + "0"),
        lambda: keychain.delete(SERVICE),
        lambda: keychain.read(SERVICE),
        lambda: keychain.delete(SERVICE),
    ]
    return [answer(call) for call in calls]


def prompted(keys: list[str]) -> list[str]:
    """Ask while the keyring is locked and let a person press `keys` in its prompt."""
    seen: list[str] = []
    thread = threading.Thread(target=press, args=(keys, seen))
    thread.start()
    first = answer(lambda: system_keychain().write(SERVICE, KEY))
    thread.join()
    return [*seen, first]


def press(keys: list[str], seen: list[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_asking():
            seen.append("a prompt")
            for key in keys:
                subprocess.run(["xdotool", *key.split(" ", 1)], check=True)
            return
        time.sleep(0.05)


def is_asking() -> bool:
    """Whether the prompt is on the screen and takes the keyboard."""
    prompts = xdotool("search", "--name", "Unlock")
    return bool(prompts) and xdotool("getwindowfocus")[-1:] == prompts[-1:]


def xdotool(*words: str) -> list[str]:
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False).stdout.split()


def looked() -> list[str]:
    return [repr(look()), "a prompt" if is_asking() else "no prompt"]


CASES: dict[str, Callable[[], list[str]]] = {
    "look": looked,
    "round trip": round_trip,
    "dismissed": lambda: prompted(["key Escape"]),
    "unlocked": lambda: prompted([f"type {os.environ['DESKTOP_SESSION_PASSWORD']}", "key Return"]) + round_trip()[2:3],
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(CASES[sys.argv[1]]()))
