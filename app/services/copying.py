"""Copies of the profile's two databases: one a day, and none that still holds an account that was removed."""

import logging
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError
from app.services.pacing import Background
from app.services.views import AccountRemoved, Event

if TYPE_CHECKING:
    from app.store import AppStore
    from app.vault import Vault

_log: Final = logging.getLogger(__name__)
_BEAT: Final = 3600.0  # seconds; whether a copy is due is asked of the copies, by the day
_SETTLED: Final = 5.0  # seconds after a removal: history and last readings are erased behind


class Copying:
    """Asks for the copies; how one is made: `store/copies.py`. The vault renews its own when it erases."""

    def __init__(self, store: "AppStore", vault: "Vault", clock: Clock) -> None:
        self._store, self._vault, self._clock = store, vault, clock
        self._work = Background()
        self._erased = False

    def hear(self, event: Event) -> None:
        """Renew the copies of what an account was erased from; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._erased = True
            self._work.start("copies", self._renew_soon)

    async def run(self) -> None:
        """Take what is due until cancelled."""
        while True:
            await self._clock.sleep(_BEAT)
            await self._take()

    async def close(self) -> None:
        """Let no copy outlive this with an account in it that was removed."""
        await self._work.close()
        await self._renew()

    async def _renew_soon(self) -> None:
        await self._clock.sleep(_SETTLED)
        await self._renew()

    async def _renew(self) -> None:
        if self._erased:
            self._erased = False
            await self._store.copy(erased=True)

    async def _take(self) -> None:
        try:
            await self._store.copy()
            await self._vault.copy()
        except VaultError as error:  # tried again in an hour
            _log.warning("no copies taken kind=%s", error.kind)
