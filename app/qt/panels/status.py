"""One account: its state and what to do, its day as a line, what is allowed, what went wrong, how fast and how much.

And what its session went through in the last 90 days. Shows the account that it was last told to show.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role, scaled
from app.qt.panels.address import AddressCard
from app.qt.panels.gauges import LatencyCard, LimitsCard
from app.qt.panels.kept import KeptCard
from app.qt.panels.last_error import LastError
from app.qt.panels.rename import RenameForm
from app.qt.panels.sessions_card import Sessions
from app.qt.panels.status_head import StatusHead
from app.qt.panels.status_parts import FACTS, allowed, facts_of
from app.qt.theme import put
from app.qt.widgets.basic import column, text
from app.qt.widgets.facts import Facts, Lines, card
from app.qt.widgets.pair import Pair
from app.qt.widgets.scroll import Scroll
from app.services.views import AccountState, AccountView

_NARROW: Final = 820


class StatusPanel(QWidget):
    """An account's page."""

    repair = Signal(str)
    removed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._user_id = ""
        self.head = StatusHead(desk)
        self.rename_form = RenameForm(desk)
        self.sessions = Sessions(desk)
        self._pairs: tuple[Pair, ...] = ()
        self._build()
        self.head.repair.connect(self.repair)
        self.head.removed.connect(self.removed)
        self.head.rename.clicked.connect(self._on_rename)

    def _build(self) -> None:
        page = QWidget()
        column(self, gap=0).addWidget(Scroll(page))  # first: what comes into its place later takes up its look once
        self._inside = column(page, gap=12, margin=16)
        for part in (self.head, self.rename_form, self.sessions.today):
            self._inside.addWidget(part)

    @property
    def parts(self) -> tuple[Callable[[], None], ...]:
        """What stands further down, as long as it is not built."""
        return () if self._pairs else (self._add_allowed, self._add_gauges, self._add_rest)

    def _add_allowed(self) -> None:
        self.allowed, self.last_error = Lines(self._desk.theme), LastError(self._desk)
        allows, self._allowed_title = _titled("", self.allowed)
        self._add_pair(Pair(allows, self.last_error))

    def _add_gauges(self) -> None:
        self.latency, self.limits = LatencyCard(self._desk.theme), LimitsCard(self._desk.theme)
        self._add_pair(Pair(self.latency, self.limits))
        self._inside.addWidget(self.sessions.days)

    def _add_pair(self, pair: Pair) -> None:
        pair.set_narrow(narrow=self.width() < scaled(_NARROW))
        self._pairs = (*self._pairs, pair)
        self._inside.addWidget(pair)

    def _add_rest(self) -> None:
        self.facts = Facts(FACTS)
        self.why = text("", Role.SMALL, "muted", wrap=True)
        self.address, self.kept = AddressCard(self._desk), KeptCard(self._desk)
        facts, _ = _titled(tr("Session"), self.facts, self.why)
        self._add_pair(Pair(facts, self.address))
        self._inside.addWidget(self.kept)
        self._inside.addStretch()

    def show_account(self, user_id: str, now: datetime) -> None:
        """Show another account."""
        self._user_id = user_id
        self.rename_form.hide()
        self.refresh(now)
        self.read_history()

    def read_history(self) -> None:
        """Something was added to it, perhaps."""
        self.sessions.read(self)

    def refresh(self, now: datetime) -> None:
        """Show what is known at `now`."""
        view = self._desk.board.account(self._user_id)
        if view is None:
            return
        gauges = self._desk.services.gauges.view(view.user_id)
        self.head.show_account(view, now)
        self.sessions.show_account(view, now)
        self.last_error.show_account(view, gauges, now)
        self.latency.show_gauges(gauges)
        self.limits.show_gauges(gauges)
        self.kept.show_account(view)
        self.address.show_account(view)
        self._show_parts(view, now)

    def _show_parts(self, view: AccountView, now: datetime) -> None:
        for called, value in facts_of(view, now, self._desk.board.master(view.broker_type)).items():
            self.facts.show_fact(called, value)
        put(self.why, view.ends_why)
        self.why.setVisible(bool(view.ends_why) and view.state is not AccountState.SIGNED_OUT)
        put(self._allowed_title, tr("What {broker} allows", broker=view.broker_label))
        self.allowed.show_lines(allowed(view, self._desk.spec(view.broker_type)))

    def _on_rename(self) -> None:
        view = self._desk.board.account(self._user_id)
        if view is not None:
            self.rename_form.begin(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What stands side by side in a wide window stands one below the other in a narrow one."""
        for pair in self._pairs:
            pair.set_narrow(narrow=event.size().width() < scaled(_NARROW))
        super().resizeEvent(event)


def _titled(title: str, *contents: QWidget) -> tuple[QFrame, QLabel]:
    panel, lines = card(title)
    for content in contents:
        lines.addWidget(content)
    lines.addStretch()
    return panel, panel.findChildren(QLabel)[0]
