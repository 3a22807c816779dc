"""What an account allows now, orders and prices, as two short lines; as two shapes alone where there is no room."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt import icons
from app.qt.fonts import Role, font, scaled
from app.qt.theme import Theme, put
from app.qt.widgets.basic import name, row, text
from app.services.views import AccountState, AccountView, Permit
from app.services.words import CONNECTED, orders_words, prices_words

_SIZE: Final = 12
_LOOKS: Final = {
    Permit.YES: ("tick", "state.ok"),
    Permit.REFUSED: ("close", "state.warn"),
    Permit.NOT_KNOWN: ("", "text.muted"),
}
_ORDERS: Final = {Permit.YES: "Orders", Permit.REFUSED: "No orders", Permit.NOT_KNOWN: "Orders unknown"}
_PRICES: Final = {Permit.YES: "Prices", Permit.REFUSED: "No price plan", Permit.NOT_KNOWN: "Prices unknown"}
_NO_PRICES: Final = "No prices"
_WITHOUT: Final = frozenset({AccountState.SIGNED_OUT, AccountState.LOCKED})


class PermitMark(QWidget):
    """A tick, a cross or a question mark."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._permit = Permit.NOT_KNOWN
        self.setFixedSize(scaled(_SIZE) + 2, scaled(_SIZE) + 2)
        theme.changed.connect(self.update)

    def show_permit(self, permit: Permit) -> None:
        """Another one."""
        if permit is not self._permit:
            self._permit = permit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it at this screen's scale."""
        icon, token = _LOOKS[self._permit]
        painter = QPainter(self)
        if icon:
            picture = icons.line(icon, self._theme.tokens[token], scaled(_SIZE), self.devicePixelRatioF())
            painter.drawPixmap(1, 1, picture)
        else:
            painter.setFont(font(Role.SMALL))
            painter.setPen(self._theme.colour(token))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, "?")


class AllowedCell(QWidget):
    """Orders above, prices below; each with its reason as a tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._marks = [PermitMark(theme), PermitMark(theme)]
        self.words = [text(role=Role.SMALL, tone="soft"), text(role=Role.SMALL, tone="soft")]
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addStretch()
        for mark, said in zip(self._marks, self.words, strict=True):
            line = row(gap=4)
            line.addWidget(mark)
            line.addWidget(said, 1)
            self._layout.addLayout(line)
        self._layout.addStretch()

    def set_narrow(self, *, narrow: bool) -> None:
        """Without words."""
        for said in self.words:
            said.setVisible(not narrow)

    def show_account(self, view: AccountView) -> None:
        """Another picture of the account."""
        orders, prices = permits(view)
        words = (tr(_ORDERS[orders]), tr(_price_word(view, prices)))
        why = _why(view, words)
        for mark, label, permit, said in zip(self._marks, self.words, (orders, prices), words, strict=True):
            mark.show_permit(permit)
            put(label, said)
        name(self, ", ".join(words), why)
        if self.toolTip() != why:
            self.setToolTip(why)


def permits(view: AccountView) -> tuple[Permit, Permit]:
    """Orders and prices as they stand: nothing without a session, not known while nobody answers."""
    if view.state in _WITHOUT:
        return Permit.REFUSED, Permit.REFUSED
    if view.state not in CONNECTED:
        return Permit.NOT_KNOWN, Permit.NOT_KNOWN
    return view.orders.permit, view.prices.permit


def _price_word(view: AccountView, permit: Permit) -> str:
    lacks_plan = view.prices.error is not None and view.prices.error.kind == "not_subscribed"
    return _NO_PRICES if permit is Permit.REFUSED and not lacks_plan else _PRICES[permit]


def _why(view: AccountView, words: tuple[str, str]) -> str:
    if view.state not in CONNECTED:
        return "\n".join(words)
    reasons = (orders_words(view)[1], prices_words(view)[1])
    return "\n".join(f"{said}. {why}" if why else said for said, why in zip(words, reasons, strict=True))
