"""What a refresh of instruments says as it goes on: a line at each quarter of what comes, one a second at most."""

import asyncio
from types import TracebackType
from typing import Final, Self

from app.brokers.base import BrokerSpec
from app.domain import Clock, Progress
from app.services.events import Events
from app.services.views import Event, MasterChanged
from app.services.words import progress_words
from app.system.talk import Talk

_PAUSE: Final = 1.0  # seconds between two lines
_STEP: Final = 4_000_000  # bytes a line while nobody knows how many come in all
_ROWS: Final = 50_000
_QUARTERS: Final = 4


class Told:
    """Follows the refresh of one broker's master between entering and leaving."""

    def __init__(self, events: Events, clock: Clock, spec: BrokerSpec, talk: Talk) -> None:
        self._clock = clock
        self._subscribe = events.subscribe
        self._spec = spec
        self._talk = talk
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._step = (0, 0)
        self._next = self._clock.monotonic() + _PAUSE

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._subscribe(self._hear)
        self._telling = asyncio.create_task(self._tell(), name="refresh-lines")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._unsubscribe()
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)

    def _hear(self, event: Event) -> None:
        if not isinstance(event, MasterChanged) or event.view.broker_type != self._spec.key:
            return
        progress, now = event.view.fetching, self._clock.monotonic()
        if progress is None or _step(progress) == self._step or now < self._next:
            return
        self._step, self._next = _step(progress), now + _PAUSE
        self._lines.put_nowait(f"{self._spec.label}: {progress_words(progress)}")

    async def _tell(self) -> None:
        while True:
            await self._talk.emit({"kind": "progress", "says": await self._lines.get()})


def _step(progress: Progress) -> tuple[int, int]:
    """Which part it is at: of the bytes, of the rows."""
    if progress.of:
        return _QUARTERS * progress.fetched // progress.of, progress.rows // _ROWS
    return progress.fetched // _STEP, progress.rows // _ROWS
