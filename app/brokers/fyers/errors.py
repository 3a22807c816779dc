"""What Fyers' refusals mean: one table over status, code and text, the first row that fits decides (section 6).

The same code has several meanings (-50, -99, -352), and some errors come inside HTTP 200. A row says "definite" by its
class: whatever `NoAnswer` it gives is no refusal, and an order that got it is unknown.
"""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any, Final

from app.brokers import wire
from app.brokers.http import Reply
from app.domain import (
    AlreadyFinal,
    BadCredentials,
    BrokerDown,
    InsufficientFunds,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotSubscribed,
    OrderRejected,
    PermissionDenied,
    RateLimited,
    SessionExpired,
    TradingError,
    WireSurprise,
)
from app.domain.records import dataclass


class Asked(StrEnum):
    """What was asked decides what a refusal means."""

    READ = auto()
    QUOTE = auto()
    ORDER_STATE = auto()
    EXCHANGE = auto()  # of the auth_code for a token
    LOGOUT = auto()
    MASTER = auto()  # an instrument file, no session
    ORDER = auto()  # a new order
    CHANGE = auto()  # to an order, or its end


@dataclass(frozen=True, slots=True)
class Refusal:
    """Fyers' error envelope: `code` None where it gave no number, `order_id` empty where no order came to be."""

    status: int
    code: int | None
    message: str
    order_id: str = ""


_ANY: Final = range(200, 600)
_WHOLE: Final = range(200, 500)  # HTTP 200 and every refusal: the sheet knows no status for these codes
_CLIENT: Final = range(400, 500)
_SERVER: Final = range(500, 600)
_NEW: Final = (Asked.ORDER,)
_ORDER: Final = (Asked.ORDER, Asked.CHANGE)  # whatever may put or change something in the market
_QUOTE: Final = (Asked.QUOTE,)
_EXCHANGE: Final = (Asked.EXCHANGE,)


