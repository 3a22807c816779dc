"""One account: its state and what to do, its session against the day, what it allows, what last went wrong.

And what its session went through in the last 90 days.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.domain import IST, Profile
from app.qt.desk import Desk
from app.qt.dialogs.confirm import confirm
from app.qt.fonts import Role
from app.qt.models.segments import axis, rail
from app.qt.panels.address import AddressCard
from app.qt.panels.kept import KeptCard
from app.qt.panels.last_error import LastError
from app.qt.panels.status_parts import allowed, facts_of
from app.qt.ports import EntryLike
from app.qt.say import verb
from app.qt.theme import dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.colours import ColourBox
from app.qt.widgets.facts import Facts, Lines, card
from app.qt.widgets.field import FieldBox
from app.qt.widgets.history import History
from app.qt.widgets.marks import StateMark
from app.qt.widgets.rail import RailHead, RailView
from app.qt.widgets.scroll import Scroll
from app.services.answers import Answer, Yes
from app.services.views import AccountState, AccountView, Action
from app.services.words import button_label, countdown, meaning, session_end, state_word

_FACTS: Final = (
    "State since",
    "Session since",
    "Session ends",
    "Last check",
    "Last good answer",
    "Connected first",
    "Instruments",
)


class StatusPanel(QWidget):
    """Shows the account that it was last told to show."""

    repair = Signal(str)
    removed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._user_id = ""
        self._mark = StateMark(desk.theme, 28)
        self.headline = text(role=Role.TITLE, wrap=True)
        self._word = text(role=Role.TOTAL)
        self._meaning = text(tone="soft", wrap=True)
        self._ends = text("Session ends", Role.SMALL, "soft")
        self.countdown = text(role=Role.COUNTDOWN)
        self._ends_at = text(role=Role.SMALL, tone="muted")
        self.repair_button = button("", "primary", size="large")
        self.check = button("Check now", "plain")
        self.rename = button("Rename", "plain")
        self.remove = button("Remove account", "danger")
        self.facts = Facts(_FACTS)
        self.why = text("", Role.SMALL, "muted", wrap=True)
        self.kept = KeptCard(desk)
        self.address = AddressCard(desk)
        self.history = History(desk.theme)
        self.allowed = Lines(desk.theme)
        self.last_error = LastError(desk)
        self._rail, self._rail_head = RailView(desk.theme), RailHead(desk.theme)
        self._build()
        self._connect()

    def _connect(self) -> None:
        self.repair_button.clicked.connect(lambda: self.repair.emit(self._user_id))
        self.check.clicked.connect(self._on_check)
        self.rename.clicked.connect(self._on_rename)
        self.remove.clicked.connect(self._on_remove)
        self._save.clicked.connect(self._on_save)
        self._keep.clicked.connect(lambda: self._edit.setVisible(False))

    # -------------------------------------------------------------- building

    def _build(self) -> None:
        page = QWidget()
        inside = column(page, gap=12, margin=16)
        inside.addWidget(self._head_card())
        inside.addWidget(self._rename_card())
        inside.addWidget(self._rail_card())
        allowed_card = _titled("What is allowed", self.allowed)
        self._allowed_title: QLabel = allowed_card.findChildren(QLabel)[0]
        inside.addLayout(_pair(_titled("Session", self.facts, self.why), allowed_card))
        inside.addWidget(_titled("History of 90 days", self.history))
        inside.addWidget(self.last_error)
        inside.addLayout(_pair(self.address, self.kept))
        inside.addStretch()
        column(self, gap=0).addWidget(Scroll(page))

    def _head_card(self) -> QFrame:
        panel = surface("panel")
        words = column(gap=4)
        words.addWidget(self._word)
        words.addWidget(self.headline)
        words.addWidget(self._meaning)
        end = column(gap=0)
        for part in (self._ends, self.countdown, self._ends_at):
            end.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
        end.addStretch()
        top = row(gap=16)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        top.addLayout(end)
        buttons = row(gap=8)
        buttons.addWidget(self.repair_button)
        buttons.addWidget(self.check)
        buttons.addStretch()
        buttons.addWidget(self.rename)
        buttons.addWidget(self.remove)
        inside = column(panel, gap=16)
        inside.setContentsMargins(18, 16, 18, 14)
        inside.addLayout(top)
        inside.addLayout(buttons)
        return panel

    def _rename_card(self) -> QFrame:
        self._edit = surface("panel")
        self.name_field = FieldBox(self._desk.theme, "Account name")
        self.colour_field = ColourBox()
        self._save, self._keep = button("Save name", "plain"), button("Cancel rename", "quiet")
        line = row(self._edit, gap=12)
        line.setContentsMargins(18, 12, 18, 12)
        line.addWidget(self.name_field, 1)
        for part in (self.colour_field, self._save, self._keep):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self._edit.hide()
        return self._edit

    def _rail_card(self) -> QFrame:
        panel, inside = card("Session today")
        lines = column(gap=0)
        lines.addWidget(self._rail_head)
        self._rail.setFixedHeight(58)
        lines.addWidget(self._rail)
        inside.addLayout(lines)
        return panel

    # -------------------------------------------------------------- showing

    def show_account(self, user_id: str, now: datetime) -> None:
        """Show another account."""
        if user_id != self._user_id:
            self.history.show_traces(())
        self._user_id = user_id
        self._edit.hide()
        self.refresh(now)
        self.read_history()

    def read_history(self) -> None:
        """Something was added to it, perhaps."""
        user_id = self._user_id
        asked = self._desk.services.store.history.of_account(user_id)
        self._desk.run(self, asked, newest="history").done(lambda traces: self._show_history(user_id, traces))

    def _show_history(self, user_id: str, traces: Sequence[EntryLike]) -> None:
        if user_id == self._user_id:
            self.history.show_traces(traces)

    @property
    def save(self) -> QPushButton:
        """Keeps the new name."""
        return self._save

    def refresh(self, now: datetime) -> None:
        """Show what is known at `now`."""
        view = self._desk.board.account(self._user_id)
        if view is None:
            return
        self._show_head(view, now)
        self._show_end(view, now)
        self.kept.show_account(view)
        self.address.show_account(view)
        for called, value in facts_of(view, now, self._desk.board.master(view.broker_type)).items():
            self.facts.show_fact(called, value)
        line = axis(now)
        self._rail_head.show_axis(line, line.at(now))
        self._rail.show_rail(rail(view, now), line)
        put(self._allowed_title, f"What {view.broker_label} allows")
        self.allowed.show_lines(allowed(view, self._desk.spec(view.broker_type)))
        self.last_error.show_account(view)

    def _show_head(self, view: AccountView, now: datetime) -> None:
        headline, words = meaning(view, now)
        self._mark.show_state(view.state, state_word(view, now))
        put(self._word, state_word(view, now))
        dress(self._word, "tone", STATE_TOKENS[view.state])
        put(self.headline, headline)
        put(self._meaning, words)
        label = button_label(view)
        self.repair_button.setVisible(bool(label) and view.action is not Action.CHECK)
        if self.repair_button.isEnabled() and self.repair_button.text() != label:
            self.repair_button.setText(label)
            name(self.repair_button, label or verb(view.action))
        name(self.check, f"Check {view.title} now")
        name(self.remove, f"Remove {view.title}")
        name(self.rename, f"Rename {view.title}")

    def _show_end(self, view: AccountView, now: datetime) -> None:
        ends = view.token_expires_at
        alive = ends is not None and ends > now and view.state is not AccountState.SIGNED_OUT
        for part in (self._ends, self.countdown, self._ends_at):
            part.setVisible(alive)
        if ends is not None and alive:
            put(self.countdown, countdown(ends - now))
            put(self._ends_at, session_end(view, now))
        put(self.why, view.ends_why)
        self.why.setVisible(bool(view.ends_why) and view.state is not AccountState.SIGNED_OUT)

    # -------------------------------------------------------------- doing

    def _on_check(self) -> None:
        asked = self._desk.services.brokers.validate_broker(self._user_id)
        self._desk.run(self, asked, newest="check").busy(self.check, "Checking").done(self._checked)

    def _checked(self, answer: Answer[Profile]) -> None:
        said = "The broker answered" if isinstance(answer, Yes) else answer.error.title
        moment = self._desk.now().astimezone(IST)
        self.check.setToolTip(f"{said} at {moment:%H:%M:%S}")
        self.refresh(self._desk.now())

    def _on_rename(self) -> None:
        view = self._desk.board.account(self._user_id)
        if view is not None:
            self.name_field.edit.setText(view.name)
            self.colour_field.choose(view.colour)
            self._edit.show()
            self.name_field.edit.setFocus()
            self.name_field.edit.selectAll()

    def _on_save(self) -> None:
        called = self.name_field.value()
        if not called:
            self.name_field.show_error("Give the account a name.")
            return
        asked = self._desk.services.brokers.rename(self._user_id, called, self.colour_field.colour)
        self._desk.run(self, asked).busy(self._save, "Saving").done(self._renamed)

    def _renamed(self, answer: Answer[AccountView]) -> None:
        if isinstance(answer, Yes):
            self._edit.hide()
        else:
            self.name_field.show_error(f"{answer.error.title}. {answer.error.next_step}")

    def _on_remove(self) -> None:
        view = self._desk.board.account(self._user_id)
        if view is None:
            return
        words = f"Its keys are erased here. Positions and orders at {view.broker_label} are not touched."
        title = f"Remove {view.title} from this computer?"
        confirm(
            self.window(), title, words, "Remove account", colour=view.colour, then=lambda: self._erase(view.user_id)
        )

    def _erase(self, user_id: str) -> None:
        asked = self._desk.services.brokers.disconnect_broker(user_id)
        work = self._desk.run(self, asked).busy(self.remove, "Removing")
        work.done(lambda answer: self._erased(user_id, answer))

    def _erased(self, user_id: str, answer: Answer[object]) -> None:
        if isinstance(answer, Yes):
            self.removed.emit(user_id)
        else:
            self._desk.run.untaken(answer.error)


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    made = row(gap=12)
    made.addWidget(left, 1)
    made.addWidget(right, 1)
    return made


def _titled(title: str, *contents: QWidget) -> QFrame:
    panel, lines = card(title)
    for content in contents:
        lines.addWidget(content)
    lines.addStretch()
    return panel
