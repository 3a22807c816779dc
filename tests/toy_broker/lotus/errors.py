"""What Lotus' refusals mean: `{"ok": false, "error": word, "text": words}` under whatever status."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Final

from app.brokers import wire
from app.brokers.http import Reply
from app.domain import (
    BadCredentials,
    BrokerDown,
    InsufficientFunds,
    InvalidRequest,
    IpNotRegistered,
    MarketClosed,
    NotFound,
    NotSubscribed,
    OrderRejected,
    RateLimited,
    SessionExpired,
    TradingError,
    WireSurprise,
)


class Asked(StrEnum):
    """What an answer belongs to."""

    CALL = auto()
    FILE = auto()  # the instrument file, no JSON


ERRORS: Final[Mapping[object, type[TradingError]]] = MappingProxyType(
    {
        "no_session": SessionExpired,
        "wrong_key": BadCredentials,
        "wrong_code": BadCredentials,
        "no_prices": NotSubscribed,
        "address": IpNotRegistered,
        "not_found": NotFound,
        "bad_request": InvalidRequest,
        "no_money": InsufficientFunds,
        "closed": MarketClosed,
        "refused": OrderRejected,
        "too_many": RateLimited,
        "down": BrokerDown,
    }
)
COLUMNS: Final = b"exchange,symbol,token,name,kind,expiry,strike,tick,lot"
_SERVER: Final = range(500, 600)


def judge(asked: StrEnum, reply: Reply) -> None:
    """Raise what `reply` means when it is a refusal; the `Judge` of `Http`. What says nothing here, its status says."""
    if wire.is_page(reply.headers):
        return
    if asked is Asked.FILE:
        good = reply.body.startswith(COLUMNS)
    else:
        try:
            answer = reply.json()
        except WireSurprise:
            return
        if not isinstance(answer, dict):
            return
        good = answer.get("ok") is True
        if answer.get("ok") is False:
            word = answer.get("error")
            known = ERRORS.get(word) if isinstance(word, str) else None
            raise (known or WireSurprise)(f"{word}: {answer.get('text')}", broker_code=str(word))
    if good and reply.status in _SERVER:
        raise WireSurprise(f"{reply.status} with the body of a success")
