"""A table as it is seen: cells, heads across the columns, an order that waits for the pointer, keys."""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import scaled
from app.qt.tables.columns import Columns
from app.qt.tables.keeping import Keeping, selected_lines
from app.qt.tables.lines import NOWHERE, Head, Item, Line, Whole
from app.qt.tables.live import Live
from app.qt.tables.model import TableModel
from app.qt.tables.painting import RowPainter
from app.qt.tables.sizes import EDGE, head_height, row_height
from app.qt.tables.spec import FIRST, TableSpec, Tone
from app.qt.tables.tint import Tints
from app.qt.widgets.basic import name

R = TypeVar("R")

_AIMING: Final = frozenset(
    {QEvent.Type.MouseMove, QEvent.Type.HoverMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}
)
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_SIDEWAYS: Final = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}  # folds, unfolds


class _Heads(QHeaderView):
    """The titles of the columns. Their height is given: Qt would ask for every part of each title to find one."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setFixedHeight(scaled(30))

    def sizeHint(self) -> QSize:
        """Of the fixed height."""
        return QSize(0, self.minimumHeight())


def _rows() -> QWidget:
    """What the rows stand in, as Qt makes it; of Qt's own PySide6 would look through all classes for its kind."""
    made = QWidget()
    made.setBackgroundRole(QPalette.ColorRole.Base)
    made.setAutoFillBackground(True)
    return made


