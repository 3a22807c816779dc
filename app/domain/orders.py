"""Orders in the words of the field: what is asked (`OrderRequest`), what was answered, and what became of it."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Final, TypeVar, cast

from app.domain.errors import InvalidRequest
from app.domain.money import exact
from app.domain.records import dataclass

E = TypeVar("E", bound=StrEnum)
_LARGEST_QUANTITY: Final = 2**31 - 1
_TAG: Final = re.compile(r"[A-Za-z0-9]{0,20}")


class Exchange(StrEnum):
    """Exchange and segment as the brokers name them."""

    NSE = "NSE"
    BSE = "BSE"
    NFO = "NFO"
    BFO = "BFO"
    CDS = "CDS"
    BCD = "BCD"
    MCX = "MCX"
    NCO = "NCO"
    NCDEX = "NCDEX"
    MF = "MF"
    NSEIX = "NSEIX"
    GLOBAL = "GLOBAL"


class Product(StrEnum):
    """Margin product: delivery, intraday, carried derivative, margin funding; CO and BO only occur in books."""

    CNC = "CNC"
    MIS = "MIS"
    NRML = "NRML"
    MTF = "MTF"
    CO = "CO"
    BO = "BO"


class OrderSide(StrEnum):
    """Buy or sell."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """How the price is decided. SL and SL-M rest until the trigger price trades."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    SL = "SL"
    SL_M = "SL-M"

    @property
    def needs_price(self) -> bool:
        """Whether a limit price belongs to it."""
        return self in (OrderType.LIMIT, OrderType.SL)

    @property
    def needs_trigger(self) -> bool:
        """Whether a trigger price belongs to it."""
        return self in (OrderType.SL, OrderType.SL_M)


class Validity(StrEnum):
    """How long the order stays."""

    DAY = "DAY"
    IOC = "IOC"
    TTL = "TTL"


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "PENDING"
    OPEN = "OPEN"
    COMPLETE = "COMPLETE"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"

    @property
    def is_final(self) -> bool:
        """Nothing more will happen to the order."""
        return self in FINAL

    @property
    def is_working(self) -> bool:
        """The order may still trade."""
        return self not in FINAL


FINAL: Final = frozenset({OrderStatus.COMPLETE, OrderStatus.CANCELLED, OrderStatus.REJECTED})


class SubState(StrEnum):
    """What the five states leave out."""

    NONE = ""
    PARTIAL = "partial"
    TRIGGER_PENDING = "trigger_pending"
    AMO = "amo"
    MODIFYING = "modifying"
    CANCELLING = "cancelling"
    PARTLY_FILLED = "partly_filled"  # final, with a filled part
    EXPIRED = "expired"


