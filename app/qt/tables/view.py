"""A table as it is seen: cells, heads across the columns, an order that waits for the pointer, keys."""

from collections.abc import Hashable
from decimal import Decimal
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role, font, scaled
from app.qt.tables.columns import Columns
from app.qt.tables.delegate import EDGE, CellDelegate, draw_amount, head_height, money_token, row_height
from app.qt.tables.heads import HeadPainter
from app.qt.tables.keeping import Keeping
from app.qt.tables.lines import Head, Item, Line, Whole
from app.qt.tables.live import Live
from app.qt.tables.model import TableModel, sign_of
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
        self.cells: CellDelegate[R] = CellDelegate(desk.theme, self.table, self.tints)
        self.heads = HeadPainter(desk)
        self._tall: set[int] = set()
        self.setModel(self.table)
        self.setItemDelegate(self.cells)
        self.table.arranged.connect(self._on_arranged)
        self.columns: Columns[R] = Columns(self, self.table, self.cells)
        self.keeping: Keeping[R] = Keeping(self, self.table)
        self.live: Live[R] = Live(self, self.table)
        self._set_up()
        self.table.visible = self.visible_rows
        self.table.cells_changed = self.tints.changed
        self.table.modelReset.connect(self.tints.clear)
        self.columns.fitted.connect(self.viewport().update)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, then what lies across them."""
        super().paintEvent(event)
        first, last = self.visible_rows()
        over = [item for item in self.table.items[first : last + 1] if isinstance(item, Head | Whole)]
        if over:
            painter = QPainter(self.viewport())
            for item in over:
                area = self._row_area(item.at)
                if event.region().intersects(area):
                    self._paint_over(painter, area, item)
            painter.end()

    def _paint_over(self, painter: QPainter, area: QRect, item: Head[R] | Whole[R]) -> None:
        if isinstance(item, Whole):
            self.heads.mark(painter, EDGE, area.center().y(), folded=item.row.key in self.table.folded)
            return
        focus = self.hasFocus() and self.cells.by_keys and self.currentIndex().row() == item.at
        self.heads.paint(painter, area, item, focus=focus)
        if item.group.read:
            for at, found in self.table.sums().by_account[item.group.user_id].items():
                self.draw_sum(painter, area, at, found.value, current=item.group.current)

    def draw_sum(self, painter: QPainter, area: QRect, at: int, value: Decimal, *, current: bool) -> None:
        """A subtotal or total under its column's figures."""
        if self.isColumnHidden(at):
            return
        look, figures = self.cells.looks[at], self._desk.figures
        left, width = self.columnViewportPosition(at), self.columnWidth(at)
        inner = QRectF(left + look.left, area.top(), width - look.left - look.right, area.height())
        value_sign = sign_of(value) if look.spec.tone is Tone.MONEY and not figures.hidden else 0
        said, token = look.spec.sum_text(value, figures), money_token(value_sign) if current else "text.muted"
        self.columns.take_sum(at, said)
        painter.setFont(font(Role.TOTAL))
        draw_amount(painter, inner, said, value_sign, self._desk.theme.colour(token))

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
        self.cells.by_keys = False
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Enter opens a line and folds a head, left and right fold and unfold."""
        self.cells.by_keys = True
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
            self.cells.by_keys = True
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
