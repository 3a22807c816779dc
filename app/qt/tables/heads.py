"""Paints an account's head in a table: fold mark, colour, name, state's shape and words, its repair."""

from typing import Final, TypeVar

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.qt import icons
from app.qt.desk import Desk
from app.qt.fonts import Role, font
from app.qt.say import verb
from app.qt.tables.head_words import group_words
from app.qt.tables.lines import Head
from app.qt.tables.sizes import EDGE
from app.qt.tokens import STATE_SHAPES, STATE_TOKENS, account_colour
from app.services.views import AccountState, AccountView, Action

R = TypeVar("R")

_SHAPE: Final = 15
_GAP: Final = 8
_MARK: Final = 12
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LINKS: Final = frozenset({Action.RECONNECT, Action.RENEW, Action.UNLOCK, Action.CHECK})


class HeadPainter:
    """Remembers where it painted the link of each account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._links: dict[str, tuple[float, float]] = {}

    def hits(self, user_id: str, x: float) -> bool:
        """Whether `x` lies on the account's link."""
        begins, ends = self._links.get(user_id, (1.0, 0.0))
        return begins <= x <= ends

    def paint(self, painter: QPainter, area: QRect, head: Head[R], *, focus: bool) -> None:
        """Everything left of the subtotals."""
        account = head.group.account
        if account is None:
            return
        theme = self._desk.theme
        painter.fillRect(area, theme.colour("bg.sunken"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, theme.colour("line.soft"))
        x = self._paint_start(painter, area, account, folded=head.folded)
        x = self._words(painter, area, x, account.title, Role.TOTAL, "text")
        x = self._paint_shape(painter, area, x + _GAP, account)
        x = self._words(painter, area, x, group_words(head.group, self._desk.now()), Role.SMALL, _token(account))
        self._paint_link(painter, area, x + _GAP * 2, account)
        if focus:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))

    def mark(self, painter: QPainter, x: int, middle: int, *, folded: bool) -> None:
        """The sign that more stands below, or that it is folded away."""
        scale = painter.device().devicePixelRatioF()
        colour = self._desk.theme.tokens["text.soft"]
        painter.drawPixmap(x, middle - _MARK // 2, icons.line("right" if folded else "down", colour, _MARK, scale))

    def _paint_start(self, painter: QPainter, area: QRect, account: AccountView, *, folded: bool) -> float:
        middle = area.center().y()
        self.mark(painter, EDGE, middle, folded=folded)
        painter.fillRect(EDGE + 22, middle - 8, 4, 16, QColor(account_colour(account.colour)))
        return EDGE + 34.0

    def _paint_shape(self, painter: QPainter, area: QRect, x: float, account: AccountView) -> float:
        scale = painter.device().devicePixelRatioF()
        shape = icons.state(STATE_SHAPES[account.state], _SHAPE, scale, dark=self._desk.theme.dark)
        painter.drawPixmap(int(x), area.center().y() - _SHAPE // 2, shape)
        return x + _SHAPE + _GAP

    def _paint_link(self, painter: QPainter, area: QRect, x: float, account: AccountView) -> None:
        if account.action not in _LINKS:
            self._links.pop(account.user_id, None)
            return
        ends = self._words(painter, area, x, verb(account.action), Role.SMALL, "accent.text")
        self._links[account.user_id] = (x - 4, ends + 4)

    def _words(  # noqa: PLR0917 - place, words and look of one text
        self, painter: QPainter, area: QRect, x: float, said: str, role: Role, token: str
    ) -> float:
        face = font(role)
        width = QFontMetricsF(face).horizontalAdvance(said)
        painter.setFont(face)
        painter.setPen(self._desk.theme.colour(token))
        painter.drawText(QRectF(x, area.top(), width + 2, area.height()), _LEFT, said)
        return x + width


def _token(account: AccountView) -> str:
    return "text.soft" if account.state is AccountState.READY else STATE_TOKENS[account.state]
