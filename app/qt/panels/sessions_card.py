"""The session of an account over time: today as a line, ninety days as columns, and all of it as a list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.models.timeline import columns, day_line, summary
from app.qt.ports import EntryLike
from app.qt.theme import put
from app.qt.widgets.basic import text
from app.qt.widgets.facts import card
from app.qt.widgets.history import History
from app.qt.widgets.ninety import Ninety
from app.qt.widgets.timeline import Timeline
from app.services.views import AccountView

_ANEW: Final = timedelta(minutes=1)  # the columns of ninety days look the same a second later


class Sessions:
    """Two cards of one page, filled from the same history; asked for anew when something happened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._user_id = ""
        self._traces: Sequence[EntryLike] = ()
        self._events: Sequence[EntryLike] = ()
        self._columns_of: tuple[object, ...] = ()
        self.timeline, self.ninety, self.history = Timeline(desk.theme), Ninety(desk.theme), History(desk.theme)
        self._note = text(role=Role.SMALL, tone="soft")
        self._summary = text(role=Role.SMALL, tone="soft")
        self.today, inside = card(tr("Session today"), self._note)
        inside.addWidget(self.timeline)
        self.days, inside = card(tr("History of 90 days"), self._summary)
        for part in (self.ninety, self.history):
            inside.addWidget(part)

    def show_account(self, view: AccountView, now: datetime) -> None:
        """Another picture of the account, another account, or another second."""
        if view.user_id != self._user_id:
            self._user_id = view.user_id
            self._take((), (), view, now)
        self._show(view, now)

    def read(self, owner: QWidget) -> None:
        """Something was added to the history, perhaps."""
        user_id, now = self._user_id, self._desk.now()
        work = self._desk.run(owner, self._ask(user_id, now), newest="history")
        work.done(lambda found: self._found(user_id, *found))

    async def _ask(self, user_id: str, now: datetime) -> tuple[Sequence[EntryLike], Sequence[EntryLike]]:
        history = self._desk.services.store.history
        events = await history.of_day(now.astimezone(IST).date(), user_id=user_id)
        return await history.of_account(user_id), [event for event in events if event.user_id == user_id]

    def _found(self, user_id: str, traces: Sequence[EntryLike], events: Sequence[EntryLike]) -> None:
        view = self._desk.board.account(user_id)
        if user_id == self._user_id and view is not None:
            self._take(traces, events, view, self._desk.now())

    def _take(self, traces: Sequence[EntryLike], events: Sequence[EntryLike], view: AccountView, now: datetime) -> None:
        self._traces, self._events = traces, events
        self.history.show_traces(traces)
        self._show(view, now)

    def _show(self, view: AccountView, now: datetime) -> None:
        line = day_line(view, self._traces, self._events, now)
        self.timeline.show_line(line)
        put(self._note, line.note)
        wanted = (view.user_id, view.state, tuple(self._traces), int(now.timestamp() // _ANEW.total_seconds()))
        if wanted != self._columns_of:
            self._columns_of = wanted
            said = summary(self._traces)
            put(self._summary, said)
            self.ninety.show_columns(columns(self._traces, view, now), said)
