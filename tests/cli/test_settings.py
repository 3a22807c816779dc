"""The commands around being told: settings, calendar, history, and what is kept of a second factor."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.cli import render
from app.cli.options import parse
from app.domain import LoginCancelled, Secret
from app.domain.market import in_force, use
from app.simulators.angel_one.people import AngelOneUser
from app.system.resources import resource
from app.system.talk import Message, Question
from tests.cli.conftest import Kunji
from tests.cli.street import USERS, Street, started

BROUGHT = json.loads(resource("market/holidays.json").read_text("utf-8"))


class Says:
    """Answers every question with one word; None: nobody is there."""

    def __init__(self, word: str | None = None) -> None:
        self.word = word
        self.asked: list[str] = []

    async def emit(self, event: Message) -> None:
        raise AssertionError(event)

    async def ask(self, question: Question) -> str:
        self.asked.append(question.label)
        if self.word is None:
            raise LoginCancelled
        return self.word

    async def ask_secret(self, question: Question) -> Secret:
        raise AssertionError(question)


class Hears(Says):
    """And hears what is told meanwhile."""

    def __init__(self, word: str | None = None) -> None:
        super().__init__(word)
        self.told: list[str] = []

    async def emit(self, event: Message) -> None:
        self.told.append(event["says"])


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """Angel One alone, nobody connected."""
    calendar = in_force()
    async with AsyncExitStack() as stack:
        stack.callback(use, calendar)
        yield await started(stack, tmp_path, kinds=("angel_one",), connected=())


def lines(street: Street, op: str, answer: Message) -> str:
    return "\n".join(render.lines(op, answer, street.clock.now()))


async def kept(street: Street) -> str:
    """Mother's account, its PIN and TOTP secret kept; its id."""
    user = USERS["angel_one"]
    assert isinstance(user, AngelOneUser)
    return await street.connect("angel_one", pin=user.pin, totp_secret=user.totp_seed)


# ------------------------------------------------------------------ settings


async def test_settings_are_shown_and_one_is_changed_for_good(street: Street) -> None:
    changed = await street.ask("settings", name="readiness", value="09:00")
    shown = await street.ask("settings")

    assert changed["settings"] == shown["settings"]
    assert shown["settings"]["readiness"] == "09:00"
    assert "09:00" in lines(street, "settings", shown)
    assert street.services.preferences.view.readiness is not None


@pytest.mark.parametrize(
    ("name", "value", "field"), [("readiness", "25:00", "readiness"), ("noise", "on", "noise"), ("snooze", "", "value")]
)
async def test_what_cannot_be_a_setting_is_a_wrong_usage_and_changes_nothing(
    street: Street, name: str, value: str, field: str
) -> None:
    before = street.services.preferences.view

    answer = await street.ask("settings", name=name, value=value)

    assert (answer["code"], answer["error"]["field"]) == (2, field)
    assert street.services.preferences.view == before


# ------------------------------------------------------------------ calendar


async def test_the_calendar_in_force_is_shown_with_the_days_to_come(street: Street) -> None:
    answer = await street.ask("calendar")

    assert (answer["ok"], answer["own"]) == (True, False)
    assert {"day": "2026-12-25", "name": "Christmas"} in answer["days"]
    assert "Fri 25 Dec 2026  Christmas" in lines(street, "calendar", answer)


async def test_a_list_of_ones_own_is_taken_and_forgotten_again(street: Street, tmp_path: Path) -> None:
    own = tmp_path / "mine.json"
    own.write_text(json.dumps(BROUGHT | {"name": "Mine"}))

    taken = await street.ask("calendar", action="import", file=str(own))
    reset = await street.ask("calendar", action="reset")

    assert (taken["own"], taken["calendar"]) == (True, "Mine")
    assert (reset["own"], reset["calendar"]) == (False, BROUGHT["name"])


@pytest.mark.parametrize("content", [None, "", "{}", "no json"])
async def test_what_is_no_list_is_refused_and_the_calendar_stays(
    street: Street, tmp_path: Path, content: str | None
) -> None:
    own = tmp_path / "mine.json"
    if content is not None:
        own.write_text(content)
    before = await street.ask("calendar")

    answer = await street.ask("calendar", action="import", file=str(own))

    assert (answer["code"], answer["error"]["field"]) == (2, "calendar")
    assert await street.ask("calendar") == before


async def test_an_import_of_nothing_asks_for_the_file(street: Street) -> None:
    answer = await street.ask("calendar", action="import", file=parse(["calendar", "import"]).file)

    assert (answer["code"], answer["error"]["field"]) == (2, "file")


def test_a_file_is_named_as_the_owner_of_the_profile_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert parse(["calendar", "import", "mine.json"]).file == str(tmp_path / "mine.json")


# ------------------------------------------------------------------ history


async def test_the_history_tells_what_a_session_went_through(street: Street) -> None:
    await kept(street)
    await street.end("angel_one")
    await street.services.diary.close()  # what is written in the background is written

    answer = await street.ask("history", account="Mother")

    assert [line["kind"] for line in answer["history"]] == ["connected", "died"]
    assert "Mother · Angel One: " in lines(street, "history", answer)


async def test_an_empty_history_says_so(street: Street) -> None:
    answer = await street.ask("history")

    assert answer["history"] == []
    assert lines(street, "history", answer) == "Nothing has happened yet."


