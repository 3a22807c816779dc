"""What stands in a table, read as a test wants it."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt

from app.qt.tables.lines import Line
from app.qt.tables.page import TablePage


def lines(page: TablePage[Any], user_id: str | None = None) -> list[Line[Any]]:
    """The lines on show, of one account or of all."""
    every = [item for item in page.model.items if isinstance(item, Line)]
    return [line for line in every if user_id is None or (line.row.account and line.row.account.user_id == user_id)]


def column_texts(page: TablePage[Any], key: str, user_id: str | None = None) -> list[str]:
    """The cells of a column, from top to bottom."""
    return [cell(page, line, key).data() for line in lines(page, user_id)]


def row_texts(page: TablePage[Any], user_id: str, at: int) -> dict[str, str]:
    """The cells of a row by their columns."""
    line = lines(page, user_id)[at]
    return {column.key: cell(page, line, column.key).data() for column in page.spec.columns}


def cell(page: TablePage[Any], line: Line[Any], key: str) -> QModelIndex:
    """A cell of a line that is on show."""
    return page.model.index(line.at, page.spec.place(key))


def spoken(page: TablePage[Any], line: Line[Any], key: str) -> str:
    """What a screen reader says of a cell."""
    said: str = cell(page, line, key).data(Qt.ItemDataRole.AccessibleTextRole)
    return said


def heads(page: TablePage[Any]) -> list[str]:
    """What the accounts' heads say."""
    return [page.model.index(head.at, 0).data() for head in page.model.groups]


def sort(page: TablePage[Any], key: str, *, descending: bool = False) -> None:
    """As a click on the column's head does."""
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    page.view.sortByColumn(page.spec.place(key), order)


def shown(page: TablePage[Any]) -> list[str]:
    """The columns that have room, from left to right."""
    return [page.spec.columns[at].key for at in page.view.columns.shown()]
