"""The sidebar: views, accounts with colour, name, word and shape, and "Add account"; icons alone in a narrow window."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.pages import TITLES
from app.qt.theme import Theme, put
from app.qt.widgets.account_entry import AccountEntry
from app.qt.widgets.basic import clear, column, hairline, name, row, text
from app.qt.widgets.nav import NavButton
from app.qt.widgets.picking import mark, on_pick
from app.qt.widgets.scroll import Scroll

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.qt.as_of import Known
    from app.services.views import AccountView

WIDE: Final = 208
NARROW: Final = 56
_EDGE: Final = 8
_VIEWS: Final = ("overview", "positions", "holdings", "orders", "funds")
_FEET: Final = ("settings", "help")
"""Each is the name of a page, of its action and of its icon."""


class Sidebar(QFrame):
    """Says where to go; the window decides what that shows."""

    view_chosen = Signal(str)
    account_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._narrow = False
        self.setProperty("surface", "sidebar")
        name(self, tr("Sidebar"))
        pages = [page for page in (*_VIEWS, *_FEET) if page in TITLES]
        self._nav = {page: NavButton(theme, page, tr(TITLES[page]), page) for page in pages}
        self._add = NavButton(theme, "plus", tr(TITLES["add"]), "add", accent=True)
        self._title = text(tr("Accounts"), Role.SMALL_STRONG, "soft")
        self._count = text("", Role.SMALL, "soft")
        self._entries: dict[str, AccountEntry] = {}
        self._list = column(gap=0)
        self._lay_out()
        for view, nav in self._nav.items():
            on_pick(nav, partial(self.view_chosen.emit, view))
        self._add.clicked.connect(lambda: self.view_chosen.emit("add"))
        self.set_narrow(narrow=False)

    def _lay_out(self) -> None:
        outer = column(self, gap=0)
        outer.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        for nav in self._some(_VIEWS):
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
        for nav in self._some(_FEET):
            outer.addWidget(nav)

    def set_narrow(self, *, narrow: bool) -> None:
        """Icons alone (below 1100 wide) or words."""
        self._narrow = narrow
        self.setFixedWidth(scaled(NARROW if narrow else WIDE))
        for nav in (*self._nav.values(), self._add):
            nav.narrow(narrow=narrow)
        for entry in self._entries.values():
            entry.narrow(narrow=narrow)
        self._labels_visible(visible=not narrow)

    def show_known(self, known: Known, now: datetime) -> None:
        """The accounts as they last stood, until the services say how they stand now."""
        from app.services.times import clock_time  # neither views nor services: cheap enough for the first paint

        as_of = tr("as of {time}", time=clock_time(known.at, now))
        self._rebuild([account.user_id for account in known.accounts])
        for account in known.accounts:
            self._entries[account.user_id].show_known(account, as_of)
            self._entries[account.user_id].narrow(narrow=self._narrow)

    def show_accounts(self, views: Sequence[AccountView], ready: int, now: datetime) -> None:
        """The accounts in the user's order and how many are ready."""
        if [view.user_id for view in views] != list(self._entries):
            self._rebuild([view.user_id for view in views])
        for view in views:
            self._entries[view.user_id].show_account(view, now)
            self._entries[view.user_id].narrow(narrow=self._narrow)
        said = tr("{ready} of {count} ready", ready=ready, count=len(views)) if views else tr("none yet")
        put(self._count, said)
        self._labels_visible(visible=not self._narrow)

    def show_current(self, view: str) -> None:
        """Mark where the window is: a view's name or an account's id."""
        for key, nav in self._nav.items():
            mark(nav, on=key == view)
        for user_id, entry in self._entries.items():
            mark(entry, on=user_id == view)

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

    def _some(self, pages: Sequence[str]) -> list[NavButton]:
        return [self._nav[page] for page in pages if page in self._nav]

    def _rebuild(self, user_ids: Sequence[str]) -> None:
        clear(self._list)
        width = scaled(WIDE) - 2 * _EDGE
        self._entries = {user_id: AccountEntry(self._theme, user_id, width) for user_id in user_ids}
        for user_id, entry in self._entries.items():
            on_pick(entry, partial(self.account_chosen.emit, user_id))
            self._list.addWidget(entry)
        self._add.raise_()  # the last of its neighbours, also for whoever has them read
        before, after = self._some(_VIEWS), self._some(_FEET)
        for one, other in pairwise((before[-1], *self._entries.values(), self._add, *after)):
            QWidget.setTabOrder(one, other)  # entries that are made anew would come last
