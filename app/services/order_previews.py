"""Previews that were given out: each goes once, whoever asks for it how often (promise O3).

What was held back may be tried again, because then nothing was sent; a mistake in between is never tried again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain import Clock
from app.domain.tongue import tr
from app.services.order_findings import stop
from app.services.order_prices import Priced
from app.services.order_views import Finding, Preview, Sent
from app.services.pacing import let_end

AGE: Final = timedelta(seconds=60)
_MANY: Final = 500


@dataclass(slots=True)
class Kept:
    """A preview, when it was made by the monotonic clock, the price it was made with, and its one sending."""

    preview: Preview
    made: float
    priced: Priced | None = None
    sending: asyncio.Task[Sent] | None = None


class Previews:
    """Those of the last minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Kept] = {}

    def keep(self, preview: Preview, priced: Priced | None = None) -> Preview:
        """From now on it can be sent."""
        for old in list(self._kept)[: max(0, len(self._kept) - _MANY)]:
            if self._is_over(self._kept[old]):
                del self._kept[old]
        self._kept[preview.preview_id] = Kept(preview, self._clock.monotonic(), priced)
        return preview

    async def once(self, preview: Preview, send: Callable[[Kept], Awaitable[Sent]]) -> Sent:
        """What `send` made of it, now or before; it goes on when whoever waits gives up."""
        kept = self._kept.get(preview.preview_id)
        if kept is None or kept.preview != preview:
            return Sent((), (outdated(),))
        # an error in between leaves the task as it is: nobody knows how far it came, so it is never begun again
        if kept.sending is None or _was_held_back(kept.sending):
            kept.sending = asyncio.create_task(_run(send, kept), name="send-preview")
        return await asyncio.shield(kept.sending)

    def is_old(self, kept: Kept) -> bool:
        """Whether too much may have changed since; of two clocks, because one stands still while a machine sleeps."""
        passed = timedelta(seconds=self._clock.monotonic() - kept.made)
        return max(passed, abs(self._clock.now() - kept.preview.at)) > AGE

    async def close(self) -> None:
        """Give up what is still being looked at: whoever sends has ended, nothing is under way there."""
        await let_end([kept.sending for kept in self._kept.values() if kept.sending is not None])

    def _is_over(self, kept: Kept) -> bool:
        return self.is_old(kept) and (kept.sending is None or kept.sending.done())


def outdated() -> Finding:
    """It is too long ago, or something else than what was shown."""
    return stop("outdated", tr("Something may have changed since you looked at it"), tr("Look at it once more."))


async def _run(send: Callable[[Kept], Awaitable[Sent]], kept: Kept) -> Sent:
    return await send(kept)


def _was_held_back(sending: asyncio.Task[Sent]) -> bool:
    if not sending.done() or sending.cancelled() or sending.exception() is not None:
        return False
    return not sending.result().records
