"""The attention area: the worst account, what it means, one filled button, and the next problem as a line.

It is always there and keeps its height, so that a later problem never pushes the page down.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from app.domain import IST
from app.domain.market import market_day
from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.announce import announce
from app.qt.fonts import Role, scaled
from app.qt.models.board import Board
from app.qt.say import READ_WHY, verb, wants_reading
from app.qt.theme import Theme, dress, put
from app.qt.tokens import STATE_TOKENS
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.marks import StateMark
from app.services.views import AccountState, AccountView, Action
from app.services.words import Attention, attention, clock_time, meaning, several_out, state_name

_HEIGHT: Final = 111
_HEIGHT_NARROW: Final = 90
_NARROW: Final = 800


class AttentionArea(QFrame):
    """Top of the overview. `repair` asks for the one action of an account, `reconnect_all` for several at once."""

    repair = Signal(str)
    reconnect_all = Signal()
    show_account = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(scaled(_HEIGHT))
        self._worst_id = self._next_id = ""
        self._several = self._narrow = self._next_shows = False
        self._told: Attention | None = None
        self._mark = StateMark(theme, 28)
        self.headline = text(role=Role.HEAD, wrap=True)
        self._meaning = text(role=Role.BODY, tone="soft", wrap=True)
        self.button = button("", "primary", size="large")
        self._next_mark = StateMark(theme, 18)
        self._next_words = text(role=Role.BODY, wrap=True)
        self._next_button = button("", "quiet")
        self._lay_out()
        self.button.clicked.connect(self._on_pressed)
        self._next_button.clicked.connect(self._on_next)

    def _lay_out(self) -> None:
        words = column(gap=4)
        words.addStretch()
        words.addWidget(self.headline)
        words.addWidget(self._meaning)
        words.addStretch()
        self._top = top = row(gap=16)
        top.addWidget(self._mark)
        top.addLayout(words, 1)
        top.addWidget(self.button)
        self._next = QFrame()
        self._next.setProperty("nextline", "true")
        line = row(self._next, gap=12)
        line.setContentsMargins(20, 4, 16, 4)
        line.addWidget(self._next_mark)
        line.addWidget(self._next_words, 1)
        line.addWidget(self._next_button)
        self._outer = column(self, gap=0, margin=1)
        self._outer.addLayout(top, 1)
        self._outer.addWidget(self._next)

    def show_board(self, board: Board, now: datetime) -> None:
        """Other accounts, or another second."""
        self._show_words(board, now)
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another line; a narrow one has the bare verb on its button."""
        self._narrow = event.size().width() < scaled(_NARROW)
        edge = 4 if self._narrow else 10
        self._top.setContentsMargins(16, edge, 16, edge)
        self._label_button()
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        """One height for all states; only words that need more lines make it grow."""
        least = scaled(_HEIGHT_NARROW if self._narrow else _HEIGHT)
        self.setFixedHeight(max(least, self._outer.heightForWidth(self.width())))

    def _show_words(self, board: Board, now: datetime) -> None:
        worst = board.worst_first
        self._several = len(board.out) > 1
        self._next.setVisible(len(worst) > 1)
        if not worst:
            self._show_calm(board, now)
            return
        told = attention(board.accounts, now)
        if told is not None and wants_reading(worst[0]):
            told = replace(told, button=tr(READ_WHY))
        if told is not None:
            self._show_worst(_all_at_once(board, told) if self._several else told)
            self._announce(worst[0], self.headline.text())
        if self._several:
            self._show_first(worst[0], now)
        elif len(worst) > 1:
            self._show_next(worst[1], len(worst) - 2, now)

    def _show_worst(self, told: Attention) -> None:
        self._worst_id = told.user_id
        dress(self, "attention", STATE_TOKENS[told.state].removeprefix("state.").removesuffix(".text"))
        self._mark.show_state(told.state, state_name(told.state))
        put(self.headline, told.headline)
        put(self._meaning, told.text)
        self.button.setVisible(bool(told.button))
        self._told = told
        self._label_button()

    def _label_button(self) -> None:
        told = self._told
        if told is None or not self.button.isEnabled():
            return
        short = self._narrow and not self._several and told.action is not Action.NONE
        shown = tr(verb(told.action)) if short else told.button
        if (self.button.text(), self.button.accessibleName()) != (shown, told.button):
            self.button.setText(shown)
            self.button.setToolTip(keyboard.hint("repair_all" if self._several else "repair"))
            name(self.button, told.button)

    def _show_first(self, view: AccountView, now: datetime) -> None:
        """The worst of several, with what it means; it can still be repaired alone."""
        headline, text = meaning(view, now)
        self._show_line(view, tr("First: {headline}. {text}", headline=headline, text=text))

    def _show_next(self, view: AccountView, more: int, now: datetime) -> None:
        headline, _ = meaning(view, now)
        self._show_line(
            view, tr("Next: {headline}", headline=headline) + (tr(", and {more} more", more=more) if more else "")
        )

    def _show_line(self, view: AccountView, words: str) -> None:
        self._next_id = view.user_id
        put(self._next_words, words)
        self._next_mark.show_state(view.state, state_name(view.state))
        label = tr(verb(view.action) or "Show")
        self._next_shows = not verb(view.action)
        if self._next_button.text() != label:
            self._next_button.setText(label)
        name(self._next_button, f"{label} {view.title}")

    def _show_calm(self, board: Board, now: datetime) -> None:
        dress(self, "attention", "calm")
        self._mark.show_state(AccountState.READY, tr("Ready"))
        count = len(board.accounts)
        said = (
            tr("All {count} accounts are ready", count=count)
            if count > 1
            else tr("{title} is ready", title=board.accounts[0].title)
        )
        put(self.headline, said + (tr(", past today's close") if _past_close(board, now) else ""))
        put(self._meaning, _next_end(board, now))
        self.button.setVisible(False)
        name(self, self.headline.text())

    def _announce(self, view: AccountView, headline: str) -> None:
        """Tell a screen reader once when another account or state is the worst."""
        announce(self, f"{view.user_id} {view.state}", headline)

    def _on_pressed(self) -> None:
        if self._several:
            self.reconnect_all.emit()
        elif self._told is not None and self._told.action is Action.NONE:
            self.show_account.emit(self._worst_id)
        else:
            self.repair.emit(self._worst_id)

    def _on_next(self) -> None:
        (self.show_account if self._next_shows else self.repair).emit(self._next_id)


def _all_at_once(board: Board, worst: Attention) -> Attention:
    """Several accounts need a sign-in: how many are ready, and one button for all."""
    headline, text = several_out(board.accounts)
    return replace(worst, headline=headline, text=text, button=verb(Action.RECONNECT_ALL))


def _past_close(board: Board, now: datetime) -> bool:
    """Whether every session is forecast to live until the market closes today."""
    today = market_day(now.astimezone(IST).date())
    ends = [view.token_expires_at for view in board.accounts]
    return today is not None and all(end is not None and end >= today.closes for end in ends)


def _next_end(board: Board, now: datetime) -> str:
    ends = [(view.token_expires_at, view.title) for view in board.accounts if view.token_expires_at is not None]
    if not ends:
        return tr("No end of a session is known.")
    moment, title = min(ends)
    return tr("Next to end: {title}, {clock_time}.", title=title, clock_time=clock_time(moment, now))
