"""What is arranged and not set: columns, the last view, the order of a table. Read at once, written behind.

A dragged column tells its width dozens of times a second: what is put holds at once and reaches the disk together with
what follows it. Whoever reads checks that it is what it should be; what cannot be read was never put.
"""

import json
from typing import TYPE_CHECKING, Any, Final

from app.services.pacing import Background, Pause
from app.services.remembered import Remembered

if TYPE_CHECKING:
    from app.domain import Clock
    from app.store import AppStore

_SETTING: Final = "ui_state"
_GATHER: Final = 1.0  # seconds in which changes gather before they are written


class UiState:
    """JSON values by name."""

    def __init__(self, store: "AppStore", clock: "Clock") -> None:
        self._kept = Remembered(store, _SETTING)
        self._gathering = Pause(clock)
        self._work = Background()

    def get(self, name: str) -> Any:
        """The value of `name`, a copy; None when there is none."""
        try:
            return json.loads(self._kept.get(name, "null"))
        except ValueError:
            return None

    def put(self, name: str, value: Any) -> None:
        """Keep `value`, anything that JSON can hold (TypeError else); on the disk a second later, or at the close."""
        text = json.dumps(value, ensure_ascii=False)
        if self._kept.get(name) != text:
            self._kept[name] = text
            self._work.start("ui-state", self._write)

    @property
    def all(self) -> dict[str, Any]:
        """Everything that is kept, by name."""
        return {name: self.get(name) for name in sorted(self._kept)}

    async def flush(self) -> None:
        """Write what has gathered, now."""
        self._gathering.end()
        await self._work.finish()
        await self._kept.save()

    async def close(self) -> None:
        """Write what is left; before the store is closed."""
        await self.flush()

    async def _write(self) -> None:
        await self._gathering.sleep(_GATHER)
        await self._kept.save()
