"""What a screen reader hears of a table, and the sign that goes with an amount. No Qt."""

from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from app.domain.tongue import tr
from app.qt.models.figures import Figures, direction
from app.qt.tables.head_words import group_words
from app.qt.tables.lines import Head, Line
from app.qt.tables.spec import FIRST, TableSpec, Tone, Value

R = TypeVar("R")

_SIGNS: Final = {1: "gain", -1: "loss", 0: ""}


def head_said(head: Head[R], now: datetime) -> str:
    """An account's head: its name, how it stands, and that its rows are folded away."""
    title = head.group.account.title if head.group.account else ""
    said = f"{title}: {group_words(head.group, now)}"
    return tr("{said}, folded", said=said) if head.folded else said


def spoken(spec: TableSpec[R], line: Line[R], at: int, text: str, figures: Figures) -> str:
    """A cell whose text is `text`: whose it is, its column, gain or loss, what explains it, and that it is old."""
    column, row = spec.columns[at], line.row
    said = column.spoken(row, figures) if column.spoken is not None else text
    parts = [f"{tr(column.title)} {said}", column.second(row) if column.second is not None else ""]
    if column.tone is Tone.MONEY and not figures.hidden:
        parts.append(tr(_SIGNS[sign_of(column.value(row))]))
    owner = row.account.title if line.depth and at == FIRST and row.account is not None else ""
    stale = "" if row.current else tr("not current")
    told = (owner, " ".join(filter(None, parts)), tip_of(spec, line, at, figures), stale)
    return ", ".join(filter(None, told))


def tip_of(spec: TableSpec[R], line: Line[R], at: int, figures: Figures) -> str:
    """What explains a cell."""
    tip = spec.columns[at].tip
    return tip(line.row, figures) if tip is not None else ""


def sign_of(value: Value) -> int:
    """Which way the triangle of an amount points."""
    return direction(Decimal(value)) if isinstance(value, Decimal | int) else 0
