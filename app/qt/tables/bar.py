"""What stands above a table: by account or merged, the filter, what is over, when it was read, columns and export."""

from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QLineEdit, QWidget

from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.fonts import Role, font, scaled
from app.qt.tables.chips import Chips
from app.qt.tables.sizes import EDGE
from app.qt.tables.spec import TableSpec
from app.qt.theme import Theme
from app.qt.widgets.basic import button, name, row, text
from app.qt.widgets.marks import IconButton
from app.qt.widgets.picking import mark, on_pick

_EXPORT: Final = QKeySequence(keyboard.keys("export"))
_FIELD: Final = (170, 230)  # narrow, wide


class Segments(QWidget):
    """Two buttons of which one is down: by account, merged. `chosen` says whether it is the second."""

    chosen = Signal(bool)

    def __init__(self, apart: str, merged: str, hint: str = "") -> None:
        super().__init__()
        line, group = row(self, gap=4), QButtonGroup(self)
        self.apart, self.merged = button(tr(apart), "segment"), button(tr(merged), "segment")
        for made in (self.apart, self.merged):
            made.setCheckable(True)
            strong = QFontMetrics(font(Role.TOTAL)).horizontalAdvance(made.text())
            made.setMinimumWidth(strong + EDGE)  # the one that is down is bold, and neither moves the other
            made.setToolTip(hint)
            group.addButton(made)
            line.addWidget(made)
        self.apart.setChecked(True)
        on_pick(self.apart, partial(self.chosen.emit, False))
        on_pick(self.merged, partial(self.chosen.emit, True))

    def show_merged(self, *, merged: bool) -> None:
        """Which of them is down."""
        mark(self.merged if merged else self.apart)


class TableBar(QFrame):
    """`back` says that the keyboard is wanted in the table again."""

    back = Signal()

    def __init__(self, theme: Theme, spec: TableSpec[Any]) -> None:
        super().__init__()
        self.setProperty("surface", "bar")
        self.setFixedHeight(scaled(48))
        self._spec = spec
        self.segments, self.chips = Segments(*spec.segments, keyboard.hint("merge")), Chips(spec.chips)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("{filter}  /", filter=tr(spec.said.filter)))
        self.filter.setClearButtonEnabled(True)
        name(self.filter, tr(spec.said.filter), keyboard.hint("filter"))
        self.filter.installEventFilter(self)
        self.over = QCheckBox(tr(spec.over_label))
        self.over.setChecked(True)
        name(self.over, tr(spec.over_label))
        self.read = text("", Role.SMALL, "muted")
        self.columns = IconButton(theme, "columns", tr("Columns"), keyboard.hint("columns"))
        self.export = IconButton(theme, "export", tr("Export as CSV"), keyboard.hint("export"))
        self._lay_out()

    def _lay_out(self) -> None:
        line = self._line = row(self, gap=8)
        line.setContentsMargins(EDGE, 0, EDGE, 0)
        before: tuple[QWidget, ...] = (self.segments, self.filter, self.chips, self.over)
        after: tuple[QWidget, ...] = (self.read, self.columns, self.export)
        for part in before:
            line.addWidget(part)
        line.addStretch()
        for part in after:
            line.addWidget(part)
        self.segments.setVisible(self._spec.merge is not None)
        self.chips.setVisible(bool(self._spec.chips))
        self.over.setVisible(self._spec.over is not None)
        self.set_narrow(narrow=False)

    def put_first(self, part: QWidget) -> None:
        """A switch of the page's own stands before everything; the page puts it there for the keyboard, too."""
        self._line.insertWidget(0, part)

    def set_narrow(self, *, narrow: bool) -> None:
        """Less room: one box for the chips, a shorter field, and the time of reading stays in the heads."""
        self.filter.setFixedWidth(scaled(_FIELD[not narrow]))
        self.chips.set_narrow(narrow=narrow)
        self.read.setVisible(not narrow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc clears the filter and goes back to the table; Enter and Down only go back; Ctrl+E exports here, too."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return QKeySequence(event.keyCombination()) == _EXPORT  # on X11 it would go to the end of the line
        if watched is self.filter and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.filter.clear()
            if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
                self.back.emit()
                return True
        return super().eventFilter(watched, event)
