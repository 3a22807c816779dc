"""Every operation of the port, how it is called and what it needs: what is left out here fails a test."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.brokers.base import Ability, BaseBroker, Pasted, SignIn
from app.domain import Exchange, Order, OrderChange, OrderType
from tests.brokers.benches.base import Bench
from tests.fakes.orders import row, ticket

PORT: Final = frozenset(
    {
        "connect",
        "validate",
        "sign_in",
        "get_profile",
        "get_funds",
        "get_positions",
        "get_holdings",
        "get_orders",
        "get_order",
        "get_order_addresses",
        "get_order_status",
        "get_order_history",
        "get_trades",
        "get_ltp",
        "get_quotes",
        "load_instruments",
        "place_order",
        "plan_order",
        "modify_order",
        "cancel_order",
        "find_orders",
        "fresh_tag",
        "follow_orders",
        "renew",
        "revoke",
        "close",
    }
)
"""The methods of the port, typed by hand."""

NOTHING: Final = Ability(0)
BY_PAGE: Final = 2
BY_CODE: Final = 3


@dataclass(slots=True)
class At:
    """An adapter at a bench, an order that it may ask for, and a sign-in whose page was left."""

    bench: Bench
    broker: BaseBroker
    order_id: str = "1"
    resting: Order | None = None  # a limit order, which it may modify or cancel; None: one that nobody placed
    page: tuple[SignIn, Pasted] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: how it is called, and what it needs.

    `user` is whose session is used: what begins, prolongs or ends one has a client of its own. `once`: never repeated.
    """

    call: Callable[[At], Awaitable[object]]
    needs: Ability = NOTHING
    user: int = 0
    once: bool = False


async def open_page(at: At) -> None:
    """Let the user of "sign in by page" come back from the broker's page; what he brings waits in `page`."""
    sign_in = at.broker.sign_in(at.bench.signed_out(BY_PAGE))
    await sign_in.advance(None)
    at.page = sign_in, Pasted(at.bench.grant(BY_PAGE))


async def _by_page(at: At) -> object:
    if at.page is None:
        await open_page(at)
    assert at.page is not None
    sign_in, pasted = at.page
    return await sign_in.advance(pasted)


def _rests(at: At) -> Order:
    """What is modified or cancelled: what was placed for that, or else an order under the id that may be asked for."""
    asked = ticket(symbol=at.bench.cash, quantity=1, price=Decimal(1480))
    return at.resting or row(asked, order_id=at.order_id, raw_status="open")


async def _modify(at: At) -> None:
    """The order over one unit more, all else as it is."""
    order = _rests(at)
    await at.broker.modify_order(order, OrderChange(order.quantity + 1, OrderType.LIMIT, order.price))


CHANGES: Final = ("modify order", "cancel order")
WRITES: Final = ("place order", *CHANGES)
"""What may put something into the market: each ends in one of four ways, and is sent once."""

OPERATIONS: Final[dict[str, Operation]] = {
    "validate": Operation(lambda at: at.broker.validate()),
    "profile": Operation(lambda at: at.broker.get_profile()),
    "funds": Operation(lambda at: at.broker.get_funds(), Ability.FUNDS),
    "holdings": Operation(lambda at: at.broker.get_holdings(), Ability.HOLDINGS),
    "positions": Operation(lambda at: at.broker.get_positions(), Ability.POSITIONS),
    "orders": Operation(lambda at: at.broker.get_orders()),
    "order": Operation(lambda at: at.broker.get_order(at.order_id)),
    "order status": Operation(lambda at: at.broker.get_order_status(at.order_id)),
    "history": Operation(lambda at: at.broker.get_order_history(at.order_id), Ability.ORDER_HISTORY),
    "trades": Operation(lambda at: at.broker.get_trades(), Ability.TRADES),
    "ltp": Operation(lambda at: at.broker.get_ltp(at.bench.cash, Exchange.NSE), Ability.QUOTES),
    "quotes": Operation(lambda at: at.broker.get_quotes([(at.bench.cash, Exchange.NSE)]), Ability.QUOTES),
    "instruments": Operation(lambda at: at.broker.load_instruments(), Ability.INSTRUMENTS, once=True),
    "place order": Operation(lambda at: at.broker.place_order(at.bench.order()), Ability.ORDERS, once=True),
    "modify order": Operation(_modify, Ability.ORDERS, once=True),
    "cancel order": Operation(lambda at: at.broker.cancel_order(_rests(at)), Ability.ORDERS, once=True),
    "begin to sign in": Operation(
        lambda at: at.broker.sign_in(at.bench.signed_out(BY_PAGE)).advance(None), user=BY_PAGE, once=True
    ),
    "sign in by page": Operation(_by_page, user=BY_PAGE, once=True),
    "sign in by code": Operation(
        lambda at: at.broker.sign_in(at.bench.with_pin(BY_CODE, seed=True)).advance(None), user=BY_CODE, once=True
    ),
    "renew": Operation(lambda at: at.broker.renew(), Ability.RENEW, user=4, once=True),
    "revoke": Operation(lambda at: at.broker.revoke(), Ability.REVOKE, user=5, once=True),
}
"""By name; which of them a broker has stands in its bench."""
