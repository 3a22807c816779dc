"""Settings, the calendar and histories as text."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from app.cli.read_tables import Renderer
from app.cli.tables import Json, harmless, stamp, table
from app.services.times import day_name

_MEANINGS: Final = {
    "readiness": "when to say how many accounts are ready, on trading days, or off",
    "quiet": "the hours in which nothing is told while no market is open, or off",
    "snooze": "minutes after which a notice that was put off comes again",
    "ipv4_only": "reach the brokers over IPv4 alone: on or off",
}


def _settings(answer: Json, _: datetime) -> Iterator[str]:
    if answer["ok"]:
        rows = [[name, value, _MEANINGS.get(name, "")] for name, value in answer["settings"].items()]
        yield from table(["Setting", "Value", "Meaning"], rows, "<<<")


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
    "calendar": _calendar,
    "history": _history,
    "forget-pin": _forget_pin,
    "address": _address,
})  # fmt: skip
