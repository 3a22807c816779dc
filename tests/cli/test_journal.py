"""`kunji journal`: what was to be sent and what came of it, for a person, a script and a spreadsheet."""

import csv
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli import render
from app.domain.intents import Step
from app.domain.order_life import Evidence, Fate
from app.system.talk import Message
from tests.cli.street import Street, started
from tests.fakes.orders import intent
from tests.services.test_order_notices import TICKET


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """Nobody is connected: the journal outlives its accounts."""
    async with AsyncExitStack() as stack:
        yield await started(stack, tmp_path, kinds=("angel_one",), connected=())


async def write(street: Street, number: int, days_ago: int, *steps: tuple[Evidence, Fate, str, str]) -> None:
    at = street.clock.now() - timedelta(days=days_ago)
    request = replace(TICKET, tag=f"KJ{number}")
    await street.services.journal.write([intent(number, at, account="=HUF", request=request)])
    await street.services.journal.note([Step(f"i{number}", at, one, fate, key, why) for one, fate, key, why in steps])


def said(street: Street, answer: Message) -> list[str]:
    return render.lines("journal", answer, street.clock.now())


async def test_the_journal_shows_each_order_and_what_became_of_it(street: Street) -> None:
    await write(street, 1, 0, (Evidence.BEGUN, Fate.SENDING, "", ""), (Evidence.LOST, Fate.UNKNOWN, "", "a reset"))

    answer = await street.ask("journal")

    (one,) = answer["journal"]
    assert (one["fate"], one["quantity"], one["price"], one["mode"]) == ("unknown", 75, "101.05", "live")
    assert [step["evidence"] for step in one["steps"]] == ["begun", "lost"]
    assert "BUY 75 NIFTY 24NOV26 26000 CE" in said(street, answer)[1]


async def test_the_journal_shows_a_week_unless_it_is_asked_for_more(street: Street) -> None:
    await write(street, 1, 10)
    await write(street, 2, 6)

    week, month = await street.ask("journal"), await street.ask("journal", days=30)

    assert [one["intent"] for one in week["journal"]] == ["i2"]
    assert [one["intent"] for one in month["journal"]] == ["i1", "i2"]


async def test_an_empty_journal_says_so(street: Street) -> None:
    assert said(street, await street.ask("journal")) == ["Nothing was sent."]


async def test_an_export_holds_every_step_and_runs_nothing_in_a_spreadsheet(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "journal.csv"
    await write(street, 1, 900, (Evidence.BEGUN, Fate.SENDING, "", ""), (Evidence.ANSWERED, Fate.ACCEPTED, "77", ""))
    await write(street, 2, 0)

    answer = await street.ask("journal", export=str(file))

    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert [(line["intent"], line["fate"], line["order id"]) for line in lines] == [
        ("i1", "sending", ""),
        ("i1", "accepted", "77"),
        ("i2", "written", ""),
    ]
    assert {line["account"] for line in lines} == {"'=HUF"}
    assert said(street, answer) == [f"2 orders, changes and cancellations are in {file}."]


async def test_an_export_is_for_this_user_alone(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "journal.csv"

    await street.ask("journal", export=str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(street: Street, tmp_path: Path) -> None:
    ours, other = tmp_path / "journal.csv", tmp_path / "letters.txt"
    other.write_text("Dear Asha")
    await street.ask("journal", export=str(ours))

    again, refused = [await street.ask("journal", export=str(path)) for path in (ours, other)]

    assert (again["code"], refused["code"]) == (0, 2)
    assert other.read_text() == "Dear Asha"


async def test_a_folder_that_is_not_there_is_said(street: Street, tmp_path: Path) -> None:
    answer = await street.ask("journal", export=str(tmp_path / "none" / "journal.csv"))

    assert answer["error"]["title"] == "journal.csv cannot be written"
