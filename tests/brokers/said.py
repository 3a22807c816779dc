"""What the four tests of promise O4 share: a desk, tickets that are played there, and how what is said is compared.

How a broker's words are read stands in each of the tests, typed from its sheet.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

from app.brokers.base import BaseBroker, BrokerPorts
from app.domain import Instrument, MemoryInstruments, OrderChange, OrderRequest, OrderSide, OrderType
from tests.brokers.tickets import NoCap
from tests.brokers.zerodha.server import Received, ScriptedServer
from tests.fakes.hurry import HurryingClock

B = TypeVar("B", bound=BaseBroker)
Terms = TypeVar("Terms", OrderRequest, OrderChange)
Pairs = Sequence[tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Desk(Generic[B]):
    """An adapter whose limits cost no time, and the server that it talks to; `pause` seconds before each request."""

    broker: B
    server: ScriptedServer
    clock: HurryingClock
    pause: float

    async def sent(self, call: Awaitable[object]) -> Received:
        """The one request that `call` makes."""
        self.clock.skip(self.pause)
        self.server.requests.clear()
        await call
        [request] = self.server.requests
        return request

    async def body(self, method: str, path: str, call: Awaitable[object]) -> dict[str, Any]:
        """The JSON of the one request that `call` makes there, its numbers exact."""
        request = await self.sent(call)
        assert (request.method, request.path) == (method, path)
        return dict(json.loads(request.body, parse_float=Decimal))


@asynccontextmanager
async def desk_of(
    make: Callable[[BrokerPorts], B], master: Sequence[Instrument], *, pause: float
) -> AsyncIterator[Desk[B]]:
    """A desk where `master` is in place and nobody has connected yet."""
    clock, instruments = HurryingClock(), MemoryInstruments()
    async with ScriptedServer() as server:
        broker = make(BrokerPorts(clock, NoCap(), instruments, server.base_url))
        await instruments.replace(broker.spec.key, master, day=clock.now().date())
        try:
            yield Desk(broker, server, clock, pause)
        finally:
            await broker.close()


async def agree(asked: Iterable[OrderRequest], play: Callable[[OrderRequest], Awaitable[Pairs]]) -> None:
    """Play every ticket; fail with all of which something that was said is not what was meant."""
    different: list[tuple[object, ...]] = []
    for one in asked:
        different += [(one, said, meant) for said, meant in await play(one) if said != meant]
    assert different == []


def ticket_of(how: OrderChange, **what: Any) -> OrderRequest:
    """The ticket whose size, type, prices and validity are those of `how`."""
    return OrderRequest(**what, **{field.name: getattr(how, field.name) for field in fields(how)})


def as_stop_at_market(said: Terms, side: OrderSide, tick: Decimal, widest: Decimal) -> Terms:
    """`said`, a stop with a limit, taken for the stop at market it stands for; `widest` is a part of the trigger."""
    assert said.price is not None
    assert said.trigger_price is not None
    away = (said.price - said.trigger_price) * (1 if side is OrderSide.BUY else -1)
    assert said.order_type is OrderType.SL
    assert 0 <= away <= said.trigger_price * widest + tick
    assert said.price % tick == 0
    return replace(said, order_type=OrderType.SL_M, price=None)
