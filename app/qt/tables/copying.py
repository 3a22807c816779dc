"""Rows as text for the clipboard and for files: figures as plain numbers, texts that nothing takes for a formula.

A figure that the privacy switch hides is hidden here, too. No Qt.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from app.domain.tongue import tr
from app.qt.models.figures import MASK, Figures
from app.qt.tables.rows import Row
from app.qt.tables.spec import ColumnSpec, Tone
from app.system.csv_file import safe

R = TypeVar("R")

_PLACES: Final = 6  # more of a quotient's digits tell nothing


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


def as_text(table: Iterable[Sequence[str]]) -> str:
    """Tab-separated lines."""
    return "\n".join("\t".join(line) for line in table)
