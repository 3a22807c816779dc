"""An account's day as a line and its ninety days as columns: what is known, and nothing that is not."""

from datetime import date, timedelta

from PySide6.QtCore import QPoint

from app.domain.forecast import Certainty
from app.qt.models.segments import Kind
from app.qt.models.timeline import columns, day_line, stretches, summary
from app.qt.widgets.ninety import Ninety
from app.services.views import AccountState
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, Entry, FakeServices, account, at, signed_out
from tests.qt.waiting import at_rest, until

BEFORE = Entry(at(8, 50, days=-1), "huf", "connected", "Connected")
DIED = Entry(at(6), "huf", "died", "Ended")
AGAIN = Entry(at(8, 52), "huf", "reconnected", "Reconnected")
WARNED = Entry(at(9, 10), "huf", "warned", "Told you that it ends in 15 minutes")


def kinds(pieces: object) -> list[Kind]:
    return [piece.kind for piece in pieces]  # type: ignore[attr-defined]  # pieces


def test_connected_and_signed_out_follow_each_other() -> None:
    made = stretches([BEFORE, DIED, AGAIN], account(), NOW)

    assert [(one.kind, one.ends) for one in made] == [
        (Kind.PAST, at(6)),
        (Kind.NOTHING, at(8, 52)),
        (Kind.PAST, NOW),
    ]


def test_an_account_without_history_is_connected_since_its_token() -> None:
    assert [one.begins for one in stretches([], account(), NOW)] == [at(8, 52)]
    assert stretches([], signed_out(), NOW) == ()


def test_the_day_shows_what_was_what_is_and_what_is_ahead() -> None:
    line = day_line(account(), [BEFORE, DIED, AGAIN, WARNED], [], NOW)

    assert kinds(line.pieces) == [Kind.NOTHING, Kind.PAST, Kind.AHEAD]
    assert [mark.says for mark in line.marks] == ["08:52 reconnected", "09:10 warned"]
    assert line.ahead == "on to 06:00 tomorrow"
    assert line.says == "08:52 reconnected, 09:10 warned, on to 06:00 tomorrow"


def test_an_end_inside_the_day_is_the_last_hour_and_nothing_after() -> None:
    view = account(state=AccountState.ENDS_SOON, token_expires_at=at(9, 46), certainty=Certainty.STATED)

    line = day_line(view, [AGAIN], [], NOW)

    assert kinds(line.pieces) == [Kind.PAST, Kind.LAST, Kind.AFTER]
    assert line.ahead == "ends 09:46"


def test_a_broken_connection_is_not_known_and_never_signed_out() -> None:
    events = [Entry(at(8, 52), "huf", "ready", "Ready"), Entry(at(9, 21), "huf", "offline", "Offline")]

    line = day_line(account(state=AccountState.OFFLINE), [AGAIN], events, NOW)

    assert kinds(line.pieces) == [Kind.PAST, Kind.UNKNOWN, Kind.AHEAD]
    assert line.note == ""


def test_time_lost_while_the_market_was_open_is_said() -> None:
    events = [
        Entry(at(8, 52), "huf", "ready", "Ready"),
        Entry(at(9, 12), "huf", "signed_out", "Signed out"),
        Entry(at(9, 16) + timedelta(seconds=20), "huf", "signing_in", "Signing in"),
        Entry(at(9, 16) + timedelta(seconds=20), "huf", "ready", "Ready"),
    ]

    assert day_line(account(), [], events, NOW).note == "signed out for 1 min 20 s in market hours"


def test_a_day_without_news_says_so() -> None:
    assert day_line(account(token_expires_at=None), [], [], NOW).says == "nothing happened today"


def test_ninety_days_end_today_and_say_what_happened() -> None:
    made = columns([BEFORE, DIED, AGAIN], account(), NOW)

    assert (len(made), made[0].day, made[-1].day) == (90, date(2026, 8, 21), date(2026, 11, 18))
    assert made[-1].died == (0.25,)
    assert made[-1].says == "Wed 18 Nov\n06:00 Ended\n08:52 Reconnected"
    assert made[-3].says == "Mon 16 Nov\nNothing happened"


def test_a_session_over_midnight_is_on_both_days() -> None:
    made = columns([BEFORE, DIED], signed_out(), NOW)

    assert [(piece.kind, piece.ends) for piece in made[-2].pieces] == [(Kind.PAST, 1.0)]
    assert kinds(made[-1].pieces) == [Kind.PAST, Kind.NOTHING]


def test_days_before_the_first_word_are_empty() -> None:
    assert columns([BEFORE], account(), NOW)[0].pieces == ()


def test_the_history_is_counted() -> None:
    assert summary([BEFORE, DIED, AGAIN, WARNED]) == "2 sign-ins, 0 renewals, 1 end"


async def test_the_page_draws_the_day_and_the_ninety_days_of_its_account(show: Show) -> None:
    services = FakeServices([account("huf"), account("other", name="Other")])
    services.store.history.traces = [BEFORE, DIED, AGAIN, WARNED]
    window = show(services)
    window.go("huf")
    sessions = window.pages.status.sessions

    await until(lambda: "09:10 warned" in sessions.timeline.accessibleName())
    window.go("other")

    assert "warned" not in sessions.timeline.accessibleName()
    assert sessions.ninety.columns[-1].died == ()


async def test_the_day_under_the_pointer_is_told(show: Show) -> None:
    services = FakeServices([account("huf")])
    services.store.history.traces = [DIED]
    window = show(services)
    window.go("huf")
    ninety: Ninety = window.pages.status.sessions.ninety
    await until(lambda: bool(ninety.columns[-1].died))

    found = ninety.column_at(ninety.width() - 2)

    assert found is not None
    assert found.says == "Wed 18 Nov\n06:00 Ended"
    assert ninety.column_at(0) is None


async def test_a_refresh_of_the_page_moves_nothing(show: Show) -> None:
    services = FakeServices([account("huf")])
    window = show(services)
    window.go("huf")
    await at_rest(window)
    page = window.pages.status
    parts = (page.head, page.sessions.today, page.allowed, page.latency, page.sessions.days)
    before = [part.mapTo(window, QPoint()) for part in parts]

    await services.clock.advance(61)  # type: ignore[attr-defined]  # a manual clock
    window.tick()
    await at_rest(window)

    assert [part.mapTo(window, QPoint()) for part in parts] == before
