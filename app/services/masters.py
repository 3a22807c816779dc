"""The instrument masters: fetched once a day per broker in the background, as soon as an account is connected.

Until 08:30 IST yesterday's is good enough: brokers publish the new one in the early morning. Positions are read anew
afterwards, because names of contracts come from the master.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from app.brokers.base import Ability
from app.domain import Instruments, OnProgress, Progress, TradingError
from app.domain.clock import IST
from app.services.accounts import Accounts
from app.services.pacing import Pause
from app.services.sessions import Coordinator, Desk, let_go
from app.services.sign_in_goals import adapter_of
from app.services.views import AccountChanged, Event, MasterChanged, MasterView

_log: Final = logging.getLogger(__name__)
_PUBLISHED: Final = time(8, 30)
_AGAIN: Final = 900.0  # seconds until the next look, also after a failure


class Masters:
    """Keeps the instrument master of every connected broker fresh."""

    def __init__(
        self,
        desk: Desk,
        accounts: Accounts,
        instruments: Instruments,
        after: Callable[[str], Awaitable[object]],
    ) -> None:
        """`after` is called with the id of each connected account whose broker has a new master."""
        self._accounts = accounts
        self._instruments = instruments
        self._desk = desk
        self._clock = desk.clock
        self._after = after
        self._views: dict[str, MasterView] = {}
        self._pause = Pause(desk.clock)
        self._tried: dict[str, tuple[float, date]] = {}  # when, and the list of which day was wanted
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by broker: one at a time

    def hear(self, event: Event) -> None:
        """Look again when an account of a broker not tried yet is connected; a listener of `Events`."""
        if isinstance(event, AccountChanged) and event.view.broker_type not in self._tried:
            self._pause.end()

    @property
    def views(self) -> tuple[MasterView, ...]:
        """How the masters stand that somebody has looked at."""
        return tuple(self._views.values())

    async def run(self) -> None:
        """Look every quarter of an hour, and when another list is needed, until cancelled."""
        while True:
            await self.look()
            await self._pause.sleep(min(_AGAIN, _until_published(self._clock.now())))

    async def look(self) -> None:
        """Fetch what is missing or old, one broker after another."""
        for broker_type in dict.fromkeys(one.account.broker_type for one in self._accounts):
            if broker_type not in self._views:
                with _logged(broker_type):
                    self._tell(await self._stands(broker_type))
        for broker_type in self._connected():
            with _logged(broker_type):
                if self._may_try(broker_type) and await self._is_old(broker_type):
                    await self.refresh(broker_type)

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
        if broker_type not in self._tried:
            return True
        tried, wanted = self._tried[broker_type]
        return self._clock.monotonic() - tried >= _AGAIN or wanted < needed(self._clock.now())

    async def _is_old(self, broker_type: str) -> bool:
        loaded = await self._instruments.loaded_on(broker_type)
        return loaded is None or loaded < needed(self._clock.now())

    async def _fetch(self, broker_type: str) -> int:
        self._tried[broker_type] = self._clock.monotonic(), needed(self._clock.now())
        before = await self._stands(broker_type)
        ended = before
        try:
            rows = await self._load(broker_type, lambda progress: self._tell(replace(before, fetching=progress)))
            ended = replace(await self._stands(broker_type), rows=rows, error=None)
        except asyncio.CancelledError:  # who asked would not wait: that says nothing about the broker
            del self._tried[broker_type]
            raise
        except TradingError as error:
            ended = replace(before, error=error)
            raise
        finally:
            self._tell(ended)
        _log.info("instruments loaded broker=%s rows=%d", broker_type, rows)
        for one in self._accounts:
            if one.account.broker_type == broker_type and one.is_connected:
                await self._after(one.user_id)
        return rows

    async def _load(self, broker_type: str, progress: OnProgress) -> int:
        one = self._connected().get(broker_type)
        if one is not None:
            progress(Progress())
            return await one.call(lambda broker: broker.load_instruments(progress), kind="instruments", evidence=False)
        broker = adapter_of(self._desk.make_broker, broker_type)  # masters are public: no session is needed
        progress(Progress())
        try:
            return await broker.load_instruments(progress)
        finally:
            await let_go(broker)

    async def _stands(self, broker_type: str) -> MasterView:
        """What is in force and what went wrong last, as far as is known here; nothing is being fetched."""
        known = self._views.get(broker_type, MasterView(broker_type, None))
        return replace(known, day=await self._instruments.loaded_on(broker_type), fetching=None)

    def _tell(self, view: MasterView) -> None:
        self._views[view.broker_type] = view
        self._desk.events.publish(MasterChanged(view))


def _until_published(now: datetime) -> float:
    """Seconds until a newer list is needed than now: until it is here no order goes out."""
    here = now.astimezone(IST)
    day = here.date() + timedelta(days=here.time() >= _PUBLISHED)
    return (datetime.combine(day, _PUBLISHED, IST) - here).total_seconds()


@contextmanager
def _logged(broker_type: str) -> Iterator[None]:
    """What fails, at a broker or at the disk, is tried again later: the last good master stays and the look goes on."""
    try:
        yield
    except TradingError as error:
        _log.warning("instruments not loaded broker=%s kind=%s", broker_type, error.kind)


def needed(now: datetime) -> date:
    """The day whose master is good enough at `now`."""
    here = now.astimezone(IST)
    return here.date() if here.time() >= _PUBLISHED else here.date() - timedelta(days=1)
