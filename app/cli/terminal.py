"""The person at the terminal: questions and progress on standard error, answers from the keyboard or standard input.

Standard output holds nothing but the result, so that `kunji status --json | jq` works whatever is asked meanwhile.
"""

import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from app.domain import LoginCancelled, Secret, Worker
from app.system.talk import Message, Question


class Terminal:
    """Fulfils `Talk`. Reading blocks, so it happens on a thread of its own; what cannot be ended is left behind."""

    def __init__(self) -> None:
        self._worker = Worker("terminal")
        self._interactive = _is_terminal(0)
        self._rest = b""
        self._prompting = False  # a question stands at the end of the last line
        self._said: set[str] = set()
        self._echo = _terminal_settings()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._worker.stop()
        _restore(self._echo)  # a hidden prompt that was left behind has switched the echo off

    async def emit(self, event: Message) -> None:
        """See `Talk.emit`; nothing is said twice."""
        of = f"{event['account']}: " if event.get("account") else ""
        problem = event.get("problem")
        if problem:
            self.say(f"{of}{problem['title']}. {problem['next_step']}")
        if event.get("url"):
            doing = "Look for it" if event.get("asked") else "Sign in"
            self.say(f"{of}{doing} on this page (it opens in your browser): {event['url']}")
        if event.get("phase") not in ("waiting", "asking") and event.get("says"):  # what is asked says itself
            self.say(f"{of}{event['says']}.")

    async def ask_secret(self, question: Question) -> Secret:
        """See `Talk.ask_secret`."""
        return Secret(await self.ask(question))

    async def ask(self, question: Question) -> str:
        """See `Talk.ask`."""
        line = await self._worker.run(lambda: self._read(question))
        if line is None:
            raise LoginCancelled(
                title=f"{question.label}: nobody answered",
                next_step="Give the answers on standard input, one a line, in the order of docs/cli.md.",
            )
        return line

    def say(self, text: str) -> None:
        """One line of progress, once."""
        if text not in self._said:
            self._said.add(text)
            print("\n" * self._prompting + text, file=sys.stderr, flush=True)
            self._prompting = False

    def _read(self, question: Question) -> str | None:
        if not self._interactive:
            return self._line()
        prompt = question.label + (f" [{question.default}]" if question.default else "") + ": "
        if question.hint:
            print(f"({question.hint})", file=sys.stderr)
        if question.secret:
            return _read_hidden(prompt)
        print(prompt, end="", file=sys.stderr, flush=True)
        self._prompting = True
        line = self._line()
        self._prompting = False
        return line

    def _line(self) -> str | None:
        """The next line of standard input, or None at its end.

        Not through `sys.stdin`: its lock, held by a thread that reads for ever, would break the end of the program.
        """
        while b"\n" not in self._rest:
            try:
                more = os.read(0, 65536)
            except OSError:  # it is closed
                more = b""
            if not more:
                break
            self._rest += more
        line, found, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace").strip() if line or found else None


def _read_hidden(prompt: str) -> str | None:
    import getpass  # only where something hidden is asked

    try:
        return getpass.getpass(prompt).strip()
    except EOFError:
        return None


def _is_terminal(file: int) -> bool:
    try:
        return os.isatty(file)
    except OSError:
        return False


def _terminal_settings() -> Any:
    if sys.platform != "win32":
        import termios  # exists only on POSIX

        with suppress(termios.error, OSError):
            return termios.tcgetattr(0)
    return None


def _restore(settings: Any) -> None:
    if sys.platform != "win32" and settings is not None:
        import termios  # exists only on POSIX

        with suppress(termios.error, OSError):
            termios.tcsetattr(0, termios.TCSADRAIN, settings)
