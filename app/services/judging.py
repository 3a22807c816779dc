"""What a failure means: for the session it happened to, and as one of the three answers."""

from typing import Final

from app.domain import (
    AccountError,
    BadCredentials,
    BrokerDown,
    IpNotRegistered,
    Maintenance,
    NoAnswer,
    NotReachable,
    SessionExpired,
    TradingError,
    TwoFactorDue,
    UserBlocked,
    WrongAccount,
)
from app.domain.sessions import SessionEvent
from app.services.answers import No, Unknown

_DEAD: Final = (SessionExpired, BadCredentials, WrongAccount)
_BARRED: Final = (UserBlocked, TwoFactorDue)
_AWAY: Final = (NotReachable, BrokerDown, Maintenance)


def heard(error: TradingError, *, asked: bool) -> SessionEvent | None:
    """What `error` says about the session; None when it says nothing about it.

    `asked` means that the question was about the session itself. On any other call a broker that asks to wait, or an
    answer that cannot be read, leaves the session as it is.
    """
    if isinstance(error, _DEAD):
        return SessionEvent.REFUSED
    if isinstance(error, _AWAY) or (asked and isinstance(error, NoAnswer)):
        return SessionEvent.UNANSWERED
    return None


def bars(error: TradingError, *, asked: bool) -> bool:
    """Whether the broker refuses the account though the session is not dead (blocked, second factor due)."""
    if isinstance(error, _DEAD):
        return False
    return isinstance(error, _BARRED) or (asked and isinstance(error, AccountError))


def bars_orders(error: TradingError) -> bool:
    """Whether only orders are refused: the account can still be watched."""
    return isinstance(error, IpNotRegistered)


def answer_of(error: TradingError) -> No | Unknown:
    """A failure as an answer: what prevented one leaves the question open, everything else is a definite no."""
    return Unknown(error) if isinstance(error, NoAnswer) else No(error)
