"""Everything that is known when a ticket is looked at, brought together: what is asked of the broker, side by side."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, cast

from app.domain import Clock, Exchange, Instrument, Instruments, NotFound, OrderPlan, OrderRequest, TradingError
from app.domain.intents import Mode
from app.domain.market import SEGMENTS, in_force
from app.domain.records import dataclass
from app.services.book_views import Book, FundsView, HoldingsView, PositionsView
from app.services.order_accounts import OrderAccount, OrderAccounts, Shelf
from app.services.order_checks import Look
from app.services.order_ground import Ground
from app.services.order_prices import Priced, Prices
from app.services.order_views import Finding
from app.services.views import PreferencesView

_PATIENCE: Final = 3.0  # seconds that a price may take: the checks go without one after that


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen for one ticket: what the ground says, and the look itself where the account could be asked."""

    ground: tuple[Finding, ...]
    one: OrderAccount | None = None
    look: Look | None = None


class Looks:
    """The looks at tickets of all accounts."""

    def __init__(
        self,
        *,
        ground: Ground,
        accounts: OrderAccounts,
        portfolio: Shelf,
        instruments: Instruments,
        prices: Prices,
        caps: Callable[[], PreferencesView],
        clock: Clock,
        mode: Mode | None,
    ) -> None:
        self._ground = ground
        self._accounts = accounts
        self._portfolio = portfolio
        self._instruments = instruments
        self._prices = prices
        self._caps = caps
        self._clock = clock
        self._mode = mode

    async def at(self, user_id: str, request: OrderRequest, *, is_change: bool = False) -> Seen:
        """A look at `request` with the price of now, as far as the broker tells one soon."""
        return await self._at(user_id, request, self._price(user_id, request), is_change=is_change)

    async def again(self, user_id: str, request: OrderRequest, priced: Priced | None, *, is_change: bool) -> Seen:
        """Another look, with the price of the first one: whoever confirms does not wait for a price."""
        return await self._at(user_id, request, _known(priced), is_change=is_change)

    async def instrument(self, user_id: str, exchange: Exchange, symbol: str) -> Instrument | None:
        """As the account's broker lists it, by the broker's name or by Kunji's; the broker's first, it is exact."""
        broker, key = self._accounts.find(user_id).view().broker_type, (exchange.value, symbol)
        known = await self._instruments.by_broker_symbol(broker, [key])
        return known.get(key) or await self._instruments.by_symbol(broker, *key)

    # ------------------------------------------------------------------ parts

    async def _at(
        self, user_id: str, request: OrderRequest, price: Coroutine[Any, Any, Priced | None], *, is_change: bool
    ) -> Seen:
        ground, priced = await asyncio.gather(self._ground.look(user_id, request.exchange), price)
        try:
            one = self._accounts.find(user_id)
        except NotFound:  # the ground has said so
            return Seen(ground)
        look = Look(request, self._clock.now(), self._mode, self._caps(), priced=priced, is_change=is_change)
        look = self._with_books(look, user_id)
        if any(finding.check == "account" for finding in ground):  # nothing can be asked with it: said once
            return Seen(ground, one, look)
        return Seen(ground, one, await self._planned(one, look))

    def _with_books(self, look: Look, user_id: str) -> Look:
        """With the account's books as they were last read; each says itself whether it is current."""
        return replace(
            look,
            funds=cast("FundsView", self._portfolio.book(Book.FUNDS, user_id)),
            holdings=cast("HoldingsView", self._portfolio.book(Book.HOLDINGS, user_id)),
            positions=cast("PositionsView", self._portfolio.book(Book.POSITIONS, user_id)),
        )

    async def _planned(self, one: OrderAccount, look: Look) -> Look:
        """With what the broker's adapter makes of it; nothing is sent for that."""
        request = look.request
        try:
            listed = await self.instrument(one.view().user_id, request.exchange, request.symbol)
            look = replace(look, instrument=listed)
            look = replace(look, plan=await _plan(one, request))
        except TradingError as error:
            return replace(look, refused=error)
        return replace(look, takes_amo=await self._takes_amo(one, look))

    async def _takes_amo(self, one: OrderAccount, look: Look) -> bool:
        """Whether the broker would take it as an after-market order; asked only when that is what is left to do."""
        segment = SEGMENTS.get(look.request.exchange)
        if look.request.amo or segment is None or in_force().is_open([segment], look.now):
            return False
        try:
            await _plan(one, replace(look.request, amo=True))
        except TradingError:
            return False
        return True

    async def _price(self, user_id: str, request: OrderRequest) -> Priced | None:
        """None where the broker tells none, or not soon."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._prices.of(user_id, request.exchange, request.symbol)
        except (TradingError, TimeoutError):
            return None


async def _known(priced: Priced | None) -> Priced | None:
    return priced


async def _plan(one: OrderAccount, request: OrderRequest) -> OrderPlan:
    return await one.call(lambda broker: broker.plan_order(request), kind="plan", evidence=False)
