"""I2, L1 and L5 in the real window: a slot fails, the crash window tells it, the report is saved, work goes on."""

import json
from pathlib import Path

import pytest

from tests.desktop.desktop import until
from tests.desktop.evidence import told, traces
from tests.desktop.walk import TITLE
from tests.desktop.window import APP
from tests.end2end.conftest import Home
from tests.end2end.test_life import command

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(200)]

CRASH = "Something in Kunji did not work"


def saved_report(home: Home) -> Path | None:
    folder = Path(home.desktop.env["HOME"])
    return next((path for path in sorted(folder.rglob("kunji-report-*.txt")) if path.stat().st_size), None)


def test_what_escapes_is_shown_and_saved_and_the_session_goes_on(home: Home) -> None:
    window = home.connected()
    home.desktop.bring_forward(APP)
    secrets = {**home.person.secrets, "token": home.token}

    Path(home.desktop.env["HOME"], "fail-once").write_text(f"no price for {home.token}")
    window.see("the crash window", role="label", name=CRASH)
    frame = window.see("the window behind it", role="frame", name=APP)
    window.click("Save report")
    window.see("the question where", role="dialog", name="Save report")
    home.desktop.key("Return")
    report = until(lambda: saved_report(home), 10, "the report")
    window.see("where it is", words="Saved as")
    told_by_the_window = window.everything

    window.click("Go on")
    window.gone("the crash window", role="label", name=CRASH)
    window.click("Positions", role="check box", exact="Positions")
    window.see("the totals", name="Totals")
    window.see("the account, ready", name=f"{TITLE}, Ready")
    doctor = command(home, "doctor", "--json")

    assert "active" in frame.states  # the crash window took the keyboard from nobody
    assert "ValueError: no price for \u2022\u2022\u2022\u2022" in report.read_text()
    assert "in tick" in report.read_text()
    assert "The end of the log:" in report.read_text()
    lines = {line["name"]: line for line in json.loads(doctor.stdout)["lines"]}
    assert [lines[name]["verdict"] for name in ("Window", "Key", "Tray", "Notifications", "vault.db")] == ["ok"] * 5
    assert core_limit(window.process.pid) == "0"
    assert window.quit() == 0
    said = [told_by_the_window, doctor.stdout, doctor.stderr, window.output]
    assert told(secrets, "\n".join(said)) == []
    assert traces(secrets, [home.profile, home.folder / "logs", *home.kept]) == []


def core_limit(process: int) -> str:
    """How large a memory image of the process may become."""
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()
    return next(line for line in lines if line.startswith("Max core file size")).split()[4]
