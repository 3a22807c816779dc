"""A number that is typed or stepped: Up and Down, and two buttons, go by lots or ticks."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.qt.fonts import Role, scaled
from app.qt.theme import dress, put
from app.qt.widgets.basic import column, name, row, text

_BUTTON: Final = 26
_KEYS: Final = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
Stepped = Callable[[str, int], str]
"""What stands in the field after so many steps from what stands there."""


class NumberBox(QWidget):
    """A label, a remark at its right, and the field. The wheel changes nothing: it may have been meant for the page."""

    edited = Signal()

    def __init__(self, label: str, stepped: Stepped, *, steps: tuple[str, str]) -> None:
        """`steps` names the buttons: one step less, one step more."""
        super().__init__()
        self._stepped, self._label = stepped, label
        self.edit = QLineEdit()
        self.edit.setMaxLength(20)
        self.edit.installEventFilter(self)
        self._remark = text("", Role.SMALL, "muted")
        self.less, self.more = (self._button(sign, said) for sign, said in zip("\u2212+", steps, strict=True))
        self._lay_out()
        name(self.edit, label)
        self.edit.textChanged.connect(self.edited)  # assistive technology puts a text there without editing
        self.less.clicked.connect(lambda: self.step(-1))
        self.more.clicked.connect(lambda: self.step(1))

    def _button(self, sign: str, said: str) -> QToolButton:
        made = QToolButton(self.edit)
        made.setText(sign)
        made.setProperty("kind", "step")
        made.setFixedSize(scaled(_BUTTON), scaled(_BUTTON))
        made.setCursor(Qt.CursorShape.ArrowCursor)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Up and Down do the same with the keyboard in the field
        made.setToolTip(said)
        name(made, said, said)
        return made

    def _lay_out(self) -> None:
        head = row(gap=4)
        label = text(self._label, Role.SMALL, "soft")
        label.setBuddy(self.edit)
        head.addWidget(label)
        head.addStretch()
        head.addWidget(self._remark)
        inside = row(self.edit, gap=0)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.addStretch()
        inside.addWidget(self.less)
        inside.addWidget(self.more)
        self.edit.setTextMargins(0, 0, 2 * scaled(_BUTTON), 0)
        outer = column(self, gap=4)
        outer.addLayout(head)
        outer.addWidget(self.edit)

    def value(self) -> str:
        """What stands there."""
        return self.edit.text().strip()

    def put(self, value: str) -> None:
        """Let `value` stand there."""
        if self.edit.text() != value:
            self.edit.setText(value)

    def step(self, by: int) -> None:
        """So many steps from what stands there."""
        self.put(self._stepped(self.value(), by))

    def show_remark(self, words: str) -> None:
        """What stands at the right of the label."""
        put(self._remark, words)

    def show_wrong(self, words: str) -> None:
        """Mark the field as wrong; `words` are read out, and shown by whoever has the room. None: it is right."""
        dress(self.edit, "wrong", "true" if words else "false")
        self.edit.setAccessibleDescription(words or self._remark.text() or self.edit.placeholderText())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down step."""
        if watched is self.edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = _KEYS.get(Qt.Key(event.key()))
            if by is not None:
                self.step(by)
                return True
        return super().eventFilter(watched, event)
