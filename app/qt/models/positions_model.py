"""The positions as Qt's item model: accounts, under each its rows. An update touches only the cells that changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain import Position
from app.qt.desk import Desk
from app.qt.models.positions import (
    TITLES,
    Column,
    Group,
    Identity,
    Wish,
    cell,
    group_words,
    groups,
    identity,
    sign,
)
from app.services.views import AccountView
from app.services.words import derived_price

Index = QModelIndex | QPersistentModelIndex
_TOP: Final = 0  # the internal id of a group; a row's is its group's number plus one
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOWHERE: Final = QModelIndex()
_SAID: Final = {1: "gain", -1: "loss", 0: ""}


class PositionsModel(QAbstractItemModel):
    """Two levels; sorts inside accounts, so that an account keeps its place."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._wish = Wish()
        self._groups: tuple[Group, ...] = ()
        self._hidden = desk.figures.hidden
        self.paused = False

    # -------------------------------------------------------------- for the panel

    @property
    def wish(self) -> Wish:
        """What the user wants to see."""
        return self._wish

    @property
    def groups(self) -> tuple[Group, ...]:
        """What is on show."""
        return self._groups

    def want(self, wish: Wish) -> None:
        """Another filter or order."""
        self._wish = wish
        self.refresh(hold=False)

    def refresh(self, *, hold: bool) -> None:
        """Take over what the board knows; `hold` keeps the rows where they are under the pointer."""
        sorted_by = self._wish.column is not None
        held = {group.account.user_id: [identity(row) for row in group.rows] for group in self._groups}
        wanted = groups(self._desk.board, self._wish, held if hold and sorted_by else None)
        self.paused = hold and sorted_by and _shape(wanted) != _shape(groups(self._desk.board, self._wish))
        masked = self._hidden != self._desk.figures.hidden
        self._hidden = self._desk.figures.hidden
        if _shape(wanted) != _shape(self._groups):
            self.beginResetModel()
            self._groups = wanted
            self.endResetModel()
        else:
            before, self._groups = self._groups, wanted
            self._tell_changes(before, everything=masked)

    def tell_heads(self) -> None:
        """The words of the accounts may say another second."""
        if self._groups:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._groups) - 1, len(Column) - 1))

    def position(self, index: Index) -> Position | None:
        """The row's position, None for an account's head."""
        if not index.isValid() or index.internalId() == _TOP:
            return None
        return self._groups[index.internalId() - 1].rows[index.row()]

    def group(self, index: Index) -> Group | None:
        """The group that an index is or lies in."""
        if not index.isValid():
            return None
        return self._groups[index.row() if index.internalId() == _TOP else index.internalId() - 1]

    def account(self, index: Index) -> AccountView | None:
        """The account of an index."""
        found = self.group(index)
        return found.account if found else None

    def now(self) -> datetime:
        """The services' time."""
        return self._desk.now()

    # -------------------------------------------------------------- for Qt

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """See Qt."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: Index | None = None) -> Any:
        """See Qt."""
        if index is None:
            return QObject.parent(self)
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Accounts, or the rows of one."""
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() != _TOP or parent.column() != 0:
            return 0
        return len(self._groups[parent.row()].rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """All columns, the hidden ones too."""
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles, aligned as their column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section <= Column.PRODUCT else _RIGHT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Texts, for the eye (the delegate paints them) and for a screen reader."""
        column = Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explained(index, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column <= Column.PRODUCT else _RIGHT
        return None

    def text(self, index: Index, column: Column) -> str:
        """The text of a cell, or of an account's head in the first column."""
        row = self.position(index)
        if row is not None:
            return cell(row, column, self._desk.figures)
        group = self.group(index)
        if group is None or column != Column.INSTRUMENT:
            return ""
        return f"{group.account.title}: {group_words(group, self.now())}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column inside each account; -1 is the broker's own order."""
        chosen = Column(column) if column >= 0 else None
        wish = self._wish
        self.want(Wish(wish.words, wish.closed, chosen, order is Qt.SortOrder.DescendingOrder))

    # -------------------------------------------------------------- parts

    def _spoken(self, index: Index, column: Column) -> str:
        row, group = self.position(index), self.group(index)
        if row is None or group is None:
            return self.text(index, column)
        said = f"{TITLES[column]} {self.text(index, column)}"
        if column == Column.INSTRUMENT:  # the eye sees the exchange beside it
            said = f"{said} {row.exchange}"
        if column == Column.PNL:
            said = f"{said} {_SAID[sign(row)]}".strip()
        told = [said, self._explained(index, column), "" if group.current else "not current"]
        return ", ".join(part for part in told if part)

    def _explained(self, index: Index, column: Column) -> str:
        """What the sign before a last price means."""
        row, account = self.position(index), self.account(index)
        if column != Column.LAST or row is None or account is None or not row.price_is_derived:
            return ""
        return derived_price(account.broker_label)

    def _tell_changes(self, before: Sequence[Group], *, everything: bool) -> None:
        for at, (old, new) in enumerate(zip(before, self._groups, strict=True)):
            repaint = everything or old.current != new.current
            if old is not new and (old.account, old.positions) != (new.account, new.positions):
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(Column) - 1))
            for number, (was, now) in enumerate(zip(old.rows, new.rows, strict=True)):
                if repaint or was != now:
                    self._tell_row(at, number, was, now, everything=repaint)

    def _tell_row(self, at: int, number: int, was: Position, now: Position, *, everything: bool) -> None:
        parent, figures = self.index(at, 0), self._desk.figures
        for column in Column:
            if everything or cell(was, column, figures) != cell(now, column, figures):
                index = self.index(number, column, parent)
                self.dataChanged.emit(index, index)


def _shape(made: Sequence[Group]) -> list[tuple[str, list[Identity]]]:
    """What rows there are and in which order; same shape, same indexes."""
    return [(group.account.user_id, [identity(row) for row in group.rows]) for group in made]
