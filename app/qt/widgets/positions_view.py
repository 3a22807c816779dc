"""The positions tree: account heads across the columns; columns give way in a narrow window, figures never."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView

from app.qt.desk import Desk
from app.qt.fonts import Role, font
from app.qt.models.figures import direction
from app.qt.models.positions import HIDE_ORDER, LEAST_WIDTHS, TITLES, Column, cell
from app.qt.models.positions_model import PositionsModel
from app.qt.models.sums import Sum, sum_of
from app.qt.widgets.basic import name
from app.qt.widgets.group_head import GroupHead
from app.qt.widgets.positions_delegate import TRIANGLE, RowDelegate, draw_amount, money_token, pad_left, pad_right

_SUMS: Final = (Column.OPEN, Column.BOOKED, Column.PNL)


class PositionsView(QTreeView):
    """`repair` carries the account whose head's link was clicked; `fitted` says that columns moved."""

    repair = Signal(str)
    fitted = Signal()

    def __init__(self, desk: Desk, model: PositionsModel) -> None:
        super().__init__()
        self._desk, self._positions = desk, model
        self._folded: set[str] = set()
        self._needed = dict(LEAST_WIDTHS)
        self._head = GroupHead(desk)
        self.setModel(model)
        self.setItemDelegate(RowDelegate(desk.theme, model, desk.figures))
        model.modelReset.connect(self._on_reset)  # after setModel: the view's own reset comes first
        model.dataChanged.connect(self._on_changed)
        self._set_up()
        desk.theme.changed.connect(self.viewport().update)

    def _set_up(self) -> None:
        name(self, "Positions")
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(True)
        self.setExpandsOnDoubleClick(False)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setFixedHeight(30)
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    # -------------------------------------------------------------- columns

    def fit(self) -> None:
        """Give every column what its figures need; hide the next of the list rather than cut one."""
        room = self.viewport().width()
        hidden: list[Column] = []
        for column in (*HIDE_ORDER, None):
            needed = sum(width for key, width in self._needed.items() if key not in hidden)
            if needed <= room or column is None:
                break
            hidden.append(column)
        for key in Column:
            self.setColumnHidden(key, key in hidden)
        rest = room - sum(width for key, width in self._needed.items() if key not in (*hidden, Column.INSTRUMENT))
        for key, width in self._needed.items():
            self.setColumnWidth(key, max(rest, self._needed[Column.INSTRUMENT]) if key is Column.INSTRUMENT else width)
        self.fitted.emit()

    def _measure(self) -> None:
        """What the widest text of each column needs; a column grows and never cuts."""
        body, strong = QFontMetricsF(font(Role.BODY)), QFontMetricsF(font(Role.TOTAL))
        caption = QFontMetricsF(font(Role.CAPTION))
        self._needed = dict(LEAST_WIDTHS)
        for group in self._positions.groups:
            for row in group.rows:
                for column in Column:
                    width = strong.horizontalAdvance(cell(row, column, self._desk.figures))
                    if column is Column.INSTRUMENT:
                        width = body.horizontalAdvance(row.symbol) + 6 + caption.horizontalAdvance(str(row.exchange))
                    self._grow(column, width)
            self._grow_sums(sum_of(group.rows), strong)
        self._grow_sums(sum_of(row for group in self._positions.groups for row in group.rows), strong)

    def _grow_sums(self, sums: Sum, metrics: QFontMetricsF) -> None:
        for column, value in ((Column.OPEN, sums.unrealised), (Column.BOOKED, sums.realised), (Column.PNL, sums.pnl)):
            self._grow(column, metrics.horizontalAdvance(self._desk.figures.signed(value)))

    def _grow(self, column: Column, text_width: float) -> None:
        extra = TRIANGLE + 8 if column is Column.PNL else 0
        needed = int(text_width) + 1 + pad_left(column) + pad_right(column) + extra
        self._needed[column] = max(self._needed[column], needed)

    # -------------------------------------------------------------- what changes

    def _on_reset(self) -> None:
        for at, group in enumerate(self._positions.groups):
            self.setExpanded(self._positions.index(at, 0), group.account.user_id not in self._folded)
        self._measure()
        self.fit()

    def _on_changed(self) -> None:
        before = dict(self._needed)
        self._measure()
        if self._needed != before:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other columns."""
        super().resizeEvent(event)
        self.fit()

    # -------------------------------------------------------------- heads

    def drawRow(
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """An account's head lies across the columns; a row is painted cell by cell."""
        group = None if index.parent().isValid() else self._positions.group(index)
        if group is None:
            super().drawRow(painter, options, index)
            return
        area: QRect = options.rect
        folded = not self.isExpanded(self._positions.index(index.row(), 0))
        self._head.paint(painter, area, group, folded=folded, focus=index.row() == self._focused_head())
        sums = sum_of(group.rows)
        if group.read:
            for column, value in zip(_SUMS, (sums.unrealised, sums.realised, sums.pnl), strict=True):
                self.draw_sum(painter, area, column, self._desk.figures.signed(value), value, current=group.current)

    def draw_sum(
        self, painter: QPainter, area: QRect, column: Column, said: str, value: object, *, current: bool
    ) -> None:
        """A subtotal or total under its column's figures."""
        if self.isColumnHidden(column):
            return
        left, width = self.columnViewportPosition(column), self.columnWidth(column)
        inner = QRectF(left + pad_left(column), area.top(), width - pad_left(column) - pad_right(column), area.height())
        painter.setFont(font(Role.TOTAL))
        amount_sign = direction(value) if column is Column.PNL and not self._desk.figures.hidden else 0  # type: ignore[arg-type]  # a Decimal
        token = money_token(amount_sign, current=current)
        draw_amount(painter, inner, said, amount_sign, self._desk.theme.colour(token))

    def _focused_head(self) -> int:
        current = self.currentIndex()
        return current.row() if self.hasFocus() and current.isValid() and not current.parent().isValid() else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A head folds its rows, its link repairs."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        group = self._positions.group(index)
        if group is None or index.parent().isValid() or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._head.hits(group.account.user_id, event.position().x()):
            self.repair.emit(group.account.user_id)
        else:
            self._fold(index)

    def _fold(self, index: QModelIndex) -> None:
        first = self._positions.index(index.row(), 0)
        group = self._positions.group(first)
        if group is not None:
            fold = self.isExpanded(first)
            self.setExpanded(first, not fold)
            (self._folded.add if fold else self._folded.discard)(group.account.user_id)

    # -------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies rows; Enter folds a head."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.currentIndex().parent().isValid():
            self._fold(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copied(self) -> str:
        """The selected rows with their headers as tab-separated text, masked while amounts are hidden."""
        columns = [column for column in Column if not self.isColumnHidden(column) and column is not Column.INSTRUMENT]
        titles = [TITLES[column] for column in columns]
        lines = ["\t".join(["Account", TITLES[Column.INSTRUMENT], "Exchange", *titles, "As of"])]
        for index in self.selectionModel().selectedRows():
            row, group = self._positions.position(index), self._positions.group(index)
            if row is not None and group is not None:
                cells = [cell(row, column, self._desk.figures) for column in columns]
                as_of = group.positions.as_of if group.positions and not group.current else None
                what = [group.account.title, row.symbol, str(row.exchange)]
                lines.append("\t".join([*what, *cells, as_of.isoformat() if as_of else ""]))
        return "\n".join(lines)
