"""The accounts of a walk below each other, each with its colour, its name, where it stands, and what one can do."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.dialogs.page_links import put_button
from app.qt.dialogs.steps import At, StepMark
from app.qt.fonts import Role
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import button, clear, column, name, row, surface, text
from app.qt.widgets.marks import AccountBar
from app.qt.widgets.scroll import Scroll

_HIGHEST: Final = 252  # six accounts and a half: that there are more can be seen
_LOWEST: Final = 98  # two and a half, on a low screen
_BESIDE: Final = 430  # what a question and the rest of the dialog need


@dataclass(frozen=True, slots=True)
class Place:
    """One account of the queue; `button` is empty where nothing can be done."""

    user_id: str
    title: str
    colour: str
    at: At
    line: str
    button: str = ""
    selected: bool = False


class QueueRow(QFrame):
    """One account. `pressed` says that its button was."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, place: Place) -> None:
        super().__init__()
        self._user_id = place.user_id
        self._mark = StepMark(theme)
        self.title = text(place.title, Role.NAME, wrap=True)
        self.line = text("", Role.SMALL, "soft", wrap=True)
        self.button = button("", "quiet")
        words = column(gap=0)
        words.addWidget(self.title)
        words.addWidget(self.line)
        outer = row(self, gap=10)
        outer.setContentsMargins(8, 4, 8, 4)
        outer.addWidget(self._mark)
        outer.addWidget(AccountBar(place.colour, 28))
        outer.addLayout(words, 1)
        outer.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.button.clicked.connect(lambda: self.pressed.emit(self._user_id))

    def show_place(self, place: Place) -> None:
        """Where it stands now."""
        self._mark.show_at(place.at)
        put(self.title, place.title)
        put(self.line, place.line)
        dress(self.line, "tone", "state.bad" if place.at is At.FAILED else "soft")
        dress(self, "surface", "selected" if place.selected else "plain")
        put_button(self.button, place.button)
        name(self.button, f"{place.button} {place.title}")
        self.button.setVisible(bool(place.button))
        name(self, f"{place.title}: {place.line}")


class Queue(QWidget):
    """Every account keeps its place from the beginning to the end."""

    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: dict[str, QueueRow] = {}
        self._chosen = ""
        self._page = surface("plain")
        self._list = column(gap=0)
        whole = column(self._page, gap=0)
        whole.addLayout(self._list)
        whole.addStretch()
        self._scroll = Scroll(self._page)
        column(self, gap=0).addWidget(self._scroll)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        name(self, tr("Accounts"))

    def show_places(self, places: Sequence[Place]) -> None:
        """Other accounts, or the same ones a step further."""
        if [place.user_id for place in places] != list(self.rows):
            self._rebuild(places)
        for place in places:
            self.rows[place.user_id].show_place(place)
        self.settle()
        chosen = next((place.user_id for place in places if place.selected), "")
        if chosen != self._chosen:
            self._chosen = chosen
            QTimer.singleShot(0, self, self._show_chosen)  # when it has its place

    def _show_chosen(self) -> None:
        if self._chosen in self.rows:
            self._scroll.ensureWidgetVisible(self.rows[self._chosen], 0, 0)

    def settle(self) -> None:
        """As high as the accounts need; more than fit are scrolled."""
        width = self._page.width()
        needed = sum(shown.heightForWidth(width) for shown in self.rows.values())
        highest = max(_LOWEST, min(_HIGHEST, self.screen().availableSize().height() - _BESIDE))
        self._scroll.setFixedHeight(min(needed, highest))

    def _rebuild(self, places: Sequence[Place]) -> None:
        clear(self._list)
        self.rows = {place.user_id: QueueRow(self._theme, place) for place in places}
        for shown in self.rows.values():
            shown.pressed.connect(self.pressed)
            self._list.addWidget(shown)
