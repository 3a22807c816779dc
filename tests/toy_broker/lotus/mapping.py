"""Lotus' answers as Kunji's models: each row of the wire is a type, and what does not fit it is a surprise."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from app.brokers.http import Reply
from app.domain import (
    IST,
    Exchange,
    Funds,
    Holding,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Position,
    Product,
    Quote,
    SubState,
    Trade,
    WireSurprise,
)

Names = Mapping[tuple[str, str], str]
"""Kunji's name by (exchange, Lotus' symbol)."""

_LARGEST: Final = 10**14
_NOISE: Final = -40  # a power of ten below that of any float's noise

STATES: Final[Mapping[str, tuple[OrderStatus, SubState]]] = MappingProxyType(
    {
        "new": (OrderStatus.PENDING, SubState.NONE),
        "working": (OrderStatus.OPEN, SubState.NONE),
        "part": (OrderStatus.OPEN, SubState.PARTIAL),
        "trigger": (OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        "done": (OrderStatus.COMPLETE, SubState.NONE),
        "gone": (OrderStatus.CANCELLED, SubState.NONE),
        "refused": (OrderStatus.REJECTED, SubState.NONE),
    }
)


class Session(msgspec.Struct):
    """POST /session."""

    token: str
    client: str


class Ended(msgspec.Struct):
    """DELETE /session."""

    ended: bool


class Me(msgspec.Struct):
    """GET /me."""

    client: str
    name: str


class Money(msgspec.Struct):
    """GET /money, rupees."""

    free: Decimal
    used: Decimal


class Row(msgspec.Struct, kw_only=True):
    """What every row names its instrument with."""

    ex: Exchange
    sym: str

    def name(self, names: Names) -> str:
        """Kunji's name; Lotus' own while the master does not know it."""
        return names.get((self.ex.value, self.sym), self.sym)


class PositionRow(Row, kw_only=True):
    """GET /positions; `qty` signed, in units."""

    product: Product
    qty: int
    avg: Decimal
    ltp: Decimal | None
    booked: Decimal

    def read(self, names: Names) -> Position:
        """As Kunji's model."""
        open_gain = Decimal(0) if self.ltp is None else (self.ltp - self.avg) * self.qty
        pnl = self.booked + open_gain
        name = self.name(names)
        return Position(
            name, self.ex, self.product, self.qty, self.avg, self.ltp, pnl, self.booked, open_gain, self.sym
        )


class HoldingRow(Row, kw_only=True):
    """GET /holdings."""

    isin: str
    free: int
    t1: int
    sold: int
    avg: Decimal
    ltp: Decimal | None

    def read(self, names: Names) -> Holding:
        """As Kunji's model."""
        return Holding(
            self.name(names), self.ex, self.isin, self.free, self.t1, 0, self.sold, self.avg, self.ltp, None, self.sym
        )


class OrderRow(Row, kw_only=True):
    """GET /orders; prices null where there is none; `at` seconds since 1970."""

    id: str
    product: Product
    side: OrderSide
    type: OrderType
    qty: int
    filled: int
    price: Decimal | None
    trigger: Decimal | None
    avg: Decimal | None
    state: str
    text: str
    at: int
    tag: str

    def read(self, names: Names) -> Order:
        """As Kunji's model; an unknown state gives no status."""
        status, sub_state = STATES.get(self.state, (None, SubState.NONE))
        return Order(
            order_id=self.id,
            symbol=self.name(names),
            exchange=self.ex,
            product=self.product,
            side=self.side,
            order_type=self.type,
            quantity=self.qty,
            filled_quantity=self.filled,
            price=self.price,
            trigger_price=self.trigger,
            average_price=self.avg,
            status=status,
            sub_state=sub_state,
            raw_status=self.state,
            message=self.text,
            placed_at=_moment(self.at),
            tag=self.tag,
            broker_symbol=self.sym,
        )


class TradeRow(Row, kw_only=True):
    """GET /trades."""

    id: str
    order: str
    product: Product
    side: OrderSide
    qty: int
    price: Decimal
    at: int

    def read(self, names: Names) -> Trade:
        """As Kunji's model."""
        name, at = self.name(names), _moment(self.at)
        return Trade(self.id, self.order, name, self.ex, self.product, self.side, self.qty, self.price, at, self.sym)


class Accepted(msgspec.Struct):
    """POST /orders."""

    id: str


T = TypeVar("T")


def read(reply: Reply, shape: type[T]) -> T:
    """The data of an answer in its shape; raises `WireSurprise` for anything else."""
    answer = reply.json()
    if (
        "json" not in reply.headers.get("content-type", "")
        or not isinstance(answer, dict)
        or answer.get("ok") is not True
    ):
        raise WireSurprise("not Lotus' envelope")
    _check(answer.get("data"))
    try:
        return msgspec.convert(answer.get("data"), shape, builtin_types=(Decimal,))  # an amount has a point
    except msgspec.ValidationError as error:
        raise WireSurprise(str(error)) from None


def _check(value: object) -> None:
    """Raise for a number that nothing can be worth."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner)
    elif isinstance(value, Decimal | int):
        number = Decimal(value)
        if abs(number) >= _LARGEST or number.adjusted() <= _NOISE:
            raise WireSurprise(f"not a possible number: {value}")


def funds(money: Money) -> Funds:
    """As Kunji's model."""
    return Funds(money.free, money.used, raw=MappingProxyType({"free": money.free, "used": money.used}))


def quotes(prices: Mapping[str, Decimal]) -> dict[str, Quote]:
    """Prices by "exchange:symbol"; what Lotus has none of is not among them."""
    return {name: Quote(price) for name, price in prices.items()}


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, IST)
    except (ValueError, OverflowError, OSError):
        raise WireSurprise("at: no possible moment") from None
