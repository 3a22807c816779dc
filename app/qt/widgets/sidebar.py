"""The sidebar: views, accounts with colour, name, word and shape, and "Add account"; icons alone in a narrow window."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.qt import icons, keyboard
from app.qt.fonts import Role, font
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import clear, column, hairline, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark
from app.qt.widgets.scroll import Scroll

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.services.views import AccountView

WIDE: Final = 208
NARROW: Final = 56
_CALMEST: Final = len(STATE_TOKENS) - 1  # the rank of "ready"


class NavButton(QPushButton):
    """One entry that leads to a view: icon, word, keys."""

    def __init__(self, theme: Theme, icon: str, words: str, shortcut: str, *, accent: bool = False) -> None:
        super().__init__(words)
        self._theme, self._icon, self._words = theme, icon, words
        self._token = "accent.text" if accent else "text.soft"
        self.setProperty("kind", "nav")
        self.setProperty("accent", "true" if accent else "false")
        self.setFont(font(Role.NAME))
        self.setIconSize(QSize(16, 16))
        self.setCheckable(not accent)
        self.setToolTip(keyboard.hint(shortcut))
        name(self, words)
        theme.changed.connect(self._draw)
        self._draw()

    def narrow(self, narrow: bool) -> None:
        """The icon alone; the word stays as tooltip and accessible name."""
        self.setText("" if narrow else f" {self._words}")
        dress(self, "narrow", "true" if narrow else "false")

    def _draw(self) -> None:
        colour = self._theme.tokens[self._token]
        self.setIcon(icons.line_icon(self._icon, colour, 16, self.devicePixelRatioF()))


class AccountEntry(QPushButton):
    """One account: its colour, name, a line about its state, and the state's shape."""

    def __init__(self, theme: Theme, user_id: str) -> None:
        super().__init__()
        self.user_id = user_id
        self.setProperty("kind", "entry")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._bar = AccountBar()
        self._mark = StateMark(theme, 16)
        self._name = text(role=Role.NAME, wrap=True)
        self._line = text(role=Role.SMALL)
        self._lay_out()
        for part in (self._bar, self._mark, self._name, self._line):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _lay_out(self) -> None:
        self._lines = column(gap=0)
        self._lines.addStretch()
        self._lines.addWidget(self._name)
        self._lines.addWidget(self._line)
        self._lines.addStretch()
        self._outer = row(self, gap=10)
        self._outer.addWidget(self._bar)
        self._outer.addLayout(self._lines, 1)
        self._outer.addWidget(self._mark)

    def sizeHint(self) -> QSize:
        """As high as the name needs, 44 at least."""
        inner = WIDE - 2 * 8 - 4 - 16 - 38
        needed = self._name.heightForWidth(inner) + self._line.sizeHint().height() + 6
        return QSize(WIDE - 16, max(44, needed) if self._name.isVisibleTo(self) else 36)

    def show_account(self, view: AccountView, now: datetime) -> None:
        """Another picture of the account, or another second."""
        from app.qt.say import short  # loaded after the first paint: start-up

        said = short(view, now)
        put(self._name, view.title)
        put(self._line, said)
        dress(self._line, "tone", "muted" if view.state.rank == _CALMEST else STATE_TOKENS[view.state])
        self._mark.show_state(view.state, said)
        self._bar.show_colour(view.colour)
        name(self, f"{view.title}, {said}")
        self.setToolTip(f"{view.title}\n{said}")

    def narrow(self, narrow: bool) -> None:
        """Colour and shape alone."""
        self._name.setVisible(not narrow)
        self._line.setVisible(not narrow)
        self._outer.setSpacing(3 if narrow else 10)
        self._outer.setContentsMargins(*((6, 2, 6, 2) if narrow else (10, 2, 8, 2)))
        self.setFixedHeight(self.sizeHint().height())


class Sidebar(QFrame):
    """Says where to go; the window decides what that shows."""

    view_chosen = Signal(str)
    account_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._narrow = False
        self.setProperty("surface", "sidebar")
        name(self, "Sidebar")
        self._nav = {
            "overview": NavButton(theme, "overview", "Overview", "overview"),
            "positions": NavButton(theme, "positions", "Positions", "positions"),
            "settings": NavButton(theme, "settings", "Settings", "settings"),
        }
        self._add = NavButton(theme, "plus", "Add account", "add", accent=True)
        self._title = text("Accounts", Role.SMALL_STRONG, "soft")
        self._count = text("", Role.SMALL, "soft")
        self._entries: dict[str, AccountEntry] = {}
        self._list = column(gap=0)
        self._lay_out()
        for view, nav in self._nav.items():
            nav.clicked.connect(lambda _=False, view=view: self.view_chosen.emit(view))
        self._add.clicked.connect(lambda: self.view_chosen.emit("add"))
        self.set_narrow(narrow=False)

    def _lay_out(self) -> None:
        outer = column(self, gap=0)
        outer.setContentsMargins(8, 8, 8, 8)
        *views, settings = self._nav.values()
        for nav in views:
            outer.addWidget(nav)
        outer.addSpacing(12)
        self._rule = hairline()
        outer.addWidget(self._rule)
        head = row()
        head.setContentsMargins(10, 4, 2, 8)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._count)
        outer.addLayout(head)
        page = QWidget()
        inside: QVBoxLayout = column(page, gap=0)
        inside.addLayout(self._list)
        inside.addWidget(self._add)
        inside.addStretch()
        outer.addWidget(Scroll(page), 1)
        outer.addWidget(settings)

    def set_narrow(self, *, narrow: bool) -> None:
        """Icons alone (below 1100 wide) or words."""
        self._narrow = narrow
        self.setFixedWidth(NARROW if narrow else WIDE)
        for nav in (*self._nav.values(), self._add):
            nav.narrow(narrow)
        for entry in self._entries.values():
            entry.narrow(narrow)
        self._labels_visible(visible=not narrow)

    def show_accounts(self, views: Sequence[AccountView], ready: int, now: datetime) -> None:
        """The accounts in the user's order and how many are ready."""
        if [view.user_id for view in views] != list(self._entries):
            self._rebuild(views)
        for view in views:
            self._entries[view.user_id].show_account(view, now)
            self._entries[view.user_id].narrow(self._narrow)
        put(self._count, f"{ready} of {len(views)} ready" if views else "none yet")
        self._labels_visible(visible=not self._narrow)

    def show_current(self, view: str) -> None:
        """Mark where the window is: a view's name or an account's id."""
        for key, nav in self._nav.items():
            nav.setChecked(key == view)
        for user_id, entry in self._entries.items():
            entry.setChecked(user_id == view)

    @property
    def entries(self) -> dict[str, AccountEntry]:
        """The account entries by account."""
        return self._entries

    @property
    def count(self) -> QLabel:
        """How many are ready, in words."""
        return self._count

    def _labels_visible(self, *, visible: bool) -> None:
        self._title.setVisible(visible)
        self._count.setVisible(visible)
        self._rule.setVisible(not visible)

    def _rebuild(self, views: Sequence[AccountView]) -> None:
        clear(self._list)
        self._entries = {view.user_id: AccountEntry(self._theme, view.user_id) for view in views}
        for user_id, entry in self._entries.items():
            entry.clicked.connect(lambda _=False, user_id=user_id: self.account_chosen.emit(user_id))
            self._list.addWidget(entry)
        _, positions, settings = self._nav.values()
        for before, after in pairwise((positions, *self._entries.values(), self._add, settings)):
            QWidget.setTabOrder(before, after)  # entries that are made anew would come last
