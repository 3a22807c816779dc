"""The accounts as they last stood, kept in the early file: the sidebar shows them in the first paint, with their time.

No amounts and nothing of the broker's: a name, a colour, a state. What cannot be read is as good as never written.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QObject, QTimer

from app.qt.tokens import STATE_SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain import Clock
    from app.services.views import AccountView, Event
    from app.system.early import EarlyFile

_NAME: Final = "accounts"
_LARGEST: Final = 99  # more accounts than anybody has; a file that holds more is not ours
_BEHIND_MS: Final = 1000


class KnownAccount(NamedTuple):
    """One account as it last stood; `state` is the value of its `AccountState`."""

    user_id: str
    title: str
    colour: str
    state: str


class Known(NamedTuple):
    """All accounts as they stood at `at`, in the user's order."""

    at: datetime
    accounts: tuple[KnownAccount, ...]


def known(early: EarlyFile) -> Known | None:
    """What the early file says, or None."""
    try:
        kept = early.get(_NAME)
        at = datetime.fromisoformat(kept["at"])
        accounts = tuple(KnownAccount(*map(_text, one)) for one in kept["accounts"][:_LARGEST])
    except (TypeError, KeyError, ValueError):
        return None
    sound = at.tzinfo is not None and all(one.state in STATE_SHAPES for one in accounts)
    return Known(at, accounts) if sound else None


class Keeper(QObject):
    """Writes them behind when one stands differently, and at the end."""

    def __init__(self, early: EarlyFile, clock: Clock) -> None:
        super().__init__()
        self._early, self._clock = early, clock
        self._views: dict[str, AccountView] = {}
        self._written: list[KnownAccount] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_BEHIND_MS)
        self._later.timeout.connect(self._write)

    def begin(self, views: Sequence[AccountView]) -> None:
        """The accounts as they stand now."""
        self._views = {view.user_id: view for view in views}
        self._write()

    def hear(self, event: Event) -> None:
        """Follow the accounts; a listener of `Events`."""
        from app.services.views import AccountChanged, AccountRemoved  # loaded after the first paint: start-up

        match event:
            case AccountChanged(view):
                self._views[view.user_id] = view
            case AccountRemoved(user_id):
                self._views.pop(user_id, None)
            case _:
                return
        if not self._later.isActive():
            self._later.start()

    def close(self) -> None:
        """Write them as they stand at the end, once somebody has said how they stand."""
        self._later.stop()
        if self._written is not None:
            self._written = None
            self._write()

    def _write(self) -> None:
        """A check that changes nothing costs no write."""
        accounts = [KnownAccount(v.user_id, v.title, v.colour, v.state.value) for v in self._views.values()]
        if accounts != self._written:
            self._written = accounts
            self._early.put(_NAME, {"at": self._clock.now().isoformat(), "accounts": accounts})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
