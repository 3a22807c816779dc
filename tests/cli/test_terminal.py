"""Questions at a real terminal (a pseudo terminal) and on a pipe."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.cli.conftest import ROOT
from tests.fakes.waiting import wait_until

_ASK = """
import asyncio
import signal
from app.cli.terminal import Terminal
from app.domain import LoginCancelled
from app.system.talk import Question

async def main():
    # as the command line has it: a loop with a handler of its own is woken by every signal, whichever thread gets it
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    with Terminal() as terminal:
        try:
            name = await terminal.ask(Question("name", "Account name", default="Zerodha"))
            secret = await terminal.ask_secret(Question("api_secret", "API secret", secret=True))
            print(f"got {name} and {len(secret.reveal())} signs", flush=True)
        except LoginCancelled as error:
            print(error.title, flush=True)

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs in the background
asyncio.run(main())
"""
PATIENCE = 30.0  # seconds: a deadline, never a pause
COMMAND = [sys.executable, "-W", "error", "-c", _ASK]


class Keyboard:
    """The other end of a pseudo terminal."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()
        self.seen = ""
        end = self.theirs
        # setsid gives the process that terminal as its own, which is where hidden questions are asked
        self.process = subprocess.Popen(["setsid", "--ctty", *COMMAND], cwd=ROOT, stdin=end, stdout=end, stderr=end)

    def wait_for(self, text: str) -> None:
        os.set_blocking(self.ours, False)
        wait_until(lambda: text in self._read(), PATIENCE, seen=self._read)

    def _read(self) -> str:
        """Everything that was shown so far."""
        with suppress(BlockingIOError):
            self.seen += os.read(self.ours, 4096).decode()
        return self.seen

    def wait_until_hidden(self) -> None:
        wait_until(lambda: not self.echoes, PATIENCE)

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.theirs)[3] & termios.ECHO)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()


def test_a_secret_is_not_shown_while_it_is_typed(keyboard: Keyboard) -> None:
    keyboard.wait_for("Account name [Zerodha]: ")
    keyboard.type("HUF\n")
    keyboard.wait_for("API secret: ")

    keyboard.type("canary-secret\n")

    keyboard.wait_for("got HUF and 13 signs")
    assert "canary" not in keyboard.seen


def test_ctrl_c_at_a_hidden_question_gives_the_terminal_back_as_it_was(keyboard: Keyboard) -> None:
    keyboard.wait_for("Account name")
    keyboard.type("HUF\n")
    keyboard.wait_for("API secret: ")
    keyboard.wait_until_hidden()

    keyboard.process.send_signal(signal.SIGINT)

    assert keyboard.process.wait(PATIENCE) == -signal.SIGINT
    assert keyboard.echoes


def on_a_pipe(text: bytes) -> str:
    done = subprocess.run(COMMAND, cwd=ROOT, input=text, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"HUF\nsecret\n", "got HUF and 6 signs"),
        (b"  HUF \r\nsecret\r\n", "got HUF and 6 signs"),
        (b"HUF\nlast line without an end", "got HUF and 24 signs"),
        (b"\n\n", "got  and 0 signs"),
        (b"HUF\n", "API secret: nobody answered"),
        (b"", "Account name: nobody answered"),
    ],
)
def test_answers_on_a_pipe_are_its_lines(text: bytes, said: str) -> None:
    assert on_a_pipe(text) == said


def test_a_closed_standard_input_is_nobody() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert "nobody answered" in done.stdout
