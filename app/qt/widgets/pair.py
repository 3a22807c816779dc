"""Two parts beside each other, below each other where the page is narrow."""

from PySide6.QtWidgets import QBoxLayout, QWidget


class Pair(QWidget):
    """Equal shares of the width; a part that hides leaves the whole of it to the other."""

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__()
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._layout.addWidget(left, 1)
        self._layout.addWidget(right, 1)

    def set_narrow(self, *, narrow: bool) -> None:
        """Below each other."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(down if narrow else across)
