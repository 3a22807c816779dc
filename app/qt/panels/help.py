"""Help: shortcuts, diagnostics, the log, and what Kunji is; each page of it is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QStackedWidget, QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.widgets.basic import button, column, name, row, surface
from app.qt.widgets.picking import mark, on_pick
from app.qt.widgets.scroll import Scroll

if TYPE_CHECKING:
    from app.qt.panels.log import LogPage

_TITLES: Final = {"shortcuts": "Shortcuts", "diagnostics": "Diagnostics", "log": "Log", "about": "About"}


class HelpPanel(QWidget):
    """Segments above, the chosen page below."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._made: dict[str, QWidget] = {}
        self._make: Mapping[str, Callable[[], QWidget]] = {
            "shortcuts": self._shortcuts,
            "diagnostics": self._diagnostics,
            "log": lambda: self.log,
            "about": self._about,
        }
        self.segments = {page: _segment(tr(title)) for page, title in _TITLES.items()}
        self._stack = QStackedWidget()
        name(self, tr("Help"))
        self._lay_out()
        for page, segment in self.segments.items():
            on_pick(segment, partial(self.show_page, page))
        self.show_page("shortcuts")

    def _lay_out(self) -> None:
        line = row(gap=4)
        for segment in self.segments.values():
            line.addWidget(segment)
        line.addStretch()
        inside = column(self, gap=12, margin=16)
        inside.addLayout(line)
        inside.addWidget(self._stack, 1)

    def page(self, called: str) -> QWidget:
        """The page, made if need be: "shortcuts", "diagnostics", "log" or "about"."""
        if called not in self._made:
            self._made[called] = made = self._make[called]()
            self._stack.addWidget(made)
        return self._made[called]

    def show_page(self, called: str) -> None:
        """Show one of the four."""
        mark(self.segments[called])
        self._stack.setCurrentWidget(self.page(called))

    def focus_filter(self) -> None:
        """The keys that filter a table look for words in the log here."""
        self.show_page("log")
        self.log.focus_filter()

    def _shortcuts(self) -> QWidget:
        from app.qt.panels.shortcuts import ShortcutsList  # loaded on first use: start-up

        return _on_a_panel(ShortcutsList())

    def _diagnostics(self) -> QWidget:
        from app.qt.panels.diagnostics import DiagnosticsPage  # as above

        return DiagnosticsPage(self._desk)

    @cached_property
    def log(self) -> LogPage:
        """What the log says."""
        from app.qt.panels.log import LogPage  # as above

        return LogPage(self._desk)

    def _about(self) -> QWidget:
        from app.qt.panels.about import AboutPage  # as above

        return _on_a_panel(AboutPage())


def _on_a_panel(inner: QWidget) -> QFrame:
    """`inner` on a panel of its own, scrolled where the window is low."""
    page = surface("plain")
    inside = column(page, gap=0, margin=20)
    inside.addWidget(inner)
    inside.addStretch()
    panel = surface("panel")
    column(panel, gap=0, margin=1).addWidget(Scroll(page))
    return panel


def _segment(words: str) -> QPushButton:
    made = button(words, "segment")
    made.setCheckable(True)
    made.setAutoExclusive(True)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
