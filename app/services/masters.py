"""The instrument masters: fetched once a day per broker in the background, as soon as an account is connected.

Until 08:30 IST yesterday's is good enough: brokers publish the new one in the early morning. Positions are read anew
afterwards, because names of contracts come from the master.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from app.brokers.base import Ability, BaseBroker
from app.domain import Clock, Instruments, TradingError
from app.domain.clock import IST
from app.services.accounts import Accounts
from app.services.pacing import Pause
from app.services.sessions import Coordinator, let_go
from app.services.sign_in_goals import adapter_of
from app.services.views import AccountChanged, Event

_log: Final = logging.getLogger(__name__)
_PUBLISHED: Final = time(8, 30)
_AGAIN: Final = 900.0  # seconds until the next look, also after a failure


class Masters:
    """Keeps the instrument master of every connected broker fresh."""

    def __init__(
        self,
        accounts: Accounts,
        instruments: Instruments,
        clock: Clock,
        after: Callable[[str], Awaitable[object]],
        make_broker: Callable[[str], BaseBroker],
    ) -> None:
        """`after` is called with the id of each connected account whose broker has a new master."""
        self._accounts = accounts
        self._instruments = instruments
        self._clock = clock
        self._after = after
        self._make_broker = make_broker
        self._pause = Pause(clock)
        self._tried: dict[str, float] = {}
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by broker: one at a time

    def hear(self, event: Event) -> None:
        """Look again when an account of a broker not tried yet is connected; a listener of `Events`."""
        if isinstance(event, AccountChanged) and event.view.broker_type not in self._tried:
            self._pause.end()

    async def run(self) -> None:
        """Look every quarter of an hour until cancelled."""
        while True:
            await self.look()
            await self._pause.sleep(_AGAIN)

    async def look(self) -> None:
        """Fetch what is missing or old, one broker after another."""
        for broker_type in self._connected():
            if self._may_try(broker_type) and await self._is_old(broker_type):
                try:
                    await self.refresh(broker_type)
                except TradingError as error:  # the last good master stays; tried again later
                    _log.warning("instruments not loaded broker=%s kind=%s", broker_type, error.kind)

    async def refresh(self, broker_type: str) -> int:
        """Fetch the broker's master now, connected or not; how many rows it has.

        Raises what prevented it, and `InvalidRequest` for a broker that is not supported; the last good master stays.
        """
        async with self._fetching[broker_type]:
            return await self._fetch(broker_type)

    async def need(self, broker_type: str) -> None:
        """Return when there is a master, however old. Raises what keeps the first one from coming."""
        if await self._instruments.loaded_on(broker_type) is None:
            async with self._fetching[broker_type]:
                if await self._instruments.loaded_on(broker_type) is None:  # another did not just fetch it
                    await self._fetch(broker_type)

    def _connected(self) -> dict[str, Coordinator]:
        able = [one for one in self._accounts if one.is_connected and one.is_able(Ability.INSTRUMENTS)]
        return {one.account.broker_type: one for one in reversed(able)}

    def _may_try(self, broker_type: str) -> bool:
        tried = self._tried.get(broker_type)
        return tried is None or self._clock.monotonic() - tried >= _AGAIN

    async def _is_old(self, broker_type: str) -> bool:
        loaded = await self._instruments.loaded_on(broker_type)
        return loaded is None or loaded < needed(self._clock.now())

    async def _fetch(self, broker_type: str) -> int:
        self._tried[broker_type] = self._clock.monotonic()
        try:
            rows = await self._load(broker_type)
        except asyncio.CancelledError:  # who asked would not wait: that says nothing about the broker
            del self._tried[broker_type]
            raise
        _log.info("instruments loaded broker=%s rows=%d", broker_type, rows)
        for one in self._accounts:
            if one.account.broker_type == broker_type and one.is_connected:
                await self._after(one.user_id)
        return rows

    async def _load(self, broker_type: str) -> int:
        one = self._connected().get(broker_type)
        if one is not None:
            return await one.call(lambda broker: broker.load_instruments(), evidence=False)
        broker = adapter_of(self._make_broker, broker_type)  # masters are public: no session is needed
        try:
            return await broker.load_instruments()
        finally:
            await let_go(broker)


def needed(now: datetime) -> date:
    """The day whose master is good enough at `now`."""
    here = now.astimezone(IST)
    return here.date() if here.time() >= _PUBLISHED else here.date() - timedelta(days=1)
