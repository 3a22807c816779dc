"""What Dhan's refusals mean: one table, read from top to bottom, the first row that fits decides (section 6).

DH-905 and DH-906 each cover unrelated causes, 401 is not always a dead token and 500 may be an empty portfolio: hence
rows over what was asked, status, code and text together; `errorType` says nothing reliable. A row says "definite" by
its class: whatever `NoAnswer` it gives is no refusal, and an order that got it is unknown.
"""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any, Final

from app.brokers import wire
from app.brokers.http import Reply
from app.domain import (
    AuthorisationNeeded,
    BadCredentials,
    BrokerDown,
    InsufficientFunds,
    InsufficientHoldings,
    InvalidRequest,
    IpNotRegistered,
    LoginThrottled,
    MarketClosed,
    NotFound,
    NotReachable,
    NotSubscribed,
    OrderRejected,
    PermissionDenied,
    RateLimited,
    SessionExpired,
    TradingError,
    WireSurprise,
    WrongAccount,
)
from app.domain.records import dataclass

NO_HOLDINGS: Final = "DH-1111"
"""The code of an empty portfolio, which comes as a 500."""


class Asked(StrEnum):
    """What was asked decides what a refusal means."""

    READ = auto()
    HOLDINGS = auto()
    QUOTE = auto()
    ORDER_STATE = auto()
    CONSENT = auto()  # opening a sign-in in the browser
    CONSUME = auto()  # of the token id that the browser brought back
    PIN = auto()  # a sign-in with PIN and code
    MASTER = auto()  # the instrument file, no session
    ORDER = auto()
    CHANGE = auto()  # of an order, or its end


@dataclass(frozen=True, slots=True)
class Refusal:
    """Status, code and text of an error, whatever envelope it came in; empty texts where it gave none."""

    status: int
    code: str
    message: str


_ANY: Final = range(200, 600)
_REFUSED: Final = range(400, 600)
_CLIENT: Final = range(400, 500)
_SERVER: Final = range(500, 600)
_WHOLE: Final = range(200, 500)
_LOGIN: Final = (Asked.CONSENT, Asked.CONSUME, Asked.PIN)
_ORDER: Final = (Asked.ORDER, Asked.CHANGE)  # what may put or change something in the market
_FAILED: Final = frozenset({"failed", "failure", "error"})
_CODES: Final = ("errorCode", "internalErrorCode", "code")
_TEXTS: Final = ("errorMessage", "internalErrorMessage", "message", "error", "remarks")
_DATA_CODE: Final = re.compile(r"8\d\d")
_MARKS: Final = ("errorCode", "errorType", "internalErrorCode")
TELLTALES: Final = frozenset({"status", "error", "data", *_MARKS})
"""Keys by which an error is known; no row of a success has one."""


