"""The session machine: every pair of state and event, and a long random walk against promise A5."""

import random

import pytest

from app.domain.sessions import Session, SessionEvent, SessionState, next_state, restored

S, E = SessionState, SessionEvent

# state before the event, then what each event makes of it; CONNECTING is entered from CONNECTED here
TABLE = {
    S.DISCONNECTED: {
        E.BEGUN: S.CONNECTING,
        E.ABANDONED: S.DISCONNECTED,
        E.ISSUED: S.UNREACHABLE,
        E.ACCEPTED: S.DISCONNECTED,
        E.REFUSED: S.DISCONNECTED,
        E.UNANSWERED: S.DISCONNECTED,
        E.DOUBTED: S.DISCONNECTED,
        E.REMOVED: S.DISCONNECTED,
    },
    S.CONNECTING: {
        E.BEGUN: S.CONNECTING,
        E.ABANDONED: S.CONNECTED,
        E.ISSUED: S.UNREACHABLE,
        E.ACCEPTED: S.CONNECTING,
        E.REFUSED: S.CONNECTING,
        E.UNANSWERED: S.CONNECTING,
        E.DOUBTED: S.CONNECTING,
        E.REMOVED: S.DISCONNECTED,
    },
    S.CONNECTED: {
        E.BEGUN: S.CONNECTING,
        E.ABANDONED: S.CONNECTED,
        E.ISSUED: S.UNREACHABLE,
        E.ACCEPTED: S.CONNECTED,
        E.REFUSED: S.EXPIRED,
        E.UNANSWERED: S.UNREACHABLE,
        E.DOUBTED: S.UNREACHABLE,
        E.REMOVED: S.DISCONNECTED,
    },
    S.UNREACHABLE: {
        E.BEGUN: S.CONNECTING,
        E.ABANDONED: S.UNREACHABLE,
        E.ISSUED: S.UNREACHABLE,
        E.ACCEPTED: S.CONNECTED,
        E.REFUSED: S.EXPIRED,
        E.UNANSWERED: S.UNREACHABLE,
        E.DOUBTED: S.UNREACHABLE,
        E.REMOVED: S.DISCONNECTED,
    },
    S.EXPIRED: {
        E.BEGUN: S.CONNECTING,
        E.ABANDONED: S.EXPIRED,
        E.ISSUED: S.UNREACHABLE,
        E.ACCEPTED: S.CONNECTED,
        E.REFUSED: S.EXPIRED,
        E.UNANSWERED: S.EXPIRED,
        E.DOUBTED: S.EXPIRED,
        E.REMOVED: S.DISCONNECTED,
    },
}
START = {
    S.DISCONNECTED: Session(),
    S.CONNECTING: Session(S.CONNECTING, before=S.CONNECTED, confirmed=True),
    S.CONNECTED: Session(S.CONNECTED, confirmed=True),
    S.UNREACHABLE: Session(S.UNREACHABLE, confirmed=True),
    S.EXPIRED: Session(S.EXPIRED, confirmed=True),
}


def test_the_table_names_every_pair() -> None:
    assert set(TABLE) == set(S)
    assert all(set(row) == set(E) for row in TABLE.values())


@pytest.mark.parametrize("event", E)
@pytest.mark.parametrize("state", S)
def test_every_pair_leads_where_the_table_says(state: SessionState, event: SessionEvent) -> None:
    assert next_state(START[state], event).state is TABLE[state][event]


@pytest.mark.parametrize("before", [S.DISCONNECTED, S.CONNECTED, S.UNREACHABLE, S.EXPIRED])
def test_a_sign_in_given_up_returns_to_the_state_before(before: SessionState) -> None:
    session = Session(before, confirmed=before is S.CONNECTED)

    back = next_state(next_state(session, E.BEGUN), E.ABANDONED)

    assert back == session


