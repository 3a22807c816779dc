"""What is looked at in a ticket before it is sent: each check a small function, all of them in one table. Pure.

What is not known is no finding, or a note that it is not known: the broker decides (see `order_ground` for what must
hold whatever the ticket says).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.domain import IST, Exchange, Instrument, Kind, OrderPlan, OrderRequest, OrderSide, Product, TradingError
from app.domain.intents import Mode
from app.domain.market import SEGMENTS, in_force
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.book_views import FundsView, HoldingsView, PositionsView
from app.services.order_findings import ask, note, of_error, stop
from app.services.order_prices import Priced
from app.services.order_request_words import rupees, units
from app.services.order_views import Finding, Weight
from app.services.views import PreferencesView

FAR: Final = Decimal("0.2")
"""The part of the last price that a limit may be away from it without a question."""

_WEIGHTS: Final = tuple(Weight)
_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
_OF_CASH: Final = frozenset({Product.CNC, Product.MIS, Product.MTF})
_OF_CONTRACTS: Final = frozenset({Product.MIS, Product.NRML})


@dataclass(frozen=True, slots=True)
class Look:
    """All that is known when a ticket is looked at; None is "not known".

    `refused` is why the adapter plans no orders of it, `takes_amo` whether it would plan the same as an after-market
    order. `is_change` leaves out what matters to a new order only.
    """

    request: OrderRequest
    now: datetime
    mode: Mode | None
    caps: PreferencesView
    instrument: Instrument | None = None
    plan: OrderPlan | None = None
    refused: TradingError | None = None
    takes_amo: bool = False
    priced: Priced | None = None
    funds: FundsView | None = None
    holdings: HoldingsView | None = None
    positions: PositionsView | None = None
    is_change: bool = False

    @property
    def price(self) -> Decimal | None:
        """What a unit of it may be worth: its own limit, else its trigger, else the last price.

        A limit is the least that a seller takes: he is paid what is paid then, and a cap must not count it as less.
        """
        request, last = self.request, None if self.priced is None else self.priced.last.price
        own = request.price or request.trigger_price
        if own is None or request.side is OrderSide.BUY:
            return own or last
        paid = request.trigger_price if request.order_type.needs_trigger else last
        return max(own, paid or own)

    @property
    def value(self) -> Decimal | None:
        """What it is worth in rupees; None where no price is known."""
        return None if self.price is None else self.price * self.request.quantity


Check = Callable[[Look], Iterator[Finding]]


def look_over(look: Look) -> tuple[Finding, ...]:
    """Everything that is found; what stops the ticket first."""
    found = [finding for check in CHECKS for finding in check(look)]
    return worst_first(found)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What stops an order before what is asked about it, and that before what is only told."""
    return tuple(sorted(findings, key=lambda finding: _WEIGHTS.index(finding.weight)))


# ------------------------------------------------------------------ the instrument and the product


def _product(look: Look) -> Iterator[Finding]:
    request = look.request
    if request.exchange not in SEGMENTS:
        text = tr("Kunji places no orders on {exchange}", exchange=request.exchange)
        yield stop("exchange", text, tr("Use the broker's own app for it."), "exchange")
        return
    allowed = _OF_CASH if request.exchange in _CASH else _OF_CONTRACTS
    if request.product not in allowed:
        text = tr("{product} does not go with {exchange}", product=request.product, exchange=request.exchange)
        words = ", ".join(product for product in Product if product in allowed)
        yield stop("product", text, tr("Choose one of {words}.", words=words), "product")


def _instrument(look: Look) -> Iterator[Finding]:
    if look.instrument is not None and look.instrument.kind is Kind.INDEX:
        text = tr("{symbol} is an index: it cannot be bought or sold", symbol=look.request.symbol)
        yield stop("instrument", text, tr("Choose a future or an option on it."), "symbol")


def _lot(look: Look) -> Iterator[Finding]:
    lot = look.instrument.lot_size if look.instrument is not None else 1
    if lot <= 1 or not look.request.quantity % lot:
        return
    fewer = look.request.quantity // lot * lot
    around = units(fewer + lot) if not fewer else tr("{less} or {more}", less=units(fewer), more=units(fewer + lot))
    yield stop(
        "lot",
        tr("{symbol} trades in lots of {lot}", symbol=look.request.symbol, lot=units(lot)),
        tr("Order {around} units.", around=around),
        "quantity",
    )


