"""The journal of orders as the services use it: opened at its first use, and again when it could not be before.

While it cannot be opened every use raises why, so that nothing is sent; the rest of Kunji works.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.intents import Intent, Record, Step

if TYPE_CHECKING:
    from app.store.journal import Journal


class KeptJournal:
    """The journal at `path`; see `app.store.journal.Journal` for what its operations do and raise."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._journal: Journal | None = None
        self._opening = asyncio.Lock()

    async def probe(self) -> None:
        """See `Journal.probe`."""
        await (await self._opened()).probe()

    async def write(self, intents: Sequence[Intent]) -> None:
        """See `Journal.write`."""
        await (await self._opened()).write(intents)

    async def note(self, steps: Sequence[Step]) -> None:
        """See `Journal.note`."""
        await (await self._opened()).note(steps)

    async def unsettled(self) -> tuple[Record, ...]:
        """See `Journal.unsettled`."""
        return await (await self._opened()).unsettled()

    async def since(self, moment: datetime) -> tuple[Record, ...]:
        """See `Journal.since`."""
        return await (await self._opened()).since(moment)

    async def forget(self, now: datetime, years: int) -> None:
        """See `Journal.forget`."""
        await (await self._opened()).forget(now, years)

    async def close(self) -> None:
        """Let go of the file."""
        async with self._opening:
            journal, self._journal = self._journal, None
            if journal is not None:
                await journal.close()

    async def _opened(self) -> "Journal":
        from app.store.journal import Journal  # loaded on first use: start-up

        async with self._opening:
            if self._journal is None:
                self._journal = await Journal.open(self._path)
            return self._journal
