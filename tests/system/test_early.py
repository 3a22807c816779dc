import json
import stat
from pathlib import Path

import pytest

from app.system.early import EarlyFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "early.json"


def test_what_was_put_is_there_at_the_next_start(path: Path) -> None:
    EarlyFile(path).put("window", [10, 20, 1280, 800])

    assert EarlyFile(path).get("window") == [10, 20, 1280, 800]


def test_file_is_for_its_owner_alone(path: Path) -> None:
    EarlyFile(path).put("theme", "dark")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_damaged_file_is_as_good_as_none(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    early = EarlyFile(path)

    assert early.get("window") is None
    early.put("theme", "dark")
    assert json.loads(path.read_bytes()) == {"theme": "dark"}


def test_disk_that_refuses_costs_nothing_else(tmp_path: Path) -> None:
    early = EarlyFile(tmp_path / "gone" / "early.json")

    early.put("theme", "dark")

    assert early.get("theme") == "dark"
