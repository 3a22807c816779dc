"""A secret that is kept only where its switch is on: off at first, and what it gives up is said before it is on."""

from PySide6.QtWidgets import QCheckBox

from app.domain import Secret
from app.qt.theme import Theme
from app.qt.widgets.basic import column, name, row
from app.qt.widgets.field import FieldBox


class KeptBox(FieldBox):
    """`switch` stands for the label; the field is there while it is on, as it is from the start with a `value`."""

    def __init__(self, theme: Theme, label: str, switch: str, hint: str, value: str = "") -> None:
        self.switch = QCheckBox(switch)
        super().__init__(theme, label, hint, secret=True, value=value)
        name(self.switch, switch, hint)
        self.switch.setChecked(bool(value))
        self.edit.setVisible(bool(value))
        self.switch.toggled.connect(self._on_toggled)

    def _lay_out(self) -> None:
        outer = column(self, gap=4)
        outer.addWidget(self.switch)
        self._foot = row(gap=6)
        self._foot.addWidget(self._below, 1)
        outer.addLayout(self._foot)
        outer.addWidget(self.edit)
        self.edit.hide()

    def take(self) -> Secret:
        """The secret in the field; none while the switch is off."""
        return super().take() if self.switch.isChecked() else Secret()

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be kept."""
        return self.switch.isChecked()

    def show_error(self, words: str) -> None:
        """Say what is wrong; the field is in sight for that."""
        self.switch.setChecked(True)
        super().show_error(words)

    def _on_toggled(self, on: bool) -> None:
        """What was typed does not wait behind a switch that is off."""
        self.edit.setVisible(on)
        if on:
            self.edit.setFocus()
        else:
            self.wipe()
            self.show_hint(self._hint)
