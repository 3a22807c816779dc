"""Frozen events to plain callables; the Qt bridge is one of them, a test's list another."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.services.views import Event

_log: Final = logging.getLogger(__name__)
Listener = Callable[["Event"], None]


class Events:
    """Who wants to know, and the one way to tell them. Use from the loop's thread only."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the result undoes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def publish(self, event: "Event") -> None:
        """Tell everyone, in the order they came; one listener's error does not keep the news from the next."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - a broken view must not stop a token watch; it is logged whole
                _log.exception("listener failed event=%s", type(event).__name__)