def _tick(look: Look) -> Iterator[Finding]:
    step = look.instrument.tick_size if look.instrument is not None else Decimal(0)
    request = look.request
    for name, price in (("price", request.price), ("trigger_price", request.trigger_price)):
        if price is None or step <= 0 or not price % step:
            continue
        lower = price // step * step
        yield stop(
            "tick",
            tr("{symbol} moves in steps of {step}", symbol=request.symbol, step=rupees(step, request.exchange)),
            _next_ticks(lower, lower + step, request.exchange),
            name,
        )


def _next_ticks(lower: Decimal, upper: Decimal, exchange: Exchange) -> str:
    if not lower:
        return tr("The least price is {upper}.", upper=rupees(upper, exchange))
    return tr("The nearest are {lower} and {upper}.", lower=rupees(lower, exchange), upper=rupees(upper, exchange))


def _plan(look: Look) -> Iterator[Finding]:
    """What the adapter says: freeze quantity, slices, whatever this broker does not do."""
    error = look.refused
    if error is None:
        yield from _differs(look)
    elif error.field not in {found.field for check in _BEFORE_THE_PLAN for found in check(look)} - {""}:
        yield of_error("plan", error)


def _differs(look: Look) -> Iterator[Finding]:
    """A plan that is not this ticket would be a mistake of ours: then nothing is sent."""
    request, plan = look.request, look.plan
    if plan is None:
        return
    if not plan.is_of(request):
        yield stop(
            "plan",
            tr("What would be sent is not what you asked for: a mistake of Kunji"),
            tr("Nothing is sent. Use the broker's own app, and send us the diagnosis."),
        )
    elif look.is_change and len(plan.orders) > 1:
        most = max(one.quantity for one in plan.orders)
        text = tr("One order takes at most {most} units", most=units(most))
        yield stop("freeze", text, tr("Place another order for the rest."), "quantity")


# ------------------------------------------------------------------ hours


def _hours(look: Look) -> Iterator[Finding]:
    """Market hours; the demo's markets never close, and what rests already may be changed at any hour."""
    segment = SEGMENTS.get(look.request.exchange)
    if segment is None or look.mode is not Mode.LIVE or look.is_change:
        return
    is_open = in_force().is_open([segment], look.now)
    if is_open and look.request.amo:
        text = tr("{exchange} is open: after-market orders are taken when it is closed", exchange=look.request.exchange)
        yield stop("amo", text, tr("Place it as an ordinary order."), "amo")
    elif not is_open and not look.request.amo:
        step = tr("Place it as an after-market order, or wait.") if look.takes_amo else tr("Wait until it opens.")
        yield stop("hours", tr("{exchange} is closed now", exchange=look.request.exchange), step, "amo")
    yield from _not_sure(look)


def _not_sure(look: Look) -> Iterator[Finding]:
    day = look.now.astimezone(IST).date()
    if not in_force().holidays_known(day):
        yield note("holidays", tr("Holidays of {year} are not known: today may be one", year=day.year))


# ------------------------------------------------------------------ prices


def _band(look: Look) -> Iterator[Finding]:
    """The day's price band, where the broker told it; an after-market order meets that of another day."""
    quote = look.priced.quote if look.priced is not None else None
    if quote is None or quote.band_low is None or quote.band_high is None or look.request.amo:
        return
    for name, price in (("price", look.request.price), ("trigger_price", look.request.trigger_price)):
        if price is not None and not quote.band_low <= price <= quote.band_high:
            exchange = look.request.exchange
            said = {"low": rupees(quote.band_low, exchange), "high": rupees(quote.band_high, exchange)}
            yield ask(
                "band",
                tr("Today's prices go from {low} to {high} only", **said),
                tr("The exchange will refuse it unless the band is moved."),
                name,
            )


def _far(look: Look) -> Iterator[Finding]:
    last = look.priced.last.price if look.priced is not None else None
    if not last:
        return
    for name, price in (("price", look.request.price), ("trigger_price", look.request.trigger_price)):
        if price is not None and abs(price - last) > last * FAR:
            per_cent = round(abs(price - last) / last * 100)
            side = tr("above") if price > last else tr("below")
            said = {"price": rupees(price, look.request.exchange), "last": rupees(last, look.request.exchange)}
            text = tr("{price} is {per_cent} % {side} the last price, {last}", per_cent=per_cent, side=side, **said)
            yield ask("far_price", text, tr("Look whether a digit is wrong."), name)


# ------------------------------------------------------------------ the user's own caps


