"""One thing that the user sets by choosing one of a few; what is chosen is asked for at once."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import dress, put
from app.qt.widgets.basic import column, name, text


class Choice(QWidget):
    """As `Setting`: `wanted` carries the word that is written for what was chosen."""

    wanted = Signal(str)

    def __init__(self, title: str, choices: Iterable[tuple[str, str]], *, means: str = "") -> None:
        super().__init__()
        self._means = means
        self._stored = ""
        self.box = QComboBox()
        for word, shown in choices:
            self.box.addItem(tr(shown), word)
        self._below = text(means, Role.SMALL, "muted", wrap=True)
        label = text(title)
        label.setBuddy(self.box)
        name(self.box, title, means)
        inside = column(self, gap=4)
        for part in (label, self.box, self._below):
            inside.addWidget(part)
        inside.addStretch()
        self.box.activated.connect(lambda at: self.wanted.emit(self.box.itemData(at)))

    def show_value(self, value: str) -> None:
        """What holds now."""
        if value != self._stored:
            self._stored = value
            self.show_stored()

    def show_stored(self) -> None:
        """What holds, whatever was wrong."""
        self.box.setCurrentIndex(self.box.findData(self._stored))
        self._say(self._means, "muted")

    def show_error(self, words: str) -> None:
        """Why it was not kept; what holds is chosen again."""
        self.show_stored()
        self._say(words, "state.bad")

    def _say(self, words: str, tone: str) -> None:
        put(self._below, words)
        dress(self._below, "tone", tone)
        name(self.box, self.box.accessibleName(), words)
