"""Why a table is empty, and what to press."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.qt.fonts import Role
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, text


class EmptyPage(QWidget):
    """Two lines and one button."""

    def __init__(self) -> None:
        super().__init__()
        self.words = text(role=Role.HEAD, wrap=True)
        self.more = text(tone="soft", wrap=True)
        for label in (self.words, self.more):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = button("", "plain")
        inside = column(self, gap=8, margin=20)
        inside.addStretch(1)
        inside.addWidget(self.words)
        inside.addWidget(self.more)
        inside.addSpacing(8)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)

    def show_words(self, words: str, more: str, label: str) -> None:
        """Why, what more there is to say, and what the button does."""
        put(self.words, words)
        put(self.more, more)
        self.more.setVisible(bool(more))
        if self.button.isEnabled() and self.button.text() != label:
            self.button.setText(label)
            name(self.button, label)
