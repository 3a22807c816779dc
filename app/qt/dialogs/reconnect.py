"""The sign-in as it goes on: steps with a shape each, the broker's page, a pasted address, or PIN and code; time left.

A window of its own, not modal to the application. It opens with the sign-in running already; only while the stored
session still lives it asks first, because a new one ends it. Cancel, Esc and its close button cancel the sign-in, and
it never closes by itself (design.md section 9).
"""

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain import Clock, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.account_ports import RunningSignIn
from app.qt.dialogs.page_links import put_button
from app.qt.dialogs.pane import SignInPane
from app.qt.dialogs.sheet import Sheet
from app.qt.dialogs.token_box import TokenBox
from app.qt.fonts import Role
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import button, row, text
from app.qt.widgets.marks import AccountBar, StateMark
from app.services.answers import Answer, Yes
from app.services.views import AccountView, SignInView
from app.services.words import countdown, meaning, row_line, state_name

HEIGHT: Final = 430


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose sign-in it is, as it stands before it begins; `token_hint` is empty where no token can be pasted."""

    title: str
    broker: str
    client_id: str = ""
    colour: str = ""
    standing: str = ""  # "signed out 09:12"
    new: bool = False  # an account that is not stored yet
    by_code: bool = False  # its broker has no page
    token_hint: str = ""

    @property
    def line(self) -> str:
        """The line below the title."""
        return ", ".join(part for part in (self.client_id, self.standing) if part)


class ReconnectDialog(Sheet):
    """One account's sign-in. `again` asks for one, the first time or anew; `token_offered` carries a pasted token.

    `next_wanted` carries the account that was offered as the next one.
    """

    again = Signal()
    token_offered = Signal(object)
    next_wanted = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, clock: Clock, whom: Whom) -> None:
        super().__init__(parent, HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._clock, self._theme, self._whom = clock, theme, whom
        self._ended = False
        self._again_at: datetime | None = None
        self._next_id = ""
        self._build()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()
        self.show_words(f"{tr('Connect') if whom.new else tr('Reconnect')} {whom.title}", whom.line)

    def _build(self) -> None:
        self._done_mark = StateMark(self._theme, 28)
        self._done_mark.hide()
        self.question = text("", wrap=True)
        self.question.hide()
        self.pane = SignInPane(self._theme)
        self.token = TokenBox(self._theme, self._whom.token_hint)
        self.token.setVisible(bool(self._whom.token_hint))
        self._left = text("", Role.SMALL, "muted")
        self.next_button = button("", "plain")
        self.next_button.hide()
        self.start_again = button(tr("Start again"), "primary")
        self.close_button = button(tr("Cancel"), "plain")
        self.send = button(tr("Sign in"), "primary")
        self._lay_out()
        self.start_again.clicked.connect(self.again)
        self.close_button.clicked.connect(self.reject)
        self.next_button.clicked.connect(self._on_next)
        self.send.clicked.connect(self.pane.send)
        self.pane.edited.connect(self._show_send)
        self.token.offered.connect(self.token_offered)
        self.token.open_link.clicked.connect(self.pane.links.shut)  # one field at a time: a low screen has no more room
        self.pane.links.paste_link.clicked.connect(self.token.shut)

    def _lay_out(self) -> None:
        head = row(gap=12)
        head.addWidget(AccountBar(self._whom.colour, 34))
        head.addWidget(self.lay_words(), 1)
        head.addWidget(self._done_mark)
        self.inside.addLayout(head)
        for part in (self.question, self.pane, self.token):
            self.inside.addWidget(part)
        self.inside.addStretch()
        self.foot.addWidget(self._left)
        self.foot.addStretch()
        for shown in (self.next_button, self.start_again, self.close_button, self.send):
            self.foot.addWidget(shown)

    # -------------------------------------------------------------- showing

    @property
    def running(self) -> RunningSignIn | None:
        """The sign-in on show; None while it asks first."""
        return self.pane.running

    @property
    def ended(self) -> bool:
        """Whether it shows how it ended."""
        return self._ended

    def ask_first(self, words: str) -> None:
        """Nothing has begun: say what a new session would end, and let the user choose."""
        put(self.question, words)
        self.question.show()
        self.send.hide()
        put_button(self.start_again, tr("Reconnect now"))
        self._offer(self.start_again, shown=True)
        self._name_close(tr("Keep it"), "plain")
        self.close_button.setFocus()  # the answer that changes nothing

    def follow(self, running: RunningSignIn) -> None:
        """Show this attempt, in the same place as one before."""
        self._ended = False
        self._again_at = None
        self.start_again.setEnabled(True)
        self.question.hide()
        self._done_mark.hide()
        put_button(self.start_again, tr("Start again"))
        self.pane.follow(running, self._whom.broker, by_code=self._whom.by_code)
        self.token.setVisible(bool(self._whom.token_hint))
        self._offer(self.start_again, shown=False)
        self._name_close(tr("Cancel"), "plain")
        self.refresh()

    def refresh(self) -> None:
        """Show where the sign-in stands now."""
        running, now = self.pane.running, self._clock.now()
        self._show_wait(now)
        if self._ended or running is None:
            return
        view = running.view
        self._show_title(view)
        self.pane.refresh(now)
        self._show_send()
        put(self._left, self.pane.time_left(now))

    def _show_title(self, view: SignInView) -> None:
        """The account may have got its id, or another name, meanwhile."""
        verb = tr("Connect") if self._whom.new else tr("Reconnect")
        line = self._whom.line if self._whom.client_id else view.client_id
        self.show_words(f"{verb} {view.title or self._whom.title}", line)

    def show_answer(self, answer: Answer[AccountView], now: datetime) -> None:
        """How it ended; the dialog stays until the user puts it away."""
        self._ended = True
        put(self._left, "")
        for part in (self.send, self.question, self.token):
            part.hide()
        if isinstance(answer, Yes):
            self.pane.show_done(now)
            self._show_done(answer.value, now)
        else:
            self._show_failed(answer.error, now)

    def show_token_taken(self, account: AccountView, now: datetime) -> None:
        """The broker said yes to the pasted token; there was no sign-in, or it is not needed any more."""
        self._ended = True
        put(self._left, "")
        for part in (self.send, self.question, self.token):
            part.hide()
        self.pane.idle()
        self._show_done(account, now)
        self.pane.show_note(
            tr("{broker} said yes to the token that you pasted. It is kept encrypted here.", broker=self._whom.broker)
        )

    def show_token_refused(self, error: TradingError) -> None:
        """The pasted token replaces nothing."""
        self.token.show_refused(error, self._clock.now())

    def offer_next(self, user_id: str, title: str) -> None:
        """Another account needs a sign-in, too."""
        self._next_id = user_id
        put_button(self.next_button, tr("Next: {title}", title=title))
        self.next_button.show()

    def _show_done(self, account: AccountView, now: datetime) -> None:
        headline, _ = meaning(account, now)
        line = row_line(account, now)
        self.show_words(headline, line[:1].upper() + line[1:])
        self._done_mark.show_state(account.state, state_name(account.state))
        self._done_mark.show()
        self._offer(self.start_again, shown=False)
        self._name_close(tr("Done"), "primary")
        self.close_button.setFocus()

    def _show_failed(self, error: TradingError, now: datetime) -> None:
        self.pane.show_failed(error, now)
        self._again_at = now + timedelta(seconds=error.retry_after) if error.retry_after else None
        self._show_wait(now)
        self._offer(self.start_again, shown=True)
        self._name_close(tr("Close"), "plain")
        self.start_again.setFocus()

    def _show_wait(self, now: datetime) -> None:
        """Another attempt has to wait as long as the broker wants."""
        if self._again_at is None:
            return
        left = self._again_at - now
        waits = left > timedelta(0)
        put_button(
            self.start_again,
            tr("Start again in {countdown}", countdown=countdown(left)) if waits else tr("Start again"),
        )
        self.start_again.setEnabled(not waits)
        said = tr("{broker} allows the next sign-in then.", broker=self._whom.broker) if waits else ""
        self.start_again.setToolTip(said)
        self.start_again.setAccessibleDescription(said)
        if not waits:
            self._again_at = None

    def _offer(self, shown_button: QWidget, *, shown: bool) -> None:
        shown_button.setVisible(shown)

    def _name_close(self, words: str, kind: str) -> None:
        put_button(self.close_button, words)
        dress(self.close_button, "kind", kind)

    def _show_send(self) -> None:
        if not self._ended:
            self.pane.show_send(self.send)

    # -------------------------------------------------------------- doing

    def reject(self) -> None:
        """Cancel, Esc or the window's own close button; while it asks first they keep the session."""
        if not self._ended and self.pane.running is not None:
            self.pane.running.cancel()
        self.pane.wipe()
        self.token.wipe()
        super().reject()

    def _on_next(self) -> None:
        self.reject()
        self.next_wanted.emit(self._next_id)
