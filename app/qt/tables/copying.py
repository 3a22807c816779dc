"""Rows as text for the clipboard and as CSV: figures as plain numbers, texts that no spreadsheet takes for a formula.

A figure that the privacy switch hides is hidden here, too. No Qt.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from app.domain.tongue import tr
from app.qt.models.figures import MASK, Figures
from app.qt.tables.rows import Row
from app.qt.tables.spec import ColumnSpec, Tone

R = TypeVar("R")

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # with what a spreadsheet's formula may begin
_PLACES: Final = 6  # more of a quotient's digits tell nothing
_BOM: Final = "utf-8-sig"  # without it spreadsheets take the file for an 8-bit one and break the rupee sign


def cells(rows: Iterable[Row[R]], columns: Sequence[ColumnSpec[R]], figures: Figures) -> list[list[str]]:
    """Titles, then a line a row; the account comes first, and since when a row is not current last."""
    first, *rest = columns
    second = [tr("Exchange")] if first.second is not None else []
    titles = [tr("Account"), tr(first.title), *second, *(tr(column.title) for column in rest), tr("As of")]
    return [titles, *(_line(row, columns, figures) for row in rows)]


def _line(row: Row[R], columns: Sequence[ColumnSpec[R]], figures: Figures) -> list[str]:
    first, *rest = columns
    account = row.account.title if row.account is not None else tr("{count} accounts", count=len(row.parts))
    called = [safe(first.text(row, figures)), *([safe(first.second(row))] if first.second is not None else [])]
    as_of = row.as_of.isoformat(timespec="seconds") if row.as_of is not None and not row.current else ""
    return [safe(account), *called, *(cell(row, column, figures) for column in rest), as_of]


def cell(row: Row[R], column: ColumnSpec[R], figures: Figures) -> str:
    """A figure as a plain number, a text made safe, nothing for what is not known."""
    said = column.text(row, figures)
    if MASK in said:
        return MASK
    value = column.value(row)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, str):
        return safe(value)
    return safe(said) if column.tone is Tone.SIDE else str(value)


def plain(value: Decimal) -> str:
    """Digits without grouping, a hyphen for the minus, at least two places."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else _PLACES
    return f"{value:.{min(max(places, 2), _PLACES)}f}"


def safe(said: str) -> str:
    """A text that a spreadsheet shows and never runs, in one line."""
    line = " ".join(said.split())
    return "'" + line if line.startswith(_RUNS) else line


def as_text(table: Iterable[Sequence[str]]) -> str:
    """Tab-separated lines."""
    return "\n".join("\t".join(line) for line in table)


def as_csv(table: Iterable[Sequence[str]]) -> str:
    """Comma-separated lines as RFC 4180 has them."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(table)
    return made.getvalue()


def write_csv(path: Path, table: Iterable[Sequence[str]]) -> None:
    """Write a file that spreadsheets read as UTF-8, whole or not at all; raises `OSError`. Blocks: for a thread."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("w", encoding=_BOM, newline="") as file:
            file.write(as_csv(table))
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
