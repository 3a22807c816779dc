"""Demo and live, told apart by colour, word and title: wherever money can move, one of both is in sight."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.theme import dress, put
from app.qt.widgets.basic import name, surface, text

_HEIGHT: Final = 24
_STRIPE: Final = 4
_WORDS: Final = {Mode.LIVE: "LIVE", Mode.DEMO: "DEMO"}
_MEANINGS: Final = {Mode.LIVE: "Real money", Mode.DEMO: "Invented money: nothing leaves this computer"}


class ModeMark(QLabel):
    """The chip: LIVE outlined, DEMO filled in the colour of the demo's stripe."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text(role=Role.SMALL_STRONG).font())
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(scaled(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_mode(mode)

    def show_mode(self, mode: Mode) -> None:
        """Which of both."""
        put(self, tr(_WORDS[mode]))
        self.setToolTip(tr(_MEANINGS[mode]))
        name(self, self.text(), self.toolTip())
        dress(self, "mode", mode.value)


def stripe(mode: Mode) -> QFrame:
    """What runs along the top of a window in the demo; a live one has none, and gives it no room."""
    made = surface("demo")
    made.setFixedHeight(_STRIPE)
    if mode is not Mode.DEMO:
        made.hide()
    return made


def titled(title: str, mode: Mode) -> str:
    """The title of a window: the demo's says so."""
    return tr("{title} (demo)", title=title) if mode is Mode.DEMO else title
