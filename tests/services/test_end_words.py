"""When a session ends, in words that say how sure it is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import IST, UserBlocked
from app.domain.forecast import Certainty, Death, Forecast
from app.services.end_words import lasting_end, session_end
from app.services.pictures import picture
from app.services.state_words import meaning, row_line
from app.services.trace_words import trace_line, warned_line
from app.services.views import AccountState, AccountTraced, Trace
from tests.services.test_pictures import facts
from tests.services.test_words import view

NOW = datetime(2026, 11, 18, 9, 32, tzinfo=IST)
SIX = datetime(2026, 11, 19, 6, 0, tzinfo=IST)


@pytest.mark.parametrize(
    ("certainty", "said", "lasting"),
    [
        (Certainty.RULE, "06:00 tomorrow, by Zerodha's rule", "Thu 19 Nov 06:00, by Zerodha's rule"),
        (Certainty.STATED, "06:00 tomorrow, says Zerodha", "Thu 19 Nov 06:00, says Zerodha"),
        (Certainty.LEARNT, "about 06:00 tomorrow, as on earlier days", "about Thu 19 Nov 06:00, as on earlier days"),
        (Certainty.UNKNOWN, "06:00 tomorrow, not certain", "Thu 19 Nov 06:00, not certain"),
    ],
)
def test_an_end_is_told_with_its_source(certainty: Certainty, said: str, lasting: str) -> None:
    shown = view(token_expires_at=SIX, certainty=certainty)

    assert session_end(shown, NOW) == said
    assert lasting_end(shown) == lasting


@pytest.mark.parametrize(
    ("state", "end", "row"),
    [
        (AccountState.READY, SIX, "until about 06:00 tomorrow"),
        (AccountState.ENDS_SOON, NOW + timedelta(minutes=20), "at about 09:52, before close"),
    ],
)
def test_what_was_only_learnt_is_promised_nowhere(state: AccountState, end: datetime, row: str) -> None:
    learnt = view(state, token_expires_at=end, certainty=Certainty.LEARNT)

    assert row_line(learnt, NOW) == row
    assert "about" in " ".join(meaning(learnt, NOW))


def test_an_end_that_nobody_knows_is_not_made_up() -> None:
    assert session_end(view(token_expires_at=None), NOW) == lasting_end(view(token_expires_at=None)) == "not known"


def test_the_picture_shows_what_is_foreseen_and_not_what_was_stored() -> None:
    foreseen = Forecast(NOW + timedelta(minutes=20), Certainty.LEARNT, "Because.")

    shown = picture(replace(facts(), forecast=foreseen), since=None, now=NOW)

    assert (shown.token_expires_at, shown.certainty, shown.ends_why) == (foreseen.ends_at, Certainty.LEARNT, "Because.")
    assert shown.state is AccountState.ENDS_SOON


@pytest.mark.parametrize(
    ("early", "said"),
    [
        (timedelta(hours=2), "Ended, 2 h 0 min before its time"),
        (timedelta(minutes=9), "Ended"),
        (timedelta(), "Ended"),
        (timedelta(minutes=-20), "Ended, noticed 20 minutes later"),
    ],
)
def test_a_death_says_how_it_lies_to_its_time(early: timedelta, said: str) -> None:
    died = AccountTraced(Trace.DIED, view(), Death(NOW, None, NOW + early))

    assert trace_line(died) == said


def test_a_death_with_a_reason_of_its_own_says_it() -> None:
    blocked = UserBlocked()

    assert trace_line(AccountTraced(Trace.DIED, view(error=blocked))) == f"Ended: {blocked.title}"


def test_a_warning_says_how_much_was_left() -> None:
    assert warned_line(15) == "Told you that it ends in 15 minutes"
