"""Small things that must outlive Kunji: what was told, what an account trades."""

import logging
from typing import TYPE_CHECKING, Final

from app.domain import VaultError

if TYPE_CHECKING:
    from app.store import AppStore

_log: Final = logging.getLogger(__name__)


class Remembered(dict[str, str]):
    """Texts by name. Changed at once, on the disk after `save`; read again from there at the next start."""

    def __init__(self, store: "AppStore", setting: str) -> None:
        self._store = store
        self._setting = setting
        stored: dict[str, object] = store.settings.get(setting, {})
        super().__init__({name: text for name, text in stored.items() if isinstance(text, str)})
        self._saved = dict(self)

    async def save(self) -> None:
        """Write down what has changed; a full disk costs at most that something is told twice."""
        values = dict(self)
        if values == self._saved:
            return
        try:
            await self._store.settings.set(self._setting, values)
        except VaultError as error:
            _log.warning("not saved setting=%s kind=%s", self._setting, error.kind)
        self._saved = values  # not when this was cancelled: who closes saves once more
