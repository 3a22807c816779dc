"""`kunji watch` as a process: alone, beside a window, and at its end."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.system.instance import InstanceLock
from app.system.paths import Profile
from tests.cli.conftest import Kunji
from tests.cli.test_with_an_owner import wait_for_door
from tests.end2end.test_life import slowness
from tests.fakes.waiting import wait_until

LIMIT = 40.0
ENDS_WITHIN = 3.0  # seconds (promise I3)


class Watching:
    """A process of `kunji watch` whose lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def see(self, what: Callable[[], bool]) -> None:
        """Wait until it has said so."""
        wait_until(lambda: what() or self._over(what), LIMIT, seen=lambda: self.lines)

    def _over(self, what: Callable[[], bool]) -> bool:
        """False while it runs. What it said last may be read after its end, so that `what` is asked once more."""
        if self.process.poll() is None:
            return False
        self._reader.join(LIMIT)
        assert what(), (self.lines, self.process.stderr)
        return True

    @property
    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    def states(self) -> list[str]:
        return [event["state"] for event in self.events if event["kind"] == "state"]

    def see_state(self, state: str) -> None:
        self.see(lambda: self.states()[-1:] == [state])

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Its exit code, and `said` what it complained of."""
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        assert self.process.stderr is not None
        self.said = self.process.stderr.read()
        self.close()
        return code

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


Watch = Callable[..., Watching]


@pytest.fixture
def watch(kunji: Kunji) -> Iterator[Watch]:
    started: list[Watching] = []

    def start(*words: str, **how: Any) -> Watching:
        started.append(Watching(kunji.start("watch", *words, **how)))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(LIMIT)
        one.close()


def test_each_change_is_a_line_and_the_exit_code_says_the_worst(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    watching = watch("--json")
    watching.see_state("ready")

    kunji.broker.controls.expire(kunji.user.client_id)
    asked = kunji.run("validate")  # another command is answered meanwhile, and what it finds is a line
    watching.see_state("signed_out")
    watching.see(lambda: watching.kinds[-1] == "notice")

    assert asked.code == 1
    assert watching.end() == 1
    assert watching.kinds == ["begun", "state", "state", "notice", "end"], "".join(watching.lines)
    assert (watching.events[-1]["ok"], watching.events[-1]["code"]) == (False, 1)


def test_for_a_person_each_line_has_indian_time_and_words(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    watching = watch()
    watching.see(lambda: bool(watching.lines))

    assert watching.end(signal.SIGINT) == 0
    (line,) = watching.lines
    assert re.fullmatch(r"2026-11-18 \d\d:\d\d:\d\d  HUF \(Zerodha DEMO01\): Ready: until 06:00 tomorrow\n", line)
    assert watching.said == ""


@pytest.mark.parametrize("dead", [False, True])
def test_once_says_how_they_stand_and_ends(kunji: Kunji, dead: bool) -> None:  # noqa: FBT001 - two cases
    kunji.connected()
    if dead:
        kunji.broker.controls.expire(kunji.user.client_id)

    done = kunji.run("watch", "--once")

    assert done.code == int(dead)
    assert ("Signed out" if dead else "Ready") in done.out
    assert done.out.count("\n") == 1


def test_once_of_a_broker_that_cannot_be_reached_concludes_nothing(kunji: Kunji) -> None:
    kunji.connected()
    kunji.broker.controls.fault("profile", "503-bare")

    done = kunji.run("watch", "--once", "--json")

    assert done.code == 3
    assert '"state": "offline"' in done.out


def test_a_locked_keychain_is_told_and_has_its_exit_code(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    watching = watch("--json", keychain="locked")
    watching.see_state("locked")

    assert watching.end() == 6


def test_what_keeps_it_from_beginning_is_its_last_line(kunji: Kunji) -> None:
    Profile(kunji.profile).directory.mkdir(mode=0o700, exist_ok=True)
    Profile(kunji.profile).vault_path.write_bytes(b"no database at all" * 100)

    done = kunji.run("watch", "--json")

    assert done.code == 6
    assert (done.json["kind"], done.json["error"]["kind"]) == ("end", "vault_foreign")


@pytest.mark.timeout(60)
def test_it_ends_at_once_also_while_a_broker_does_not_answer(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    asked = len(kunji.broker.log)
    kunji.broker.controls.fault("profile", "stall-before-headers")
    watching = watch("--json")
    wait_until(lambda: len(kunji.broker.log) > asked)

    began = time.monotonic()
    code = watching.end()

    assert time.monotonic() - began < ENDS_WITHIN * slowness()
    assert code in (0, 3)
    assert watching.said == ""


def test_a_reader_that_has_read_enough_ends_it(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    reader, writer = os.pipe()
    watching = kunji.start("watch", "--json", out=writer)
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert json.loads(lines.readline())["kind"] == "begun"

    kunji.broker.controls.expire(kunji.user.client_id)
    kunji.run("validate")

    assert kunji.finish(watching).code in (0, 1)


def test_no_secret_is_in_a_line(kunji: Kunji, watch: Watch) -> None:
    token = kunji.connected()
    watching = watch("--json", browser="person")
    watching.see_state("ready")
    assert kunji.run("reconnect", "--yes").code == 0
    watching.end()

    said = "".join(watching.lines) + watching.said
    assert not any(secret in said for secret in (token, kunji.user.api_key, kunji.user.api_secret))


def test_a_second_one_listens_to_the_first_and_takes_over_when_that_ends(kunji: Kunji, watch: Watch) -> None:
    kunji.connected()
    first = watch("--json")
    first.see_state("ready")
    second = watch("--json", keychain="locked")
    second.see_state("ready")

    assert first.end() == 0
    second.see_state("locked")

    assert second.end() == 6


# ------------------------------------------------------------------ beside a window


def test_it_follows_a_window_and_watches_on_when_that_ends(
    kunji: Kunji, watch: Watch, processes: list[subprocess.Popen[str]]
) -> None:
    kunji.connected()
    window = kunji.start()
    processes.append(window)
    wait_for_door(window, kunji)
    watching = watch("--json", keychain="locked")  # only the window could say that the account is ready
    watching.see_state("ready")

    window.send_signal(signal.SIGTERM)
    assert kunji.finish(window).code == 0
    watching.see_state("locked")

    assert watching.end() == 6
    assert watching.kinds == ["begun", "state", "state", "end"]


def test_it_gives_way_to_a_window_that_is_opened_and_goes_on_listening(
    kunji: Kunji, watch: Watch, processes: list[subprocess.Popen[str]]
) -> None:
    kunji.connected()
    watching = watch("--json")
    watching.see_state("ready")
    window = kunji.start()
    processes.append(window)
    wait_until(lambda: owner(kunji) == window.pid)
    wait_for_door(window, kunji)

    kunji.broker.controls.expire(kunji.user.client_id)
    wait_until(lambda: kunji.run("validate").code == 1)
    watching.see_state("signed_out")

    assert window.poll() is None
    assert watching.end() == 1
    window.send_signal(signal.SIGTERM)
    assert kunji.finish(window).code == 0


def owner(kunji: Kunji) -> int | None:
    return InstanceLock(Profile(kunji.profile)).owner()
