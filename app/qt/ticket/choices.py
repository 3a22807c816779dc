"""The choices of a ticket that are no numbers: BUY or SELL in colour and word, and one of a few from a box."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLabel, QWidget

from app.domain import OrderSide
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import dress, put
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.picking import mark, on_pick


class SideBox(QWidget):
    """BUY and SELL; neither is chosen for the trader."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.side: OrderSide | None = None
        self.buttons = {side: button(tr(side.value), "side") for side in OrderSide}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        line = row(self, gap=0)
        for side, made in self.buttons.items():
            made.setCheckable(True)
            dress(made, "side", side.value)
            name(made, made.text(), tr("Buys") if side is OrderSide.BUY else tr("Sells"))
            self._group.addButton(made)
            line.addWidget(made, 1)
            on_pick(made, partial(self._pick, side))

    def show_side(self, side: OrderSide | None) -> None:
        """Which is chosen."""
        self.side = side
        self._group.setExclusive(False)  # or none could be up again
        for one, made in self.buttons.items():
            mark(made, on=one is side)
        self._group.setExclusive(True)

    def _pick(self, side: OrderSide) -> None:
        self.side = side
        self.chosen.emit()


class SideChip(QLabel):
    """BUY or SELL in its colour, as a word that stands before others."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text(role=Role.TOTAL).font())
        self.setContentsMargins(8, 2, 8, 2)

    def show_side(self, side: OrderSide | None) -> None:
        """Which, or nothing."""
        put(self, tr(side.value) if side is not None else "")
        dress(self, "side", side.value if side is not None else "")
        name(self, self.text())
        self.setVisible(side is not None)


class PickBox(QWidget):
    """A labelled box with one of a few values; `chosen` says that the user took another."""

    chosen = Signal()

    def __init__(self, label: str, known: Mapping[Any, str]) -> None:
        super().__init__()
        self._known = known
        self._values: list[Any] = []  # kept here: Qt would give back plain texts
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(6)
        told = text(label, Role.SMALL, "soft")
        told.setBuddy(self.box)
        name(self.box, label)
        outer = column(self, gap=4)
        outer.addWidget(told)
        outer.addWidget(self.box)
        self.box.activated.connect(lambda _: self.chosen.emit())

    def offer(self, values: Iterable[Any], chosen: Any) -> None:
        """These can be chosen; `chosen` is, also where it is none of them."""
        wanted = list(dict.fromkeys((*values, chosen)))
        if wanted != self._values:
            self._values = wanted
            self.box.clear()
            self.box.addItems([tr(self._known[value]) for value in wanted])
        self.box.setCurrentIndex(wanted.index(chosen))
        self.box.setToolTip(self.box.currentText())

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._values[self.box.currentIndex()]

    def pick(self, value: Any) -> None:
        """As if the user had taken `value`."""
        self.box.setCurrentIndex(self._values.index(value))
        self.chosen.emit()

    def show_wrong(self, words: str) -> None:
        """Mark it as wrong, with the reason for a screen reader."""
        dress(self.box, "wrong", "true" if words else "false")
        self.box.setAccessibleDescription(words or self.box.currentText())
