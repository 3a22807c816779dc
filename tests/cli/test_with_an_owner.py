"""The command line while somebody else has the profile open: the window, or one that does not answer."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from app.system.instance import InstanceLock
from app.system.paths import Profile
from tests.cli.conftest import Kunji
from tests.fakes.waiting import wait_until

pytestmark = pytest.mark.alone  # windows start and end here, several at once


@pytest.fixture
def window(kunji: Kunji, processes: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """The real window, offscreen, with one connected account; it answers callers."""
    kunji.connected()
    process = kunji.start(browser="person")
    processes.append(process)
    wait_for_door(process, kunji)
    return process


def wait_for_door(process: subprocess.Popen[str], kunji: Kunji) -> None:
    wait_until(Profile(kunji.profile).socket_path.exists, of=process)


def wait_for_words(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, process.communicate()


def polls(process: subprocess.Popen[str]) -> bool:
    with suppress(FileNotFoundError):  # a file that was closed while we looked
        return any("eventpoll" in str(file.readlink()) for file in Path(f"/proc/{process.pid}/fd").iterdir())
    return False


def wait_until_it_tries(process: subprocess.Popen[str]) -> None:
    """Return when `process` has a loop: its next step is to try the lock, and to find it taken."""
    wait_until(lambda: polls(process), of=process)


def end(process: subprocess.Popen[str], kunji: Kunji) -> int:
    process.send_signal(signal.SIGTERM)
    return kunji.finish(process).code


def test_every_command_is_answered_by_the_window(kunji: Kunji, window: subprocess.Popen[str]) -> None:
    # only the window has a keychain and a browser: whoever else answered could not
    ask = partial(kunji.run, keychain="locked", browser="none")

    assert ask("status").code == 0
    assert ask("validate").code == 0
    assert ask("positions").code == 0
    assert "HUF" in ask("funds").out
    kunji.broker.controls.expire(kunji.user.client_id)
    assert ask("validate").code == 1
    reconnected = ask("reconnect")
    assert (reconnected.code, "Ready" in reconnected.out) == (0, True), reconnected.err
    wrong = ask("validate", "--new", "zerodha", answers=(*kunji.keys, "x" * 32))
    assert wrong.code == 1
    assert ask("disconnect", answers=("yes",)).code == 0
    assert ask("status", "--json").json["accounts"] == []
    assert end(window, kunji) == 0


def test_a_second_start_shows_the_first_window_and_leaves(kunji: Kunji, window: subprocess.Popen[str]) -> None:
    began = time.monotonic()

    second = kunji.run()

    assert (second.code, second.out, second.err) == (0, "", "")
    assert time.monotonic() - began < 10
    assert window.poll() is None
    assert end(window, kunji) == 0


def test_a_caller_who_presses_ctrl_c_leaves_the_window_as_it_was(
    kunji: Kunji, processes: list[subprocess.Popen[str]]
) -> None:
    kunji.connected()
    window = kunji.start(browser="none")
    processes.append(window)
    wait_for_door(window, kunji)
    caller = kunji.start("reconnect", "--yes")
    processes.append(caller)
    wait_for_words(caller, "connect/login")

    caller.send_signal(signal.SIGINT)

    assert kunji.finish(caller).code == 7
    assert kunji.run("status").code == 0
    assert end(window, kunji) == 0


def test_a_window_that_hangs_has_an_exit_code_of_its_own(kunji: Kunji, window: subprocess.Popen[str]) -> None:
    window.send_signal(signal.SIGSTOP)

    done = kunji.run("status")

    assert done.code == 5
    assert "does not answer" in done.err
    assert kunji.run().code == 5


def test_a_window_that_was_killed_leaves_a_profile_that_opens(kunji: Kunji, window: subprocess.Popen[str]) -> None:
    window.kill()
    window.communicate()

    assert kunji.run("status").code == 0


@pytest.fixture
def mute_owner(kunji: Kunji) -> Iterator[InstanceLock]:
    lock = InstanceLock(Profile(kunji.profile))
    assert lock.acquire()
    yield lock
    lock.release()


def test_an_owner_without_a_door_is_said_to_be_silent(kunji: Kunji, mute_owner: InstanceLock) -> None:
    began = time.monotonic()

    done = kunji.run("status", "--json")

    assert (done.code, done.json["error"]["kind"]) == (5, "busy")
    assert time.monotonic() - began < 20


def test_a_second_start_of_a_silent_owner_leaves_with_words(kunji: Kunji, mute_owner: InstanceLock) -> None:
    done = kunji.run()

    assert done.code == 5
    assert "Kunji is open and does not answer" in done.err


def test_a_command_that_waits_is_served_as_soon_as_the_owner_has_gone(kunji: Kunji, mute_owner: InstanceLock) -> None:
    process = kunji.start("status")
    wait_until_it_tries(process)

    mute_owner.release()

    assert kunji.finish(process).code == 0


def test_the_windows_log_names_no_secret(kunji: Kunji, window: subprocess.Popen[str]) -> None:
    kunji.broker.controls.expire(kunji.user.client_id)
    kunji.run("reconnect", keychain="locked")
    end(window, kunji)

    text = "".join(path.read_text() for path in (Path(kunji.profile) / "logs").iterdir())

    assert text
    assert kunji.user.api_secret not in text
    assert kunji.user.api_key not in text


def test_a_window_that_cannot_open_its_files_tells_callers_why(
    kunji: Kunji, processes: list[subprocess.Popen[str]]
) -> None:
    (Profile(kunji.profile).directory / "vault.db").write_bytes(b"no database at all" * 100)
    process = kunji.start()
    processes.append(process)
    wait_for_door(process, kunji)

    done = kunji.run("status", "--json")

    assert (done.code, done.json["error"]["kind"]) == (6, "vault_foreign")
    assert end(process, kunji) == 0


def test_of_several_simultaneous_starts_one_is_the_window(kunji: Kunji, processes: list[subprocess.Popen[str]]) -> None:
    processes += [kunji.start() for _ in range(6)]

    def running() -> list[subprocess.Popen[str]]:
        return [process for process in processes if process.poll() is None]

    wait_until(lambda: len(running()) <= 1)

    (window,) = running()
    assert {process.returncode for process in processes if process is not window} <= {0, 5}
    wait_for_door(window, kunji)
    for process in processes:
        if process is not window:
            kunji.finish(process)
    assert end(window, kunji) == 0
