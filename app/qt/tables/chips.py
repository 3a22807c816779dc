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


class Chips(QWidget):
    """`chosen` carries the key of the chip, "" for all rows."""

    chosen = Signal(str)

    def __init__(self, chips: Sequence[Chip[Any]]) -> None:
        super().__init__()
        titles = {"": tr("All"), **{chip.key: tr(chip.title) for chip in chips}}
        self._group = QButtonGroup(self)
        self.buttons = {}
        self.box = QComboBox()
        name(self.box, tr("Segment"))
        line = row(self, gap=8)
        for key, title in titles.items():
            made = self.buttons[key] = button(title.replace("&", "&&"), "chip")
            name(made, title)
            made.setCheckable(True)
            made.setChecked(not key)
            self._group.addButton(made)
            on_pick(made, partial(self.choose, key))
            line.addWidget(made)
            self.box.addItem(title if key else tr("All segments"), key)
        line.addWidget(self.box)
        self.box.activated.connect(lambda at: self.choose(self.box.itemData(at)))
        self.box.hide()
        self.key = ""

    def choose(self, key: str) -> None:
        """Let through what the chip `key` lets through."""
        mark(self.buttons[key])
        self.box.setCurrentIndex(self.box.findData(key))
        if key != self.key:
            self.key = key
            self.chosen.emit(key)

    def set_narrow(self, *, narrow: bool) -> None:
        """One box instead of the chips."""
        for made in self.buttons.values():
            made.setVisible(not narrow)
        self.box.setVisible(narrow)
