"""What Kite's refusals mean: one table, read from top to bottom, the first row that fits decides (section 6).

Texts about the static IP stand first because they come with any error type; then the status, the error type, the text.
A row says "definite" by its class: whatever `NoAnswer` it gives is no refusal, and an order that got it is unknown.
"""

import re
from enum import Enum, auto
from typing import Final

from app.domain import (
    AccountError,
    AlreadyFinal,
    AuthorisationNeeded,
    BadCredentials,
    BrokerDown,
    DailyCap,
    InsufficientFunds,
    InsufficientHoldings,
    InvalidRequest,
    IpNotRegistered,
    Maintenance,
    MarketClosed,
    NotFound,
    NotSent,
    NotSubscribed,
    OrderError,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RequestError,
    SessionExpired,
    TradingError,
    TwoFactorDue,
    Unsupported,
    UserBlocked,
    WireSurprise,
    WrongAccount,
)
from app.domain.records import dataclass


class Asked(Enum):
    """What was asked decides what a refusal means."""

    READ = auto()
    QUOTE = auto()
    ORDER_STATE = auto()
    EXCHANGE = auto()  # of the request token for an access token
    ORDER = auto()
    CHANGE = auto()
    CANCEL = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Kite's error envelope; empty texts where it gave none. A no that names an order contradicts itself."""

    status: int
    error_type: str
    message: str
    order_id: str = ""


_ANY: Final = range(400, 600)
_CLIENT: Final = range(400, 500)
_SERVER: Final = range(500, 600)


@dataclass(frozen=True, slots=True)
class _Row:
    """`error` when status, type, text and what was asked fit; an empty condition fits everything."""

    error: type[TradingError]
    status: range = _CLIENT
    types: tuple[str, ...] = ()
    text: str = ""
    asked: tuple[Asked, ...] = ()
    field: str = ""
    title: str | None = None
    next_step: str | None = None

    def fits(self, asked: Asked, refusal: Refusal) -> bool:
        """Whether this row is about `refusal`."""
        return (
            refusal.status in self.status
            and (not self.types or refusal.error_type in self.types)
            and (not self.asked or asked in self.asked)
            and (not self.text or re.search(self.text, refusal.message, re.IGNORECASE) is not None)
        )


def _only(status: int) -> range:
    return range(status, status + 1)


WRITES: Final = (Asked.ORDER, Asked.CHANGE, Asked.CANCEL)
"""What may put or change something in the market."""
_LATER: Final = (Asked.CHANGE, Asked.CANCEL)
_EXCHANGE: Final = (Asked.EXCHANGE,)
_SIGNATURE: Final = r"api_key|access_token"
_NO_SUCH_ORDER: Final = r"(could ?n[o']t|can ?n[o']t|unable to) find|not found|no such|invalid .?order_id"
_AGAIN: Final = "The page was open too long or was used before. Start the sign-in again. Nothing was stored."
_NOT_A_PAIR: Final = (
    "You signed in correctly; the key and the secret do not belong together."
    " Copy the secret again from the broker's developer page. Nothing was stored."
)
_FOREIGN: Final = "This app belongs to another client id. Sign in with the client id that the app was made for."

