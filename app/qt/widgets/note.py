"""One short text in the top bar that comes and goes without moving anything: what a refresh by hand did."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.qt.fonts import Role, font
from app.qt.theme import dress
from app.qt.widgets.basic import name


class Note(QLabel):
    """Takes what room is left between its neighbours, in two lines at most; the whole text is its tooltip, too."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(Role.SMALL))
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumWidth(1)

    def show_note(self, title: str, words: str = "", *, bad: bool = False) -> None:
        """Say it, to a screen reader, too; `words` are more of it, for whom there is room or the pointer stays."""
        whole = "\n".join(part for part in (title, words) if part)
        dress(self, "tone", "state.warn" if bad else "soft")
        self.setText(whole if self._fits(whole) else title)
        self.setToolTip(whole)
        name(self, title, words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Say nothing (more)."""
        self.setText("")
        self.setToolTip("")
        name(self, "")

    def _fits(self, said: str) -> bool:
        flags = Qt.TextFlag.TextWordWrap
        return self.fontMetrics().boundingRect(0, 0, self.width(), 1000, flags, said).height() <= self.height()
