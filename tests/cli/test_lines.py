"""What `kunji watch` prints of what it hears, and what its exit code makes of it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.cli.lines import Lines
from app.domain import Busy, LoginCancelled
from app.system.talk import Message, Question

AT = "2026-11-18T09:14:05+05:30"


def state(name: str = "HUF", word: str = "ready", code: int = 0, **more: Any) -> Message:
    """How an account stands."""
    of = {"name": name, "broker": "Zerodha", "client_id": name.upper(), "user_id": name}
    return {"kind": "state", "at": AT, **of, "state": word, "says": word, "error": None, "code": code} | {
        "token_expires_at": None,
        **more,
    }


def begun(accounts: int = 1) -> Message:
    return {"kind": "begun", "at": AT, "accounts": accounts}


@pytest.fixture
async def lines() -> AsyncIterator[Lines]:
    made = Lines(as_json=False)
    yield made
    made.close()


async def test_the_worst_of_what_was_told_last_is_the_answer(lines: Lines) -> None:
    for event in (begun(2), state("HUF", "offline", 3), state("Self", "signed_out", 1)):
        await lines.emit(event)
    assert (lines.answer["ok"], lines.answer["code"]) == (False, 1)

    await lines.emit({"kind": "removed", "at": AT, "user_id": "Self"})
    assert lines.answer["code"] == 3

    await lines.emit(state("HUF"))
    assert (lines.answer["ok"], lines.answer["code"]) == (True, 0)


async def test_what_another_owner_has_told_is_not_told_again(lines: Lines, capfd: pytest.CaptureFixture[str]) -> None:
    for event in (begun(), state(), begun(), state(since="another"), state(word="offline", code=3)):
        await lines.emit(event)

    out, _ = capfd.readouterr()
    assert out.splitlines() == [
        "2026-11-18 09:14:05  HUF (Zerodha HUF): ready",
        "2026-11-18 09:14:05  HUF (Zerodha HUF): offline",
    ]


async def test_an_owner_that_has_gone_is_told_once_and_nothing_is_known_then(
    lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    await lines.emit(begun())
    await lines.emit(state())

    await lines.lost(Busy())
    await lines.lost(Busy())

    assert lines.answer["code"] == 5
    assert capfd.readouterr().out.splitlines()[1:] == ["Kunji is already open."]
    await lines.emit(begun())
    assert lines.answer["code"] == 0


async def test_signs_that_a_terminal_would_obey_are_not_printed(
    lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    await lines.emit({"kind": "notice", "at": AT, "title": "A\x1b[31m", "text": "B\nC"})

    assert capfd.readouterr().out == "2026-11-18 09:14:05  Notice: A [31m. B C\n"


async def test_no_account_is_said_in_words(lines: Lines, capfd: pytest.CaptureFixture[str]) -> None:
    await lines.emit(begun(0))

    assert "No account is connected" in capfd.readouterr().out


async def test_each_event_is_one_line_of_json_and_the_answer_the_last(capfd: pytest.CaptureFixture[str]) -> None:
    lines = Lines(as_json=True)
    for event in (begun(), state()):
        await lines.emit(event)
    await lines.end(lines.answer)
    lines.close()

    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [one["kind"] for one in said] == ["begun", "state", "end"]
    assert said[-1] == {"kind": "end", "ok": True, "code": 0, "error": None}


async def test_nobody_can_be_asked(lines: Lines) -> None:
    with pytest.raises(LoginCancelled):
        await lines.ask(Question("name", "Name"))
    with pytest.raises(LoginCancelled):
        await lines.ask_secret(Question("pin", "PIN", secret=True))


@pytest.mark.parametrize(("device", "code"), [("/dev/full", 9), (None, 0)])
async def test_who_cannot_write_ends_the_task_that_tells(device: str | None, code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    kept, target = os.dup(1), writer if device is None else os.open(device, os.O_WRONLY)
    lines = Lines(as_json=True)
    os.dup2(target, 1)
    try:
        telling = asyncio.ensure_future(lines.emit(state()))
        await asyncio.gather(telling, return_exceptions=True)
    finally:
        os.dup2(kept, 1)
        for file in {kept, target, writer}:
            os.close(file)
        lines.close()

    assert telling.cancelled()
    assert lines.answer["code"] == code
