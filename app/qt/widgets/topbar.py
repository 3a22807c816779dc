"""The top bar: where one is, the attention slot, Indian time and market, privacy, refresh; DEMO in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.qt import keyboard
from app.qt.fonts import Role
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.marks import IconButton, StateMark

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.views import AccountView

HEIGHT: Final = 52
_DOTS: Final = {"open": "state.ok", "pre-open": "state.warn.fill", "closed": "state.off"}


class Dot(QWidget):
    """The market's phase as a dot; its words stand beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tone = "state.off"
        self.setFixedSize(9, 9)
        theme.changed.connect(self.update)

    def show_token(self, token: str) -> None:
        """Another colour."""
        if token != self._tone:
            self._tone = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._tone))
        painter.drawEllipse(QRectF(self.rect()))


class Slot(QFrame):
    """The worst account in one line, on every view but Overview: fixed place, empty when all is well."""

    repair = Signal(str)
    reconnect_all = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._user_id = ""
        self._several = False
        self._mark = StateMark(theme, 16)
        self._words = text(role=Role.SMALL)
        self._button = button("", "primary", size="row")
        self._button.clicked.connect(self._on_pressed)
        inside = row(self, gap=8)
        inside.setContentsMargins(8, 3, 4, 3)
        for part in (self._mark, self._words, self._button):
            inside.addWidget(part)
        self.setFixedHeight(38)
        self.hide()

    def show_worst(self, view: AccountView | None, now: datetime, *, narrow: bool, filled: bool, out: int = 0) -> None:
        """Another worst account, or none; `filled` where the page has no primary button of its own.

        `out` is how many accounts need a sign-in: several are repaired at once.
        """
        dress(self._button, "kind", "primary" if filled else "plain")
        from app.services.words import state_word  # loaded after the first paint: start-up

        self.setVisible(view is not None)
        if view is None:
            return
        self._user_id, self._several = view.user_id, out > 1
        token = STATE_TOKENS[view.state]
        dress(self, "attention", token.removeprefix("state.").removesuffix(".text"))
        self._mark.show_state(view.state, state_word(view, now))
        alone = f"{view.title}: {state_word(view, now).lower()}"
        put(self._words, f"{out} accounts need a sign-in" if self._several else alone)
        self._words.setVisible(not narrow)
        self._show_button(view, narrow=narrow)

    def _show_button(self, view: AccountView, *, narrow: bool) -> None:
        from app.qt.say import verb  # as above
        from app.services.views import Action  # as above

        label = verb(Action.RECONNECT_ALL if self._several else view.action)
        self._button.setVisible(bool(label))
        said = label if self._several else f"{label} {view.title}"
        shown = said if narrow else label
        if self._button.text() != shown or self._button.accessibleName() != said:
            self._button.setText(shown)
            name(self._button, said)
            self._button.setToolTip(f"{said} ({keyboard.keys('repair_all' if self._several else 'repair')})")

    def _on_pressed(self) -> None:
        if self._several:
            self.reconnect_all.emit()
        else:
            self.repair.emit(self._user_id)


class TopBar(QFrame):
    """One line above every view."""

    def __init__(self, theme: Theme, *, demo: bool) -> None:
        super().__init__()
        self.setProperty("surface", "bar")
        self.setFixedHeight(HEIGHT)
        self._title = text("", Role.TITLE)
        self.slot = Slot(theme)
        self._demo = text("DEMO", Role.HEAD, "sell")
        self._demo.setVisible(demo)
        self._clock = text("", Role.TITLE)
        self._ist = text("IST", Role.SMALL, "muted")
        self._dot = Dot(theme)
        self._phase = text("", Role.SMALL, "soft")
        self._next = text("", Role.SMALL, "soft")
        self.privacy = IconButton(theme, "eye", "Hide amounts", keyboard.hint("privacy"))
        self.privacy.setCheckable(True)
        self.refresh = IconButton(theme, "refresh", "Refresh", keyboard.hint("refresh"))
        self._lay_out()

    def _lay_out(self) -> None:
        phase = row(gap=6)
        phase.addWidget(self._dot)
        phase.addWidget(self._phase)
        phase.addStretch()
        lines = column(gap=0)
        lines.addStretch()
        lines.addLayout(phase)
        lines.addWidget(self._next)
        lines.addStretch()
        outer = row(self, gap=12)
        outer.setContentsMargins(20, 0, 12, 0)
        for part in (self._title, self.slot):
            outer.addWidget(part)
        outer.addStretch(1)
        outer.addWidget(self._demo)
        clock = row(gap=4)
        clock.addWidget(self._clock)
        clock.addWidget(self._ist, 0, Qt.AlignmentFlag.AlignVCenter)
        outer.addLayout(clock)
        outer.addLayout(lines)
        outer.addWidget(self.privacy)
        outer.addWidget(self.refresh)

    @property
    def title(self) -> str:
        """Where one is."""
        return self._title.text()

    def show_title(self, title: str) -> None:
        """Another view."""
        put(self._title, title)

    def show_time(self, now: datetime, *, narrow: bool) -> None:
        """Another second."""
        from app.domain import IST  # as above
        from app.qt.say import market  # as above

        put(self._clock, f"{now.astimezone(IST):%H:%M:%S}")
        phase, words, coming = market(now)
        self._dot.show_token(_DOTS[phase])
        put(self._phase, words)
        put(self._next, coming)
        self._ist.setVisible(not narrow)
        self._phase.setVisible(not (narrow and self.slot.isVisibleTo(self)))
        self._next.setVisible(not (narrow and self.slot.isVisibleTo(self)))
