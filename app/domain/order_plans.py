"""What is said of a plan of several orders, and several plans of one request as one. Pure."""

from collections.abc import Iterator, Sequence

from app.domain.orders import OrderPlan, OrderRequest
from app.domain.tongue import tr


def slices_in_words(orders: Sequence[OrderRequest]) -> Iterator[str]:
    """The sentence about an order that becomes several; none about one that stays one."""
    if len(orders) > 1:
        yield tr(
            "The exchange takes at most {units} units in one order: {orders} orders are sent, one after another.",
            units=orders[0].quantity,
            orders=len(orders),
        )


def together(plans: Sequence[OrderPlan]) -> OrderPlan:
    """All orders of `plans`, in their order, as one plan; how many there are is said of all of them, once."""
    orders = tuple(order for plan in plans for order in plan.orders)
    of_parts = {line for plan in plans for line in slices_in_words(plan.orders)}
    notes = (line for plan in plans for line in plan.notes if line not in of_parts)
    return OrderPlan(orders, tuple(dict.fromkeys((*slices_in_words(orders), *notes))))
