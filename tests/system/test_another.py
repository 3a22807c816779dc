"""Another Kunji is started beside this one: it gets the demo's command, lives on, and a failure is told."""

import sys
import time
from pathlib import Path

import pytest

from app.domain import NotFound
from app.system import another


def played(folder: Path, body: str) -> list[str]:
    script = folder / "kunji.py"
    script.write_text(body, encoding="utf-8")
    return [sys.executable, str(script)]


def test_the_demo_is_started_with_its_command_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    body = f"import sys, time, pathlib\npathlib.Path({str(seen)!r}).write_text(' '.join(sys.argv[1:]))\ntime.sleep(3)\n"
    monkeypatch.setattr(another, "this_program", lambda: played(tmp_path, body))
    monkeypatch.setattr(another, "_SETTLE", 0.5)
    began = time.monotonic()

    another.open_demo()

    assert time.monotonic() - began < 2.5
    assert seen.read_text() == "demo"


def test_a_demo_that_is_open_already_comes_forward_and_that_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(another, "this_program", lambda: played(tmp_path, ""))

    another.open_demo()


def test_a_demo_that_ends_at_once_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(another, "this_program", lambda: played(tmp_path, "raise SystemExit(3)"))

    with pytest.raises(NotFound) as told:
        another.open_demo()

    assert (told.value.title, told.value.detail) == ("The demo could not be opened", "exit code 3")


def test_a_program_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(another, "this_program", lambda: [str(tmp_path / "gone")])

    with pytest.raises(NotFound):
        another.open_demo()
