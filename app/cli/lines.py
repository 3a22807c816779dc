"""What `kunji watch` prints: a line for each change, with Indian time or as JSON, on standard output."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from typing import Final

from app.cli.read_tables import NOBODY
from app.cli.tables import harmless, stamp
from app.domain import LoginCancelled, Secret, TradingError, Worker
from app.services.command_views import failure, own_mistake, success, worst_code
from app.system.talk import Message, Question

_STDOUT: Final = 1
_LAST_LINE: Final = 1.0  # seconds for a reader to take it
_TOLD: Final = ("name", "state", "error", "token_expires_at")  # an account that differs in none of them is no news


class Lines:
    """Fulfils `Talk`; nothing is asked. The task that tells is cancelled when nobody reads any more.

    Who reads may be slow: a thread of ours writes, past Python's own stream, whose lock would break the program's end.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.begun = False  # somebody has answered
        self._worker = Worker("lines")
        self._told: dict[str, Message] = {}  # the last line of each account
        self._trouble: Message | None = None

    def close(self) -> None:
        """Nothing more is written; a line that nobody takes is left behind."""
        self._worker.stop()

    @property
    def answer(self) -> Message:
        """How the accounts stand together, by what was told of them last."""
        code = worst_code([told["code"] for told in self._told.values()])
        return self._trouble or success() | {"ok": code == 0, "code": code}

    async def emit(self, event: Message) -> None:
        """See `Talk.emit`. What was told already, by an earlier owner of the profile, is not told again."""
        if self._is_news(event) and (line := json.dumps(event) if self.as_json else _line(event)):
            await self._write(line)

    async def lost(self, error: TradingError) -> None:
        """Nobody answers any more: it is told once, and what is known of the accounts counts no longer."""
        if self._trouble is None:
            self._trouble = failure(error)
            await self._write(json.dumps({"kind": "lost", **self._trouble}) if self.as_json else f"{error.title}.")

    async def end(self, answer: Message) -> None:
        """The last line of JSON: the answer. A reader that does not take it in time goes without."""
        if self.as_json:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(_LAST_LINE):
                    await self._put(json.dumps({"kind": "end", **answer}))

    async def _write(self, line: str) -> None:
        try:
            await self._put(line)
        except BrokenPipeError:  # whoever reads has read enough
            await _leave()
        except OSError:
            self._trouble = own_mistake()
            await _leave()

    async def _put(self, line: str) -> None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        data = f"{line}\n".encode(encoding, "backslashreplace")
        await self._worker.run(lambda: _write(data))

    async def ask(self, question: Question) -> str:
        """Nobody is there."""
        raise LoginCancelled(question.name)

    async def ask_secret(self, question: Question) -> Secret:
        """Nobody is there."""
        raise LoginCancelled(question.name)

    def _is_news(self, event: Message) -> bool:
        match event["kind"]:
            case "begun":
                again, self.begun, self._trouble = self.begun, True, None
                return not again
            case "state":
                before = self._told.get(event["user_id"])
                self._told[event["user_id"]] = event
                return before is None or any(before[name] != event[name] for name in _TOLD)
            case "removed":
                return self._told.pop(event["user_id"], None) is not None
            case _:
                return True


async def _leave() -> None:
    """End the task that tells, as Ctrl+C does."""
    task = asyncio.current_task()
    if task is not None:
        task.cancel()
    await asyncio.sleep(0)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(_STDOUT, data) :]


def _line(event: Message) -> str:
    at = stamp(event["at"])
    match event["kind"]:
        case "state":
            return harmless(f"{at}  {_name(event)}: {event['says']}")
        case "notice":
            return harmless(f"{at}  Notice: {event['title']}. {event['text']}")
        case "removed":
            return f"{at}  An account was removed"
        case "begun" if not event["accounts"]:
            return f"{at}  {NOBODY}"
    return ""


def _name(event: Message) -> str:
    return f"{event['name']} ({event['broker']} {event['client_id']})"
