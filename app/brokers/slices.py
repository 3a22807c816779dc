"""One order as several: the exchange takes no more than its freeze quantity at once.

Every slice is an order of its own, with its own tag and its own request; no broker's endpoint for slicing is used: its
answer could be lost for all of them together.
"""

from dataclasses import replace

from app.domain import Instrument, OrderRequest, TooMuchAtOnce
from app.domain.tongue import tr


def sliced(order: OrderRequest, instrument: Instrument, *, most: int) -> tuple[OrderRequest, ...]:
    """`order` in parts of whole lots within the freeze quantity, without tags; their quantities add up to its own.

    Raises `TooMuchAtOnce` when that takes more than `most` parts, the broker's maximum.
    """
    largest = largest_of(instrument) or order.quantity  # not known: the broker refuses what is too much, definitely
    parts = [min(largest, order.quantity - done) for done in range(0, order.quantity, largest)]
    if len(parts) > most:
        raise TooMuchAtOnce(
            f"quantity: {order.quantity} are {len(parts)} orders of at most {largest}, more than {most}",
            at_most=most * largest,
            field="quantity",
            next_step=tr("Order at most {all} at once. Nothing was sent.", all=most * largest),
        )
    disclosed = order.disclosed_quantity
    return tuple(replace(order, quantity=part, disclosed_quantity=min(disclosed, part), tag="") for part in parts)


def largest_of(instrument: Instrument) -> int | None:
    """The largest quantity of one order, in whole lots; None where the master says nothing."""
    freeze, lot = instrument.freeze_quantity, max(instrument.lot_size, 1)
    return None if freeze is None else max(freeze - freeze % lot, lot)  # a part of a lot would be refused
