"""Which state an account is shown in: every rule once, from facts alone."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import (
    IST,
    IpNotRegistered,
    KeychainLocked,
    NotReachable,
    Tampered,
    TradingError,
    TwoFactorDue,
    UserBlocked,
)
from app.domain.sessions import Session, SessionState
from app.services.pictures import Facts, action_of, ends_soon, picture, state_of
from app.services.views import AccountState, Action
from app.vault import StoredAccount

NOW = datetime(2026, 11, 18, 9, 32, tzinfo=IST)
END = datetime(2026, 11, 19, 6, 0, tzinfo=IST)
S = SessionState
LIVE, AWAY, DEAD = Session(S.CONNECTED, confirmed=True), Session(S.UNREACHABLE, confirmed=True), Session(S.EXPIRED)


def facts(session: Session = LIVE, *, end: datetime | None = END, **changes: object) -> Facts:
    """What is known of one account."""
    account = StoredAccount(
        user_id="u1",
        row_id="brk_000000000001",
        name="HUF",
        colour="blue",
        broker_type="zerodha",
        client_id="AB1234",
        is_valid=True,
        confirmed=True,
        created_at=NOW,
        updated_at=NOW,
        token_since=NOW,
        token_expires_at=end,
    )
    known: dict[str, object] = {"last_check_at": NOW, "last_good_at": NOW}
    return Facts(account, "Zerodha", session, **(known | changes))  # type: ignore[arg-type]  # a table names any field


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (facts(), AccountState.READY),
        (facts(end=None), AccountState.READY),
        (facts(DEAD), AccountState.SIGNED_OUT),
        (facts(AWAY), AccountState.OFFLINE),
        (facts(Session(S.UNREACHABLE)), AccountState.NOT_CONFIRMED),
        (facts(AWAY, last_check_at=None), AccountState.NOT_CONFIRMED),
        (facts(AWAY, end=NOW), AccountState.NOT_CONFIRMED),
        (facts(end=NOW, last_good_at=NOW - timedelta(seconds=1)), AccountState.NOT_CONFIRMED),
        (facts(end=NOW, last_good_at=NOW), AccountState.READY),
        (facts(end=NOW + timedelta(minutes=60)), AccountState.ENDS_SOON),
        (facts(barred=UserBlocked()), AccountState.REFUSED),
        (facts(DEAD, barred=UserBlocked()), AccountState.SIGNED_OUT),
        (facts(orders_refused=IpNotRegistered()), AccountState.WATCH_ONLY),
        (facts(AWAY, orders_refused=IpNotRegistered()), AccountState.OFFLINE),
        (facts(AWAY, locked=KeychainLocked()), AccountState.LOCKED),
        (facts(DEAD, signing_in=True), AccountState.SIGNING_IN),
        (facts(Session(S.CONNECTING, before=S.CONNECTED)), AccountState.READY),
        (facts(Session(S.CONNECTING, before=S.EXPIRED)), AccountState.SIGNED_OUT),
    ],
)
def test_the_state_follows_from_the_facts(known: Facts, state: AccountState) -> None:
    assert state_of(known, NOW) is state


@pytest.mark.parametrize(
    ("now", "end", "soon"),
    [
        ("2026-11-18 05:00", "2026-11-18 06:00", True),  # within the hour
        ("2026-11-18 04:59", "2026-11-18 06:00", False),  # an ordinary night
        ("2026-11-18 09:15", "2026-11-18 14:00", True),  # ends while one trades
        ("2026-11-18 09:15", "2026-11-18 15:39", True),
        ("2026-11-18 09:15", "2026-11-18 15:40", False),  # at the close
        ("2026-11-18 09:15", "2026-11-19 09:30", False),  # another day's trading
        ("2026-11-21 09:15", "2026-11-21 14:00", False),  # a Saturday
        ("2026-11-18 06:01", "2026-11-18 06:00", False),  # over
    ],
)
def test_an_end_is_soon_within_the_hour_or_while_the_market_is_open(now: str, end: str, soon: bool) -> None:  # noqa: FBT001 - a table's column
    moments = [datetime.fromisoformat(text).replace(tzinfo=IST).astimezone(UTC) for text in (end, now)]

    assert ends_soon(*moments) is soon


@pytest.mark.parametrize(
    ("known", "state", "action"),
    [
        (facts(), AccountState.READY, Action.NONE),
        (facts(), AccountState.SIGNED_OUT, Action.RECONNECT),
        (facts(), AccountState.OFFLINE, Action.NONE),
        (facts(), AccountState.NOT_CONFIRMED, Action.CHECK),
        (facts(), AccountState.SIGNING_IN, Action.SHOW_SIGN_IN),
        (facts(locked=KeychainLocked()), AccountState.LOCKED, Action.UNLOCK),
        (facts(locked=Tampered()), AccountState.LOCKED, Action.NONE),
        (facts(renewable=END + timedelta(days=1)), AccountState.ENDS_SOON, Action.RENEW),
        (facts(renewable=END), AccountState.ENDS_SOON, Action.NONE),
        (facts(barred=UserBlocked()), AccountState.REFUSED, Action.CHECK),
        (facts(barred=TwoFactorDue()), AccountState.REFUSED, Action.RECONNECT),
    ],
)
def test_a_state_asks_for_one_thing_that_helps(known: Facts, state: AccountState, action: Action) -> None:
    assert action_of(known, state) is action


@pytest.mark.parametrize(
    ("known", "error"),
    [
        (facts(AWAY, error=NotReachable()), NotReachable),
        (facts(barred=UserBlocked()), UserBlocked),
        (facts(AWAY, locked=KeychainLocked()), KeychainLocked),
        (facts(orders_refused=IpNotRegistered()), IpNotRegistered),
    ],
)
def test_the_error_is_the_one_that_the_state_is_about(known: Facts, error: type[TradingError]) -> None:
    assert isinstance(picture(known, since=NOW, now=NOW).error, error)


def test_a_retry_is_only_told_while_nobody_answers() -> None:
    later = NOW + timedelta(seconds=30)

    assert picture(facts(AWAY, retry_at=later), since=NOW, now=NOW).retry_at == later
    assert picture(facts(retry_at=later), since=NOW, now=NOW).retry_at is None
