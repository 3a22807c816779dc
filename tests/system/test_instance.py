"""I1: one owner of a profile, however many start at once and however the first one ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import ReadOnly
from app.system.instance import InstanceLock
from app.system.paths import Profile

ROOT = Path(__file__).parents[2]
_CONTENDER = """
import sys, time
from pathlib import Path
from app.domain import ReadOnly
from app.system.instance import InstanceLock
from app.system.paths import Profile
lock = InstanceLock(Profile(Path(sys.argv[1])))
while not Path(sys.argv[2]).exists():
    time.sleep(0.005)
began = time.monotonic()
owner = lock.acquire()
print("owner" if owner else "left", time.monotonic() - began, flush=True)
if owner:
    sys.stdin.read()
"""


@pytest.fixture
def contenders(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    found: list[subprocess.Popen[str]] = []
    yield found
    for process in found:
        process.kill()
        process.communicate()


def contend(tmp_path: Path, count: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-S", "-c", _CONTENDER, str(tmp_path / "profile"), str(tmp_path / "go")]
    pipe = subprocess.PIPE
    return [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(count)]


def verdict(process: subprocess.Popen[str]) -> tuple[str, float]:
    assert process.stdout is not None
    word, seconds = process.stdout.readline().split()
    return word, float(seconds)


@pytest.mark.alone
@pytest.mark.parametrize("count", [pytest.param(100, marks=pytest.mark.slow), 20])
def test_of_many_simultaneous_starts_one_is_the_owner_and_the_rest_leave_at_once(
    tmp_path: Path, contenders: list[subprocess.Popen[str]], count: int
) -> None:
    contenders += contend(tmp_path, count)
    (tmp_path / "go").touch()

    verdicts = [verdict(process) for process in contenders]

    assert [word for word, _ in verdicts].count("owner") == 1
    assert max(seconds for word, seconds in verdicts if word == "left") <= 2.0


def test_the_next_start_is_the_owner_after_the_first_was_killed(
    tmp_path: Path, contenders: list[subprocess.Popen[str]]
) -> None:
    (tmp_path / "go").touch()
    for _ in range(5):
        (process,) = contend(tmp_path, 1)
        contenders.append(process)
        assert verdict(process)[0] == "owner"
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_second_lock_of_the_same_process_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    first, second = InstanceLock(profile), InstanceLock(profile)

    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_the_lock_file_says_who_the_owner_is_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    profile = Profile(tmp_path)

    with InstanceLock(profile) as lock:
        lock.acquire()

        assert InstanceLock(profile).owner() == os.getpid()
        assert profile.lock_path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.lock_path.mkdir()

    with pytest.raises(ReadOnly):
        InstanceLock(profile).acquire()


def test_a_child_of_the_owner_does_not_inherit_the_ownership(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    lock = InstanceLock(profile)
    lock.acquire()
    child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)

    lock.release()

    after = InstanceLock(profile)
    deadline = time.monotonic() + 30  # the kernel may be a moment late with what the child dropped when it began
    while not after.acquire():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert child.poll() is None
    after.release()
    child.communicate(b"\n", timeout=10)