def _only(status: int) -> range:
    return range(status, status + 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """`error` when status, code, text and what was asked fit; an empty condition fits everything."""

    error: type[TradingError]
    codes: tuple[str, ...] = ()
    text: str = ""
    asked: tuple[Asked, ...] = ()
    status: range = _WHOLE
    field: str = ""
    title: str | None = None
    next_step: str | None = None
    wait: float | None = None

    def fits(self, asked: Asked, refusal: Refusal) -> bool:
        """Whether this row is about `refusal`."""
        return (
            refusal.status in self.status
            and (not self.codes or refusal.code in self.codes)
            and (not self.asked or asked in self.asked)
            and (not self.text or re.search(self.text, refusal.message, re.IGNORECASE) is not None)
        )


_ONE_MINT: Final = 120.0  # seconds between two tokens of one account (section 2.3)
_TOMORROW: Final = "Dhan opens 25 sign-ins a day. Use a token from web.dhan.co, or try again tomorrow."
_NOT_A_PAIR: Final = "Copy App id and App secret again from web.dhan.co; they live 12 months. Nothing was stored."
_IN_TRANSIT: Final = "The order has not reached the exchange yet. Try again in a few seconds."
_REFUSED_SIGN_IN: Final = "Dhan refused this sign-in"
_AGAIN: Final = "The page was open too long or was used before. Start the sign-in again. Nothing was stored."

_TABLE: Final[tuple[_Row, ...]] = (
    # whatever the status: the internet address, a missing plan, too many calls, an empty portfolio
    _Row(IpNotRegistered, ("DH-911",), status=_ANY),
    _Row(IpNotRegistered, text=r"\bInvalid IP\b", status=_ANY),
    _Row(NotSubscribed, ("806", "DH-902"), status=_ANY),
    _Row(LoginThrottled, text=r"2 minutes", asked=_LOGIN, status=_ANY, wait=_ONE_MINT),
    _Row(LoginThrottled, ("CONSENT_LIMIT_EXCEED",), asked=_LOGIN, status=_ANY, next_step=_TOMORROW),
    _Row(LoginThrottled, text=r"CONSENT_LIMIT_EXCEED", asked=_LOGIN, status=_ANY, next_step=_TOMORROW),
    _Row(RateLimited, ("805", "DH-904"), status=_ANY),
    _Row(RateLimited, status=_only(429)),
    _Row(NotFound, (NO_HOLDINGS,), asked=(Asked.HOLDINGS,), status=_ANY),
    # nobody knows: the broker's server has a problem
    _Row(BrokerDown, status=_SERVER),
    _Row(BrokerDown, ("DH-908", "DH-909", "DH-910", "800")),
    _Row(BrokerDown, text=r"\btimed?[ -]?out", asked=_ORDER),  # of a system behind it: the order may have reached it
    _Row(NotReachable, asked=(Asked.MASTER,), status=range(401, 404)),  # a file host knows no session
    # sign-in
    _Row(BadCredentials, text=r"Invalid Pin", asked=(Asked.PIN,), field="pin", title="Dhan refused this PIN"),
    _Row(BadCredentials, text=r"Invalid TOTP", asked=(Asked.PIN,), field="totp", title="Dhan refused this code"),
    _Row(WireSurprise, asked=_LOGIN, status=_only(404)),
    _Row(BadCredentials, asked=(Asked.CONSENT,), field="api_secret", next_step=_NOT_A_PAIR),
    _Row(BadCredentials, asked=(Asked.CONSUME,), status=_CLIENT, title=_REFUSED_SIGN_IN, next_step=_AGAIN),
    _Row(BadCredentials, text=r"token", asked=(Asked.CONSUME,), title=_REFUSED_SIGN_IN, next_step=_AGAIN),
    _Row(BadCredentials, asked=(Asked.PIN,), status=_CLIENT),
    # the session and what it may do
    _Row(SessionExpired, ("DH-901", "807", "808", "809")),
    _Row(SessionExpired, ("DH-906",), text=r"Invalid Token"),
    _Row(WrongAccount, ("810",), field="client_id"),
    _Row(SessionExpired, status=_only(401)),
    _Row(PermissionDenied, ("DH-903",)),
    # orders
    _Row(MarketClosed, ("DH-906",), text=r"Market is Closed"),
    _Row(OrderRejected, ("DH-906",), text=r"in Transit", asked=_ORDER, next_step=_IN_TRANSIT),
    _Row(AuthorisationNeeded, ("DH-905", "DH-906"), text=r"\be-?DIS\b|TPIN|CDSL", asked=_ORDER),
    _Row(InsufficientHoldings, ("DH-905", "DH-906"), text=r"insufficient.*holding|holding.*insufficient", asked=_ORDER),
    _Row(InsufficientFunds, ("DH-905", "DH-906"), text=r"insufficient", asked=_ORDER),
    _Row(NotFound, ("DH-906",), text=r"Incorrect request for order", asked=(Asked.ORDER_STATE, Asked.CHANGE)),
    _Row(NotFound, ("DH-906",), asked=(Asked.ORDER_STATE,), status=_only(404)),
    _Row(InvalidRequest, ("DH-905",)),
    _Row(OrderRejected, ("DH-906",), asked=_ORDER),
    _Row(InvalidRequest, ("DH-906", "804")),
    # what is not there
    _Row(NotFound, ("DH-907", "811", "812", "813", "814")),
    _Row(NotFound, asked=(Asked.MASTER,), status=_only(404)),
)


def error_for(asked: Asked, refusal: Refusal) -> TradingError:
    """What `refusal` means to one who asked `asked`; `WireSurprise` when no row knows it."""
    for row in _TABLE:
        if row.fits(asked, refusal):
            return row.error(
                refusal.message,
                title=row.title,
                next_step=row.next_step,
                broker_code=refusal.code,
                field=row.field,
                retry_after=row.wait,
            )
    return WireSurprise(f"{refusal.status} {refusal.code}: {refusal.message}", broker_code=refusal.code)


def judge(asked: StrEnum, reply: Reply) -> None:
    """Raise what `reply` means when it is an error in any of Dhan's envelopes (section 6.1); the `Judge` of `Http`."""
    if wire.is_page(reply.headers):  # a gateway's or a proxy's page: the status speaks, no 401 of theirs is ours
        return
    if asked is Asked.PIN and _issues(reply):  # section 2.3: a token is a success, whatever the status beside it
        return
    if reply.status in _SERVER and "csv" in reply.headers.get("content-type", "").lower():
        raise WireSurprise(f"{reply.status} with an instrument file")
    refusal = _refusal(reply)
    if refusal is None:
        return
    if asked == Asked.ORDER and _names_an_order(reply):
        raise WireSurprise(f"{refusal.status} {refusal.code}: a refusal that names an order")
    raise error_for(Asked(asked), refusal)


def _names_an_order(reply: Reply) -> bool:
    """Whether a no to a new order contradicts itself: an order that has an id may be in the market."""
    try:
        answer = reply.json()
    except WireSurprise:
        return False
    return isinstance(answer, dict) and bool(answer.get("orderId"))


def _issues(reply: Reply) -> bool:
    try:
        answer = reply.json()
    except WireSurprise:
        return False
    return reply.status not in _SERVER and isinstance(answer, dict) and bool(answer.get("accessToken"))


def _refusal(reply: Reply) -> Refusal | None:
    """The error in `reply`; None for an answer to be read, and for one that is no JSON: the reader says so."""
    try:
        answer = reply.json()
    except WireSurprise:
        answer = None
    first = answer[0] if isinstance(answer, list) and answer else answer
    if isinstance(first, dict) and _is_error(first):
        return Refusal(reply.status, *_code_and_text(first))
    if reply.status in _SERVER and first is not None and answer not in ({}, []):
        raise WireSurprise(f"{reply.status} with the body of a success")
    return Refusal(reply.status, "", "") if reply.status in _REFUSED else None


def _is_error(answer: Mapping[str, Any]) -> bool:
    status = answer.get("status")
    if isinstance(status, str) and status.lower() in _FAILED:
        return True
    return (
        any(answer.get(name) for name in _MARKS) or ("error" in answer and status in _REFUSED) or _is_data_code(answer)
    )


def _is_data_code(answer: Mapping[str, Any]) -> bool:
    """Whether `data` holds one of the 800 codes instead of prices; the status beside it may be missing."""
    data = answer.get("data")
    return isinstance(data, dict) and any(_DATA_CODE.fullmatch(key) for key in data)


def _code_and_text(answer: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the text of the five envelopes of section 6.1."""
    data = answer.get("data")
    if isinstance(data, dict) and data:  # {"data": {"806": "text"}, "status": "failed"}
        code, message = next(iter(data.items()))
        return str(code), message if isinstance(message, str) else ""
    return _first_code(answer), _first_text(answer, _TEXTS)


def _first_code(answer: Mapping[str, Any]) -> str:
    """A code of the 800s may stand there as the number that it is."""
    number = next((value for name in _CODES if type(value := answer.get(name)) is int), "")
    return _first_text(answer, _CODES) or str(number)


def _first_text(answer: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := answer.get(name), str) and value), "")