def one_of(kind: type[E], value: str, field: str) -> E:
    """`value` as a member of `kind`; raises `InvalidRequest` when it is none: nothing is ever defaulted."""
    try:
        return kind(value)
    except ValueError as error:
        raise InvalidRequest(f"{field}: {value!r} is not one of {', '.join(kind)}", field=field) from error


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What the trader asks for, complete and checked; the wire must say exactly this.

    `symbol` is Kunji's name of the instrument ("RELIANCE", "NIFTY 30DEC25 26000 CE") or the broker's own; `quantity`
    in units; prices in rupees as Decimal (int and plain text are taken, floats refused). `price` belongs to LIMIT and
    SL, `trigger_price` to SL and SL-M: a missing or a superfluous one raises `InvalidRequest`. `tag` is at most 20
    letters and digits. `amo` asks for an after-market order: it goes to the exchange when that opens.
    """

    symbol: str
    exchange: Exchange
    product: Product
    side: OrderSide
    order_type: OrderType
    quantity: int
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    validity: Validity = Validity.DAY
    disclosed_quantity: int = 0
    tag: str = ""
    amo: bool = False

    def __post_init__(self) -> None:
        """Check every field and give each its exact type."""
        put = partial(object.__setattr__, self)  # the way into a frozen object
        put("symbol", _text(self.symbol).strip())
        if not self.symbol:
            raise InvalidRequest("symbol: empty", field="symbol")
        put("exchange", one_of(Exchange, self.exchange, "exchange"))
        put("product", one_of(Product, self.product, "product"))
        put("side", one_of(OrderSide, self.side, "side"))
        _check_terms(self)
        if not isinstance(cast("object", self.amo), bool):
            raise InvalidRequest("amo: neither yes nor no", field="amo")
        if not isinstance(cast("object", self.tag), str) or not _TAG.fullmatch(self.tag):
            raise InvalidRequest("tag: at most 20 letters and digits", field="tag")


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What a resting order is to be from now on, whole: `quantity` is the order's in all, its filled part included."""

    quantity: int
    order_type: OrderType
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    validity: Validity = Validity.DAY
    disclosed_quantity: int = 0

    def __post_init__(self) -> None:
        """Check every field as that of a new order."""
        _check_terms(self)


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What a request comes to at a broker: the orders to be sent, one or its slices, without tags, in their order.

    Their quantities add up to that of the request. `notes` are sentences about what the broker makes of them ("A market
    order is protected at 2 % from the last price; what is left of it rests as a limit order").
    """

    orders: tuple[OrderRequest, ...]
    notes: tuple[str, ...] = ()

    def is_of(self, asked: OrderRequest) -> bool:
        """Whether its orders are together what was asked for: a plan for anything else would be a mistake of ours.

        Only what was to go at the market may go in another form, with a limit that protects it.
        """
        whole = sum(one.quantity for one in self.orders) == asked.quantity
        return whole and all(one == _as_asked(one, asked) for one in self.orders)


@dataclass(frozen=True, slots=True)
class OrderResponse:
    """The broker's answer to a placed order: registered, not necessarily done."""

    order_id: str
    status: OrderStatus
    symbol: str
    quantity: int
    side: OrderSide
    price: Decimal | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One row of the order book. `status` is None when the broker's word (`raw_status`) is not known to us.

    `validity` and `disclosed_quantity` (units; 0: all is shown) are None where the broker does not say, or not in words
    that we know: a change, which says the whole order, must not take them for the usual ones in silence.
    """

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

    @property
    def remaining(self) -> int:
        """Units not filled (brokers' own "pending" stays above 0 on cancelled rows)."""
        return self.quantity - self.filled_quantity


def _as_asked(one: OrderRequest, asked: OrderRequest) -> OrderRequest:
    """What `one` of a plan must be, given its quantity, its tag and the form of an order at the market."""
    shown = min(asked.disclosed_quantity, one.quantity)
    due = replace(asked, quantity=one.quantity, disclosed_quantity=shown, tag=one.tag)
    if asked.order_type.needs_price or one.trigger_price != asked.trigger_price:
        return due
    return replace(due, order_type=one.order_type, price=one.price)


def changed(order: Order, change: OrderChange) -> OrderRequest:
    """The resting `order` as a ticket with its new terms. Raises `InvalidRequest` for one that none could ask for."""
    return OrderRequest(
        symbol=order.symbol,
        exchange=order.exchange,
        product=order.product,
        side=order.side,
        order_type=change.order_type,
        quantity=change.quantity,
        price=change.price,
        trigger_price=change.trigger_price,
        validity=change.validity,
        disclosed_quantity=change.disclosed_quantity,
        amo=order.sub_state is SubState.AMO,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _check_terms(said: OrderRequest | OrderChange) -> None:
    """Check what can also be changed later, and give each its exact type."""
    put = partial(object.__setattr__, said)  # the way into a frozen object
    put("order_type", one_of(OrderType, said.order_type, "order_type"))
    put("validity", one_of(Validity, said.validity, "validity"))
    _check_quantity(said.quantity, "quantity", least=1)
    _check_quantity(said.disclosed_quantity, "disclosed_quantity", least=0)
    if said.disclosed_quantity > said.quantity:
        raise InvalidRequest("disclosed_quantity: more than the quantity", field="disclosed_quantity")
    put("price", _check_price(said.price, "price", needed=said.order_type.needs_price))
    put("trigger_price", _check_price(said.trigger_price, "trigger_price", needed=said.order_type.needs_trigger))


def _check_quantity(value: object, field: str, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST_QUANTITY:
        raise InvalidRequest(f"{field}: a whole number of units, at least {least}", field=field)


def _check_price(value: object, field: str, *, needed: bool) -> Decimal | None:
    if value is None:
        if needed:
            raise InvalidRequest(f"{field}: this order type needs one", field=field)
        return None
    if not needed:
        raise InvalidRequest(f"{field}: this order type has none", field=field)
    number = exact(value, field)
    if number <= 0:
        raise InvalidRequest(f"{field}: must be above 0", field=field)
    return number
