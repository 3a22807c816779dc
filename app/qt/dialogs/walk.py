"""Reconnect all: the accounts of a walk with where each stands, and what the one that needs the person asks for.

Pages open one after another in the browser; codes are asked for here, one account at a time. Cancel leaves the accounts
that were not signed in to as they were; the dialog never closes by itself.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain import Clock
from app.domain.tongue import tr
from app.qt.account_ports import RunningSignIn, RunningWalk
from app.qt.dialogs.page_links import put_button
from app.qt.dialogs.pane import SignInPane
from app.qt.dialogs.queue import Place, Queue
from app.qt.dialogs.sheet import Sheet
from app.qt.dialogs.steps import At
from app.qt.fonts import Role
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import button, hairline, text
from app.services.answers import Yes
from app.services.views import AccountView, Phase, WalkView
from app.services.words import walk_title, walked_line, walking_line

HEIGHT: Final = 480
_WAITS: Final = "Waits for its turn"


class WalkDialog(Sheet):
    """Follows a `RunningWalk`. `begin_wanted`: the question was answered with yes; `retry` carries an account."""

    begin_wanted = Signal()
    retry = Signal(str)

    def __init__(
        self, parent: QWidget, theme: Theme, clock: Clock, account: Callable[[str], AccountView | None]
    ) -> None:
        super().__init__(parent, HEIGHT)
        self._theme, self._clock, self._account = theme, clock, account
        self._walk: RunningWalk | None = None
        self._order: dict[str, str] = {}  # account -> its name as it was when it came into the walk
        self._selected = ""
        self._build()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()

    def _build(self) -> None:
        self.question = text("", wrap=True)
        self.queue = Queue(self._theme)
        self._about = text("", Role.SMALL_STRONG, "soft", wrap=True)
        self.pane = SignInPane(self._theme, steps=0)
        self._left = text("", Role.SMALL, "muted")
        self.begin = button(tr("Reconnect now"), "primary")
        self.close_button = button(tr("Cancel"), "plain")
        self.send = button(tr("Sign in"), "primary")
        for part in (self.question, self.begin, self.send):
            part.hide()
        self._lay_out()
        self.queue.pressed.connect(self._on_pressed)
        self.begin.clicked.connect(self.begin_wanted)
        self.close_button.clicked.connect(self.reject)
        self.send.clicked.connect(self.pane.send)
        self.pane.edited.connect(self._show_send)

    def _lay_out(self) -> None:
        self._rule = hairline()
        for part in (self.lay_words(), self.question, self.queue, self._rule, self._about, self.pane):
            self.inside.addWidget(part)
        self.inside.addStretch()
        self.foot.addWidget(self._left)
        self.foot.addStretch()
        for shown in (self.begin, self.close_button, self.send):
            self.foot.addWidget(shown)

    def settle(self) -> None:
        """The queue first: the rest has what it leaves."""
        self.queue.settle()
        super().settle()

    # -------------------------------------------------------------- showing

    @property
    def ended(self) -> bool:
        """Whether every account has its answer; a question that was not answered has none."""
        return self._walk is not None and self._walk.view.ended

    def holds(self, user_id: str) -> bool:
        """Whether the walk still has to do with the account."""
        view = self._walk.view if self._walk is not None else None
        return view is not None and user_id in (*view.waiting, *view.running)

    def ask_first(self, words: str) -> None:
        """Nothing has begun: say what new sessions would end, and let the user choose."""
        self.show_words(tr("Reconnect all"), "")
        put(self.question, words)
        self.question.show()
        self.begin.show()
        self.queue.hide()
        self._show_about("")
        put_button(self.close_button, tr("Keep them"))
        self.close_button.setFocus()  # the answer that changes nothing

    def follow(self, walk: RunningWalk) -> None:
        """Show this walk."""
        self._walk = walk
        self.question.hide()
        self.begin.hide()
        self.queue.show()
        put_button(self.close_button, tr("Cancel"))
        self.refresh()

    def select(self, user_id: str) -> None:
        """Show what this account asks for."""
        self._selected = user_id
        self.refresh()

    def refresh(self) -> None:
        """Show where every account stands now."""
        if self._walk is None:
            return
        view, now = self._walk.view, self._clock.now()
        for user_id in (*view.waiting, *view.running, *(one.user_id for one in view.done)):
            self._order.setdefault(user_id, self._title_of(user_id, view))
        self._choose(self._walk, view)
        self._show_titles(view)
        self.queue.show_places([self._place(self._walk, view, user_id) for user_id in self._order])
        self.pane.refresh(now)
        self._show_send()
        put(self._left, self.pane.time_left(now))

    def _show_titles(self, view: WalkView) -> None:
        if view.ended:
            self.show_words(walk_title(view.done), "")
            if self.close_button.text() != "Done":
                put_button(self.close_button, tr("Done"))
                dress(self.close_button, "kind", "primary")
                self.close_button.setFocus()
            return
        count = len(self._order)
        done = tr(
            "{count} of {count_2} done. Cancel leaves the others as they were.", count=len(view.done), count_2=count
        )
        self.show_words(tr("Reconnect {count} accounts", count=count), done)

    def _choose(self, walk: RunningWalk, view: WalkView) -> None:
        """The one chosen stays while it runs; then who asks for something, then whose page is open."""
        running = {user_id: walk.sign_in(user_id) for user_id in view.running}
        chosen = running.get(self._selected)
        if chosen is None or (not _asks(chosen) and any(_asks(one) for one in running.values())):
            asking = (user_id for user_id, one in running.items() if _asks(one))
            self._selected = next(asking, view.current or "")
            chosen = running.get(self._selected)
        if chosen is None:
            self.pane.idle()
            self._show_about("")
        elif self.pane.running is not chosen:
            account = self._account(self._selected)
            self.pane.follow(chosen, account.broker_label if account is not None else "", by_code=False)
            self._show_about(self._order.get(self._selected, ""))

    def _place(self, walk: RunningWalk, view: WalkView, user_id: str) -> Place:
        account = self._account(user_id)
        at, line, label = self._standing(walk, view, user_id)
        colour = account.colour if account is not None else ""
        chosen = user_id == self._selected and user_id in view.running
        return Place(user_id, self._order[user_id], colour, at, line, "" if chosen else label, chosen)

    def _standing(self, walk: RunningWalk, view: WalkView, user_id: str) -> tuple[At, str, str]:
        """Where it stands, in words, and what its button would do."""
        ended = next((one for one in view.done if one.user_id == user_id), None)
        if ended is not None:
            good = isinstance(ended.answer, Yes)
            line = walked_line(ended, self._clock.now())
            return At.DONE if good else At.FAILED, line, "" if good else tr("Start again")
        running = walk.sign_in(user_id) if user_id in view.running else None
        if running is None:
            return At.TO_COME, tr(_WAITS), ""
        account = self._account(user_id)
        broker = account.broker_label if account is not None else tr("The broker")
        return At.RUNNING, walking_line(running.view, broker), tr("Show")

    def _title_of(self, user_id: str, view: WalkView) -> str:
        account = self._account(user_id)
        if account is not None:
            return account.title
        return next((one.title for one in view.done if one.user_id == user_id), "")

    def _show_about(self, title: str) -> None:
        put(self._about, title)
        self._about.setVisible(bool(title))
        self._rule.setVisible(bool(title))

    def _show_send(self) -> None:
        self.pane.show_send(self.send)

    # -------------------------------------------------------------- doing

    def reject(self) -> None:
        """Cancel, Esc or the window's own close button: what was not signed in to stays as it was."""
        if self._walk is not None and not self._walk.view.ended:
            self._walk.cancel()
        self.pane.wipe()
        self._tick.stop()
        super().reject()

    def _on_pressed(self, user_id: str) -> None:
        if self.holds(user_id):
            self.select(user_id)
        else:
            self.retry.emit(user_id)


def _asks(running: RunningSignIn | None) -> bool:
    return running is not None and running.view.phase is Phase.ASKING and running.view.asked is not None
