"""The end of the log: over turned files, without half lines, and fast whatever its size."""

import secrets
from pathlib import Path

import pytest

from app.domain import Secret
from app.system import log_tail


def write(folder: Path, name: str, *lines: str, end: str = "\n") -> None:
    (folder / name).write_text("\n".join(lines) + end)


def test_the_newest_lines_come_last_over_turned_files(tmp_path: Path) -> None:
    write(tmp_path, "kunji.log.10", "oldest")
    write(tmp_path, "kunji.log.2", "older")
    write(tmp_path, "kunji.log.1", "old")
    write(tmp_path, "kunji.log", "new", "newest")

    lines, _ = log_tail.tail(tmp_path, 1000)

    assert lines == ["oldest", "older", "old", "new", "newest"]


def test_no_more_is_read_than_was_asked_for_and_no_half_line(tmp_path: Path) -> None:
    write(tmp_path, "kunji.log", *(f"line {number:04d}" for number in range(1000)))

    lines, _ = log_tail.tail(tmp_path, 35)

    assert lines == ["line 0997", "line 0998", "line 0999"]


def test_a_line_that_is_being_written_waits_until_it_is_whole(tmp_path: Path) -> None:
    write(tmp_path, "kunji.log", "whole", "ha", end="")
    lines, place = log_tail.tail(tmp_path, 1000)

    write(tmp_path, "kunji.log", "whole", "half", "more")
    went_on = log_tail.more(tmp_path, place, 1000)

    assert lines == ["whole"]
    assert went_on is not None
    assert went_on[0] == ["half", "more"]


def test_what_was_written_since_is_read_from_there(tmp_path: Path) -> None:
    write(tmp_path, "kunji.log", "first")
    _, place = log_tail.tail(tmp_path, 1000)
    with (tmp_path / "kunji.log").open("a") as file:
        file.write("second\n")

    went_on = log_tail.more(tmp_path, place, 1000)
    assert went_on is not None
    again = log_tail.more(tmp_path, went_on[1], 1000)

    assert went_on[0] == ["second"]
    assert again is not None
    assert again[0] == []


@pytest.mark.parametrize("change", ["turned", "cut", "gone", "flooded"])
def test_files_that_are_others_now_are_read_anew(tmp_path: Path, change: str) -> None:
    log = tmp_path / "kunji.log"
    write(tmp_path, "kunji.log", "first", "second")
    _, place = log_tail.tail(tmp_path, 1000)

    if change == "turned":
        log.rename(tmp_path / "kunji.log.1")
        write(tmp_path, "kunji.log", "a first line that is longer than both before")
    elif change == "cut":
        log.write_text("x\n")
    elif change == "gone":
        log.unlink()
    else:
        log.write_text("x\n" * 1000)

    assert log_tail.more(tmp_path, place, 1000) is None


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert log_tail.tail(tmp_path / "none", 1000) == ([], log_tail.Place())


def test_a_secret_in_a_line_of_before_is_masked(tmp_path: Path) -> None:
    text = f"canary{secrets.token_hex(12)}"
    write(tmp_path, "kunji.log", f"an older version wrote {text}")

    Secret(text)

    assert log_tail.tail(tmp_path, 1000)[0] == ["an older version wrote \u2022\u2022\u2022\u2022"]
