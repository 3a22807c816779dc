"""The top bar: where one is, the attention slot, Indian time and market, search, privacy, refresh; DEMO in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy

from app.domain.tongue import tr
from app.qt import icons, keyboard
from app.qt.fonts import Role, font, scaled
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import name, row, text
from app.qt.widgets.market_clock import MarketClock
from app.qt.widgets.marks import IconButton
from app.qt.widgets.note import Note
from app.qt.widgets.slot import Slot

if TYPE_CHECKING:
    from datetime import datetime

_HEIGHT: Final = 52
_ICON: Final = 16
_GAP: Final = 12
_EDGE: Final = 20
_LEAST: Final = 120


class SearchButton(QPushButton):
    """Looks like the field that it opens: accounts, views, actions, instruments."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("kind", "search")
        self.setFont(font(Role.SMALL))
        self.setIconSize(QSize(scaled(_ICON), scaled(_ICON)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(keyboard.hint("palette"))
        name(self, tr("Find anything"), keyboard.hint("palette"))
        theme.changed.connect(self._draw)
        self._draw()
        self.narrow(narrow=False)

    def narrow(self, *, narrow: bool) -> None:
        """The icon alone."""
        keys = keyboard.keys("palette")
        self.setText("" if narrow else " " + tr("Search or act   {keys}", keys=keys))
        dress(self, "narrow", "true" if narrow else "false")

    def _draw(self) -> None:
        colour = self._theme.tokens["text.soft"]
        self.setIcon(icons.line_icon("search", colour, scaled(_ICON), self.devicePixelRatioF()))


class TopBar(QFrame):
    """One line above every view."""

    find_wanted = Signal()

    def __init__(self, theme: Theme, *, demo: bool) -> None:
        super().__init__()
        self.setProperty("surface", "bar")
        self.setFixedHeight(scaled(_HEIGHT))
        self._title = text("", Role.TITLE, wrap=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.slot = Slot(theme)
        self.note = Note()
        self._demo = text("DEMO", Role.HEAD, "sell")
        self._demo.setVisible(demo)
        self.clock = MarketClock(theme)
        self.search = SearchButton(theme)
        self.search.clicked.connect(self.find_wanted)
        self.privacy = IconButton(theme, "eye", tr("Hide amounts"), keyboard.hint("privacy"))
        self.privacy.setCheckable(True)
        self.refresh = IconButton(theme, "refresh", tr("Refresh"), keyboard.hint("refresh"))
        self._lay_out()

    def _lay_out(self) -> None:
        outer = row(self, gap=_GAP)
        outer.setContentsMargins(_EDGE, 0, 12, 0)
        outer.addWidget(self._title)
        outer.addWidget(self.slot)
        outer.addWidget(self.note, 1)
        for part in (self._demo, self.clock, self.search, self.privacy, self.refresh):
            outer.addWidget(part)

    @property
    def title(self) -> str:
        """Where one is."""
        return self._title.text()

    def show_title(self, title: str) -> None:
        """Another view."""
        put(self._title, title)
        self._fit_title()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room for the title."""
        super().resizeEvent(event)
        self._fit_title()

    def _fit_title(self) -> None:
        """As wide as it is; where there is no room for it, smaller and in two lines."""
        others = (self.slot, self._demo, self.clock, self.search, self.privacy, self.refresh)
        taken = sum(part.sizeHint().width() + _GAP for part in others if part.isVisibleTo(self))
        room = max(scaled(_LEAST), self.width() - taken - 2 * _EDGE)
        wanted = QFontMetrics(font(Role.TITLE)).horizontalAdvance(self.title) + 2
        role = Role.TITLE if wanted <= room else Role.NAME
        if self._title.font().pixelSize() != font(role).pixelSize():
            self._title.setFont(font(role))
        self._title.setFixedWidth(min(wanted, room))

    def show_time(self, now: datetime, *, narrow: bool) -> None:
        """Another second."""
        self._fit_title()
        self.search.narrow(narrow=narrow)
        self.clock.show_time(now, narrow=narrow, crowded=narrow and self.slot.isVisibleTo(self))
