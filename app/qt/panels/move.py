"""The way to another computer as a list to tick off, made from the accounts: what must be entered again there."""

from datetime import datetime
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.panels.take_along import TakeAlong
from app.qt.widgets.basic import clear, column, name, row, text
from app.qt.widgets.facts import card
from app.qt.widgets.scroll import Scroll
from app.services.moving_views import MoveStep, MoveView

_TICKED: Final = "move.ticked"
_WHY: Final = (
    "Keys never leave this computer, not even encrypted: on the other one they are entered again. Tick off what is"
    " done; it is remembered."
)


class MovePanel(QWidget):
    """Drawn anew only when the accounts are other ones; what was ticked off stays so."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: MoveView | None = None
        self.steps: dict[str, QCheckBox] = {}
        self.take_along = TakeAlong(desk)
        self.take_along.way.hide()  # one is here
        self._first, self._rest = column(gap=12), column(gap=12)
        name(self, tr("Move to another computer"))
        page = QWidget()
        inside = column(page, gap=12, margin=16)
        inside.addWidget(text(tr(_WHY), Role.SMALL, "soft", wrap=True))
        inside.addLayout(self._first)
        inside.addWidget(self.take_along)
        inside.addLayout(self._rest)
        inside.addStretch()
        column(self, gap=0).addWidget(Scroll(page))

    def begin(self) -> None:
        """Somebody comes to the page."""
        self.take_along.begin()
        self.refresh(self._desk.now())

    def refresh(self, now: datetime) -> None:
        """Follow the accounts."""
        view = self._desk.services.portable.moving()
        if view != self._shown:
            self._shown = view
            self._draw(view)

    def _draw(self, view: MoveView) -> None:
        clear(self._first)
        clear(self._rest)
        self.steps.clear()
        self._first.addWidget(self._card(tr("First"), "first", view.first))
        for account in view.accounts:
            self._rest.addWidget(self._card(account.title, account.user_id, account.steps))
        self._rest.addWidget(self._card(tr("Then"), "then", view.last))

    def _card(self, title: str, of: str, steps: tuple[MoveStep, ...]) -> QFrame:
        """The steps of one account, or those around them."""
        panel, lines = card(title)
        ticked = self._ticked
        for step in steps:
            key = f"{of} {step.name}"
            self.steps[key] = tick = QCheckBox()
            tick.setChecked(key in ticked)
            name(tick, step.text, title)
            tick.toggled.connect(self._on_tick)
            words = text(step.text, wrap=True)
            words.setBuddy(tick)
            line = row(gap=8)
            line.addWidget(tick)
            line.addWidget(words, 1)
            lines.addLayout(line)
        return panel

    @property
    def _ticked(self) -> set[str]:
        kept: Any = self._desk.services.ui_state.get(_TICKED)
        return {one for one in kept if isinstance(one, str)} if isinstance(kept, list) else set()

    def _on_tick(self) -> None:
        ticked = sorted(key for key, tick in self.steps.items() if tick.isChecked())
        self._desk.services.ui_state.put(_TICKED, ticked)
