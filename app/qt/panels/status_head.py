"""The head of an account's page: its state and what it means, until when, and what can be done with the account."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain import IST, Profile
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.dialogs.confirm import confirm
from app.qt.fonts import Role
from app.qt.say import verb
from app.qt.theme import dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.marks import StateMark
from app.services.answers import Answer, Yes
from app.services.book_views import Book
from app.services.views import AccountState, AccountView, Action
from app.services.words import button_label, countdown, meaning, session_end, state_word


class StatusHead(QWidget):
    """`rename` is wired by whoever has the form for it."""

    repair = Signal(str)
    removed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._view: AccountView | None = None
        self._mark = StateMark(desk.theme, 28)
        self._word = text(role=Role.TOTAL)
        self.headline = text(role=Role.TITLE, wrap=True)
        self._meaning = text(tone="soft", wrap=True)
        self._ends = text(tr("Session ends"), Role.SMALL, "soft")
        self.countdown = text(role=Role.COUNTDOWN)
        self._ends_at = text(role=Role.SMALL, tone="muted")
        self.repair_button = button("", "primary", size="large")
        self.check = button(tr("Check now"), "plain")
        self.rename = button(tr("Rename"), "plain")
        self.remove = button(tr("Remove account"), "danger")
        self._lay_out()
        self.repair_button.clicked.connect(lambda: self.repair.emit(self._user_id))
        self.check.clicked.connect(self._on_check)
        self.remove.clicked.connect(self._on_remove)

    def _lay_out(self) -> None:
        panel = surface("panel")
        top = row(gap=16)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self._words(), 1)
        top.addLayout(self._end())
        buttons = row(gap=8)
        buttons.addWidget(self.repair_button)
        buttons.addWidget(self.check)
        buttons.addStretch()
        buttons.addWidget(self.rename)
        buttons.addWidget(self.remove)
        inside = column(panel, gap=16, margin=16)
        inside.addLayout(top)
        inside.addLayout(buttons)
        column(self, gap=0).addWidget(panel)

    def _words(self) -> QVBoxLayout:
        words = column(gap=4)
        words.addWidget(self._word)
        words.addWidget(self.headline)
        words.addWidget(self._meaning)
        return words

    def _end(self) -> QVBoxLayout:
        end = column(gap=0)
        for part in (self._ends, self.countdown, self._ends_at):
            end.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
        end.addStretch()
        return end

    @property
    def _user_id(self) -> str:
        return self._view.user_id if self._view is not None else ""

    def show_account(self, view: AccountView, now: datetime) -> None:
        """Another picture of the account, another account, or another second."""
        self._view = view
        headline, words = meaning(view, now)
        self._mark.show_state(view.state, state_word(view, now))
        put(self._word, state_word(view, now))
        dress(self._word, "tone", STATE_TOKENS[view.state])
        put(self.headline, headline)
        put(self._meaning, words)
        self._show_buttons(view)
        self._show_end(view, now)

    def _show_buttons(self, view: AccountView) -> None:
        label = button_label(view)
        self.repair_button.setVisible(bool(label) and view.action is not Action.CHECK)
        if self.repair_button.isEnabled() and self.repair_button.text() != label:
            self.repair_button.setText(label)
            name(self.repair_button, label or verb(view.action))
        name(self.check, tr("Check {title} now", title=view.title))
        name(self.remove, tr("Remove {title}", title=view.title))
        name(self.rename, tr("Rename {title}", title=view.title))

    def _show_end(self, view: AccountView, now: datetime) -> None:
        ends = view.token_expires_at
        alive = ends is not None and ends > now and view.state is not AccountState.SIGNED_OUT
        for part in (self._ends, self.countdown, self._ends_at):
            part.setVisible(alive)
        if ends is not None and alive:
            put(self.countdown, countdown(ends - now))
            put(self._ends_at, session_end(view, now))

    # -------------------------------------------------------------- doing

    def _on_check(self) -> None:
        asked = self._desk.services.brokers.validate_broker(self._user_id)
        self._desk.run(self, asked, newest="check").busy(self.check, tr("Checking")).done(self._checked)

    def _checked(self, answer: Answer[Profile]) -> None:
        said = tr("The broker answered") if isinstance(answer, Yes) else tr(answer.error.title)
        moment = self._desk.now().astimezone(IST)
        self.check.setToolTip(tr("{said} at {time}", said=said, time=f"{moment:%H:%M:%S}"))

    def _on_remove(self) -> None:
        view = self._view
        if view is None:
            return
        words = tr(
            "Its keys are erased here. Positions and orders at {broker} are not touched.", broker=view.broker_label
        )
        words = f"{words} {self._stays(view)}".strip()
        title = tr("Remove {title} from this computer?", title=view.title)
        erase = tr("Remove account")
        confirm(self.window(), title, words, erase, colour=view.colour, then=lambda: self._erase(view.user_id))

    def _stays(self, view: AccountView) -> str:
        from app.services.stays_words import stays_words  # loaded on first use: start-up

        board = self._desk.board
        return stays_words(view, board.book(Book.ORDERS, view.user_id), board.positions(view.user_id), self._desk.now())

    def _erase(self, user_id: str) -> None:
        asked = self._desk.services.brokers.disconnect_broker(user_id)
        work = self._desk.run(self, asked).busy(self.remove, tr("Removing"))
        work.done(lambda answer: self._erased(user_id, answer))

    def _erased(self, user_id: str, answer: Answer[object]) -> None:
        if isinstance(answer, Yes):
            self.removed.emit(user_id)
        else:
            self._desk.run.untaken(answer.error)
