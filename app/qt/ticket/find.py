"""The page of a ticket on which the instrument is found, in the lists of the account's broker."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget

from app.domain import Instrument
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import put
from app.qt.widgets.basic import column, name, text

_SETTLE_MS: Final = 120  # without another letter
_LEAST: Final = 2  # letters; one begins half of all instruments
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class FindPage(QWidget):
    """`wanted` carries what is looked for, `chosen` the instrument that was taken."""

    wanted = Signal(str)
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Instrument] = []
        self._found_for = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Name, for example nifty 26000 ce"))
        name(self.field, tr("Instrument"), tr("Type its name, then take one of the list"))
        label = text(tr("Instrument"), Role.SMALL, "soft")
        label.setBuddy(self.field)
        self.list = QListView()
        self.list.setProperty("kind", "found")
        self._model = QStandardItemModel(self.list)
        self.list.setModel(self._model)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTabKeyNavigation(False)
        self.list.setWordWrap(True)
        name(self.list, tr("Instruments found"), tr("Enter takes one"))
        self.words = text("", Role.SMALL, "muted", wrap=True)
        inside = column(self, gap=8)
        for part in (label, self.field, self.words):
            inside.addWidget(part)
        inside.addWidget(self.list, 1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._connect()
        self.show_found("", [])

    def _connect(self) -> None:
        self._settle.timeout.connect(lambda: self.wanted.emit(self.text))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._take_current)
        self.field.installEventFilter(self)
        self.list.activated.connect(lambda _: self._take_current())
        self.list.clicked.connect(lambda _: self._take_current())

    @property
    def text(self) -> str:
        """What is typed."""
        return self.field.text().strip()

    def begin(self) -> None:
        """With the keyboard in the field."""
        self.field.selectAll()
        self.field.setFocus()

    def again(self) -> None:
        """Look once more: in another list."""
        self._found_for = ""
        self._on_typed()

    def show_found(self, text: str, rows: Sequence[Instrument], why_none: str = "") -> None:
        """What was found for `text`; an answer to what was typed before is not shown."""
        if text != self.text:
            return
        self._rows, self._found_for = list(rows), text
        self._model.clear()
        for one in self._rows:
            self._model.appendRow(_item(one))
        self._mark(0)
        nothing = why_none or tr("Nothing matches \u201c{text}\u201d.", text=text)
        first = tr("Type at least 2 letters. Indices themselves cannot be traded, their futures and options can.")
        put(self.words, first if len(text) < _LEAST else (nothing if not rows else tr("Enter takes the marked one.")))

    def _on_typed(self) -> None:
        if len(self.text) >= _LEAST:
            self._settle.start()
        else:
            self._settle.stop()
            self.show_found(self.text, [])

    def _mark(self, at: int) -> None:
        self.list.setCurrentIndex(self._model.index(at, 0))

    def _take_current(self) -> None:
        at = self.list.currentIndex().row()
        if 0 <= at < len(self._rows) and self._found_for == self.text:  # not what was found for fewer letters
            self.chosen.emit(self._rows[at])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down go through the list while one types."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = _STEPS.get(Qt.Key(event.key()))
            if by is not None and self._rows:
                self._mark((self.list.currentIndex().row() + by) % len(self._rows))
                return True
        return super().eventFilter(watched, event)


def _item(one: Instrument) -> QStandardItem:
    made = QStandardItem(f"{one.symbol}   {one.exchange}" + (f"\n{one.title}" if one.title else ""))
    made.setAccessibleText(f"{one.symbol} {one.exchange} {one.title}".strip())
    return made
