"""What is taken out of a table: the selected rows as text, everything that is shown as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.tables.copying import as_text, cells
from app.qt.tables.rows import Row
from app.qt.tables.spec import ColumnSpec
from app.qt.tables.view import TableView

if TYPE_CHECKING:
    from app.qt.tables.export import ExportDialog

R = TypeVar("R")


def copied(view: TableView[R], desk: Desk) -> str:
    """The selected rows with their headers as tab-separated text; amounts are masked while they are hidden."""
    return as_text(cells([line.row for line in view.selected()], columns_of(view), desk.figures))


def copy(view: TableView[R], desk: Desk) -> None:
    """Put them onto the clipboard."""
    QGuiApplication.clipboard().setText(copied(view, desk))


def export(parent: QWidget, view: TableView[R], desk: Desk) -> ExportDialog:
    """Offer to write what the filter lets through as CSV."""
    from app.qt.tables.export import ExportDialog  # loaded on first use: start-up

    rows, columns, figures = [line.row for line in view.table.shown()], columns_of(view), desk.figures
    name = f"{view.spec.name}-{desk.now().astimezone(IST):%Y-%m-%d}"
    dialog = ExportDialog(parent, desk, name, lambda: cells(rows, columns, figures), _notes(view, rows, desk))
    dialog.open()
    return dialog


def columns_of(view: TableView[R]) -> list[ColumnSpec[R]]:
    """The columns that the user wants, with or without room for them."""
    columns = (view.spec.columns[at] for at in view.columns.wanted())
    return [column for column in columns if column.merged is not True]


def _notes(view: TableView[R], rows: Sequence[Row[R]], desk: Desk) -> list[str]:
    stale, count = sum(not row.current for row in rows), view.spec.said.count(len(rows))
    filtered = view.table.wish.filtered
    notes = [tr("{count}: those that the filter lets through.", count=count) if filtered else f"{count}."]
    if stale:
        notes.append(tr("{count} are not current; the column \u201cAs of\u201d says since when.", count=stale))
    if desk.figures.hidden:
        notes.append(tr("Amounts are hidden: the file has dots in their place."))
    return notes
