"""What Angel One's refusals mean: one table, read from top to bottom, the first row that fits decides (section 6).

The HTTP status tells almost nothing: dead tokens and refused sign-ins come with 200, too many calls with 403 and a
plain text. A row says "definite" by its class: whatever `NoAnswer` it gives is no refusal, and an order that got it is
unknown.
"""

import re
from enum import StrEnum, auto
from typing import Any, Final

from app.brokers import wire
from app.brokers.http import Reply
from app.domain import (
    AuthorisationNeeded,
    BadCredentials,
    BrokerDown,
    InsufficientFunds,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotReachable,
    OrderRejected,
    PermissionDenied,
    RateLimited,
    SessionExpired,
    TradingError,
    UserBlocked,
    WireSurprise,
)
from app.domain.records import dataclass


class Asked(StrEnum):
    """What was asked decides what a refusal means."""

    LOGIN = auto()
    READ = auto()
    LIST = auto()  # a book: "none found" is an empty one
    QUOTE = auto()
    ORDER_STATE = auto()
    MASTER = auto()  # the instrument file, no session
    ORDER = auto()  # a new order
    CHANGE = auto()  # to an order
    CANCEL = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Code and text of an error, whatever envelope it came in; empty texts where it gave none."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _Row:
    """`error` when code, text and what was asked fit; an empty condition fits everything.

    A code that ends in a dot stands for all codes that begin so.
    """

    error: type[TradingError]
    codes: tuple[str, ...] = ()
    text: str = ""
    asked: tuple[Asked, ...] = ()
    field: str = ""
    title: str | None = None
    next_step: str | None = None

    def fits(self, asked: Asked, refusal: Refusal) -> bool:
        """Whether this row is about `refusal`."""
        return (
            (not self.codes or any(_matches(code, refusal.code) for code in self.codes))
            and (not self.asked or asked in self.asked)
            and (not self.text or re.search(self.text, refusal.message, re.IGNORECASE) is not None)
        )


