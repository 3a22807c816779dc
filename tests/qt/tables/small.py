"""A small table of invented things, and rows for it."""

from dataclasses import dataclass
from decimal import Decimal

from app.qt.tables.rows import Group, Row
from app.qt.tables.spec import Align, ColumnSpec, TableSpec, TableWords, Tone
from tests.qt.fakes import NOW, account


@dataclass(frozen=True)
class Thing:
    """A name and three figures."""

    name: str
    size: int
    price: Decimal
    gain: Decimal


SPEC: TableSpec[Thing] = TableSpec(
    name="things",
    title="Things",
    columns=(
        ColumnSpec("name", "Name", lambda row, _: row.record.name, lambda row: row.record.name, align=Align.LEFT),
        ColumnSpec("size", "Size", lambda row, figures: figures.units(row.record.size), lambda row: row.record.size,
                   least=60, hide=2),
        ColumnSpec("price", "Price", lambda row, figures: figures.price(row.record.price),
                   lambda row: row.record.price, hide=1),
        ColumnSpec("gain", "Gain", lambda row, figures: figures.signed(row.record.gain), lambda row: row.record.gain,
                   tone=Tone.MONEY, total=lambda row: row.record.gain),
        ColumnSpec("double", "Twice", lambda row, figures: figures.signed(row.record.gain * 2),
                   lambda row: row.record.gain * 2, hide=1, optional=True),
    ),
    words=lambda row: row.record.name,
    said=TableWords(count=lambda count: f"{count} things", none="No things", unread="Not read yet."),
)  # fmt: skip


def thing(number: int, gain: str = "0", name: str = "") -> Row[Thing]:
    """A row by its number."""
    record = Thing(name or f"Thing {number:04}", number, Decimal(number) / 4, Decimal(gain))
    return Row(("a", number), record, account("a"), as_of=NOW)


def group(*rows: Row[Thing]) -> Group[Thing]:
    """The rows of one account."""
    return Group(account("a"), rows, as_of=NOW)
