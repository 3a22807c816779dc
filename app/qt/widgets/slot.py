"""The attention slot of the top bar: the worst account in one line, with its one button, on every view but Overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.announce import announce
from app.qt.fonts import Role, scaled
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, name, row, text
from app.qt.widgets.marks import StateMark

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.views import AccountView


class Slot(QFrame):
    """A fixed place, empty when all is well. `repair` asks for an account's action, `reconnect_all` for several."""

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
        self.setFixedHeight(scaled(38))
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
        alone = tr("{title}: {state}", title=view.title, state=state_word(view, now).lower())
        put(self._words, tr("{count} accounts need a sign-in", count=out) if self._several else alone)
        self._words.setVisible(not narrow)
        announce(self, f"{view.user_id} {view.state}", self._words.text())
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