def _matches(pattern: str, code: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith(".") else code == pattern


_OK: Final = 200
_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SERVER: Final = range(500, 600)
_LOGIN: Final = (Asked.LOGIN,)
_ORDER: Final = (Asked.ORDER, Asked.CHANGE, Asked.CANCEL)  # whatever may put or change something in the market
_TOO_OFTEN: Final = r"exceeding (access|rate)|access limits?|too many requests"
_WRONG_VALUES: Final = ("AB1003", "AB1005", "AB1008", "AB1012", "AB1017", "AB4006", "AB4008", "AB4018", "E1001")
_CORRECT_IT: Final = "The broker refused it and nothing is in the market. Correct it and order again."
_AS_IT_WAS: Final = "The order stands as it was. Read the broker's reason."
_CHANGES: Final = (Asked.CHANGE, Asked.CANCEL)
_OF_CHANGES: Final = (OrderRejected, InsufficientFunds, AuthorisationNeeded, InvalidRequest)
_NO_TRADING: Final = "Angel One has blocked this client for trading"
_NO_TRADING_STEP: Final = "Ask Angel One's support why. You can still watch."
_LONGEST_TEXT: Final = 2000
_NO_JSON: Final = object()
_NEW_CODE: Final = (
    "Check that the clock of this computer and of your phone is right, then type the newest code. Nothing was stored."
)
_COPY_KEY: Final = "Copy the API key again from smartapi.angelone.in. Nothing was stored."
_CODE_OR_PIN: Final = "Angel One refused this client code or this PIN"
_MPIN: Final = "Type the PIN of the Angel One app, not the web password. Nothing was stored."

_TABLE: Final[tuple[_Row, ...]] = (
    # too many calls; some of these come as message and code alone
    _Row(RateLimited, ("AB1021", "AB1023", "E1002")),
    _Row(RateLimited, text=_TOO_OFTEN),
    # the source address, orders only
    _Row(IpNotRegistered, ("AG7002",)),
    _Row(IpNotRegistered, text=r"unregistered IP"),
    # the session
    _Row(SessionExpired, ("AG8001", "AG8002", "AG8003", "AB8050", "AB8051", "AB1010", "AB1011", "AB9005")),
    _Row(BadCredentials, ("AG8004",), field="api_key", title="Angel One refused this API key", next_step=_COPY_KEY),
    # sign-in
    _Row(BadCredentials, ("AB1050",), field="totp", title="Angel One refused this code", next_step=_NEW_CODE),
    _Row(BadCredentials, text=r"MPIN", asked=_LOGIN, field="pin", next_step=_MPIN),
    _Row(BadCredentials, ("AB1002", "AB1031"), field="pin", next_step=_MPIN),
    _Row(BadCredentials, ("AB1000", "AB1032"), field="client_id"),
    _Row(BadCredentials, ("AB1001",)),
    _Row(BadCredentials, ("AB1007",), asked=_LOGIN, field="pin", title=_CODE_OR_PIN, next_step=_MPIN),
    _Row(PermissionDenied, ("AB1006",), asked=_ORDER, title=_NO_TRADING, next_step=_NO_TRADING_STEP),
    _Row(UserBlocked, ("AB1006",)),
    # what is not there; AB1007 is also the general error of the system behind it
    _Row(WireSurprise, ("AB1009", "AB1018", "AB9019"), asked=(Asked.LIST,)),
    _Row(NotFound, ("AB1007",), text=r"not found", asked=(Asked.ORDER_STATE,)),
    _Row(NotFound, ("AB1013", "AB1014", "AB1015", "AB1016", "AB1009", "AB1018", "AB9019")),
    # orders: refused at once, whatever code comes with these words
    _Row(InsufficientFunds, text=r"insufficient funds", asked=_ORDER),
    _Row(AuthorisationNeeded, text=r"\bE-?DIS\b|TPIN|CDSL", asked=_ORDER),
    _Row(OrderRejected, text=r"Limit Price Protection|Permissible range", asked=_ORDER),
    _Row(OrderRejected, text=r"Adapter is Logged Off|Admin stopped AMO", asked=_ORDER),
    # nobody knows: the broker's server has a problem
    _Row(BrokerDown, text=r"\btimed?[ -]?out", asked=_ORDER),
    _Row(BrokerDown, ("AB1004", "AB1007", "AB2000", "AB2001", "AB9000", "AG2001")),
    _Row(PermissionDenied, ("AB2002",)),
    _Row(InsufficientFunds, ("AB2020",)),
    # a wrong value
    _Row(InvalidRequest, _WRONG_VALUES, asked=_ORDER, next_step=_CORRECT_IT),
    _Row(InvalidRequest, _WRONG_VALUES),
    _Row(InvalidRequest, ("AB90.",)),
    _Row(OrderRejected, ("AB10.", "AB40."), asked=_ORDER),  # validation: surely not done (section 10)
)


def error_for(asked: Asked, refusal: Refusal) -> TradingError | None:
    """What `refusal` means to one who asked `asked`; None when no row knows it."""
    for row in _TABLE:
        if row.fits(asked, refusal):
            is_change = asked in _CHANGES and row.error in _OF_CHANGES
            return row.error(
                refusal.message,
                title=row.title,
                next_step=_AS_IT_WAS if is_change else row.next_step,
                broker_code=refusal.code,
                field=row.field,
            )
    return None


def judge(asked: StrEnum, reply: Reply) -> None:
    """Raise what `reply` means unless it is a success (section 6.1); the `Judge` of `Http`.

    Success is 200, a JSON object and `status` or `success` that is true: the text "false" is none. Too many calls (429)
    and 5xx without a success are left to `Http`.
    """
    kind = Asked(asked)
    if kind is Asked.MASTER:
        _judge_file(reply)
        return
    answer = _decoded(reply)
    if answer is _NO_JSON:
        _raise_unreadable(kind, reply)
    elif isinstance(answer, dict) and _is_success(answer):
        if reply.status != _OK:
            raise WireSurprise(f"a success under status {reply.status}")
    else:
        _raise_refusal(kind, reply, answer)


def _judge_file(reply: Reply) -> None:
    """A file server speaks by its status; a list under a server error is a success-looking body. It is not decoded."""
    if reply.status in _SERVER and reply.body[:_LONGEST_TEXT].lstrip().startswith(b"["):
        raise WireSurprise(f"{reply.status} with the body of a success")
    if reply.status != _OK:
        _raise_unreadable(Asked.MASTER, reply)


def _decoded(reply: Reply) -> object:
    """The JSON of `reply`; a web page is none, whatever stands in it: no word of a proxy is the broker's."""
    if wire.is_page(reply.headers):
        return _NO_JSON
    try:
        return reply.json()
    except WireSurprise:
        return _NO_JSON


def _is_success(answer: dict[str, Any]) -> bool:
    return answer.get("status") is True or answer.get("success") is True


def _raise_unreadable(asked: Asked, reply: Reply) -> None:
    """The shapes that are no JSON: the plain text of a limit, a page of a firewall or a proxy, nothing at all."""
    said = reply.body[:_LONGEST_TEXT].decode("utf-8", "replace").strip()
    if re.search(_TOO_OFTEN, said, re.IGNORECASE):
        raise RateLimited(said)
    if _is_left_to_http(reply):
        return
    if wire.is_page(reply.headers) or said.startswith("<"):
        raise NotReachable(f"{reply.status} with a web page: something between us and the broker answered")
    raise _by_status(asked, reply, said) or WireSurprise(f"{reply.status}, no JSON" if said else "an empty answer")


def _raise_refusal(asked: Asked, reply: Reply, answer: object) -> None:
    if _is_left_to_http(reply):
        return
    if not isinstance(answer, dict):
        raise _by_status(asked, reply, "") or WireSurprise("neither success nor refusal")
    code = _text(answer, "errorcode") or _text(answer, "errorCode")
    refusal = Refusal(code, _text(answer, "message"))
    if asked is Asked.ORDER and _names_an_order(answer):
        raise WireSurprise(f"{reply.status} {code}: a refusal that names an order", broker_code=code)
    raise (
        error_for(asked, refusal)
        or _by_status(asked, reply, refusal.message)
        or WireSurprise(f"{reply.status} {code}: {refusal.message}", broker_code=code)
    )


def _names_an_order(answer: dict[str, Any]) -> bool:
    """Whether a no to a new order contradicts itself: an order that has an id may be in the market."""
    data = answer.get("data")
    return isinstance(data, dict) and bool(data.get("orderid") or data.get("uniqueorderid"))


def _is_left_to_http(reply: Reply) -> bool:
    return reply.status == _TOO_MANY or reply.status in _SERVER


def _by_status(asked: Asked, reply: Reply, said: str) -> TradingError | None:
    """401 is the token, 403 a refusal when it is no limit (section 6.2); a bare 403 proves nothing of an order."""
    if asked is Asked.MASTER:
        return None
    if reply.status == _UNAUTHORISED:
        return BadCredentials(said) if asked is Asked.LOGIN else SessionExpired(said)
    if reply.status == _FORBIDDEN and asked not in _ORDER:
        return PermissionDenied(said)
    return None


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""
