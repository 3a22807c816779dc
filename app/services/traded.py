"""Which segments each account trades: learnt from the positions that were ever seen in it.

An account in which none was seen yet may trade anything: nothing is held back from its user for the sake of quiet, and
it is warned of an end in the hours of any segment. Equity and derivatives count always: everybody may trade them.
"""

from typing import TYPE_CHECKING, Final

from app.domain.market import EQUITY, SEGMENTS, Segment
from app.services.remembered import Remembered
from app.services.views import AccountRemoved, Event, PositionsChanged

if TYPE_CHECKING:
    from app.store import AppStore

_ANY: Final = frozenset(Segment)


class Traded:
    """The segments by account."""

    def __init__(self, store: "AppStore") -> None:
        self._seen = Remembered(store, "segments")
        self.save = self._seen.save

    def hear(self, event: Event) -> None:
        """Learn from positions; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._seen.pop(event.user_id, None)
        elif isinstance(event, PositionsChanged):
            shown = {SEGMENTS[row.exchange] for row in event.view.rows or () if row.exchange in SEGMENTS}
            if shown:
                self._seen[event.view.user_id] = " ".join(sorted(shown | self._segments(event.view.user_id)))

    def of(self, user_id: str) -> frozenset[Segment]:
        """What the account may trade: all segments while nothing was seen."""
        seen = self._segments(user_id)
        return seen | set(EQUITY) if seen else _ANY

    def known(self, user_id: str) -> frozenset[Segment]:
        """What it trades for all one knows: equity and derivatives while nothing was seen."""
        return self._segments(user_id) | set(EQUITY)

    def _segments(self, user_id: str) -> frozenset[Segment]:
        words = self._seen.get(user_id, "").split()
        return frozenset(Segment(word) for word in words if word in set(Segment))
