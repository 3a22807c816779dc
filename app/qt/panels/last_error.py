"""What last went wrong with an account or its broker's list of instruments, each with details that can be copied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain import IST, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.models.gauge_words import call_name
from app.qt.theme import Theme, put
from app.qt.widgets.basic import column, row, text
from app.qt.widgets.details import CopyDetails, details_of
from app.qt.widgets.facts import card
from app.qt.widgets.marks import StateMark
from app.qt.widgets.tab_order import came_later
from app.services.book_views import GaugeView, PastError
from app.services.views import AccountState, AccountView
from app.services.words import clock_time

_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One error as it is shown; `detail` is the broker's own word."""

    shape: str
    at: str
    title: str
    next_step: str
    detail: str
    error: TradingError | PastError
    since: datetime | None = None


class ErrorRow(QWidget):
    """Shape, time, what happened, what to do; the broker's words small below, and Copy details."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._told: Told | None = None
        self._mark = StateMark(theme, 16)
        self._at = text(role=Role.SMALL, tone="muted")
        self.title = text(role=Role.NAME, wrap=True)
        self.next_step = text(role=Role.SMALL, tone="soft", wrap=True)
        self.details = text(role=Role.SMALL, tone="muted", wrap=True)
        self.copy = CopyDetails()
        words = column(gap=0)
        for part in (self.title, self.next_step, self.details):
            words.addWidget(part)
        line = row(self, gap=12)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._mark, 0, top)
        line.addWidget(self._at, 0, top)
        line.addLayout(words, 1)
        line.addWidget(self.copy, 0, top)
        self.hide()

    def show_told(self, told: Told | None) -> None:
        """Another error, or none."""
        if told == self._told:
            return
        self._told = told
        self.setVisible(told is not None)
        if told is not None:
            self._mark.show_shape(told.shape, told.title)
            put(self._at, told.at)
            put(self.title, told.title)
            put(self.next_step, told.next_step)
            put(self.details, tr("Details: {detail}", detail=told.detail) if told.detail else "")
            self.details.setVisible(bool(told.detail))
            self._at.setVisible(bool(told.at))
            self.copy.show_text(_whole(told))


class LastError(QWidget):
    """The newest first, a few of them; says so when there is none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._none = text(tr("Nothing went wrong since Kunji was started."), Role.SMALL, "soft", wrap=True)
        self.rows: list[ErrorRow] = []
        panel, self._inside = card(tr("Last errors"))
        self._inside.addWidget(self._none)
        self._inside.addStretch()
        column(self, gap=0).addWidget(panel)

    def show_account(self, view: AccountView, gauges: GaugeView, now: datetime) -> None:
        """Another picture of the account: why its state is what it is, then what failed before."""
        told = self._present(view, now)
        known = {one.title for one in told}
        told += [_past(one, now) for one in gauges.errors if one.title not in known]
        self._show(told[:_MOST])

    def _present(self, view: AccountView, now: datetime) -> list[Told]:
        told = []
        if view.error is not None:
            shape = "expired" if view.state is AccountState.SIGNED_OUT else "refused"
            told.append(_present(view.error, shape, view.since, now))
        master = self._desk.board.master(view.broker_type)
        if master is not None and master.error is not None:
            told.append(_present(master.error, "refused", None, now, tr("Instruments: ")))
        return told

    def _show(self, told: Sequence[Told]) -> None:
        self._none.setVisible(not told)
        if len(self.rows) < len(told):  # most accounts need none
            self._add(len(told) - len(self.rows))
        for at, shown in enumerate(self.rows):
            shown.show_told(told[at] if at < len(told) else None)

    def _add(self, count: int) -> None:
        for _ in range(count):
            self.rows.append(ErrorRow(self._desk.theme))
            self._inside.insertWidget(len(self.rows), self.rows[-1])
        came_later(self)


def _present(error: TradingError, shape: str, since: datetime | None, now: datetime, before: str = "") -> Told:
    detail = ": ".join(part for part in (error.broker_code, error.detail) if part)
    at = clock_time(since, now) if since is not None else ""
    return Told(shape, at, before + tr(error.title), tr(error.next_step), detail, error, since)


def _past(error: PastError, now: datetime) -> Told:
    title, next_step = tr(error.title), tr(error.next_step)
    often = tr("{call}, {times} times", call=call_name(error.kind), times=error.times)
    words = f"{often if error.times > 1 else call_name(error.kind)}. {next_step}"
    return Told("refused", clock_time(error.at, now), title, words, error.detail, error)


def _whole(told: Told) -> str:
    """What a press copies."""
    error = told.error
    if isinstance(error, TradingError):
        return details_of(error, told.since)
    moment = error.at.astimezone(IST)
    facts = (error.title, error.next_step, "", call_name(error.kind), tr("{times} times", times=error.times))
    return "\n".join((*facts, error.error, error.detail, tr("{moment:%Y-%m-%d %H:%M:%S} IST", moment=moment)))
