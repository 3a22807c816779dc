"""The journal of orders as text."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.cli.read_tables import Renderer
from app.cli.tables import Json, count, harmless, price, stamp, table
from app.domain.intents import Deed
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.services.fate_words import deed_word, fate_word


def _journal(answer: Json, _: datetime) -> Iterator[str]:
    if not answer["ok"]:
        return
    if "file" in answer:
        words = tr(
            "{count} orders, changes and cancellations are in {file}.", count=answer["count"], file=answer["file"]
        )
        yield harmless(words)
    elif answer["journal"]:
        heads = ["At", "Account", "Mode", "What", "Order", "Type", "Price", "Fate", "Order id"]
        yield from table(heads, [_row(one) for one in answer["journal"]], "<<<<<<><<")
    else:
        yield tr("Nothing was sent.")


def _row(one: Json) -> list[str]:
    asked = f"{one['side']} {count(one['quantity'])} {one['symbol']}" if one["symbol"] else one["order_id"]
    cost = price(one["price"], one["exchange"] or "") if one["price"] else ""
    what, fate = deed_word(Deed(one["deed"])), fate_word(Fate(one["fate"]))
    kind = one["order_type"] or ""
    return [stamp(one["at"]), harmless(one["account"]), one["mode"], what, asked, kind, cost, fate, one["order_id"]]


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType({"journal": _journal})
