"""Opens tickets, each a window of its own, and tells them what happens. A ticket is loaded when one is opened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.actions import Deed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain import Exchange, Order, OrderSide, Product
    from app.qt.desk import Desk
    from app.qt.ticket.draft import Draft
    from app.qt.ticket.errand import Errand
    from app.qt.ticket.picked import Picked
    from app.qt.ticket.window import TicketWindow
    from app.qt.window import Window
    from app.services.views import Event, PreferencesView

T = TypeVar("T")
_KEYS: Final = ("buy", "sell")


class Tickets(QObject):
    """Belongs to the desk (`desk.tickets`). Opening one never sends anything."""

    def __init__(self) -> None:
        super().__init__()
        self._errands: list[Errand] = []
        self.windows: list[TicketWindow] = []
        self._shortcuts: list[QShortcut] = []
        self._rows: tuple[Deed, ...] = ()

    def attach(self, window: QWidget, desk: Desk) -> None:
        """The window is there: tickets are its children."""
        self.setParent(window)
        self._window, self._desk = window, desk

    def offer(self, window: Window) -> None:
        """Their actions are among those of the window, and are about what is chosen there."""
        desk, self._page = self._desk, window.pages.currentWidget
        self._rows = tuple(self._deeds())
        window.commands.add((Deed("order", self.open_ticket, self._why_none), *self._rows))
        for called in _KEYS:
            shortcut = QShortcut(QKeySequence(keyboard.keys(called)), window)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(window.commands.perform, called))
            self._shortcuts.append(shortcut)
        self._allow(desk.services.preferences.view)

    # -------------------------------------------------------------- opening

    def open_ticket(
        self,
        user_id: str | None = None,
        exchange: Exchange | None = None,
        symbol: str = "",
        side: OrderSide | None = None,
        quantity: int | None = None,
        *,
        product: Product | None = None,
    ) -> TicketWindow:
        """A new ticket, as far filled in as is known; without an account the usual one, without a symbol it asks."""
        from app.qt.ticket.draft import Draft, products_of  # loaded on first use: start-up

        known = product or products_of(exchange)[0]
        units = str(quantity) if quantity else ""
        draft = Draft(self._account(user_id), exchange, symbol, side=side, product=known, quantity=units)
        return self._open(draft)

    def open_change(self, user_id: str, order: Order) -> TicketWindow:
        """The ticket of an order that rests; one that is open for it already comes forward."""
        from app.qt.ticket.draft import changing  # loaded on first use: start-up

        for window in self.windows:
            resting = window.errand.draft.order
            if resting is not None and (window.errand.draft.user_id, resting.order_id) == (user_id, order.order_id):
                window.raise_()
                window.activateWindow()
                return window
        return self._open(changing(user_id, order))

    def _open(self, draft: Draft) -> TicketWindow:
        from app.qt.ticket.errand import Errand  # loaded on first use: start-up
        from app.qt.ticket.window import TicketWindow  # as above

        errand = Errand(self, self._desk, draft)
        window = TicketWindow(self._window, errand)
        self._errands.append(errand)
        self.windows.append(window)
        errand.destroyed.connect(partial(_forget, self._errands, errand))
        window.closed.connect(partial(_forget, self.windows, window))
        errand.begin()
        window.show()
        return window

    def _account(self, user_id: str | None) -> str:
        """The one named, else the one that was taken last, else the first that is ready."""
        from app.services.words import is_ready  # loaded on first use: start-up

        board = self._desk.board
        for wanted in (user_id, self._desk.services.ui_state.get("ticket.account")):
            if isinstance(wanted, str) and board.account(wanted) is not None:
                return wanted
        ready = [view for view in board.accounts if is_ready(view)]
        return next((view.user_id for view in (*ready, *board.accounts)), "")

    # -------------------------------------------------------------- what happens

    def take(self, event: Event) -> None:
        """What the services tell."""
        from app.services.views import PreferencesChanged  # loaded on first use: start-up

        if isinstance(event, PreferencesChanged):
            self._allow(event.view)
        for errand in tuple(self._errands):
            errand.hear(event)

    def redraw(self) -> None:
        """Amounts are written differently from now on."""
        for window in self.windows:
            window.show_draft()

    @property
    def letters(self) -> bool:
        """Whether B and S open one."""
        return all(shortcut.isEnabled() for shortcut in self._shortcuts)

    def _allow(self, view: PreferencesView) -> None:
        """Whether single letters open a ticket."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(view.ticket_keys)

    # -------------------------------------------------------------- actions

    def row_deeds(self) -> tuple[Deed, ...]:
        """What can be done with the chosen row of any table; nothing where there is no window to choose it in."""
        return self._rows

    def _deeds(self) -> Iterator[Deed]:
        from app.domain import OrderSide  # loaded on first use: start-up

        for called, side in zip(_KEYS, OrderSide, strict=True):
            yield Deed(called, partial(self._open_picked, side), self._why_no_row)

    def _picked(self) -> Picked | None:
        from app.qt.ticket.picked import picked  # loaded on first use: start-up

        return picked(self._page())

    def _open_picked(self, side: OrderSide) -> None:
        """A ticket for the row that has the keyboard, filled in."""
        row = self._picked()
        if row is not None:
            self.open_ticket(row.user_id, row.exchange, row.symbol, side, row.quantity(side), product=row.product)

    def _why_none(self) -> str:
        return "" if self._desk.board.accounts else tr("There is no account yet")

    def _why_no_row(self) -> str:
        return self._why_none() or ("" if self._picked() is not None else tr("Choose one row of a table first"))


def _forget(known: list[T], one: T) -> None:
    if one in known:
        known.remove(one)
