"""The place below a row of fields for what is wrong with one of them: it has its room before anything is said."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, font
from app.qt.theme import Theme, dress, put
from app.qt.ticket.findings import Told
from app.qt.widgets.basic import name, row, text
from app.qt.widgets.marks import StateMark

_MARK: Final = 14
LOOKS: Final = {"stop": ("expired", "state.bad"), "ask": ("expiring", "state.warn"), "note": ("watch", "soft")}
"""Shape and tone of a finding by its weight; its words say what it is."""


class Below(QWidget):
    """Has the room of `lines` of words. `say` takes what is known of the fields above: the first one is shown."""

    def __init__(self, theme: Theme, fields: tuple[str, ...], lines: int) -> None:
        super().__init__()
        self.fields = fields
        self._mark = StateMark(theme, _MARK)
        self._words = text("", Role.SMALL, wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setMinimumHeight(lines * QFontMetrics(font(Role.SMALL)).lineSpacing())
        line = row(self, gap=8)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        self._mark.hide()

    @property
    def words(self) -> str:
        """What is said."""
        return self._words.text()

    def say(self, told: Told) -> None:
        """`told`: weight and words by field."""
        weight, words = next((told[one] for one in self.fields if one in told), ("", ""))
        shape, tone = LOOKS.get(weight, ("", ""))
        put(self._words, words)
        dress(self._words, "tone", tone)
        self._mark.setVisible(bool(shape))
        if shape:
            self._mark.show_shape(shape, tr("Error") if weight == "stop" else tr("Remark"))
        name(self, words)
