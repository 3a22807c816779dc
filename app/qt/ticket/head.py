"""The strip at the top of a ticket, on every page of it: the account with its colour and state, LIVE or DEMO."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QComboBox, QFrame

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.tokens import account_colour
from app.qt.widgets.basic import column, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark
from app.qt.widgets.mode_mark import ModeMark, stripe
from app.services.views import AccountView, Permit
from app.services.words import is_ready, state_word


class TicketHead(QFrame):
    """`chosen` carries the account that the user takes instead."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, mode: Mode) -> None:
        super().__init__()
        self.setProperty("surface", "bar")
        self.bar = AccountBar(height=18)
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setIconSize(QSize(4, 16))
        name(self.box, tr("Account"))
        self.title = text("", Role.TOTAL)
        self._mark = StateMark(theme, 16)
        self._orders = text("", Role.SMALL, "soft")
        self.mode = ModeMark(mode)
        line = row(gap=8)
        line.setContentsMargins(20, 6, 20, 6)
        for part in (self.bar, self.title, self.box, self._mark, self._orders):
            line.addWidget(part)
        line.addStretch()
        line.addWidget(self.mode)
        outer = column(self, gap=0)
        outer.addWidget(stripe(mode))
        outer.addLayout(line)
        self.box.activated.connect(lambda at: self.chosen.emit(str(self.box.itemData(at))))

    def offer(self, accounts: Sequence[AccountView]) -> None:
        """These can be chosen."""
        wanted = [(view.user_id, view.title) for view in accounts]
        if wanted == [(self.box.itemData(at), self.box.itemText(at)) for at in range(self.box.count())]:
            return
        with QSignalBlocker(self.box):
            self.box.clear()
            for view in accounts:
                self.box.addItem(_sample(view.colour), view.title, view.user_id)

    def show_account(self, view: AccountView | None, now: datetime, *, choosing: bool) -> None:
        """Whose order it is; `choosing`: it can be another's still."""
        title = view.title if view is not None else tr("The account is gone")
        put(self.title, title)
        choosing = choosing and self.box.count() > 1
        self.box.setVisible(choosing)
        for part in (self.title, self.bar):  # the box has both in it
            part.setVisible(not choosing)
        self.bar.show_colour(view.colour if view is not None else "")
        if view is not None:
            self.box.setCurrentIndex(max(0, self.box.findData(view.user_id)))
            self._show_orders(view, now)
        name(self, tr("{title}, {mode}", title=title, mode=self.mode.text()))

    def _show_orders(self, view: AccountView, now: datetime) -> None:
        """Whether orders are taken from this account now, as far as that is known."""
        self._mark.show_state(view.state, state_word(view, now))
        self._mark.setToolTip(state_word(view, now))
        if view.orders.permit is Permit.REFUSED:
            put(self._orders, tr("orders: refused"))
        elif view.orders.permit is Permit.YES and is_ready(view):
            put(self._orders, tr("orders: yes"))
        else:
            put(self._orders, state_word(view, now).lower())


def _sample(colour: str) -> QIcon:
    picture = QPixmap(4, 16)
    picture.fill(QColor(account_colour(colour)))
    return QIcon(picture)
