"""The session of one account at its broker, as a machine that one can draw.

    DISCONNECTED   no token                          -> BEGUN -> CONNECTING
    CONNECTING     a sign-in is under way            -> ISSUED -> UNREACHABLE (unconfirmed)   -> ABANDONED -> as before
    UNREACHABLE    a token, and nobody knows         -> ACCEPTED -> CONNECTED                 -> REFUSED -> EXPIRED
    CONNECTED      the broker said yes               -> UNANSWERED -> UNREACHABLE             -> REFUSED -> EXPIRED
    EXPIRED        the broker said no                -> BEGUN -> CONNECTING                   -> ACCEPTED -> CONNECTED
    CONNECTED      a renewal's answer is lost        -> DOUBTED -> UNREACHABLE (unconfirmed)
    any            the account is removed            -> REMOVED -> DISCONNECTED

A sign-in leaves the old session alone until the broker has issued a new token: what is heard about the old one while
CONNECTING changes only where ABANDONED leads back to. From ISSUED on there is no way back: the old token is dead, the
new one stays unconfirmed until the broker answers (promise A5). A renewal leaves a token that nobody was asked about,
the new one or, when its answer was lost, one that is perhaps dead: DOUBTED, also under a sign-in. Network trouble never
leads to EXPIRED (promise A1).
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from app.domain.records import dataclass


class SessionState(StrEnum):
    """Where a session stands."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"


class SessionEvent(StrEnum):
    """What can happen to a session."""

    BEGUN = "begun"  # a sign-in was started
    ABANDONED = "abandoned"  # it was cancelled, or failed before a token was issued
    ISSUED = "issued"  # a new token is stored
    ACCEPTED = "accepted"  # the broker said yes to the token
    REFUSED = "refused"  # the broker said no to the token
    UNANSWERED = "unanswered"  # something prevented an answer
    DOUBTED = "doubted"  # the token was renewed, or perhaps renewed: nobody knows whether the stored one lives
    REMOVED = "removed"  # the account is gone


@dataclass(frozen=True, slots=True)
class Session:
    """A state with what it must remember.

    `before` is what a sign-in in flight goes back to when it is given up (only in CONNECTING); `confirmed` says
    whether the broker has ever said yes to the present token.
    """

    state: SessionState = SessionState.DISCONNECTED
    before: SessionState | None = None
    confirmed: bool = False

    @property
    def beneath(self) -> SessionState:
        """How the stored token stands, whether or not a sign-in is under way."""
        return self.before if self.before is not None else self.state


def restored(*, is_valid: bool, confirmed: bool) -> Session:
    """The session of a token that was stored earlier and not asked about in this run."""
    state = SessionState.UNREACHABLE if is_valid else SessionState.EXPIRED
    return Session(state, confirmed=confirmed)


def next_state(session: Session, event: SessionEvent) -> Session:
    """What `session` becomes by `event`; an event that has no meaning in a state changes nothing."""
    return _MOVES[event](session)


def _begin(session: Session) -> Session:
    if session.state is SessionState.CONNECTING:  # one sign-in at a time
        return session
    return replace(session, state=SessionState.CONNECTING, before=session.state)


def _abandon(session: Session) -> Session:
    if session.before is None:
        return session
    return replace(session, state=session.before, before=None)


def _issue(_: Session) -> Session:
    return Session(SessionState.UNREACHABLE)


def _accept(session: Session) -> Session:
    return replace(_heard(session, SessionState.CONNECTED), confirmed=_has_token(session))


def _refuse(session: Session) -> Session:
    return _heard(session, SessionState.EXPIRED)


def _miss(session: Session) -> Session:
    if session.beneath is SessionState.EXPIRED:  # the broker's no still stands
        return session
    return _heard(session, SessionState.UNREACHABLE)


def _doubt(session: Session) -> Session:
    if session.beneath is SessionState.EXPIRED or not _has_token(session):  # a dead token is not renewed
        return session
    return replace(_heard(session, SessionState.UNREACHABLE), confirmed=False)


def _remove(_: Session) -> Session:
    return Session()


def _heard(session: Session, told: SessionState) -> Session:
    """News about the stored token: under a sign-in it only changes what is beneath."""
    if not _has_token(session):
        return session
    if session.state is SessionState.CONNECTING:
        return replace(session, before=told)
    return replace(session, state=told)


def _has_token(session: Session) -> bool:
    return session.beneath is not SessionState.DISCONNECTED


_MOVES: Final[dict[SessionEvent, Callable[[Session], Session]]] = {
    SessionEvent.BEGUN: _begin,
    SessionEvent.ABANDONED: _abandon,
    SessionEvent.ISSUED: _issue,
    SessionEvent.ACCEPTED: _accept,
    SessionEvent.REFUSED: _refuse,
    SessionEvent.UNANSWERED: _miss,
    SessionEvent.DOUBTED: _doubt,
    SessionEvent.REMOVED: _remove,
}
