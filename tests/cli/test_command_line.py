"""The command line as a process, on its own: nobody else has the profile open."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import __version__
from app.system.paths import open_demo_profile
from tests.cli.conftest import ROOT, Kunji
from tests.fakes.waiting import wait_until


def test_an_account_is_connected_with_a_token_and_seen_by_the_next_command(kunji: Kunji) -> None:
    connected = kunji.run("connect", "zerodha", "--token", "--account", "HUF", answers=(*kunji.keys, kunji.token()))

    done = kunji.run("status")

    assert (connected.code, done.code) == (0, 0), connected.err
    assert "HUF" in done.out
    assert "Ready" in done.out


def test_status_and_positions_as_json(kunji: Kunji) -> None:
    kunji.connected()

    (account,) = kunji.run("status", "--json", "--account", "huf").json["accounts"]
    assert (account["status"], account["state"], account["client_id"]) == ("healthy", "ready", kunji.user.client_id)
    (positions,) = kunji.run("positions", "--json").json["accounts"]
    assert positions["current"]
    assert positions["positions"]


def test_what_is_read_is_a_table_and_the_masters_stay_for_the_next_command(kunji: Kunji) -> None:
    kunji.connected()

    priced = kunji.run("ltp", "INFY", "nosuch")
    found = kunji.run("search", "relian", "--limit", "1", "--json")

    assert (priced.code, "INFY" in priced.out) == (4, True), priced.err
    assert "Zerodha has no price of NSE:NOSUCH" in priced.err
    assert "Fetching Zerodha's list of instruments" in priced.err
    assert (found.code, [row["symbol"] for row in found.json["instruments"]]) == (0, ["RELIANCE"])


def test_a_sign_in_in_the_browser_connects_an_account(kunji: Kunji) -> None:
    done = kunji.run("connect", "zerodha", "--account", "HUF", answers=kunji.keys, browser="person")

    assert (done.code, "Ready" in done.out) == (0, True), done.err
    assert f"{kunji.broker.base_url}/connect/login" in done.err


def test_an_expired_session_is_a_definite_no_and_a_reconnect_brings_it_back(kunji: Kunji) -> None:
    kunji.connected()
    kunji.broker.controls.expire(kunji.user.client_id)

    assert kunji.run("validate").code == 1
    assert kunji.run("reconnect", browser="person").code == 0


def test_all_that_are_signed_out_come_back_and_a_second_time_nobody_is(kunji: Kunji) -> None:
    kunji.connected()
    kunji.broker.controls.expire(kunji.user.client_id)

    first = kunji.run("reconnect", "--all", browser="person")
    second = kunji.run("reconnect", "--all")

    assert (first.code, first.out) == (0, "HUF (Zerodha DEMO01): Ready: until 06:00 tomorrow\n"), first.err
    assert "HUF · Zerodha: Sign in on this page" in first.err
    assert (second.code, second.out, second.err) == (0, "No account is signed out.\n", "")


def test_without_a_browser_the_link_is_printed_and_a_pasted_token_signs_in(kunji: Kunji) -> None:
    kunji.connected()
    pasted = kunji.broker.controls.request_token(kunji.user.client_id)

    done = kunji.run("reconnect", answers=("yes", pasted))

    assert (done.code, "Ready" in done.out) == (0, True), done.err
    assert f"{kunji.broker.base_url}/connect/login" in done.err
    assert "No browser could be opened" in done.err


def test_new_credentials_are_tested_and_nothing_is_stored(kunji: Kunji) -> None:
    done = kunji.run("validate", "--new", "zerodha", answers=(*kunji.keys, kunji.token()))

    assert (done.code, "Nothing was stored" in done.out) == (0, True), done.err


def test_a_wrong_token_is_a_definite_no_and_nothing_is_stored(kunji: Kunji) -> None:
    done = kunji.run("connect", "zerodha", "--token", "--account", "HUF", answers=(*kunji.keys, "x" * 32))

    assert (done.code, done.out) == (1, "")


def test_a_broker_that_cannot_be_reached_is_unknown_and_keeps_the_account(kunji: Kunji) -> None:
    kunji.connected()
    kunji.broker.controls.fault("*", "refused")

    status = kunji.run("status", "--json")

    assert status.code == 3
    assert status.json["accounts"][0]["status"] == "error"
    kunji.broker.controls.clear()
    assert kunji.run("status").code == 0


def test_a_locked_keychain_has_a_code_of_its_own_and_the_account_is_still_listed(kunji: Kunji) -> None:
    kunji.connected()

    done = kunji.run("status", "--json", keychain="locked")

    assert done.code == 6
    assert done.json["accounts"][0]["state"] == "locked"


def test_an_account_that_is_not_there_is_not_found(kunji: Kunji) -> None:
    done = kunji.run("validate", "--account", "nobody")

    assert (done.code, done.out) == (4, "")
    assert "There is no account nobody" in done.err


def test_answers_that_end_too_early_are_a_cancel(kunji: Kunji) -> None:
    done = kunji.run("connect", "zerodha", "--account", "HUF", answers=(kunji.user.client_id,))

    assert done.code == 7
    assert "nobody answered" in done.err


def test_disconnect_asks_first_and_anything_but_yes_keeps_the_account(kunji: Kunji) -> None:
    kunji.connected()

    assert kunji.run("disconnect", answers=("no",)).code == 7
    assert kunji.run("disconnect", answers=("yes",)).code == 0


def test_ctrl_c_ends_a_sign_in_cleanly(kunji: Kunji, processes: list[subprocess.Popen[str]]) -> None:
    kunji.connected()
    process = kunji.start("reconnect", "--yes")
    processes.append(process)
    assert process.stderr is not None
    while "connect/login" not in process.stderr.readline():
        assert process.poll() is None

    process.send_signal(signal.SIGINT)
    done = kunji.finish(process)

    assert done.code == 7
    assert "Cancelled" in done.err
    assert "Traceback" not in done.err
    assert kunji.run("status").code == 0


def test_no_secret_is_ever_an_argument_an_output_or_in_a_file(kunji: Kunji, tmp_path: Path) -> None:
    canaries = [kunji.connected(), kunji.user.api_secret, kunji.user.api_key]
    kunji.apart = True
    kunji.run("validate", "--new", "zerodha", answers=(*kunji.keys, "canary-wrong-token-0123456789"))
    kunji.run("reconnect", "--yes", browser="person")
    kunji.run("positions", "--json")
    canaries.append("canary-wrong-token-0123456789")

    arguments = " ".join(word for words in kunji.words for word in words)
    printed = "".join(kunji.output).replace(f"api_key={kunji.user.api_key}", "")  # it is part of the login's address
    kept = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())

    assert [text for text in canaries if text in arguments] == []
    assert [text for text in canaries if text in printed] == []
    assert [text for text in canaries if text.encode() in kept] == []


def test_the_invented_accounts_of_the_demo_are_not_sent_to_a_real_broker(kunji: Kunji) -> None:
    open_demo_profile(kunji.profile)

    done = kunji.run("status")

    assert done.code == 4
    assert "kunji demo opens it" in done.err


def test_a_command_that_is_told_to_end_ends_cleanly(kunji: Kunji, processes: list[subprocess.Popen[str]]) -> None:
    process = kunji.start("connect", "zerodha")
    processes.append(process)
    wait_for_owner(kunji)

    process.send_signal(signal.SIGTERM)

    done = kunji.finish(process)
    assert (done.code, "Traceback" in done.err) == (7, False), done.err


def wait_for_owner(kunji: Kunji) -> None:
    wait_until((kunji.profile / "logs" / "kunji.log").exists)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["status", "--nonsense"],
        ["demo", "--port", "65536"],
        ["demo", "--at", "9 Uhr"],
        ["connect", "a", "b"],
        ["status", "--acc", "x"],
    ],
)
def test_wrong_words_are_code_2(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "app", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: kunji" in done.stderr


def test_an_unknown_broker_is_named_with_the_supported_ones(kunji: Kunji) -> None:
    done = kunji.run("connect", "wishful")

    assert done.code == 2
    assert "wishful is not a broker that Kunji supports. Supported: zerodha, dhan, fyers, angel_one." in done.err


def test_the_version_is_told_without_loading_anything(tmp_path: Path) -> None:
    code = "import sys, app.main\ntry: app.main.main(['--version'])\nfinally: print(*sorted(sys.modules))"
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )

    assert done.stdout.startswith(f"kunji {__version__}\n")
    assert [name for name in done.stdout.split() if name.startswith(("app.domain", "app.services", "PySide6"))] == []


def test_two_commands_at_once_wait_for_each_other(kunji: Kunji) -> None:
    kunji.connected()
    began = time.monotonic()

    both = [kunji.start("status", "--json") for _ in range(2)]

    assert [kunji.finish(process).code for process in both] == [0, 0]
    assert time.monotonic() - began < 30
