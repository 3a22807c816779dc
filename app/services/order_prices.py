"""Last prices for tickets: asked of the broker, at most once a second for one instrument, whoever wants to know."""

import asyncio
from typing import Final

from app.domain import Clock, Exchange, NotFound, Quote, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.order_accounts import OrderAccounts
from app.services.order_views import LastPrice
from app.services.sessions import again

_FRESH: Final = 1.0  # seconds that an answer serves everyone, an error too
_MANY: Final = 200
_Key = tuple[str, Exchange, str]


@dataclass(frozen=True, slots=True)
class Priced:
    """A price with the day's figures that came with it."""

    last: LastPrice
    quote: Quote


class Prices:
    """The prices that were asked for in this second, by account and instrument."""

    def __init__(self, accounts: OrderAccounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._asked: dict[_Key, tuple[float, asyncio.Task[Priced]]] = {}

    async def of(self, user_id: str, exchange: Exchange, symbol: str) -> Priced:
        """The price of now, or of this second. Raises why there is none."""
        key, now = (user_id, exchange, symbol), self._clock.monotonic()
        began, task = self._asked.get(key, (now - _FRESH, None))
        if task is None or (task.done() and (now - began >= _FRESH or task.cancelled())):
            task = self._begin(key, now)
        try:
            return await asyncio.shield(task)
        except TradingError as error:
            raise again(error) from None

    async def close(self) -> None:
        """Give up what is being asked."""
        tasks = [task for _, task in self._asked.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: _Key, now: float) -> asyncio.Task[Priced]:
        for old in [one for one, (began, task) in self._asked.items() if task.done() and now - began >= _FRESH]:
            if len(self._asked) >= _MANY:
                del self._asked[old]
        task = asyncio.create_task(self._ask(*key), name="price")
        task.add_done_callback(_seen)
        self._asked[key] = now, task
        return task

    async def _ask(self, user_id: str, exchange: Exchange, symbol: str) -> Priced:
        one, pair = self._accounts.find(user_id), (symbol, exchange)
        quotes = await one.call(lambda broker: broker.get_quotes([pair]), kind="quotes")
        quote = quotes.found.get(pair)
        if quote is None:
            raise NotFound(symbol, title=tr("The broker has no price of {symbol}", symbol=symbol))
        return Priced(LastPrice(quote.last_price, self._clock.now()), quote)


def _seen(task: asyncio.Task[Priced]) -> None:
    """An error that nobody waits for any more was told to whoever did."""
    if not task.cancelled():
        task.exception()
