"""The orders that close a position: as many plans as it takes, each within what the broker takes at once.

A position may be larger than one ticket can be; whoever wants to be out must not have to type several. Every order is
held against what was asked for: one too many would open the other side.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from app.domain import OrderPlan, OrderRequest, OrderType, TooMuchAtOnce, WireSurprise
from app.domain.order_plans import together
from app.services.exit_books import Key, closing_side


class Planning(Protocol):
    """What is needed of an adapter (`brokers.base.BaseBroker`)."""

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """What `order` would be sent as; sends nothing. Raises `TooMuchAtOnce` for more than one ticket may be for."""
        ...


async def closing_orders(broker: Planning, key: Key, quantity: int) -> OrderPlan:
    """The orders that close `quantity` units (negative: short). Raises the `TradingError` why there are none."""
    exchange, symbol, product = key
    asked = OrderRequest(symbol, exchange, product, closing_side(quantity), OrderType.MARKET, abs(quantity))
    try:
        return await _planned(broker, asked)
    except TooMuchAtOnce as error:
        if not 0 < error.at_most < asked.quantity:
            raise
        sizes = _sizes(asked.quantity, error.at_most)
    return _of(asked, together([await _planned(broker, replace(asked, quantity=size)) for size in sizes]))


async def _planned(broker: Planning, asked: OrderRequest) -> OrderPlan:
    return _of(asked, await broker.plan_order(asked))


def _of(asked: OrderRequest, plan: OrderPlan) -> OrderPlan:
    if not plan.is_of(asked):
        raise WireSurprise(f"the plan for {asked.quantity} {asked.symbol} is for something else")
    return plan


def _sizes(quantity: int, most: int) -> Iterator[int]:
    """`quantity` in parts of `most`, the last one as small as it must be."""
    return (min(most, quantity - done) for done in range(0, quantity, most))
