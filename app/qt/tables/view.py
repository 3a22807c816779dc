"""A table as it is seen: cells, heads across the columns, an order that waits for the pointer, keys."""

from collections.abc import Hashable
from decimal import Decimal
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import scaled
from app.qt.tables.cells import CellPainter
from app.qt.tables.columns import Columns
from app.qt.tables.heads import HeadPainter
from app.qt.tables.keeping import Keeping
from app.qt.tables.lines import Head, Item, Line, Whole
from app.qt.tables.live import Live
from app.qt.tables.model import TableModel, sign_of
from app.qt.tables.sizes import EDGE, head_height, money_token, row_height
from app.qt.tables.spec import FIRST, TableSpec, Tone
from app.qt.tables.tint import Tints
from app.qt.widgets.basic import name

R = TypeVar("R")

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_SIDEWAYS: Final = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}  # folds, unfolds


class TableView(QTableView, Generic[R]):
    """`repair` carries an account, `opened` a line whose details are wanted; `menu_wanted` where a menu is wanted."""

    repair = Signal(str)
    opened = Signal(object)
    copy_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, desk: Desk, spec: TableSpec[R]) -> None:
        super().__init__()
        self._desk, self.spec = desk, spec
        self.table: TableModel[R] = TableModel(spec, desk.figures, desk.now)
        self.tints = Tints(self, self._repaint)
        self.cells: CellPainter[R] = CellPainter(desk.theme, self.table, self.tints)
        self.by_keys = False
        self.heads = HeadPainter(desk)
        self._tall: set[int] = set()
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
        head.setFixedHeight(scaled(30))
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
        bounds, last = region.boundingRect(), len(self.table.items) - 1
        first, end = self.rowAt(bounds.top()), self.rowAt(bounds.bottom())
        rows = range(max(first, 0), (end if end >= 0 else last) + 1)
        selected, whole = self._selected_in(rows), region.rectCount() == 1
        for at in rows:
            area = self._row_area(at)
            if whole or region.intersects(area):
                self._paint_row(painter, area, at, None if whole else region, bounds, selected=at in selected)
        painter.end()

    def _selected_in(self, rows: range) -> set[int]:
        found: set[int] = set()
        spans = self.selectionModel().selection()
        for span in map(spans.at, range(spans.count())):
            found.update(range(max(span.top(), rows.start), min(span.bottom() + 1, rows.stop)))
        return found

    def _paint_row(
        self, painter: QPainter, area: QRect, at: int, region: QRegion | None, bounds: QRect, *, selected: bool
    ) -> None:
        item, top, cells = self.table.items[at], area.top(), self.cells
        if isinstance(item, Head):
            self._paint_head(painter, area, item)
            return
        if selected:
            painter.fillRect(area, cells.ink("bg.selected"))
        left, right, height = bounds.left(), bounds.right(), area.height()
        for look in cells.shown:
            if look.x > right or look.x + look.width < left:
                continue
            if region is None or region.intersects(QRect(look.x, top, look.width, height)):
                cells.paint(painter, look, item, top)
        painter.fillRect(0, top + height - 1, area.width(), 1, cells.ink("line.soft"))
        if isinstance(item, Whole):
            self.heads.mark(painter, EDGE, area.center().y(), folded=item.row.key in self.table.folded)
        if at == self.currentIndex().row() and self._ringed:
            cells.paint_focus(painter, cells.looks[self.currentIndex().column()], top)

    @property
    def _ringed(self) -> bool:
        """The focus ring is for the keyboard only."""
        return self.by_keys and self.hasFocus()

    def _paint_head(self, painter: QPainter, area: QRect, head: Head[R]) -> None:
        self.heads.paint(painter, area, head, focus=self._ringed and self.currentIndex().row() == head.at)
        if head.group.read:
            for at, found in self.table.sums().by_account[head.group.user_id].items():
                self.draw_sum(painter, area, at, found.value, current=head.group.current)

    def draw_sum(self, painter: QPainter, area: QRect, at: int, value: Decimal, *, current: bool) -> None:
        """A subtotal or total under its column's figures."""
        if self.isColumnHidden(at):
            return
        cells, figures = self.cells, self._desk.figures
        look = cells.looks[at]
        value_sign = sign_of(value) if look.spec.tone is Tone.MONEY and not figures.hidden else 0
        said, token = look.spec.sum_text(value, figures), money_token(value_sign) if current else "text.muted"
        self.columns.take_sum(at, said)
        painter.setFont(cells.strong.font)
        painter.setPen(cells.ink(token))
        x = round(look.ends - cells.strong.width(said))
        painter.drawText(x, area.top() + cells.strong.baseline(area.height()), said)
        cells.paint_triangle(painter, look, value_sign, token, area.top() + area.height() / 2)

    # -------------------------------------------------------------- what the user does

    @property
    def current(self) -> Item[R] | None:
        """What has the keyboard."""
        return self.table.item(self.currentIndex().row())

    def selected(self) -> list[Line[R]]:
        """The selected lines, in the order of the table."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [line for row in rows if (line := self.table.line(row)) is not None]

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
        """The pointer has left: what waited is sorted."""
        if event.type() == QEvent.Type.Leave:
            self.live.resume()
        return super().viewportEvent(event)
