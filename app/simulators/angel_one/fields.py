"""The fields of an order's body: numbers are texts, as in the official samples, and JSON numbers are taken, too."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.simulators.angel_one import names
from app.simulators.angel_one.errors import Refusals

Body = Mapping[str, Any]
STOPS: Final = frozenset({"STOPLOSS_LIMIT", "STOPLOSS_MARKET"})
_TYPES: Final = {"LIMIT": "LIMIT", "MARKET": "MARKET", "STOPLOSS_LIMIT": "SL", "STOPLOSS_MARKET": "SL-M"}
_TAG_LENGTH: Final = 20


def variety(body: Body, *others: str) -> str:
    """NORMAL, STOPLOSS or one of `others`; brackets may be blocked and are (section 5)."""
    word = body.get("variety")
    if word == "ROBO":
        raise Refusals.bad_order("ROBO orders are blocked", "AB2002")
    if word not in {"NORMAL", "STOPLOSS", *others}:
        raise Refusals.bad_order("Invalid Order Variety", "AB1008")
    return str(word)


def word(body: Body, name: str, *words: str) -> str:
    """One of `words`; a bad one is an empty 400 (section 6.1)."""
    value = body.get(name)
    if value not in words:
        raise Refusals.bad_word()
    return str(value)


def order_type(body: Body, kind: str) -> str:
    """The books' type; it must go with the variety (section 5), of which AMO takes all."""
    given = word(body, "ordertype", *_TYPES)
    if kind != "AMO" and (given in STOPS) != (kind == "STOPLOSS"):
        raise Refusals.bad_order("Invalid Order Variety", "AB1008")
    return _TYPES[given]


def product(body: Body, *, derivative: bool) -> str:
    """The books' product: shares are not carried forward, contracts are not delivered."""
    given = body.get("producttype")
    if given == "BO":
        raise Refusals.bad_order("ROBO orders are blocked", "AB2002")
    ours = names.PRODUCTS.get(given) if isinstance(given, str) else None
    if ours is None or ours in ({"CNC", "MTF"} if derivative else {"NRML"}):
        raise Refusals.bad_order("Invalid Product Type", "AB1012")
    return ours


def number(body: Body, name: str) -> Decimal:
    """An amount, 0 when it is not there."""
    value = body.get(name, "0")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refusals.bad_order(f"Invalid {name}")
    try:
        amount = Decimal(str(value) or "0")
    except InvalidOperation:
        raise Refusals.bad_order(f"Invalid {name}") from None
    if not amount.is_finite() or amount < 0:
        raise Refusals.bad_order(f"Invalid {name}")
    return amount


def whole(body: Body, name: str, *, least: int = 0) -> int:
    """A whole number."""
    amount = number(body, name)
    if amount != amount.to_integral_value() or amount < least:
        raise Refusals.bad_order(f"Invalid {name}")
    return int(amount)


def tag(body: Body) -> str | None:
    """The ordertag: not more than 20 characters (section 10)."""
    given = body.get("ordertag")
    if given in (None, ""):
        return None
    if not isinstance(given, str) or len(given) > _TAG_LENGTH:
        raise Refusals.bad_order("ordertag should not be more than 20 characters", "AB4008")
    return given
