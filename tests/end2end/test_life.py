"""A connected account over the life of the program: restart, a second start, the command line beside the window."""

import json
import subprocess
import sys
import time

import pytest

from tests.desktop.desktop import until
from tests.desktop.evidence import records, told, traces
from tests.desktop.program import kunji
from tests.desktop.walk import TITLE
from tests.desktop.window import APP
from tests.end2end.conftest import CLIENT, Home, Running

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(240)]

LEAVES_WITHIN = 2.0  # seconds (promise I1)
ENDS_WITHIN = 3.0  # seconds (promise I3)
USUAL_START = 0.1  # seconds


def slowness() -> float:
    """How many times slower than usual this machine starts a process just now, at least 1; limits are scaled by it."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import asyncio, argparse, logging"], check=True)
    return max(1.0, (time.monotonic() - began) / USUAL_START)


def command(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Kunji's command line, on the profile of the window, its broker nowhere: only the window can answer."""
    return home.desktop.call(kunji(*arguments, "--profile-dir", str(home.profile)))


def test_restart_is_still_connected_without_another_sign_in(home: Home) -> None:
    window = home.connected()
    before = records(home.profile / "vault.db")
    began = time.monotonic()

    status = window.quit(20)
    took = time.monotonic() - began
    again = home.open("kunji-again")
    again.see("the account, ready", name=f"{TITLE}, Ready", seconds=30)

    assert status == 0
    assert took < ENDS_WITHIN * slowness()
    assert records(home.profile / "vault.db")[0].token == before[0].token
    assert home.broker.controls.is_live(CLIENT)
    assert [seen.operation for seen in home.broker.log if seen.operation in ("login", "session")] == []


def test_second_start_shows_the_first_window_and_leaves(running: Running) -> None:
    window = running.window
    window.hide()

    began = time.monotonic()
    second = running.home.desktop.call([*window.command, "--profile-dir", str(window.profile)])
    took = time.monotonic() - began

    assert second.returncode == 0, second.stderr
    assert took < LEAVES_WITHIN * slowness()
    assert window.see("the first window", role="frame", name=APP).on_screen
    assert window.process.poll() is None


def test_closed_window_lives_on_in_the_tray(running: Running) -> None:
    running.window.hide()

    items = until(running.home.desktop.tray_items, 10, "an item in the tray")

    assert running.window.process.poll() is None
    assert len(items) == 1


def test_command_line_is_answered_by_the_window(running: Running) -> None:
    status = command(running.home, "status", "--json")
    positions = command(running.home, "positions", "--json")

    assert status.returncode == 0, status.stderr
    assert [account["name"] for account in json.loads(status.stdout)["accounts"]] == ["HUF"]
    assert len(json.loads(positions.stdout)["accounts"][0]["positions"]) > 3


def test_command_line_works_the_same_when_no_window_is_open(home: Home) -> None:
    window = home.connected()
    window.quit()

    answer = home.desktop.call([*window.command, "status", "--json", "--profile-dir", str(home.profile)])

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["accounts"][0]["status"] == "healthy"


def test_planted_secrets_are_found_nowhere(home: Home) -> None:
    window = home.open()
    said: list[str] = []
    walk = home.walk(window)
    planted = dict(home.person.secrets)

    for number, _ in enumerate(walk.all()):
        said.append(window.everything)
        planted[f"token {number}"] = home.token or planted.get("token 0", "")
    said += [command(home, "status").stdout, command(home, "positions", "--json").stdout]
    status = window.quit()
    said += [window.output, *(message.raw for message in home.desktop.bus.messages())]

    assert status == 0
    assert len(set(planted.values())) == 4  # key, secret, the first token and the second
    assert told(planted, "\n".join(said)) == []
    assert traces(planted, [home.profile, home.folder / "logs", *home.kept]) == []


def test_removed_account_leaves_no_byte_of_its_ciphertext(home: Home) -> None:
    home.connected()
    record = records(home.profile / "vault.db")[0]

    removed = command(home, "disconnect", "--account", "HUF", "--yes")
    left = {"token": record.token, "key": record.api_key, "secret": record.secret}

    assert removed.returncode == 0, removed.stderr
    assert records(home.profile / "vault.db") == []
    assert traces(left, [home.profile]) == []