class TableView(QTableView, Generic[R]):
    """`repair` carries an account, `opened` a line whose details are wanted; `menu_wanted` where a menu is wanted."""

    repair = Signal(str)
    opened = Signal(object)
    copy_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, desk: Desk, spec: TableSpec[R], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.spec = desk, spec
        self.table: TableModel[R] = TableModel(spec, desk.figures, desk.now)
        self.tints = Tints(self, self._repaint)
        self.rows: RowPainter[R] = RowPainter(desk, self.table, self.tints)
        self.cells, self.heads = self.rows.cells, self.rows.heads
        self.by_keys = False
        self._tall: set[int] = set()
        self.setViewport(_rows())
        self.setHorizontalHeader(_Heads(self))
        self.setModel(self.table)
        self.table.arranged.connect(self._on_arranged)
        self.columns: Columns[R] = Columns(self, self.table, self.cells)
        self.keeping: Keeping[R] = Keeping(self, self.table)
        self.live: Live[R] = Live(self, self.table)
        self._set_up()
        self.table.visible = self.visible_rows
        self.table.cells_changed = self.tints.changed
        self.table.modelReset.connect(self.tints.clear)
        self.columns.fitted.connect(self._place)
        self.rows.summed = self.columns.take_sum
        self.live.summed.connect(self._repaint_heads)
        desk.theme.changed.connect(self.viewport().update)

    def _set_up(self) -> None:
        name(self, tr(self.spec.title))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(row_height())
        head.setHighlightSections(False)
        head.setMinimumSectionSize(1)
        head.setSectionsMovable(True)
        head.setFirstSectionMovable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    # -------------------------------------------------------------- what is seen

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last row of the table that are in sight."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(first, 0), last if last >= 0 else len(self.table.items) - 1

    def _on_arranged(self) -> None:
        """Heads are higher than lines."""
        rows, tall = self.verticalHeader(), {head.at for head in self.table.groups}
        for at in tall | self._tall:
            height = head_height() if at in tall else row_height()
            if at < len(self.table.items) and rows.sectionSize(at) != height:
                rows.resizeSection(at, height)
        self._tall = tall

    def _repaint(self, cells: list[tuple[Hashable, int]]) -> None:
        first, last = self.visible_rows()
        seen = {item.row.key: item.at for item in self.table.items[first : last + 1] if isinstance(item, Line)}
        for key, column in cells:
            if key in seen:
                self.update(self.table.index(seen[key], column))

    def _repaint_heads(self) -> None:
        for head in self.table.groups:
            self.viewport().update(self._row_area(head.at))

    def _row_area(self, at: int) -> QRect:
        return QRect(0, self.rowViewportPosition(at), self.viewport().width(), self.rowHeight(at))

    # -------------------------------------------------------------- painting

    def _place(self) -> None:
        """Columns came, went or moved."""
        for look in self.cells.shown:
            look.x, look.width = self.columnViewportPosition(look.at), self.columnWidth(look.at)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What of the table is to be painted anew."""
        region, painter = event.region(), QPainter(self.viewport())
        self.rows.region, bounds = region, region.boundingRect()
        first, end = self.rowAt(bounds.top()), self.rowAt(bounds.bottom())
        rows = range(max(first, 0), (end if end >= 0 else len(self.table.items) - 1) + 1)
        selected, current = self._selected_in(rows), self.currentIndex()
        ringed = current.row() if self._ringed else NOWHERE
        for at in rows:
            item, area = self.table.items[at], self._row_area(at)
            if not region.intersects(area):
                continue
            if isinstance(item, Head):
                self.rows.paint_head(painter, area, item, focus=at == ringed)
            else:
                ring = self.cells.looks[current.column()] if at == ringed else None
                self.rows.paint_line(painter, area, item, selected=at in selected, ring=ring)
        painter.end()

    @property
    def _ringed(self) -> bool:
        """The focus ring is for the keyboard only."""
        return self.by_keys and self.hasFocus()

    def _selected_in(self, rows: range) -> set[int]:
        found: set[int] = set()
        spans = self.selectionModel().selection()
        for span in map(spans.at, range(spans.count())):
            found.update(range(max(span.top(), rows.start), min(span.bottom() + 1, rows.stop)))
        return found

    # -------------------------------------------------------------- what the user does

    @property
    def current(self) -> Item[R] | None:
        """What has the keyboard."""
        return self.table.item(self.currentIndex().row())

    def selected(self) -> list[Line[R]]:
        """The selected lines, in the order of the table."""
        return selected_lines(self.selectionModel(), self.table)

    def fold(self, item: Item[R]) -> None:
        """Fold what stands below a head or a merged line away, or unfold it."""
        self.table.fold(item.group.user_id if isinstance(item, Head) else item.row.key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A head folds its rows, its link repairs; a link in a line opens its details."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        item = self.table.item(index.row())
        if item is None or event.button() is not Qt.MouseButton.LeftButton or event.modifiers():
            return
        x = event.position().x()
        if isinstance(item, Head):
            self._press_head(item, x)
        elif isinstance(item, Whole) and index.column() == FIRST and x < EDGE * 2:
            self.fold(item)
        elif self.spec.columns[index.column()].tone is Tone.LINK and self.table.text_of(item, index.column()):
            self.opened.emit(item)

    def _press_head(self, head: Head[R], x: float) -> None:
        if self.heads.hits(head.group.user_id, x):
            self.repair.emit(head.group.user_id)
        else:
            self.fold(head)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens a line's details."""
        line = self.table.line(self.indexAt(event.position().toPoint()).row())
        if line is not None and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The focus ring is for the keyboard only."""
        self.by_keys = False
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Enter opens a line and folds a head, left and right fold and unfold."""
        self.by_keys = True
        item = self.current
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in _ENTER and isinstance(item, Line):
            self.opened.emit(item)
        elif event.key() in _ENTER and item is not None:
            self.fold(item)
        elif event.key() in _SIDEWAYS and isinstance(item, Head | Whole) and self.currentIndex().column() == FIRST:
            self._fold_to(item, folded=_SIDEWAYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _fold_to(self, item: Head[R] | Whole[R], *, folded: bool) -> None:
        key = item.group.user_id if isinstance(item, Head) else item.row.key
        if (key in self.table.folded) != folded:
            self.fold(item)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Somewhere to begin with the keyboard."""
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.by_keys = True
        if not self.currentIndex().isValid() and self.table.items:
            self.selectionModel().setCurrentIndex(self.table.index(0, FIRST), self.live.NO_SELECTION)
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other columns."""
        super().resizeEvent(event)
        self.columns.fit()

    def viewportEvent(self, event: QEvent) -> bool:
        """Rows wait while somebody aims at one."""
        kind = event.type()
        if kind in _AIMING:
            self.live.aim()
        elif kind == QEvent.Type.Leave:
            self.live.leave()
        return super().viewportEvent(event)
