"""The words: each state's word, line, headline and meaning as the design has them, and times as people say them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import (
    IST,
    BrokerDown,
    KeychainLocked,
    KeyMissing,
    Maintenance,
    NotReachable,
    RateLimited,
    SessionExpired,
    UserBlocked,
    WireSurprise,
    WrongAccount,
)
from app.services import notice_words
from app.services.times import minutes
from app.services.views import AccountState, AccountView, Action, Phase, SignInView
from app.services.words import (
    age,
    attention,
    button_label,
    clock_time,
    countdown,
    meaning,
    row_line,
    sign_in_line,
    state_name,
    state_word,
    status_message,
    worst_first,
)

NOW = datetime(2026, 11, 18, 9, 32, 17, tzinfo=IST)
TOMORROW = datetime(2026, 11, 19, 6, 0, tzinfo=IST)
S = AccountState


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute, second=0)


def view(state: AccountState = S.READY, **changes: object) -> AccountView:
    """A picture of HUF at Zerodha."""
    made = AccountView(
        user_id="u1",
        name="HUF",
        broker_type="zerodha",
        broker_label="Zerodha",
        client_id="AB1234",
        colour="blue",
        state=state,
        action=Action.NONE,
        since=at(9, 12),
        connected_at=at(8),
        token_since=at(8),
        token_expires_at=TOMORROW,
        last_check_at=at(9, 21),
        last_good_at=at(9, 21),
        open_positions=4,
        error=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a table names any of the fields


# ------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(9, 46), "09:46"),
        (TOMORROW, "06:00 tomorrow"),
        (datetime(2026, 11, 19, 0, 0, tzinfo=IST), "00:00 tonight"),
        (datetime(2026, 11, 17, 6, 0, tzinfo=IST), "06:00 yesterday"),
        (datetime(2026, 11, 27, 6, 0, tzinfo=IST), "Fri 27 Nov 06:00"),
    ],
)
def test_another_day_is_named(moment: datetime, said: str) -> None:
    assert clock_time(moment, NOW) == said


def test_seconds_are_said_where_they_matter() -> None:
    assert clock_time(NOW, NOW, seconds=True) == "09:32:17"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s ago"), (4, "4 s ago"), (59, "59 s ago"), (60, "09:31"), (-5, "09:32")]
)
def test_an_age_is_a_clock_time_after_a_minute(seconds: int, said: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [(822, "13:42"), (3599, "59:59"), (3600, "1 h 0 min"), (21420, "5 h 57 min"), (9, "0:09"), (-3, "0:00")],
)
def test_a_countdown_ticks_under_an_hour(left: int, said: str) -> None:
    assert countdown(timedelta(seconds=left)) == said


@pytest.mark.parametrize(
    ("left", "said"), [(900, "15 minutes"), (899, "15 minutes"), (30, "1 minute"), (0, "1 minute"), (3900, "1 h 5 min")]
)
def test_minutes_in_a_sentence_are_rounded_up(left: int, said: str) -> None:
    assert minutes(timedelta(seconds=left)) == said


# ------------------------------------------------------------------ words and rows


def test_every_state_has_its_own_word() -> None:
    assert len({state_name(state) for state in S}) == len(S)


def test_an_end_that_is_near_is_counted_down() -> None:
    assert state_word(view(S.ENDS_SOON, token_expires_at=NOW + timedelta(seconds=822)), NOW) == "Ends in 13:42"


@pytest.mark.parametrize(
    ("picture", "line"),
    [
        (view(), "until 06:00 tomorrow"),
        (view(token_expires_at=None), "no end known"),
        (view(token_expires_at=at(6)), "still answered after 06:00"),
        (view(S.ENDS_SOON, token_expires_at=at(9, 46)), "at 09:46, before close"),
        (view(S.ENDS_SOON, token_expires_at=TOMORROW), "at 06:00 tomorrow"),
        (view(S.SIGNED_OUT, since=at(6), token_expires_at=at(6)), "at 06:00"),
        (view(S.SIGNED_OUT, error=SessionExpired()), "at 09:12, before its time"),
        (view(S.SIGNED_OUT, error=WrongAccount()), "this is another client's session"),
        (view(S.OFFLINE), "last good 09:21"),
        (view(S.OFFLINE, retry_at=NOW + timedelta(seconds=18)), "last good 09:21; retry in 0:18"),
        (view(S.OFFLINE, last_good_at=None), "no good answer yet"),
        (view(S.NOT_CONFIRMED), "session kept; checking since 09:12"),
        (view(S.NOT_CONFIRMED, token_expires_at=at(6)), "due to end at 06:00, no answer yet"),
        (view(S.LOCKED, error=KeychainLocked()), "unlock the keychain"),
        (view(S.LOCKED, error=KeyMissing()), "the key to your stored credentials is not in this keychain"),
        (view(S.REFUSED, error=UserBlocked()), "the broker has blocked this account"),
        (view(S.WATCH_ONLY), "orders refused"),
        (view(S.SIGNING_IN), "waiting for your sign-in"),
    ],
)
def test_the_line_beside_the_word(picture: AccountView, line: str) -> None:
    assert row_line(picture, NOW) == line


def test_the_status_message_is_word_and_line() -> None:
    assert status_message(view(), NOW) == "Ready: until 06:00 tomorrow"


# ------------------------------------------------------------------ headlines and their meaning


@pytest.mark.parametrize(
    ("picture", "headline", "text"),
    [
        (
            view(S.SIGNED_OUT),
            "HUF · Zerodha is signed out",
            "4 open positions cannot be seen or closed from here. They stay open at Zerodha.",
        ),
        (
            view(S.SIGNED_OUT, open_positions=None),
            "HUF · Zerodha is signed out",
            "Its positions cannot be seen or closed from here. They stay open at Zerodha.",
        ),
        (
            view(S.ENDS_SOON, token_expires_at=NOW + timedelta(minutes=15)),
            "HUF · Zerodha ends at 09:47",
            "In 15 minutes, while the market is open. 4 positions stay open; you could not change them from Kunji.",
        ),
        (
            view(S.OFFLINE, error=NotReachable()),
            "HUF · Zerodha cannot be reached",
            "Figures are as of 09:21; your positions there have not changed because of this. Kunji tries every 30 s.",
        ),
        (
            view(S.OFFLINE, error=RateLimited(retry_after=12)),
            "Zerodha asks us to wait 12 s",
            "Nothing is lost. Figures are as of 09:21.",
        ),
        (
            view(S.LOCKED, error=KeychainLocked()),
            "Your keychain is locked, so your sessions cannot be read",
            "Unlock it and Kunji goes on. Nothing was lost.",
        ),
        (view(), "HUF · Zerodha is ready", "Until 06:00 tomorrow."),
    ],
)
def test_the_designs_sentences(picture: AccountView, headline: str, text: str) -> None:
    assert meaning(picture, NOW) == (headline, text)


@pytest.mark.parametrize("error", [BrokerDown(), Maintenance(), WireSurprise()], ids=lambda error: error.kind)
def test_offline_says_what_is_known_of_the_reason(error: BrokerDown) -> None:
    headline, text = meaning(view(S.OFFLINE, error=error), NOW)

    assert "HUF · Zerodha" in headline
    assert headline != "HUF · Zerodha cannot be reached"
    assert "signed out" not in headline + text


@pytest.mark.parametrize("state", S)
def test_every_state_says_something_without_blame_or_noise(state: AccountState) -> None:
    for open_positions in (None, 0, 1, 4):
        for error in (None, UserBlocked()):
            headline, text = meaning(view(state, open_positions=open_positions, error=error), NOW)
            assert headline
            assert text.endswith(".")
            assert not any(word in (headline + text).lower() for word in ("please", "oops", "invalid", "!", "error"))


def test_an_end_that_renewing_cannot_move_says_so() -> None:
    _, text = meaning(view(S.ENDS_SOON, token_expires_at=TOMORROW), TOMORROW - timedelta(minutes=42))

    assert text == "In 42 minutes, while the market is closed. A new session is possible after that."


@pytest.mark.parametrize(
    ("action", "label"),
    [
        (Action.RECONNECT, "Reconnect HUF · Zerodha"),
        (Action.RENEW, "Renew HUF · Zerodha"),
        (Action.CHECK, "Check HUF · Zerodha now"),
        (Action.UNLOCK, "Unlock"),
        (Action.SHOW_SIGN_IN, "Show sign-in"),
        (Action.NONE, ""),
    ],
)
def test_a_button_is_verb_and_thing(action: Action, label: str) -> None:
    assert button_label(view(action=action)) == label


# ------------------------------------------------------------------ the worst


def test_the_worst_comes_first_and_open_positions_decide_among_equals() -> None:
    empty = view(S.SIGNED_OUT, user_id="empty", open_positions=0)
    holding = view(S.SIGNED_OUT, user_id="holding", open_positions=2)
    offline = view(S.OFFLINE, user_id="offline")

    assert [one.user_id for one in worst_first([offline, empty, holding])] == ["holding", "empty", "offline"]


def test_attention_is_the_worst_with_its_button_and_counts_the_rest() -> None:
    dead = view(S.SIGNED_OUT, user_id="dead", action=Action.RECONNECT)

    worst = attention([view(), view(S.OFFLINE, user_id="away"), dead], NOW)

    assert worst is not None
    assert (worst.user_id, worst.button, worst.more) == ("dead", "Reconnect HUF · Zerodha", 1)


@pytest.mark.parametrize("views", [[], [view()], [view(), view(user_id="u2")]])
def test_when_all_is_well_nothing_asks_for_attention(views: list[AccountView]) -> None:
    assert attention(views, NOW) is None


def test_when_nobody_answers_it_is_this_computer_that_is_offline() -> None:
    away = [view(S.OFFLINE, user_id=name, error=NotReachable()) for name in ("a", "b")]

    worst = attention(away, NOW)

    assert worst is not None
    assert worst.headline == "This computer is offline since 09:21"
    assert worst.text == "No account was signed out by that. Figures are as of 09:21."


def test_one_account_alone_that_does_not_answer_is_not_the_whole_network() -> None:
    worst = attention([view(S.OFFLINE, error=NotReachable())], NOW)

    assert worst is not None
    assert worst.headline == "HUF · Zerodha cannot be reached"


# ------------------------------------------------------------------ sign-in and notices


@pytest.mark.parametrize(
    ("phase", "line"),
    [
        (Phase.OPENING, "Opening the broker's page in your browser"),
        (Phase.WAITING, "Waiting for you on the broker's page; 4:32 left"),
        (Phase.ASKING, "Waiting for what is asked of you; 4:32 left"),
        (Phase.EXCHANGING, "The broker is asked for the new session"),
        (Phase.CHECKING, "The new session is stored and being checked"),
        (Phase.DONE, "HUF · Zerodha is ready"),
        (Phase.FAILED, "The session has ended. Reconnect and sign in again."),
    ],
)
def test_each_step_of_a_sign_in_has_its_line(phase: Phase, line: str) -> None:
    error = SessionExpired() if phase is Phase.FAILED else None
    page, ends = "https://broker.example/login", NOW + timedelta(seconds=272)
    sign_in = SignInView("u1", "HUF · Zerodha", "AB1234", phase, page, ends, None, error)

    assert sign_in_line(sign_in, NOW) == line


def test_before_the_first_step_is_known_no_page_is_promised() -> None:
    sign_in = SignInView("u1", "Meera · Angel One", "A123456", Phase.OPENING, "", None, None, None)

    assert sign_in_line(sign_in, NOW) == "The broker is asked how to begin"


@pytest.mark.parametrize(
    ("now", "when"),
    [
        (at(8, 45), "Market opens in 30 minutes."),
        (at(10), "The market is open."),
        (at(20), "Market opens 09:15 tomorrow."),
    ],
)
def test_a_notice_about_several_says_how_the_market_stands(now: datetime, when: str) -> None:
    dead = [view(S.SIGNED_OUT, since=at(6)), view(S.SIGNED_OUT, user_id="u2", name="Self", since=at(6))]

    notice = notice_words.deaths(dead, now)

    assert notice.title == "2 accounts are signed out since 06:00"
    assert notice.text == f"HUF · Zerodha, Self · Zerodha. {when}"
