"""A few filters beside the field: chips where there is room, one box of choices where there is not."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QWidget

from app.domain.tongue import tr
from app.qt.tables.spec import Chip
from app.qt.widgets.basic import button, name, row
from app.qt.widgets.picking import mark, on_pick
from app.qt.widgets.tab_order import came_later


class Chips(QWidget):
    """`chosen` carries the key of the chip, "" for all rows."""

    chosen = Signal(str)

    def __init__(self, chips: Sequence[Chip[Any]]) -> None:
        super().__init__()
        titles = {"": tr("All"), **{chip.key: tr(chip.title) for chip in chips}}
        self._group = QButtonGroup(self)
        self.buttons = {}
        self._box: QComboBox | None = None
        self._line = row(self, gap=8)
        for key, title in titles.items():
            made = self.buttons[key] = button(title.replace("&", "&&"), "chip")
            name(made, title)
            made.setCheckable(True)
            made.setChecked(not key)
            self._group.addButton(made)
            on_pick(made, partial(self.choose, key))
            self._line.addWidget(made)
        self.key = ""
        self._titles = {**titles, "": tr("All segments")}

    @property
    def box(self) -> QComboBox:
        """What stands in a narrow page; made with the list that it opens when it is first wanted."""
        if self._box is None:
            self._box = made = QComboBox()
            name(made, tr("Segment"))
            for key, title in self._titles.items():
                made.addItem(title, key)
            made.setCurrentIndex(made.findData(self.key))
            made.activated.connect(lambda at: self.choose(made.itemData(at)))
            made.hide()
            self._line.addWidget(made)
            came_later(self)
        return self._box

    def choose(self, key: str) -> None:
        """Let through what the chip `key` lets through."""
        mark(self.buttons[key])
        if self._box is not None:
            self._box.setCurrentIndex(self._box.findData(key))
        if key != self.key:
            self.key = key
            self.chosen.emit(key)

    def set_narrow(self, *, narrow: bool) -> None:
        """One box instead of the chips."""
        for made in self.buttons.values():
            made.setVisible(not narrow)
        if narrow or self._box is not None:
            self.box.setVisible(narrow)
