"""`kunji` as a user starts it, except that broker, keychain and browser are handed in as objects.

    python -m tests.cli.harness BASE_URL KEYCHAIN BROWSER [kunji's own arguments]

KEYCHAIN is a file, or "locked"; BROWSER is "person" (signs in at the demo broker's page) or "none".
"""

import json
import signal
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from app.brokers import create_broker
from app.cli import run as cli_run
from app.domain import BrowserMissing, KeychainLocked, Worker
from app.main import main
from app.parts import Parts


class FileKeychain:
    """Fulfils `app.vault.Keychain` for several processes of one test."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, service: str) -> bytes | None:
        found = self._load().get(service)
        return None if found is None else bytes.fromhex(found)

    def write(self, service: str, key: bytes) -> None:
        self._path.write_text(json.dumps(self._load() | {service: key.hex()}))

    def delete(self, service: str) -> None:
        self._path.write_text(json.dumps({name: key for name, key in self._load().items() if name != service}))

    def _load(self) -> dict[str, str]:
        return dict(json.loads(self._path.read_text())) if self._path.exists() else {}


class LockedKeychain:
    """Fulfils `app.vault.Keychain`; answers nothing."""

    def read(self, service: str) -> bytes | None:
        raise KeychainLocked

    def write(self, service: str, key: bytes) -> None:
        raise KeychainLocked

    def delete(self, service: str) -> None:
        raise KeychainLocked


def sign_in(url: str) -> None:
    """What a person does on the demo broker's page: press Sign in, and follow the redirect."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    given = {"api_key": asked["api_key"], "redirect_params": asked["redirect_params"], "do": "sign-in"}
    page = url.partition("?")[0]
    with urllib.request.urlopen(page, urlencode(given | {"user_id": "DEMO01"}).encode(), timeout=20) as answer:
        answer.read()


async def person(url: str) -> None:
    worker = Worker("person")
    try:
        await worker.run(lambda: sign_in(url))
    finally:
        worker.stop()


async def nobody(_url: str) -> None:
    raise BrowserMissing


BROWSERS: dict[str, Callable[[str], Awaitable[None]]] = {"person": person, "none": nobody}


def run(arguments: list[str]) -> int:
    cli_run._PATIENCE = 2.0  # type: ignore[misc]  # less waiting for owners that never answer
    base_url, keychain, browser, *words = arguments
    build = {
        "make_broker": partial(create_broker, base_url=base_url),
        "keychain": LockedKeychain() if keychain == "locked" else FileKeychain(Path(keychain)),
        "open_page": BROWSERS[browser],
        "quiet_hours": None,
    }
    return main(words, Parts(build))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background hands down an ignored one
    raise SystemExit(run(sys.argv[1:]))
