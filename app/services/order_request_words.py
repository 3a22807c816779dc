"""The exact request in words, a sentence a line, before anybody says yes to it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Protocol

from app.domain import Exchange, Instrument, Order, OrderChange, OrderPlan, OrderRequest, OrderSide, Product
from app.domain.intents import Mode
from app.domain.money import grouped
from app.domain.orders import Validity
from app.domain.tongue import tr
from app.services.views import AccountView

_CURRENCY: Final = frozenset({Exchange.CDS, Exchange.BCD})
_PAIR_PLACES: Final = 4  # currency pairs move by a quarter of a paisa
_SIDES: Final[Mapping[OrderSide, str]] = MappingProxyType({OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"})
_LIMITS: Final[Mapping[OrderSide, str]] = MappingProxyType(
    {OrderSide.BUY: "at {price} or less", OrderSide.SELL: "at {price} or more"}
)
_TRIGGERS: Final[Mapping[OrderSide, str]] = MappingProxyType(
    {OrderSide.BUY: "once {trigger} or more is paid", OrderSide.SELL: "once {trigger} or less is paid"}
)
_PRODUCTS: Final[Mapping[Product, str]] = MappingProxyType(
    {
        Product.CNC: "CNC: for delivery, paid in full.",
        Product.MIS: "MIS: intraday, the broker closes it before the end of the day.",
        Product.NRML: "NRML: carried overnight.",
        Product.MTF: "MTF: for delivery, a part of it with money lent by the broker at interest.",
    }
)
_VALIDITIES: Final[Mapping[Validity, str]] = MappingProxyType(
    {
        Validity.DAY: "{type}, good for today.",
        Validity.IOC: "{type}, IOC: what is not filled at once is cancelled.",
        Validity.TTL: "{type}, for some minutes.",
    }
)
_MODES: Final[Mapping[Mode | None, str]] = MappingProxyType(
    {
        Mode.LIVE: "For {title} ({client_id}), with real money.",
        Mode.DEMO: "For {title} ({client_id}), a demo: nothing is real.",
        None: "For {title} ({client_id}).",
    }
)


class Named(Protocol):
    """What a short sentence says of an order."""

    @property
    def side(self) -> OrderSide:
        """Buy or sell."""
        ...

    @property
    def quantity(self) -> int:
        """Units."""
        ...

    @property
    def symbol(self) -> str:
        """Kunji's name."""
        ...


def deed_words(order: Named) -> str:
    """As in "Buy 75 NIFTY 30DEC25 26000 CE"."""
    return tr("{side} {units} {symbol}", side=tr(_SIDES[order.side]), units=units(order.quantity), symbol=order.symbol)


def units(quantity: int) -> str:
    """Grouped as in India."""
    return grouped(Decimal(quantity), 0)


def rupees(price: Decimal, exchange: Exchange | None = None) -> str:
    """With its sign; of currency pairs four decimals."""
    return "\u20b9" + grouped(price, _PAIR_PLACES if exchange in _CURRENCY else 2)


def request_words(
    request: OrderRequest,
    view: AccountView,
    mode: Mode | None,
    *,
    instrument: Instrument | None = None,
    plan: OrderPlan | None = None,
    value: Decimal | None = None,
) -> tuple[str, ...]:
    """All that will be asked of the broker."""
    said = [
        tr("{deed} on {exchange} {price}.", deed=deed_words(request), exchange=request.exchange, price=terms(request)),
        tr(_MODES[mode], title=view.title, client_id=view.client_id),
        *_lots(request.quantity, instrument),
        *_conditions(request),
    ]
    if value is not None:
        said.append(tr("Worth {value}, without charges.", value=rupees(value)))
    return (*said, *planned_words(request, plan))


def _conditions(request: OrderRequest) -> Iterator[str]:
    yield tr(_VALIDITIES[request.validity], type=request.order_type)
    yield tr(_PRODUCTS.get(request.product, "{product}."), product=request.product)
    if request.amo:
        yield tr("After-market order (AMO): it waits at the broker and goes to the exchange when that opens.")
    if request.disclosed_quantity:
        yield tr("The market is shown {units} units of it at a time.", units=units(request.disclosed_quantity))