def _caps(look: Look) -> Iterator[Finding]:
    value_cap, quantity_cap = look.caps.order_value_cap, look.caps.order_quantity_cap
    if quantity_cap is not None and look.request.quantity > quantity_cap:
        text = tr(
            "{units} units; you set {cap} as the most", units=units(look.request.quantity), cap=units(quantity_cap)
        )
        yield ask("cap_quantity", text, tr("Send it all the same only if you mean it."), "quantity")
    if value_cap is None:
        return
    if look.value is None:
        text = tr("What it is worth is not known; you set {cap} as the most", cap=rupees(Decimal(value_cap)))
        yield ask("cap_value", text, tr("Look at the price in the broker's own app."), "quantity")
    elif look.value > value_cap:
        said = {"value": rupees(look.value), "cap": rupees(Decimal(value_cap))}
        text = tr("It is worth {value}; you set {cap} as the most", **said)
        yield ask("cap_value", text, tr("Send it all the same only if you mean it."), "quantity")


# ------------------------------------------------------------------ funds and holdings


def _funds(look: Look) -> Iterator[Finding]:
    """Only what obviously exceeds the money is asked about: what margin an order takes the broker alone knows."""
    if look.is_change or _closes(look):
        return
    part = _least_part(look)
    if part is None:
        return
    funds = look.funds
    if funds is None or funds.funds is None or not funds.current or look.value is None:
        yield note("funds", tr("Whether your funds are enough is not known: the broker decides"))
    elif look.value * part > funds.funds.available:
        said = {"needed": rupees(look.value * part), "available": rupees(funds.funds.available)}
        text = tr("It takes about {needed} or more; {available} is available", **said)
        yield ask("funds", text, tr("The broker will refuse it unless you add funds."), "quantity")


_FULL: Final = Decimal(1)
_LEVERAGE: Final[Mapping[Product, Decimal]] = MappingProxyType(
    {Product.CNC: _FULL, Product.MIS: Decimal("0.2"), Product.MTF: Decimal("0.2")}
)
"""The least part of a share's worth that an order of it takes: no broker may lend more than four fifths."""

_MARGIN: Final = Decimal("0.02")
"""Of a contract, likewise; the exchanges ask for more of every one."""


def _least_part(look: Look) -> Decimal | None:
    """The least part of its worth that the order takes; None where it takes nothing."""
    request, instrument = look.request, look.instrument
    if request.exchange in _CASH:
        takes_none = request.product is Product.CNC and request.side is OrderSide.SELL
        return None if takes_none else _LEVERAGE.get(request.product, _FULL)
    is_option = instrument is not None and instrument.kind.is_option
    return _FULL if is_option and request.side is OrderSide.BUY else _MARGIN


def _closes(look: Look) -> bool:
    """Whether it only makes a position smaller, as far as is known: that frees money."""
    held = _held(look)
    request = look.request
    return held is not None and (
        request.quantity <= held if request.side is OrderSide.SELL else request.quantity <= -held
    )


def _held(look: Look) -> int | None:
    """The position of that product; None while it is not known."""
    view, request = look.positions, look.request
    if view is None or view.rows is None or not view.current:
        return None
    mine = (request.exchange, request.symbol, request.product)
    return sum(row.quantity for row in view.rows if (row.exchange, row.symbol, row.product) == mine)


def _holdings(look: Look) -> Iterator[Finding]:
    """Whether there are shares enough for a sale from the demat account."""
    request, view = look.request, look.holdings
    if look.is_change or request.side is OrderSide.BUY or request.product is not Product.CNC:
        return
    bought = _held(look)
    if view is None or view.rows is None or not view.current or bought is None:
        yield note("holdings", tr("Whether you hold so many shares is not known: the broker decides"))
        return
    isin = look.instrument.isin if look.instrument is not None else ""
    rows = [row for row in view.rows if row.symbol == request.symbol or (isin and row.isin == isin)]
    free = sum(row.free + row.t1 for row in rows) + max(0, bought)
    if request.quantity > free:
        said = {"wanted": units(request.quantity), "free": units(free), "symbol": request.symbol}
        text = tr("{wanted} are more than the {free} of {symbol} that you can sell", **said)
        yield ask("holdings", text, tr("The broker will refuse what you do not hold, or you are short."), "quantity")


_BEFORE_THE_PLAN: Final[tuple[Check, ...]] = (_product, _instrument, _lot, _tick)
CHECKS: Final[tuple[Check, ...]] = (*_BEFORE_THE_PLAN, _plan, _hours, _band, _far, _caps, _funds, _holdings)
