"""One thing that the user sets: a switch, a field, or a switch with a field; what is changed is asked for at once."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.theme import Theme, put
from app.qt.widgets.basic import column, name, text
from app.qt.widgets.field import FieldBox
from app.qt.widgets.picking import mark

OFF: Final = "off"
ON: Final = "on"
_HEAD: Final = 26


class Setting(QWidget):
    """`wanted` carries a value as `Preferences.put_text` takes it. `usual` stands in a field that is off."""

    wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        title: str,
        *,
        field: str = "",
        means: str = "",
        usual: str = "",
        may_be_empty: bool = False,
    ) -> None:
        """`title` is that of the switch; a field without a `usual` value has none and cannot be off."""
        super().__init__()
        self._means, self._usual, self._may_be_empty = means, usual, may_be_empty
        self._stored = self._asked = ""
        self.switch = QCheckBox(title) if usual or not field else None
        self.box = FieldBox(theme, field, means) if field else None
        self._wrong: QLabel | None = None  # made when something is: of most settings nothing ever is
        self._lay_out(title)

    def _lay_out(self, title: str) -> None:
        inside = self._inside = column(self, gap=4)
        head = self.switch or text(title)
        head.setFixedHeight(scaled(_HEAD) if title else 0)
        inside.addWidget(head)
        if self.switch is not None:
            name(self.switch, title, self._means)
            self.switch.toggled.connect(self._on_switch)
        if self.box is not None:
            self.box.edit.returnPressed.connect(lambda: self._on_field(again=True))
            self.box.edit.editingFinished.connect(self._on_field)
            inside.addWidget(self.box)
        else:
            inside.addWidget(text(self._means, Role.SMALL, "muted", wrap=True))
        inside.addStretch()

    def show_value(self, value: str) -> None:
        """What holds now; what the user is typing stays while that is the same."""
        if value != self._stored:
            self._stored = value
            self.show_stored()

    def show_stored(self) -> None:
        """What holds, whatever stands in the field or is wrong with it."""
        self._asked = self._stored
        if self._wrong is not None:
            self._wrong.hide()
        if self.switch is not None:
            mark(self.switch, on=self._stored != OFF)
        if self.box is not None:
            self.box.setEnabled(self._stored != OFF)
            self.box.edit.setText(self._usual if self._stored == OFF else self._stored)
            self.box.show_hint(self._means)

    def show_error(self, words: str) -> None:
        """Why it was not kept, at the field; a switch goes back to what holds."""
        if self.box is not None and self._asked != OFF:
            self.box.show_error(words)
            return
        self.show_stored()
        if self._wrong is None:
            self._wrong = text(role=Role.SMALL, tone="state.bad", wrap=True)
            self._inside.insertWidget(self._inside.count() - 1, self._wrong)  # before the room that is left
        put(self._wrong, words)
        self._wrong.show()

    def _on_switch(self, on: bool) -> None:
        if self.box is None:
            self._ask(ON if on else OFF)
            return
        self.box.setEnabled(on)
        self._ask((self.box.value() or self._usual) if on else OFF)

    def _on_field(self, *, again: bool = False) -> None:
        """Whoever only leaves the field is not asked twice, or a wrong text would not let go of the keyboard."""
        if self.box is not None and self.box.isEnabled() and (again or self.box.value() != self._asked):
            self._ask(self.box.value())

    def _ask(self, value: str) -> None:
        self._asked = value
        if value or self._may_be_empty:
            self.wanted.emit(value)
        else:
            self.show_error(tr("There is nothing here. {means}", means=self._means))
