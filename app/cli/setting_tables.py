"""Settings, the calendar and histories as text."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from app.cli.read_tables import Renderer
from app.cli.tables import Json, harmless, stamp, table
from app.domain.tongue import tr
from app.services.times import day_name


def _settings(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    if "settings" not in answer:
        yield from _file(answer)
        return
    from app.services.setting_table import BY_NAME  # the other commands do not need it

    rows = [
        [name, value, BY_NAME[name].kind.form.replace("`", ""), tr(BY_NAME[name].title)]
        for name, value in answer["settings"].items()
    ]
    yield from table(["Setting", "Value", "May be", "What it is"], rows, "<<<<")


def _file(answer: Json) -> Iterator[str]:
    """What would change was told before it was."""
    if "columns" in answer:
        yield tr("The columns of all tables are as they were delivered.")
    elif "changes" not in answer:
        yield harmless(tr("Your settings are in {file}. No key is in it.", file=answer["file"]))
    elif answer["changes"]:
        yield harmless(tr("Taken over from {file}.", file=answer["file"]))


def _move(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    parts = [(tr("First"), answer["first"]), *((one["account"], one["steps"]) for one in answer["accounts"])]
    for number, (title, steps) in enumerate([*parts, (tr("Then"), answer["last"])]):
        if number:
            yield ""
        yield harmless(title)
        yield from (harmless(f"  [ ] {step['says']}") for step in steps)


def _calendar(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    whose = "your own file" if answer["own"] else "brought by Kunji"
    yield harmless(f"{answer['calendar']} ({whose}), years {', '.join(map(str, answer['years'])) or 'none'}")
    if answer["trouble"]:
        yield harmless(f"Your own file is not read: {answer['trouble']['title']}. {answer['trouble']['next_step']}")
    if answer["notice"]:
        yield answer["notice"]
    rows = [[_day(one["day"]), one["name"]] for one in answer["days"]]
    if rows:
        yield from table(["Day", "Holiday, or its hours"], rows, "<<")


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%a} {day_name(day)} {day.year}"


def _history(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    if not answer["history"]:
        yield "Nothing has happened yet."
    for one in answer["history"]:
        yield harmless(f"{stamp(one['at'])}  {one['account']}: {one['says']}")


def _forget_pin(answer: Json, _: datetime) -> Iterator[str]:
    account = answer.get("account")
    if account and answer["forgotten"]:
        yield f"The kept PIN and TOTP secret of {account['name']} ({account['broker']}) were erased."
    elif account:
        yield f"No PIN and no TOTP secret of {account['name']} ({account['broker']}) is kept."


def _address(answer: Json, _: datetime) -> Iterator[str]:
    account = answer.get("account")
    if account:
        title, orders = f"{account['name']} ({account['broker']})", answer["orders"]
        noted = f"{answer['address']} is noted" if answer["address"] else "no address is noted"
        yield f"{title}: {noted}. Orders: {orders['says']}. {orders['why']}".rstrip()


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType({
    "settings": _settings,
    "move": _move,
    "calendar": _calendar,
    "history": _history,
    "forget-pin": _forget_pin,
    "address": _address,
})  # fmt: skip
