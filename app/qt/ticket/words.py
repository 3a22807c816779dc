"""What the ticket says on its buttons and beside its fields. No Qt."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain import Order, OrderRequest, OrderSide, OrderType, Product, Validity
from app.domain.intents import Deed, Mode
from app.domain.money import grouped
from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.ticket.draft import Draft, number_of
from app.services.order_views import LastPrice, Preview
from app.services.words import age

TYPES: Final = {
    OrderType.LIMIT: "LIMIT",
    OrderType.MARKET: "MARKET",
    OrderType.SL: "SL, then limit",
    OrderType.SL_M: "SL-M, then market",
}
PRODUCTS: Final = {
    Product.CNC: "CNC, delivery",
    Product.MIS: "MIS, intraday",
    Product.NRML: "NRML, carry",
    Product.MTF: "MTF, funded",
    Product.CO: "CO, cover",
    Product.BO: "BO, bracket",
}
VALIDITIES: Final = {
    Validity.DAY: "DAY, till close",
    Validity.IOC: "IOC, at once",
    Validity.TTL: "TTL, minutes",
}
_VERBS: Final = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
_AGREES: Final = {"same_again": "Send a second order", "unknown_before": "I have looked there: send it"}


def deed_words(preview: Preview, mode: Mode) -> str:
    """The confirm button: "Buy 75 now", "Change to 75 now"; the demo's says so."""
    said = _deed(preview)
    return tr("{deed} now (demo)", deed=said) if mode is Mode.DEMO else tr("{deed} now", deed=said)


def agree_words(check: str, preview: Preview) -> str:
    """The button that answers a question with yes."""
    known = _AGREES.get(check)
    return tr(known) if known else tr("{deed} all the same", deed=_deed(preview))


def _deed(preview: Preview) -> str:
    if preview.deed is Deed.MODIFY and preview.change is not None:
        return tr("Change to {quantity}", quantity=units(preview.change.quantity))
    request = preview.request
    return tr("{verb} {quantity}", verb=verb(request.side), quantity=units(request.quantity)) if request else tr("Send")


def verb(side: OrderSide) -> str:
    """Buy or Sell, as a sentence begins."""
    return tr(_VERBS[side])


def units(quantity: int) -> str:
    """A quantity that the trader typed: never masked where it is about to be sent."""
    return grouped(Decimal(quantity), 0)


def title_of(draft: Draft) -> str:
    """The title of the ticket's window, without the demo's word."""
    if draft.order is not None:
        return tr("Change order: {symbol}", symbol=draft.symbol)
    return tr("Order: {symbol}", symbol=draft.symbol) if draft.symbol else tr("Order")


def lots_words(draft: Draft) -> str:
    """What stands beside the quantity: "2 lots of 75"; nothing where a lot is one unit."""
    lot, typed = draft.lot, number_of(draft.quantity)
    if lot == 1:
        return ""
    if typed is None:
        return tr("lot of {lot}", lot=units(lot))
    count, over = divmod(typed, lot)
    if over:
        return tr("lots of {lot}", lot=units(lot))
    return (
        tr("1 lot of {lot}", lot=units(lot)) if count == 1 else tr("{n} lots of {lot}", n=units(count), lot=units(lot))
    )


def tick_words(draft: Draft) -> str:
    """What stands beside a price: "step 0.05"."""
    return tr("step {tick}", tick=f"{draft.tick.normalize():f}") if draft.tick is not None else ""


def price_words(last: LastPrice | None, why_none: str, exchange: str, figures: Figures, now: datetime) -> str:
    """The line below the instrument: "Last 438.90, 1 s ago", or why there is none."""
    if last is None:
        return why_none or tr("Asking for the last price")
    price = figures.price(last.price, exchange)
    when = age(last.at, now) if last.at is not None else tr("the broker does not say when")
    said = tr("Last \u20b9{price}, {when}.", price=price, when=when)
    return f"{said} {why_none}" if why_none else said


def held_words(held: dict[str, int], figures: Figures) -> str:
    """What the account holds of it: "You hold 150 NRML."; a short position is named so."""
    said = [
        tr("{units} {product}", units=figures.units(abs(count)), product=product) + ("" if count > 0 else tr(" short"))
        for product, count in held.items()
        if count
    ]
    return tr("You hold {held}.", held=", ".join(said)) if said else ""


def line_of(request: OrderRequest, figures: Figures) -> str:
    """An order in one line: "75 NIFTY 30DEC25 26000 CE, LIMIT 437.50, NRML"."""
    price = f" {figures.price(request.price, request.exchange)}" if request.price is not None else ""
    said = f"{figures.units(request.quantity)} {request.symbol}, {request.order_type}{price}"
    if request.trigger_price is not None:
        said += tr(", trigger {price}", price=figures.price(request.trigger_price, request.exchange))
    return f"{said}, {request.product}"


def change_of(order: Order, figures: Figures) -> str:
    """How far a resting order is that is to be changed."""
    whole, filled = figures.units(order.quantity), figures.units(order.filled_quantity)
    return tr("{quantity}, {filled} of it filled", quantity=whole, filled=filled)
