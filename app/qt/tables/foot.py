"""What stands below a table whose rows one can act on: what there is to say of the chosen ones, and its buttons.

Words that need more lines take their room from the table above; the buttons stay where they are.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QMenu, QPushButton

from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.actions import Deed
from app.qt.fonts import Role, scaled
from app.qt.tables.sizes import EDGE
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import button, name, row, text
from app.qt.widgets.marks import StateMark

_HEIGHT: Final = 48
_ROOM: Final = 530  # for words beside the buttons
_BESIDE: Final = QBoxLayout.Direction.LeftToRight
_BELOW: Final = QBoxLayout.Direction.TopToBottom
_UNSURE: Final = "unknown"  # the diamond


class Foot(QFrame):
    """`attention_wanted`: the user wants to see what the link speaks of."""

    attention_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "sunken")
        self.setMinimumHeight(scaled(_HEIGHT))
        self._deeds: list[tuple[QPushButton, Deed]] = []
        self.mark = StateMark(theme, 18)
        self.mark.hide()
        self.link = button("", "quiet")
        self.link.hide()
        self.link.clicked.connect(self.attention_wanted)
        self.words = text("", Role.SMALL, "soft", wrap=True)
        said, self._line = row(gap=8), row(gap=8)
        said.addWidget(self.mark)
        said.addWidget(self.link)
        said.addWidget(self.words, 1)
        self._line.addStretch()
        self._both = row(self, gap=8)
        self._both.setContentsMargins(EDGE, 8, EDGE, 8)
        self._both.addLayout(said, 1)
        self._both.addLayout(self._line)
        name(self, tr("What can be done"))

    def add(self, deed: Deed, *, kind: str = "plain") -> QPushButton:
        """A button that does `deed`; it is called as the deed says just now, and says why it cannot be pressed."""
        made = button(_says(deed), kind)
        made.clicked.connect(lambda: self._press(deed))
        self._line.addWidget(made, 0, Qt.AlignmentFlag.AlignBottom)
        self._deeds.append((made, deed))
        return made

    def say(self, words: str, *, tone: str = "soft") -> None:
        """What there is to say of the chosen rows; nothing when empty."""
        put(self.words, words)
        self.words.setAccessibleName(words)
        dress(self.words, "tone", tone)

    def warn(self, words: str) -> None:
        """What needs eyes, as a link beside a diamond; none when empty."""
        self.mark.setVisible(bool(words))
        self.link.setVisible(bool(words))
        if words and self.link.text() != words:
            self.link.setText(words)
            name(self.link, words, tr("Shows it in the table"))
            self.mark.show_shape(_UNSURE, tr("Not confirmed"))

    def announce(self) -> None:
        """Tell a screen reader what is said now: it came without being asked for."""
        QAccessible.updateAccessibility(QAccessibleEvent(self.words, QAccessible.Event.Alert))

    def refresh(self) -> None:
        """Other rows are chosen, or something is on its way."""
        for made, deed in self._deeds:
            said, why = _says(deed), deed.why_not()
            if made.text() != said:
                made.setText(said)
                name(made, said)
            made.setEnabled(not why)
            hint = why or keyboard.hint(deed.name)
            made.setToolTip(hint)
            made.setAccessibleDescription(hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With less room the words stand above the buttons."""
        super().resizeEvent(event)
        room = event.size().width() - self._line.sizeHint().width()
        self._both.setDirection(_BESIDE if room >= scaled(_ROOM) else _BELOW)

    def _press(self, deed: Deed) -> None:
        if not deed.why_not():  # what was pressed a moment ago may be on its way already
            deed.run()
        self.refresh()


def _says(deed: Deed) -> str:
    return (deed.says() if deed.says is not None else "") or tr(keyboard.spec(deed.name).says)


def _add(menu: QMenu, said: str, then: Callable[[], object]) -> None:
    menu.addAction(said).triggered.connect(lambda _=False: then())


def choose_from(place: QPushButton, choices: list[tuple[str, Callable[[], object]]]) -> QMenu | None:
    """A menu above its button, without a loop of its own; a single choice is taken at once, and there is no menu."""
    if len(choices) == 1:
        choices[0][1]()
        return None
    menu = QMenu(place)
    for said, then in choices:
        _add(menu, said.replace("&", "&&"), then)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
    return menu
