"""The search for secrets finds them in every form: a search that finds nothing must mean something."""

import base64
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.evidence import records, traces

SECRET = 'canary/"+7f3Zq9'
HIDDEN: dict[str, Callable[[str], bytes]] = {
    "raw": lambda text: text.encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 inside a larger text": lambda text: base64.b64encode(b"x" + text.encode() + b"yz"),
    "base64url": lambda text: base64.urlsafe_b64encode(b"ab" + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "address": lambda text: urllib.parse.quote_plus(text).encode(),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "json": lambda text: json.dumps({"token": text}).encode(),
}


@pytest.mark.parametrize("form", HIDDEN)
def test_secret_is_found(form: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"before " + HIDDEN[form](SECRET) + b" after")

    assert traces({"token": SECRET}, [tmp_path]) == [f"token in {tmp_path / 'log'}"]


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"before and after, canary")

    assert traces({"token": SECRET}, [tmp_path]) == []


def test_vault_that_is_not_there_yet_has_no_records(tmp_path: Path) -> None:
    assert records(tmp_path / "vault.db") == []
