"""How wrong this computer's clock is: from whole seconds and slow lines nothing is concluded that is not sure."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.brokers.skew import Skew

NOON = datetime(2026, 11, 18, 12, 0, 0, 400_000, tzinfo=UTC)


def date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def measured(behind: float, *, there: float = 0.0, back: float = 0.0, at: datetime = NOON) -> Skew:
    """What is known after an answer of a server whose clock is `behind` seconds ahead of ours."""
    skew = Skew()
    written = at + timedelta(seconds=there)
    skew.hear(date(written + timedelta(seconds=behind)), at, written + timedelta(seconds=back))
    return skew


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (48, "Your clock is 48 s behind theirs; set it, then use the next code."),
        (-48, "Your clock is 48 s ahead of theirs; set it, then use the next code."),
        (119, "Your clock is 119 s behind theirs; set it, then use the next code."),
        (600, "Your clock is 10 min behind theirs; set it, then use the next code."),
        (-21_600, "Your clock is 6 h ahead of theirs; set it, then use the next code."),
    ],
)
def test_a_wrong_clock_is_named_with_how_wrong_it_is(behind: float, words: str) -> None:
    assert measured(behind).words == words


@pytest.mark.parametrize("behind", [0, 0.5, -0.5, 1, -1, 3, -3, 4.4, -4.4])
def test_a_few_seconds_are_not_said(behind: float) -> None:
    assert (measured(behind).behind, measured(behind).words) == (0.0, "")


@pytest.mark.parametrize(("there", "back"), [(15, 0), (0, 15), (7, 8), (60, 60)])
def test_a_slow_line_is_no_wrong_clock(there: float, back: float) -> None:
    assert measured(0, there=there, back=back).behind == 0


@pytest.mark.parametrize("text", ["", "soon", "Wed, 99 Nov 2026 25:00:00 GMT", "1795000000", "\u20b9", "0"])
def test_what_is_no_date_tells_nothing(text: str) -> None:
    skew = Skew()
    skew.hear(text, NOON, NOON)
    assert skew.behind == 0


def test_a_clock_that_was_set_during_the_question_tells_nothing() -> None:
    skew = Skew()
    skew.hear(date(NOON + timedelta(hours=1)), NOON, NOON - timedelta(seconds=1))
    assert skew.behind == 0


def test_nothing_heard_is_nothing_known() -> None:
    assert Skew().words == ""


def test_the_last_answer_counts() -> None:
    skew = measured(48)
    skew.hear(date(NOON), NOON, NOON)
    assert skew.words == ""


@given(
    behind=st.floats(-7200, 7200),
    there=st.floats(0, 15),
    back=st.floats(0, 15),
    microsecond=st.integers(0, 999_999),
)
def test_what_is_said_is_never_more_wrong_than_the_line_was_slow(
    behind: float, there: float, back: float, microsecond: int
) -> None:
    said = measured(behind, there=there, back=back, at=NOON.replace(microsecond=microsecond)).behind
    slow = there + back + 1.001
    assert abs(said - behind) <= slow / 2 + 0.001 if said else abs(behind) < 5 + slow
    assert said * behind >= 0