@pytest.mark.parametrize(
    ("news", "beneath"),
    [(E.ACCEPTED, S.CONNECTED), (E.REFUSED, S.EXPIRED), (E.UNANSWERED, S.UNREACHABLE)],
)
def test_news_of_the_old_token_during_a_sign_in_is_where_giving_up_leads(
    news: SessionEvent, beneath: SessionState
) -> None:
    signing_in = next_state(Session(S.CONNECTED, confirmed=True), E.BEGUN)

    heard = next_state(signing_in, news)

    assert heard.beneath is beneath
    assert next_state(heard, E.ABANDONED).state is beneath


def test_network_trouble_under_a_sign_in_does_not_hide_the_no_beneath() -> None:
    signing_in = next_state(Session(S.EXPIRED, confirmed=True), E.BEGUN)

    assert next_state(signing_in, E.UNANSWERED).beneath is S.EXPIRED


@pytest.mark.parametrize("trouble", [E.UNANSWERED, E.ABANDONED])
def test_a_new_token_stays_unconfirmed_until_the_broker_answers(trouble: SessionEvent) -> None:
    issued = next_state(Session(S.CONNECTING, before=S.CONNECTED, confirmed=True), E.ISSUED)

    after = next_state(issued, trouble)

    assert (after.state, after.confirmed) == (S.UNREACHABLE, False)


def test_a_token_in_doubt_is_unconfirmed_and_a_sign_in_beside_it_goes_on() -> None:
    signing_in = Session(S.CONNECTING, before=S.CONNECTED, confirmed=True)

    doubted = next_state(signing_in, E.DOUBTED)

    assert doubted == Session(S.CONNECTING, before=S.UNREACHABLE, confirmed=False)
    assert next_state(doubted, E.ABANDONED) == Session(S.UNREACHABLE)


def test_a_yes_confirms_the_token() -> None:
    assert next_state(Session(S.UNREACHABLE), E.ACCEPTED) == Session(S.CONNECTED, confirmed=True)


@pytest.mark.parametrize(
    ("is_valid", "confirmed", "expected"),
    [(True, True, S.UNREACHABLE), (True, False, S.UNREACHABLE), (False, True, S.EXPIRED), (False, False, S.EXPIRED)],
)
def test_a_stored_token_is_not_believed_before_it_was_asked_about(
    is_valid: bool,  # noqa: FBT001 - a table's column
    confirmed: bool,  # noqa: FBT001 - a table's column
    expected: SessionState,
) -> None:
    assert restored(is_valid=is_valid, confirmed=confirmed) == Session(expected, confirmed=confirmed)


class Ledger:
    """The promise said another way: what is known of the one stored token, and of the sign-in, apart."""

    def __init__(self) -> None:
        self.token: str | None = None  # None, "yes", "no", "unknown"
        self.confirmed = False
        self.signing_in = False

    def hear(self, event: SessionEvent) -> None:
        if event in (E.ISSUED, E.REMOVED):
            self.token, self.confirmed, self.signing_in = ("unknown" if event is E.ISSUED else None), False, False
        elif event in (E.BEGUN, E.ABANDONED):
            self.signing_in = event is E.BEGUN
        elif self.token is not None:
            self._answer(event)

    def _answer(self, event: SessionEvent) -> None:
        if event is E.ACCEPTED:
            self.token, self.confirmed = "yes", True
        elif event is E.DOUBTED and self.token != "no":
            self.token, self.confirmed = "unknown", False
        elif event is E.REFUSED:
            self.token = "no"
        elif self.token != "no":
            self.token = "unknown"


NAMES = {None: S.DISCONNECTED, "yes": S.CONNECTED, "no": S.EXPIRED, "unknown": S.UNREACHABLE}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_random_walk_never_leaves_the_promise(seed: int) -> None:
    chance, session, ledger = random.Random(seed), Session(), Ledger()

    for _ in range(10_000):
        event = chance.choice(list(E))
        session = next_state(session, event)
        ledger.hear(event)
        assert session.beneath is NAMES[ledger.token]
        assert (session.state is S.CONNECTING) == ledger.signing_in
        assert session.confirmed == ledger.confirmed
