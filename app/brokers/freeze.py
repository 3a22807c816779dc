"""The exchange's freeze quantity of an instrument, also where the broker's own master does not name it."""

from app.brokers.registry import SPECS
from app.domain import Instrument, Instruments, InvalidRequest, OrderRequest
from app.domain.tongue import tr


async def with_freeze(instrument: Instrument, broker: str, instruments: Instruments) -> Instrument:
    """`instrument` with the largest quantity of one order, as far as any master says it.

    It is the exchange's rule, not the broker's: what another broker's master says of the same contract holds here too.
    """
    if instrument.freeze_quantity:
        return instrument
    for spec in SPECS:
        row = None if spec.key == broker else await instruments.same_contract(spec.key, instrument)
        if row is not None and row.freeze_quantity:
            return instrument._replace(freeze_quantity=row.freeze_quantity)
    return instrument


def only(orders: tuple[OrderRequest, ...]) -> OrderRequest:
    """The one order of a plan; raises `InvalidRequest` for several: each of them is sent by itself, never together."""
    if len(orders) > 1:
        raise InvalidRequest(
            f"quantity: above the freeze quantity, {len(orders)} orders",
            field="quantity",
            next_step=tr("Send it as the orders of its plan. Nothing was sent."),
        )
    return orders[0]
