"""When one of the profile's databases is damaged: which copy can be put back, and doing it. Nobody has them open."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import Clock, Worker
from app.domain.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from app.store.copies import Copy
    from app.system.paths import Profile

_ANY: Final = 2**31
_log: Final = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offer:
    """A damaged file by name, and when the copy of it was taken that can be put in its place."""

    name: str
    at: datetime


class Mending:
    """Looks and mends on a thread of its own: a damaged file may be large."""

    def __init__(self, profile: "Profile", clock: Clock) -> None:
        self._profile = profile
        self._clock = clock

    async def offer(self) -> Offer | None:
        """What can be put back, None when nothing is damaged or no sound copy is there."""
        return await self._apart(self._offer)

    async def mend(self, name: str = "") -> Offer:
        """Put the newest sound copy of `name` (by default: of the damaged file) in its place; what was done.

        The original is kept among the copies. Raises `NotFound` when there is nothing to put back, and a `VaultError`
        for trouble with the disk.
        """
        return await self._apart(lambda: self._mend(name))

    def _offer(self) -> Offer | None:
        for path in self._paths():
            if path.exists() and not self._sound(path) and (copy := self._copy_of(path)) is not None:
                return Offer(path.name, copy.at)
        return None

    def _mend(self, name: str) -> Offer:
        from app.store.copies import Copies, none_left  # loaded on first use: start-up

        if not name:
            offer = self._offer()
            name = offer.name if offer is not None else "app.db"
        path = next(path for path in self._paths() if path.name == name)
        copy = self._copy_of(path)
        if copy is None:
            raise none_left(name)
        aside = Copies(path, self._clock.now).put_back(copy)
        _log.warning("copy put back of=%s taken=%s original=%s", name, copy.at.isoformat(), aside and aside.name)
        return Offer(name, copy.at)

    def _paths(self) -> "tuple[Path, ...]":
        return self._profile.app_path, self._profile.vault_path

    def _copy_of(self, path: "Path") -> "Copy | None":
        from app.store.copies import Copies  # loaded on first use: start-up

        return next((copy for copy in Copies(path, self._clock.now).all() if self._sound(copy.path, like=path)), None)

    def _sound(self, path: "Path", *, like: "Path | None" = None) -> bool:
        from app.store import app_db  # loaded on first use: start-up
        from app.store.copies import sound  # loaded on first use: start-up
        from app.store.vault_layout import VAULT_LAYOUT  # loaded on first use: start-up

        layout = VAULT_LAYOUT if (like or path).name == self._profile.vault_path.name else app_db.layout()
        newest = _ANY if like is None else len(layout.migrations)  # a newer file is not damaged, a newer copy no help
        return sound(path, layout.application_id, newest)

    async def _apart(self, work: Callable[[], T]) -> T:
        worker = Worker("kunji-mending")
        try:
            return await worker.run(work)
        finally:
            worker.stop()
