"""Instruments and their masters as tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.cli.read_tables import Renderer, failed
from app.cli.tables import UNKNOWN, Json, count, table
from app.domain.instruments import plain
from app.domain.money import exact

_REFRESH: Final = "kunji instruments refresh"


def _search(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    found = answer["instruments"]
    if not found:
        yield "Nothing found."
    else:
        heads = ["Instrument", "Exchange", "Segment", "Tick", "Lot", "Freeze", "ISIN", "Brokers", "Name"]
        yield from table(heads, [_instrument(row) for row in found], "<<<>>><<<")
    if answer["more"]:
        yield "There are more: say more words, or --limit."
    yield from (_caveat(master) for master in answer["masters"] if not master["current"])


def _instrument(row: Json) -> list[str]:
    listings = row["brokers"]
    return [
        row["symbol"],
        row["exchange"],
        row["segment"],
        _either([plain(exact(one["tick_size"])) for one in listings]),
        _either([count(one["lot_size"]) for one in listings]),
        _either([count(one["freeze_quantity"]) for one in listings if one["freeze_quantity"]]),
        row["isin"] or UNKNOWN,
        ", ".join(one["broker"] for one in listings),
        row["title"],
    ]


def _either(values: Sequence[str]) -> str:
    """The value that all brokers say, or each of them: "75 or 65"."""
    return " or ".join(dict.fromkeys(values)) or UNKNOWN


def _caveat(master: Json) -> str:
    if master["day"] is None:
        return f"{master['broker']}: not searched, its list of instruments is not loaded yet. {_REFRESH} fetches it."
    return f"{master['broker']}: the list of instruments is of {_day(master)}. {_REFRESH} fetches a newer one."


def _day(master: Json) -> str:
    days = master["age_days"]
    return f"{master['day']} ({days} day{'' if days == 1 else 's'} old)" if days else f"{master['day']} (today)"


def _instruments(answer: Json, _: datetime) -> Iterator[str]:
    masters = answer.get("masters") or []
    fetched = [master for master in masters if master["error"] is None]
    if fetched:
        cells = [[master["broker"], count(master["rows"]), _day(master)] for master in fetched]
        yield from table(["Broker", "Instruments", "Of"], cells, "<><")
    for master in masters:
        if master["error"] is not None:
            kept = "There is none yet." if master["day"] is None else f"The last good one is kept, of {_day(master)}."
            yield f"{master['broker']}: the list of instruments was not fetched. {failed(master)}. {kept}"


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType({"search": _search, "instruments": _instruments})