# ------------------------------------------------------------------ forgetting a PIN


async def test_a_kept_pin_is_erased_after_a_yes_and_the_session_lives_on(street: Street) -> None:
    account = await kept(street)
    says = Says("yes")

    answer = await street.commands.handle({"op": "forget-pin"}, says)

    stored = await street.services.vault.credentials(account)
    assert not stored.extras.get("pin")
    assert not stored.extras.get("totp_secret")
    assert says.asked == ["Erase the kept PIN and TOTP secret of Mother · Angel One? Type yes"]
    assert lines(street, "forget-pin", answer) == "The kept PIN and TOTP secret of Mother (Angel One) were erased."
    assert (await street.ask("status"))["ok"]


@pytest.mark.parametrize("word", ["no", "", None])
async def test_without_a_yes_the_pin_is_kept(street: Street, word: str | None) -> None:
    account = await kept(street)

    answer = await street.commands.handle({"op": "forget-pin"}, Says(word))

    assert answer["code"] == 7
    assert (await street.services.vault.credentials(account)).extras["pin"]


async def test_of_nothing_kept_nothing_is_erased(street: Street) -> None:
    await street.connect("angel_one")

    answer = await street.ask("forget-pin")

    assert (answer["ok"], answer["forgotten"]) == (True, False)
    assert "is kept" in lines(street, "forget-pin", answer)


# ------------------------------------------------------------------ the address of orders


async def test_the_address_of_orders_is_noted_shown_and_forgotten(street: Street) -> None:
    await street.connect("angel_one")

    said = [
        lines(street, "address", await street.ask("address", address=text)) for text in ("198.51.100.7", "", "none")
    ]

    noted = "Mother (Angel One): 198.51.100.7 is noted. Orders: not known yet."
    assert [one.startswith(noted) for one in said] == [True, True, False]
    assert said[2].startswith("Mother (Angel One): no address is noted.")


async def test_what_is_no_address_is_said_and_not_noted(street: Street) -> None:
    await street.connect("angel_one")

    answer = await street.ask("address", address="my office")

    assert (answer["ok"], answer["error"]["title"]) == (False, "my office is no internet address")
    assert (await street.ask("address"))["address"] == ""


def test_the_command_line_takes_an_address() -> None:
    asked = parse(["address", "--account", "HUF", "198.51.100.7"])

    assert (asked.account, asked.address) == ("HUF", "198.51.100.7")


# ------------------------------------------------------------------ as a process


def test_a_setting_outlives_the_process_that_set_it(kunji: Kunji) -> None:
    assert kunji.run("settings", "quiet", "21:00-07:30").code == 0

    assert kunji.run("settings", "--json").json["settings"]["quiet"] == "21:00-07:30"


# ------------------------------------------------------------------ another computer


async def test_settings_travel_in_a_file_after_a_look_and_a_yes(street: Street, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.json")
    await street.ask("settings", name="theme", value="dark")
    exported = await street.ask("settings", name="export", value=file)
    await street.ask("settings", name="theme", value="light")
    says = Hears("yes")

    imported = await street.commands.handle({"op": "settings", "name": "import", "value": file}, says)

    assert lines(street, "settings", exported) == f"Your settings are in {file}. No key is in it."
    assert (says.told, says.asked) == (["Light or dark: light, then dark"], ["Take this over? Type yes"])
    assert imported["changes"] == [{"what": "Light or dark", "before": "light", "after": "dark"}]
    assert lines(street, "settings", imported) == f"Taken over from {file}."
    assert street.services.preferences.view.theme == "dark"


async def test_without_a_yes_nothing_is_taken_over(street: Street, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.json")
    await street.ask("settings", name="export", value=file)
    await street.ask("settings", name="theme", value="light")

    answer = await street.commands.handle({"op": "settings", "name": "import", "value": file}, Hears("no"))

    assert answer["code"] == 7
    assert street.services.preferences.view.theme == "light"


async def test_columns_are_put_back_and_arranged_nowhere_else(street: Street) -> None:
    back = await street.ask("settings", name="columns", value="usual")
    other = await street.ask("settings", name="columns", value="pnl,ltp")

    assert lines(street, "settings", back) == "The columns of all tables are as they were delivered."
    assert (other["code"], other["error"]["field"]) == (2, "columns")


@pytest.mark.parametrize("file", ["", "mine.json"])
async def test_a_file_must_be_named_whole(street: Street, file: str) -> None:
    assert (await street.ask("settings", name="export", value=file))["code"] == 2


async def test_what_must_be_entered_again_elsewhere_is_listed_by_account(street: Street) -> None:
    await kept(street)

    answer = await street.ask("move")

    said = lines(street, "move", answer).splitlines()
    assert [one["account"] for one in answer["accounts"]] == ["Mother · Angel One"]
    assert (said[0], "Mother · Angel One" in said, said[-3]) == ("First", True, "Then")
    assert any(line.startswith("  [ ] PIN, TOTP secret: kept here.") for line in said)


def test_the_command_line_finds_the_file_where_it_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    asked = parse(["settings", "export", "mine.json"])

    assert (asked.name, asked.value) == ("export", str(tmp_path / "mine.json"))
    assert parse(["settings", "theme", "dark"]).value == "dark"
