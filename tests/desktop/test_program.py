"""Which Kunji the desktop's tests start, and with what it is left alone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.program import ALONE, PACKAGED, kunji, kunji_at, kunji_demo

TESTS = Path(__file__).parent.parent


def test_source_tree_is_what_runs_unless_a_packaged_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PACKAGED, raising=False)

    assert kunji("status") == [sys.executable, "-m", "app", "status"]


def test_packaged_program_and_its_two_for_the_tests_are_started_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(PACKAGED, str(tmp_path))

    commands = [kunji("status"), kunji_at("http://127.0.0.1:1", "0"), kunji_demo(Path("log"))]

    assert [command[:2] for command in commands] == [["sh", str(ALONE)]] * 3
    assert [Path(command[2]).name for command in commands] == ["kunji", "kunji-launch", "kunji-launch-demo"]


def test_program_alone_is_told_by_the_desktop_what_a_desktop_tells_and_nothing_more() -> None:
    given = {"DISPLAY": ":9", "HOME": "/home of one", "PYTHONPATH": "/x", "LANG": "C", "XDG_DATA_HOME": "/y"}

    said = subprocess.run(["sh", ALONE, "sh", "-c", "env; pwd"], env=given, capture_output=True, text=True, check=True)

    names = dict(line.partition("=")[::2] for line in said.stdout.splitlines())
    assert {"DISPLAY": ":9", "HOME": "/home of one", "PATH": "/usr/local/bin:/usr/bin:/bin"}.items() <= names.items()
    assert {"PYTHONPATH", "LANG", "XDG_DATA_HOME"}.isdisjoint(names)
    assert said.stdout.endswith("\n/\n")


def test_no_test_of_the_desktop_starts_the_source_tree_past_the_packaged_program() -> None:
    past = re.compile(r'"-m",\s*"(?:app|tests\.desktop\.launch\w*)"')
    found = [
        path.relative_to(TESTS).as_posix()
        for folder in ("desktop", "end2end")
        for path in (TESTS / folder).glob("*.py")
        if past.search(path.read_text("utf-8")) and path != Path(__file__)
    ]

    assert found == []
