"""The fields of an order's body: types and words (sheet section 4.5), refused in the server's own texts (section 6)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.simulators.fyers.errors import Refusals
from app.simulators.fyers.words import PRODUCTS, TYPES

_NEEDED: Final = (
    "symbol", "qty", "type", "side", "productType", "limitPrice", "stopPrice", "validity", "disclosedQty",
    "offlineOrder",
)  # fmt: skip
_WORDS: Final[dict[str, tuple[object, ...]]] = {
    "type": tuple(TYPES),
    "side": (1, -1),
    "productType": tuple(PRODUCTS),
    "validity": ("DAY", "IOC"),
}
_TAG: Final = re.compile(r"[A-Za-z0-9]{1,30}")


def check_fields(body: object) -> Mapping[str, object]:
    """The body as fields with their types and words right."""
    if not isinstance(body, dict):
        raise Refusals.bad_order("Please provide valid inputs")
    fields: dict[str, object] = body
    for name in _NEEDED:
        if name not in fields:
            raise Refusals.bad_order(f"{name} is required")
    symbol = fields["symbol"]
    if not isinstance(symbol, str) or not symbol:
        raise Refusals.bad_order("symbol: String length must be greater than or equal to 1")
    for name, words in _WORDS.items():
        if isinstance(fields[name], bool) or fields[name] not in words:
            raise Refusals.bad_order(f"{name} must be one of the following: {', '.join(map(str, words))}")
    whole(fields, "qty", least=1)
    if not isinstance(fields["offlineOrder"], bool):
        raise Refusals.bad_order("offlineOrder: Invalid type. Expected: boolean, given: string")
    return fields


def check_tag(tag: object, client_id: str) -> str | None:
    """Letters and digits, 1 to 30, not the client id, not "Untagged" (section 10)."""
    if tag is None:
        return None
    if not isinstance(tag, str) or not _TAG.fullmatch(tag) or tag in {client_id, "Untagged"}:
        raise Refusals.bad_order("orderTag: Does not match pattern '^[a-zA-Z0-9]{1,30}$'")
    return tag


def whole(fields: Mapping[str, object], name: str, *, least: int = 0) -> int:
    """A whole number; a text is none."""
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusals.bad_order(f"{name}: Invalid type. Expected: integer, given: {type(value).__name__}")
    if name in {"type", "side"}:
        return value
    if value < least:
        raise Refusals.bad_order(f"{name}: Must be greater than or equal to {least}")
    return value


def number(fields: Mapping[str, object], name: str) -> Decimal:
    """An amount, 0 or above; a text is none."""
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refusals.bad_order(f"{name}: Invalid type. Expected: number, given: {type(value).__name__}")
    if value < 0:
        raise Refusals.bad_order(f"{name}: Must be greater than or equal to 0")
    return Decimal(value)
