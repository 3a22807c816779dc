"""Paints an account's head in the positions table: fold mark, colour, name, state's shape and words, its repair."""

from typing import Final

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.qt import icons
from app.qt.desk import Desk
from app.qt.fonts import Role, font
from app.qt.models.positions import Group, group_words
from app.qt.say import verb
from app.qt.tokens import STATE_SHAPES, STATE_TOKENS, account_colour
from app.qt.widgets.positions_delegate import EDGE, LEFT
from app.services.views import AccountState, Action

_SHAPE: Final = 15
_GAP: Final = 8
_LINKS: Final = frozenset({Action.RECONNECT, Action.RENEW, Action.UNLOCK, Action.CHECK})


class GroupHead:
    """Remembers where it painted the link of each account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._links: dict[str, tuple[float, float]] = {}

    def hits(self, user_id: str, x: float) -> bool:
        """Whether `x` lies on the account's link."""
        begins, ends = self._links.get(user_id, (1.0, 0.0))
        return begins <= x <= ends

    def paint(self, painter: QPainter, area: QRect, group: Group, *, folded: bool, focus: bool) -> None:
        """Everything left of the subtotals."""
        theme = self._desk.theme
        painter.save()
        painter.fillRect(area, theme.colour("bg.sunken"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, theme.colour("line.soft"))
        x = self._paint_start(painter, area, group, folded=folded)
        x = self._words(painter, area, x, group.account.title, Role.TOTAL, "text")
        x = self._paint_shape(painter, area, x + _GAP, group)
        x = self._words(painter, area, x, group_words(group, self._desk.now()), Role.SMALL, _words_token(group))
        self._paint_link(painter, area, x + _GAP * 2, group)
        if focus:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))
        painter.restore()

    def _paint_start(self, painter: QPainter, area: QRect, group: Group, *, folded: bool) -> float:
        scale = painter.device().devicePixelRatioF()
        colour = self._desk.theme.tokens["text.soft"]
        middle = area.center().y()
        mark = icons.line("right" if folded else "down", colour, 12, scale)
        painter.drawPixmap(EDGE, middle - 6, mark)
        painter.fillRect(EDGE + 22, middle - 8, 4, 16, QColor(account_colour(group.account.colour)))
        return EDGE + 34.0

    def _paint_shape(self, painter: QPainter, area: QRect, x: float, group: Group) -> float:
        scale = painter.device().devicePixelRatioF()
        shape = icons.state(STATE_SHAPES[group.account.state], _SHAPE, scale, dark=self._desk.theme.dark)
        painter.drawPixmap(int(x), area.center().y() - _SHAPE // 2, shape)
        return x + _SHAPE + _GAP

    def _paint_link(self, painter: QPainter, area: QRect, x: float, group: Group) -> None:
        account = group.account
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
        painter.drawText(QRectF(x, area.top(), width + 2, area.height()), LEFT, said)
        return x + width


def _words_token(group: Group) -> str:
    return "text.soft" if group.account.state is AccountState.READY else STATE_TOKENS[group.account.state]
