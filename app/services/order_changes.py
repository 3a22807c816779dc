"""What is looked at before a resting order is changed: is it still there, is anything new asked, is nobody at it? Pure.

The new terms themselves are looked at as those of a ticket (`order_checks`).
"""

from collections.abc import Iterable, Iterator

from app.domain import Order, OrderChange, Product, Validity
from app.domain.intents import Record
from app.domain.order_life import Fate, is_settled
from app.domain.tongue import tr
from app.services.order_findings import note, stop
from app.services.order_request_words import units
from app.services.order_views import Finding
from app.services.order_words import order_state

_UNDER_WAY = (Fate.WRITTEN, Fate.SENDING, Fate.UNKNOWN)


def findings(order: Order, change: OrderChange, records: Iterable[Record]) -> Iterator[Finding]:
    """`order` as it was last read; `records` of everything that was sent to its account."""
    if order.product in (Product.CO, Product.BO):
        text = tr("Kunji only shows cover and bracket orders")
        yield stop("product", text, tr("Use the broker's own app for it."))
    if is_settled(order):
        text = tr("The order can no longer be changed: {state}", state=order_state(order))
        yield stop("final", text, tr("Place a new one."))
    elif order.status is None:
        yield note(
            "state", tr("The broker says {state} of it, a word that Kunji does not know", state=order_state(order))
        )
    if change.quantity <= order.filled_quantity:
        text = tr("{units} units of it are filled already", units=units(order.filled_quantity))
        yield stop("filled", text, tr("Cancel the rest, or ask for more than that."), "quantity")
    if _is_same(order, change):
        yield stop("nothing_new", tr("Nothing of it would be changed"), tr("Write another quantity or price."))
    yield from _untold(order, change)
    if any(_is_about(order, record) and record.fate in _UNDER_WAY for record in records):
        yield under_way()


def under_way() -> Finding:
    """One at a time."""
    return stop(
        "change_in_flight",
        tr("The order is being changed or cancelled already"),
        tr("Wait until the order book shows it."),
    )


def terms_of(order: Order) -> tuple[object, ...]:
    """All of it that a change says anew: another one than was shown means that somebody else changed it meanwhile."""
    prices = (order.price or None, order.trigger_price or None)
    return (order.quantity, order.order_type, *prices, order.validity, order.disclosed_quantity)


def _is_about(order: Order, record: Record) -> bool:
    return record.intent.request is None and record.intent.order_id == order.order_id


def _untold(order: Order, change: OrderChange) -> Iterator[Finding]:
    """A change says the whole order: what the broker does not tell of it is said all the same, and may be new."""
    if order.validity is None:
        text = tr("The broker does not say for how long the order is good")
        yield note("untold_validity", text, tr("It would be sent as {validity}.", validity=change.validity), "validity")
    if order.disclosed_quantity is None:
        text = tr("The broker does not say how much of the order the market is shown")
        shown = units(change.disclosed_quantity)
        sent = tr("It would be sent to show {units} units.", units=shown)
        if not change.disclosed_quantity:
            sent = tr("It would be sent to show all of it.")
        yield note("untold_disclosed", text, sent, "disclosed_quantity")


def _is_same(order: Order, change: OrderChange) -> bool:
    """What the order book does not say counts as the usual: good for the day, and all of it shown."""
    now = (order.quantity, order.order_type, order.price or None, order.trigger_price or None)
    wanted = (change.quantity, change.order_type, change.price, change.trigger_price)
    terms = (order.validity or Validity.DAY, order.disclosed_quantity or 0)
    return now == wanted and terms == (change.validity, change.disclosed_quantity)