def _only(status: int) -> range:
    return range(status, status + 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """`error` when status, code, text and what was asked fit; an empty condition fits everything."""

    error: type[TradingError]
    codes: frozenset[int] = frozenset()
    text: str = ""
    asked: tuple[Asked, ...] = ()
    status: range = _CLIENT
    with_order: bool = False  # only where the refusal names an order
    field: str = ""
    title: str | None = None
    next_step: str | None = None

    def fits(self, asked: Asked, refusal: Refusal) -> bool:
        """Whether this row is about `refusal`."""
        return (
            refusal.status in self.status
            and (not self.codes or refusal.code in self.codes)
            and (not self.asked or asked in self.asked)
            and (not self.with_order or bool(refusal.order_id))
            and (not self.text or re.search(self.text, refusal.message, re.IGNORECASE) is not None)
        )


def _codes(*codes: int) -> frozenset[int]:
    return frozenset(codes)


_IN_BOOK: Final = -99  # the one refusal that is said to name an order: it stands in the book as rejected
_TOKEN: Final = _codes(-8, -15, -16, -17)
_NOT_ALLOWED: Final = r"not allowed from this app"
_ABOUT_IT: Final = r"authenticate|token|expired"
_DOWN: Final = _codes(-96, -201, -202, -204, -205)
_VALIDATION: Final = _codes(-209, 400, *range(-164, -156), *range(-399, -300))  # older codes, one a field
_AGAIN: Final = "The page was open too long or was used before. Start the sign-in again. Nothing was stored."
_NOT_A_PAIR: Final = (
    "App ID (with its suffix, -100 or -200) and Secret ID do not belong together. Copy both again from"
    " myapi.fyers.in. Nothing was stored."
)
_NO_ORDERS: Final = "Fyers takes no orders from this app or internet address"
_NO_ORDERS_STEP: Final = (
    "Orders need three things at myapi.fyers.in: an activated algo-trading app (App ID with -200), its Order Placement"
    " permission, and your registered static IP address. You can still watch."
)
_NO_PRICES: Final = "Prices are not among your app's permissions"
_NO_PRICES_STEP: Final = "P&L uses the prices in your positions. Give the app Market Data at myapi.fyers.in."
_IN_THE_BOOK: Final = "It stands in the order book as rejected. Read the broker's reason and correct the order."
_AS_IT_WAS: Final = "The order stands as it was. Read the broker's reason."
_OF_CHANGES: Final = (OrderRejected, InsufficientFunds, InvalidRequest)

_TABLE: Final[tuple[_Row, ...]] = (
    # whatever the status: too many calls; +429 on the data paths, -429 on the trading ones
    _Row(RateLimited, _codes(429, -429), status=_ANY),
    _Row(RateLimited, status=_only(429)),
    # nobody knows: the broker's server has a problem
    _Row(BrokerDown, status=_SERVER),
    _Row(BrokerDown, _DOWN, status=_WHOLE),
    _Row(BrokerDown, text=r"\btimed?[ -]?out", asked=_ORDER, status=_WHOLE),  # of a system behind it
    # sign-in
    _Row(BadCredentials, _codes(-5, -371), asked=_EXCHANGE, status=_WHOLE, field="api_secret", next_step=_NOT_A_PAIR),
    _Row(
        BadCredentials,
        _codes(-437, -374, -501),
        asked=_EXCHANGE,
        status=_WHOLE,
        title="Fyers refused this sign-in",
        next_step=_AGAIN,
    ),
    _Row(InvalidRequest, _codes(-352), text=r"exit", asked=_ORDER, status=_WHOLE),
    _Row(BadCredentials, _codes(-352), status=_WHOLE, field="api_key", next_step=_NOT_A_PAIR),
    _Row(BadCredentials, _TOKEN | _codes(-50), asked=_EXCHANGE, status=_WHOLE, next_step=_NOT_A_PAIR),
    # the session; a client confirms a no before it believes it
    _Row(SessionExpired, _TOKEN),
    _Row(SessionExpired, _TOKEN, text=_ABOUT_IT, status=_only(200)),
    # what the app may do
    _Row(
        IpNotRegistered,
        _codes(-50),
        text=_NOT_ALLOWED,
        asked=_ORDER,
        status=_WHOLE,
        title=_NO_ORDERS,
        next_step=_NO_ORDERS_STEP,
    ),
    _Row(
        NotSubscribed,
        _codes(-50),
        text=_NOT_ALLOWED,
        asked=_QUOTE,
        status=_WHOLE,
        title=_NO_PRICES,
        next_step=_NO_PRICES_STEP,
    ),
    _Row(PermissionDenied, _codes(-50), text=_NOT_ALLOWED, status=_WHOLE),
    _Row(NotSubscribed, _codes(-373), asked=_QUOTE, status=_WHOLE, title=_NO_PRICES, next_step=_NO_PRICES_STEP),
    _Row(PermissionDenied, _codes(-373), status=_WHOLE),
    # orders: what the broker's and the exchange's rules refused
    _Row(InsufficientFunds, _codes(-99), text=r"^RED:\s*Margin", asked=_ORDER, status=_WHOLE),
    _Row(OrderRejected, _codes(-99), text=r"^RED:", asked=_ORDER, status=_WHOLE, next_step=_IN_THE_BOOK),
    # a refused change names its order too: there the id alone proves nothing
    _Row(OrderRejected, _codes(-99), with_order=True, asked=_NEW, status=_WHOLE, next_step=_IN_THE_BOOK),
    _Row(AlreadyFinal, _codes(-52), status=_WHOLE),
    _Row(NotFound, _codes(-51, -53), status=_WHOLE),
    _Row(OrderRejected, _codes(-50), asked=_ORDER),
    # what was asked wrongly
    _Row(NotFound, _codes(-300), status=_WHOLE, field="symbol"),
    _Row(NotFound, _codes(-50), asked=_QUOTE, status=_only(400), field="symbol"),
    _Row(InvalidRequest, _codes(-50)),
    _Row(InvalidRequest, _VALIDATION, status=_WHOLE),
    _Row(BrokerDown, _codes(-99)),
    # an unknown code: the documented meaning of the bare status
    _Row(SessionExpired, status=_only(401), asked=(Asked.READ, Asked.QUOTE, Asked.ORDER_STATE, *_ORDER)),
    _Row(NotSubscribed, status=_only(403), asked=_QUOTE, title=_NO_PRICES, next_step=_NO_PRICES_STEP),
    _Row(PermissionDenied, status=_only(403)),
)


def error_for(asked: Asked, refusal: Refusal, *, retry_after: float | None = None) -> TradingError:
    """What `refusal` means to one who asked `asked`; `WireSurprise` when no row knows it."""
    code = "" if refusal.code is None else str(refusal.code)
    detail = f"{refusal.message} (order {refusal.order_id})" if refusal.order_id else refusal.message
    for row in _TABLE:
        if row.fits(asked, refusal):
            is_change = asked is Asked.CHANGE and row.error in _OF_CHANGES
            return row.error(
                detail,
                title=row.title,
                next_step=_AS_IT_WAS if is_change else row.next_step,
                broker_code=code,
                field=row.field,
                retry_after=retry_after if row.error is RateLimited else None,
            )
    return WireSurprise(f"{refusal.status} {code}: {detail}", broker_code=code)


def judge(asked: StrEnum, reply: Reply) -> None:
    """Raise what `reply` means when it is an error in Fyers' envelope, under whatever status; the `Judge` of `Http`."""
    if asked is Asked.MASTER:
        _judge_file(reply)
        return
    if wire.is_page(reply.headers):  # the edge's or a proxy's page: the status speaks, no 401 of theirs is ours
        return
    try:
        answer = reply.json()
    except WireSurprise:  # empty or no JSON: the status speaks, or the reader
        return
    if not isinstance(answer, dict):
        return
    if _said(answer) == "error":
        refusal = _refusal(reply.status, answer)
        if asked == Asked.ORDER and refusal.order_id and refusal.code != _IN_BOOK:  # it may be in the market
            raise WireSurprise(f"{reply.status} {refusal.code}: a refusal that names the order {refusal.order_id}")
        raise error_for(Asked(asked), refusal, retry_after=_wait(reply))
    if _said(answer) == "ok" and reply.status in _SERVER:
        raise WireSurprise(f"{reply.status} with the body of a success")


def _judge_file(reply: Reply) -> None:
    """A file server speaks by its status; the rows of a file under a server error are a success-looking body."""
    if reply.status in _SERVER and reply.body.partition(b"\n")[0].count(b",") >= _COMMAS:
        raise WireSurprise(f"{reply.status} with the body of a success")


def _said(answer: Mapping[str, Any]) -> str:
    said = answer.get("s")
    return said.lower() if isinstance(said, str) else ""


def _refusal(status: int, answer: Mapping[str, Any]) -> Refusal:
    code, message, order_id = answer.get("code"), answer.get("message"), answer.get("id")
    is_number = isinstance(code, int) and not isinstance(code, bool)
    is_id = isinstance(order_id, str | int) and not isinstance(order_id, bool)
    return Refusal(
        status,
        code if is_number else None,
        message.strip() if isinstance(message, str) else "",
        str(order_id).strip() if is_id else "",
    )


_COMMAS: Final = 20  # 21 columns (section 8)
_MINUTE: Final = 60.0
_MILLISECONDS: Final = 1000


def _wait(reply: Reply) -> float | None:
    """The wait of a 429 where Retry-After does not tell it: the header in milliseconds, or a minute for "few mins".

    The minute counts: who breaks its limit more than three times a day is locked out until the next (section 7).
    """
    if reply.headers.get("retry-after", "").strip():
        return None
    milliseconds = reply.headers.get("x-retry-after-ms", "").strip()
    if milliseconds.isascii() and milliseconds.isdecimal():
        return min(int(milliseconds[:9]) / _MILLISECONDS, wire.LONGEST_WAIT)
    return _MINUTE if b"mins" in reply.body else None
