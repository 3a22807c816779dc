"""The choice of an account's colour, by name and sample."""

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QComboBox

from app.domain.tongue import tr
from app.qt.tokens import ACCOUNT_COLOURS
from app.qt.widgets.basic import name


class ColourBox(QComboBox):
    """One of the eight account colours."""

    def __init__(self) -> None:
        super().__init__()
        self.setIconSize(QSize(4, 16))
        for colour, value in ACCOUNT_COLOURS.items():
            self.addItem(_sample(value), colour.capitalize(), colour)
        name(self, tr("Colour"))

    @property
    def colour(self) -> str:
        """The chosen colour's name as it is stored."""
        return str(self.currentData())

    def choose(self, colour: str) -> None:
        """Choose by name; an unknown name changes nothing."""
        at = self.findData(colour)
        if at >= 0:
            self.setCurrentIndex(at)

    def choose_unused(self, used: Iterable[str]) -> None:
        """The first colour that no other account has."""
        taken = set(used)
        self.choose(next((colour for colour in ACCOUNT_COLOURS if colour not in taken), next(iter(ACCOUNT_COLOURS))))


def _sample(value: str) -> QIcon:
    picture = QPixmap(4, 16)
    picture.fill(QColor(value))
    return QIcon(picture)
