"""Large answers decoded quickly: exact numbers in a third of the time of a strict decoding, and nothing odd passes.

Rows come out as objects instead of dictionaries. A form learns from a strictly decoded answer which keys this broker's
rows have; the next answer takes the quick way if every row has exactly these. Anything else, from a number that cannot
be right to a key that was never seen before, takes the strict way, which knows what is wrong with it, if anything, and
teaches the form anew.

msgspec silently takes the last of two equal keys. Hence every key is counted: where each row has all of its keys at
least once, and the bytes hold no more of them than that, none is there twice.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import msgspec

from app.brokers import exact, wire
from app.domain import (
    Exchange,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Position,
    Product,
    SubState,
    Validity,
    WireSurprise,
)
from app.domain.records import dataclass

_KEY: Final = b'":'  # in a text it would count as a key, and the answer take the strict way
_COLON: Final = b":"
_ESCAPE: Final = b"\\"  # of a colon too
_BLANKS: Final = b" \t\n\r"  # JSON's; they may stand between a key and its colon
_UNREAD: Final = str | int | float | bool | None
_MOST_KEYS: Final = 100  # twice as many as any broker's row has
_ODD: Final = (WireSurprise, msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)


class Row(msgspec.Struct, gc=False, kw_only=True):
    """One row. A subclass declares what is read of it and its broker's name, with None where it may be absent.

    Of a field that is `Any` a number with a point is a Decimal, a possible one; whoever reads it checks the rest.
    """

    def plain(self) -> dict[str, Any]:
        """The row as the strict way would have it, for one that is unusual."""
        return dict(zip(self.__struct_encode_fields__, msgspec.structs.astuple(self), strict=True))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A decoder of answers with these keys."""

    decoder: msgspec.json.Decoder[Any]
    of_a_row: int
    beside: tuple[str, ...]  # what stands beside the list of rows
    colons: int | None  # in texts; None where there are some


R = TypeVar("R", bound=Row)


def amount(value: object, name: str) -> Decimal:
    """Like `exact.money` for a field of a `Row`: where its number has a point it is known to be a possible one."""
    return value if type(value) is Decimal else exact.money(value, name)


def price(value: object, name: str) -> Decimal | None:
    """Like `amount`, None where it is absent or 0: 0 is no price."""
    if type(value) is Decimal:
        return value or None
    return None if value is None else exact.money(value, name) or None


def rows_of(kind: type[R], value: object) -> list[R] | None:
    """`value` as the rows of a quick decoding; None when it is something else."""
    return cast("list[R]", value) if isinstance(value, list) and value and isinstance(value[0], kind) else None


class Draft(msgspec.Struct, gc=False):
    """A position about to be made, field by field in the order of `Position`."""

    symbol: str
    exchange: Exchange
    product: Product
    quantity: int
    average_price: Decimal
    last_price: Decimal | None
    pnl: Decimal
    realised: Decimal
    unrealised: Decimal
    broker_symbol: str
    close_price: Decimal | None
    multiplier: Decimal
    price_is_derived: bool = False


def positions_of(drafts: list[Draft | Position]) -> list[Position]:
    """The positions, all at once: in half the time that calling `Position` for each would take."""
    return msgspec.convert(drafts, list[Position], from_attributes=True)


class OrderDraft(msgspec.Struct, gc=False):
    """An order about to be made, field by field in the order of `Order`."""

    order_id: str
    symbol: str
    exchange: Exchange
    product: Product
    side: OrderSide
    order_type: OrderType
    quantity: int
    filled_quantity: int
    price: Decimal | None
    trigger_price: Decimal | None
    average_price: Decimal | None
    status: OrderStatus | None
    sub_state: SubState
    raw_status: str
    message: str
    placed_at: datetime | None
    tag: str
    broker_symbol: str
    validity: Validity | None = None
    disclosed_quantity: int | None = None


def orders_of(drafts: Sequence[OrderDraft | Order]) -> list[Order]:
    """The orders, all at once; see `positions_of`."""
    return msgspec.convert(drafts, list[Order], from_attributes=True)


