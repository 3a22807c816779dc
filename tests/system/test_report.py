"""L1 for report files: everything that helps, no secret, nobody's home folder, private from the first byte."""

import secrets
import stat
from pathlib import Path

import pytest

from app import __version__
from app.domain import Secret
from app.system.crash import crash_of
from app.system.report import file_name, report_text, write_report
from tests.fakes.clock import ManualClock

AT = ManualClock().now()


def test_a_report_says_versions_what_escaped_and_the_end_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "kunji.log").write_text("2026-11-18T03:44:00.000Z INFO app.test begun\n")

    said = report_text([crash_of("loop", ValueError("odd"), AT)], AT, tmp_path)

    assert said.startswith("Kunji report, 2026-11-18 09:14:00 IST\n\nKunji: " + __version__)
    assert "2026-11-18 09:14:00 IST, loop: ValueError: odd\nValueError: odd\n" in said
    assert said.endswith("The end of the log:\n2026-11-18T03:44:00.000Z INFO app.test begun\n")


def test_a_report_without_a_log_says_so(tmp_path: Path) -> None:
    (tmp_path / "kunji.log").mkdir()

    assert "The log cannot be read: " in report_text([], AT, tmp_path)


def test_no_secret_and_no_home_folder_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"canary{secrets.token_hex(12)}"
    Secret(text)
    monkeypatch.setenv("HOME", "/users/asha")

    write_report(tmp_path / "report.txt", f"in /users/asha/kunji with {text}")

    assert (tmp_path / "report.txt").read_text() == "in ~/kunji with \u2022\u2022\u2022\u2022"


def test_the_file_is_private_also_in_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / file_name("report", AT)
    path.write_text("something longer that was there before")
    path.chmod(0o644)

    write_report(path, "short")

    assert path.name == "kunji-report-20261118-091400.txt"
    assert path.read_text() == "short"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