def terms(request: OrderRequest | Order) -> str:
    """At what price, and when: "at ₹437.50 or less"."""
    price = tr("at the market price")
    if request.order_type.needs_price and request.price is not None:
        price = tr(_LIMITS[request.side], price=rupees(request.price, request.exchange))
    if not request.order_type.needs_trigger or request.trigger_price is None:
        return price
    trigger = tr(_TRIGGERS[request.side], trigger=rupees(request.trigger_price, request.exchange))
    return tr("{price}, {trigger}", price=price, trigger=trigger)


def _lots(quantity: int, instrument: Instrument | None) -> Iterator[str]:
    if instrument is None or instrument.lot_size <= 1 or quantity % instrument.lot_size:
        return
    lots, size = quantity // instrument.lot_size, units(instrument.lot_size)
    if lots == 1:
        yield tr("{units} units are 1 lot.", units=units(quantity))
    else:
        yield tr("{units} units are {lots} lots of {size}.", units=units(quantity), lots=units(lots), size=size)


def planned_words(request: OrderRequest, plan: OrderPlan | None) -> Iterator[str]:
    """What the broker is sent in another form than the ticket has; nothing is known of it without a plan."""
    if plan is None:
        return
    if len(plan.orders) > 1:
        parts = ", ".join(units(order.quantity) for order in plan.orders)
        yield tr("It is sent as {count} orders, one after another: {parts}.", count=len(plan.orders), parts=parts)
    first = plan.orders[0]
    if (first.order_type, terms(first)) != (request.order_type, terms(request)):
        yield tr(
            "It is sent as {type}: {deed} {terms}.", type=first.order_type, deed=deed_words(first), terms=terms(first)
        )
    yield from plan.notes


# ------------------------------------------------------------------ changes


def change_words(
    order: Order, change: OrderChange, view: AccountView, mode: Mode | None, planned: Iterable[str] = ()
) -> tuple[str, ...]:
    """What becomes of a resting order; `planned` is what `planned_words` says of it."""
    begin = tr("Change the order {order_id}: {deed} on {exchange} {terms}.", **_of(order))
    said = [begin, tr(_MODES[mode], title=view.title, client_id=view.client_id), *_changed(order, change)]
    if order.filled_quantity:
        said.append(tr("{units} units of it are filled already.", units=units(order.filled_quantity)))
    return (*said, *planned)


def _of(order: Order) -> dict[str, str]:
    return {
        "order_id": order.order_id,
        "deed": deed_words(order),
        "exchange": order.exchange,
        "terms": terms(order),
    }


def _changed(order: Order, change: OrderChange) -> Iterator[str]:
    """Everything that it is to be from now on, and what it was where that differs."""
    yield _from_to(tr("Quantity"), units(order.quantity), units(change.quantity))
    yield _from_to(tr("Order"), order.order_type, change.order_type)
    prices = ((tr("Price"), order.price, change.price), (tr("Trigger"), order.trigger_price, change.trigger_price))
    for label, before, after in prices:
        if after is not None:
            yield _from_to(
                label, "" if before is None else rupees(before, order.exchange), rupees(after, order.exchange)
            )
    yield tr(_VALIDITIES[change.validity], type=change.order_type)
    if order.validity not in (None, change.validity):
        yield _from_to(tr("Validity"), str(order.validity), change.validity)
    if change.disclosed_quantity or order.disclosed_quantity:
        shown = "" if order.disclosed_quantity is None else _shown(order.disclosed_quantity)
        yield _from_to(tr("Shown to the market"), shown, _shown(change.disclosed_quantity))


def _shown(disclosed: int) -> str:
    """How much the market sees of an order at a time."""
    return tr("{units} units at a time", units=units(disclosed)) if disclosed else tr("all of it")


def _from_to(label: str, before: str, after: str) -> str:
    if before in ("", after):
        return tr("{label}: {after}.", label=label, after=after)
    return tr("{label}: {after}, until now {before}.", label=label, before=before, after=after)
