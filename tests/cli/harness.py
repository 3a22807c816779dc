"""`kunji` as a user starts it, except that broker, keychain and browser are handed in as objects.

    python -m tests.cli.harness BASE_URL KEYCHAIN BROWSER [kunji's own arguments]

KEYCHAIN is a file, or "locked"; BROWSER is "person" (signs in at the demo broker's page) or "none".
"""

import json
import signal
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin

from app.brokers import bucket
from app.cli import run as cli_run
from app.domain import BrowserMissing, KeychainLocked, Worker
from app.main import main
from app.parts import Parts
from tests.fakes import rations
from tests.fakes.clock import going_clock


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


class Form(HTMLParser):
    """Where the form of a demo broker's page goes, and what stands in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.given = {"do": "sign-in"}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = named["action"]
        elif tag == "input":
            self.given[named["name"]] = named.get("value", "")


def sign_in(url: str) -> None:
    """What a person does on any demo broker's page: press Sign in, and follow the redirect."""
    form = Form(browse(url))
    browse(urljoin(url, form.action), urlencode(form.given).encode())


def browse(url: str, form: bytes | None = None) -> str:
    """The page, asked for as a browser does: some brokers refuse who does not look like one."""
    request = urllib.request.Request(url, form, {"User-Agent": "Mozilla/5.0"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read()).decode()


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
        "base_url": base_url,
        "keychain": LockedKeychain() if keychain == "locked" else FileKeychain(Path(keychain)),
        "open_page": BROWSERS[browser],
        "quiet_hours": None,
    }
    return main(words, Parts(build, clock=going_clock()))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background hands down an ignored one
    bucket._rules = rations.quick
    raise SystemExit(run(sys.argv[1:]))