_TABLE: Final[tuple[_Row, ...]] = (
    # the static IP: order calls only, any error type, the status is unrecorded
    _Row(IpNotRegistered, _ANY, text=r"^No IPs configured for this app", asked=WRITES),
    _Row(IpNotRegistered, _ANY, text=r"^IP \S+ is not allowed to place orders", asked=WRITES),
    _Row(DailyCap, _ANY, text=r"Maximum allowed order requests exceeded", asked=WRITES),
    _Row(RateLimited, _only(429)),
    _Row(AuthorisationNeeded, _only(428), asked=WRITES),
    _Row(AuthorisationNeeded, text=r"needs authorisation at depository", asked=WRITES),
    # nobody knows: the broker's server has a problem
    _Row(Maintenance, _SERVER, text=r"maintenance"),
    _Row(BrokerDown, _SERVER),
    _Row(BrokerDown, types=("NetworkException", "DataException")),
    _Row(BrokerDown, text=r"\btimed?[ -]?out", asked=WRITES),
    # the exchange of the request token
    _Row(WrongAccount, text=r"user is not enabled", next_step=_FOREIGN, field="client_id"),
    _Row(PermissionDenied, text=r"That API call is not allowed"),
    _Row(
        BadCredentials,
        text=r"checksum",
        asked=_EXCHANGE,
        field="api_secret",
        title="The broker refused this secret",
        next_step=_NOT_A_PAIR,
    ),
    _Row(BadCredentials, types=("InputException",), text=r"api_key", asked=_EXCHANGE, field="api_key"),
    _Row(
        BadCredentials,
        types=("TokenException",),
        asked=_EXCHANGE,
        title="The broker refused this sign-in",
        next_step=_AGAIN,
    ),
    _Row(BadCredentials, types=("InputException",), asked=_EXCHANGE),
    # the session and what it may do
    _Row(SessionExpired, _only(403), types=("TokenException",)),
    _Row(BadCredentials, _only(400), types=("InputException",), text=_SIGNATURE, field="api_key"),
    _Row(NotSubscribed, _only(403), types=("PermissionException",), asked=(Asked.QUOTE,)),
    _Row(TwoFactorDue, types=("TwoFAException",)),
    _Row(UserBlocked, types=("UserException",)),
    _Row(PermissionDenied, _only(403), types=("PermissionException", "PermissionError", "ForbiddenError")),
    # orders: the broker's own checks and the exchange's
    _Row(AlreadyFinal, text=r"cannot be (modified|cancelled).*being processed", asked=WRITES),
    _Row(InsufficientFunds, types=("MarginException",), asked=WRITES),
    _Row(InsufficientFunds, text=r"Insufficient funds|RMS:Margin Exceeds", asked=WRITES),
    _Row(InsufficientHoldings, types=("HoldingException",), asked=WRITES),
    _Row(InsufficientHoldings, text=r"Check holdings", asked=WRITES),
    _Row(MarketClosed, text=r"markets? (is|are) closed|market hours|after[ -]?market|\bAMO\b", asked=WRITES),
    _Row(NotFound, types=("InputException", "OrderException", "GeneralException"), text=_NO_SUCH_ORDER, asked=_LATER),
    _Row(InvalidRequest, types=("InputException",), asked=WRITES),
    _Row(OrderRejected, types=("OrderException", "GeneralException"), asked=WRITES),
    # what is not there
    _Row(NotFound, _only(404), asked=(Asked.ORDER_STATE,)),
    _Row(NotFound, text=_NO_SUCH_ORDER, asked=(Asked.ORDER_STATE,)),  # its status is not documented
    _Row(NotFound, _only(404), types=("InputException", "GeneralException")),
    _Row(Unsupported, _only(405), types=("InputException", "GeneralException")),
    _Row(Unsupported, _only(410), types=("InputException", "GeneralException")),
    _Row(InvalidRequest, types=("InputException",)),
)


def error_for(asked: Asked, refusal: Refusal, *, retry_after: float | None = None) -> TradingError:
    """What `refusal` means to one who asked `asked`; `WireSurprise` when no row knows it."""
    for row in _TABLE:
        if row.fits(asked, refusal):
            return row.error(
                refusal.message,
                title=row.title,
                next_step=row.next_step,
                broker_code=refusal.error_type,
                field=row.field,
                retry_after=retry_after,
            )
    return WireSurprise(f"{refusal.status} {refusal.error_type}: {refusal.message}")


_BY_HAND: Final = "The broker did not take it. Wait, then do it again: Kunji repeats no order by itself."
_DEFINITE: Final = (AccountError, OrderError, RequestError, RateLimited, DailyCap)
_BEFORE: Final = (AccountError, OrderError, RequestError, DailyCap)  # said without sending, or by a read before it


def order_outcome(error: TradingError, *, sent: bool, about: str) -> TradingError:
    """`error` of an order call as one of the outcomes it can have (security-promises section 6).

    A definite refusal stays what it is. Everything else means: not sent when nothing left this computer, else unknown.
    `about` names what to look for in the book.
    """
    if not sent:  # our own limiter's wait is no refusal of the broker
        return error if isinstance(error, _BEFORE) else NotSent(error.detail, retry_after=error.retry_after)
    if isinstance(error, RateLimited):
        code, wait = error.broker_code, error.retry_after
        return RateLimited(error.detail, next_step=_BY_HAND, broker_code=code, retry_after=wait)
    return error if isinstance(error, _DEFINITE) else OutcomeUnknown(f"{error.detail} ({about})")
