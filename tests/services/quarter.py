"""Four demo brokers and one Kunji over real sockets, all on one clock that passes whenever somebody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from app.brokers.base import BaseBroker
from app.domain import MemoryInstruments, OrderRequest, OrderType, Product
from app.services.answers import Yes
from app.services.core import Services, build_services
from app.services.exit_books import closing_side
from app.services.order_views import ExitLine, ExitPlan, ExitScope, ExitView
from app.services.views import AccountView
from app.simulators.order_calls import OrderCall
from app.system.paths import Profile
from tests.brokers.bench import BENCHES, Bench, equip
from tests.brokers.benches import base
from tests.fakes.clock import ManualClock
from tests.services.fakes import MemoryKeychain
from tests.services.floor import MORNING

KEYS: Final = ("zerodha", "dhan", "fyers", "angel_one")
FAMILY: Final = 8  # order requests of one client in any sliding second


class Quarter:
    """The first client of each broker is an account here, with the positions of the demo."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.clock = ManualClock(MORNING)
        patch.setattr(base, "ManualClock", lambda: self.clock)
        instruments = MemoryInstruments()  # shared: one broker's list says what another's leaves out
        patch.setattr(base, "MemoryInstruments", lambda: instruments)
        self.benches: dict[str, Bench] = {key: BENCHES[key]() for key in KEYS}
        self.folder = folder
        self.accounts: dict[str, AccountView] = {}
        self._loops: list[asyncio.Task[None]] = []
        self.services: Services

    async def open(self) -> None:
        for bench in self.benches.values():
            await bench.start()
        self.services = await build_services(
            Profile(self.folder),
            clock=self.clock,
            keychain=MemoryKeychain(),
            make_broker=self._make,
            quiet_hours=None,
        )
        for key, bench in self.benches.items():
            answer = await self.services.brokers.connect_broker(key, key, bench.live())
            assert isinstance(answer, Yes), answer
            self.accounts[key] = answer.value
            await equip(bench, await self.adapter(key))
            some = next(iter(bench.instruments._rows[key].values()))
            await self.services.store.instruments.replace(key, [some], day=self.clock.now().date())

        self._loops = [asyncio.create_task(work) for work in self.services.order_parts.loops().values()]

    def _make(self, broker_type: str) -> BaseBroker:
        return self.benches[broker_type].broker()

    async def adapter(self, key: str) -> BaseBroker:
        return await self.services.accounts.find(self.accounts[key].user_id).ready()

    async def leave(self) -> None:
        """Kunji is closed."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.services.close()

    async def close(self) -> None:
        await self.leave()
        for bench in self.benches.values():
            await bench.stop()

    # -------------------------------------------------------------- what happens there

    def client(self, key: str) -> str:
        return self.benches[key].users[0].client_id

    def controls(self, key: str) -> Any:
        """Each broker has more of them than the benches share."""
        return self.benches[key].controls

    def books(self, key: str) -> Any:
        """The client's books in the demo broker."""
        house: Any = self.benches[key].sim
        return house._broker.accounts[self.client(key)]

    def held(self, key: str) -> list[int]:
        """The open positions in units, by size: the broker's own words for contracts do not matter."""
        books = self.books(key)
        books.settle()
        units = (leg.quantity * leg.contract.units for leg in books.ledger.legs.values())
        return sorted(filter(None, units))

    def grow(self, key: str, name: str, quantity: int) -> None:
        """The client carries so much of the contract that he has of `name`."""
        legs = self.books(key).ledger.legs.values()
        leg = next(leg for leg in legs if leg.contract.name == name and leg.contract.is_derivative)
        leg.overnight, leg.overnight_price = quantity, leg.overnight_price or leg.average or Decimal(100)

    async def rests(self, key: str, symbol: str, product: Product) -> str:
        """An order of the client's own against a position, too far away to be filled; its id."""
        adapter = await self.adapter(key)
        position = next(row for row in await adapter.get_positions() if (row.symbol, row.product) == (symbol, product))
        away = Decimal("1.02") if position.quantity > 0 else Decimal("0.98")
        asked = OrderRequest(
            symbol,
            position.exchange,
            product,
            closing_side(position.quantity),
            OrderType.LIMIT,
            abs(position.quantity),
            Decimal(int(self.price(key, symbol) * away)),
            tag=adapter.fresh_tag(),
        )
        return (await adapter.place_order(asked)).order_id

    def price(self, key: str, name: str) -> Decimal:
        books = self.books(key)
        contract = next(leg.contract for leg in books.ledger.legs.values() if leg.contract.name == name)
        return Decimal(books.prices.last(contract))

    # -------------------------------------------------------------- exits

    async def plan(self, scope: ExitScope | None = None) -> ExitPlan:
        return (await self.services.orders.plan_exits([scope or ExitScope()]))[0]

    async def exited(self) -> ExitView:
        return await self.services.orders.exit(await self.plan())

    def left(self, view: ExitView, key: str) -> list[int | None]:
        lines = [line.left for line in self.parts(view, key)]
        known = [left for left in lines if left is not None]
        return [*sorted(filter(None, known))] if len(known) == len(lines) else [None]

    def parts(self, view: ExitView, key: str) -> list[ExitLine]:
        return [line for line in view.lines if line.part.user_id == self.accounts[key].user_id]

    def whys(self, view: ExitView, key: str) -> str:
        return " ".join(line.why for line in self.parts(view, key))

    def calls(self, key: str) -> tuple[OrderCall, ...]:
        return self.benches[key].sim.order_calls

    def most_in_a_second(self, key: str) -> int:
        at = [call.monotonic for call in self.calls(key)]
        return max((sum(one <= other < one + 1.0 for other in at) for one in at), default=0)


@asynccontextmanager
async def quarter_of(patch: pytest.MonkeyPatch, folder: Path) -> AsyncIterator[Quarter]:
    made = Quarter(patch, folder)
    passing = asyncio.create_task(_pass(made.clock))
    try:
        await made.open()
        yield made
    finally:
        await made.close()
        passing.cancel()
        with suppress(asyncio.CancelledError):
            await passing


async def _pass(clock: ManualClock) -> None:
    while True:
        await asyncio.sleep(0.002)
        if clock.sleeping:
            await clock.advance(0.1)