class Form:
    """How the answers to one question are decoded; keeps what it has learnt."""

    def __init__(self, row: type[Row], *, under: str = "", never: frozenset[str] = frozenset()) -> None:
        """The rows are the whole answer or stand `under` a key of it; with a key of `never` they go the strict way."""
        self._row = row
        self._under = under
        self._never = never
        self._seen: _Seen | None = None

    def decode(self, body: bytes) -> object:
        """Like `wire.decode`, but the rows may be objects of the form's class."""
        answer = None if self._seen is None else self._quickly(self._seen, body)
        if answer is None:
            answer = wire.decode(body)
            self._learn(answer)
        return answer

    def _quickly(self, seen: _Seen, body: bytes) -> object:
        """The answer with objects for rows; None when it must be decoded strictly."""
        try:
            answer = seen.decoder.decode(body)
            rows = answer.rows if self._under else answer
            beside = [bytes(getattr(answer, _beside(place))) for place in range(len(seen.beside))]
            values = wire.decode(b"[%b]" % b",".join(beside))
            envelope = dict(zip(seen.beside, cast("list[object]", values), strict=True))
        except _ODD:
            return None
        keys = len(rows) * seen.of_a_row
        if self._under:
            keys += len(beside) + 1
        if not are_all(keys, body, beside, colons=seen.colons):
            return None
        return envelope | {self._under: rows} if self._under else rows

    def _learn(self, answer: object) -> None:
        """Be ready for answers like this one, if its rows are alike and have what is read of them."""
        rows: object = answer
        beside: tuple[str, ...] = ()
        if self._under:
            if not isinstance(answer, dict):
                return
            rows = answer.get(self._under)
            beside = tuple(name for name in answer if name != self._under)
        first = _like_the_others(rows)
        if (
            not _needed(self._row) <= first.keys()
            or first.keys() & self._never
            or len(first) + len(beside) > _MOST_KEYS
        ):
            return
        colons = None if any(":" in text for text in first.values() if isinstance(text, str)) else 0
        self._seen = _seen(self._row, self._under, tuple(first), beside, colons=colons)


def _like_the_others(rows: object) -> dict[str, Any]:
    """The first of `rows` if the others have the same keys; else an empty one."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return {}
    first: dict[str, Any] = rows[0]
    return first if all(row.keys() == first.keys() for row in rows) else {}


def are_all(keys: int, body: bytes, apart: Sequence[bytes] = (), *, colons: int | None = 0) -> bool:
    """Whether `body`, which has at least so many keys outside of its parts `apart`, has no more.

    Its colons tell that in half the time where at least `colons` are known to stand in texts, and no more do.
    """
    countable = colons is not None and _ESCAPE not in body
    if countable and body.count(_COLON) - sum(part.count(_COLON) for part in apart) == keys + (colons or 0):
        return True
    return _keys(body) - sum(map(_keys, apart)) == keys


def _keys(body: bytes) -> int:
    """How many keys `body` has, and more if it is odd."""
    dense = body.translate(None, _BLANKS) if any(blank in body for blank in _BLANKS) else body
    return dense.count(_KEY)


def _needed(row: type[Row]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(row) if field.required)


def _beside(place: int) -> str:
    return f"beside_{place}"


@lru_cache(maxsize=64)
def _seen(row: type[Row], under: str, keys: tuple[str, ...], beside: tuple[str, ...], *, colons: int | None) -> _Seen:
    """A decoder that takes rows with all of `keys` and no others: only what `row` declares is kept exact.

    It looks for each key first where it stood in the answer that was learnt from.
    """
    read = {field.encode_name: (field.name, field.type) for field in msgspec.structs.fields(row)}
    fields = [(*read.get(key, (f"unread_{place}", _UNREAD)), msgspec.field(name=key)) for place, key in enumerate(keys)]
    full = msgspec.defstruct("Full", fields, bases=(row,), forbid_unknown_fields=True, kw_only=True, gc=False)
    kind: Any = list[full]  # type: ignore[valid-type]  # made a line above
    if under:
        around = [(_beside(place), msgspec.Raw, msgspec.field(name=name)) for place, name in enumerate(beside)]
        rows = ("rows", kind, msgspec.field(name=under))
        kind = msgspec.defstruct("Envelope", [rows, *around], forbid_unknown_fields=True, kw_only=True)
    return _Seen(msgspec.json.Decoder(kind, float_hook=number), len(keys), beside, colons)


@lru_cache(maxsize=16384)  # rows repeat themselves, and one refresh the last
def number(text: str) -> Decimal:
    """`text`, a number with a point, exact; raises `ValueError` when it is no possible amount."""
    value = Decimal(text)
    if not exact.is_possible(value):
        raise ValueError("not a possible number")
    return value
