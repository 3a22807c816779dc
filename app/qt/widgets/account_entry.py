"""One account in the sidebar: its colour, name, a line about its state, and the state's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy

from app.qt.fonts import Role, scaled
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_SHAPES, STATE_TOKENS
from app.qt.widgets.basic import column, name, row, text
from app.qt.widgets.marks import AccountBar, StateMark

if TYPE_CHECKING:
    from datetime import datetime

    from app.qt.as_of import KnownAccount
    from app.services.views import AccountView

_CALMEST: Final = len(STATE_TOKENS) - 1  # the rank of "ready"
_HEIGHT: Final = 44
_NARROW: Final = 36
_SHAPE: Final = 16
_BESIDE: Final = 4 + 38  # bar, margins and gaps: what the words do not have


class AccountEntry(QPushButton):
    """Leads to the account's page. In a narrow window colour and shape alone."""

    def __init__(self, theme: Theme, user_id: str, width: int) -> None:
        super().__init__()
        self.user_id, self._width = user_id, width
        self.setProperty("kind", "entry")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._bar = AccountBar()
        self._mark = StateMark(theme, _SHAPE)
        self._name = text(role=Role.NAME, wrap=True)
        self._line = text(role=Role.SMALL, wrap=True)
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
        inner = self._width - _BESIDE - scaled(_SHAPE)
        needed = self._name.heightForWidth(inner) + self._line.heightForWidth(inner) + 6
        return QSize(self._width, max(scaled(_HEIGHT), needed) if self._name.isVisibleTo(self) else scaled(_NARROW))

    def show_known(self, account: KnownAccount, as_of: str) -> None:
        """How it last stood, in words and colours that promise nothing."""
        put(self._name, account.title)
        put(self._line, as_of)
        dress(self._line, "tone", "muted")
        self._mark.show_shape(STATE_SHAPES[account.state], as_of, faded=True)
        self._bar.show_colour(account.colour)
        name(self, f"{account.title}, {as_of}")

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

    def narrow(self, *, narrow: bool) -> None:
        """Colour and shape alone."""
        self._name.setVisible(not narrow)
        self._line.setVisible(not narrow)
        self._outer.setSpacing(3 if narrow else 10)
        self._outer.setContentsMargins(*((6, 2, 6, 2) if narrow else (10, 2, 8, 2)))
        self.setFixedHeight(self.sizeHint().height())
