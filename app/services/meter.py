"""What calls to the brokers took and how they failed, noted as they end: a few numbers an account, in memory only."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain import Clock, TradingError
from app.services.book_views import PastError

_CALLS: Final = 100
_ERRORS: Final = 20


@dataclass(slots=True)
class Notes:
    """Of one account: seconds of the last good calls by kind, and the last errors, oldest first."""

    seconds: dict[str, deque[float]] = field(default_factory=dict)
    errors: deque[PastError] = field(default_factory=lambda: deque(maxlen=_ERRORS))


class Meter:
    """Notes by account. Noting a call costs a dictionary and a list; nothing is worked out before somebody asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notes: dict[str, Notes] = {}

    def of(self, user_id: str) -> Notes:
        """The notes of an account, begun with the first look at them."""
        return self._notes.setdefault(user_id, Notes())

    def forget(self, user_id: str) -> None:
        """The account is gone."""
        self._notes.pop(user_id, None)

    def answered(self, user_id: str, kind: str, began: float) -> None:
        """A call of this kind that `began` at this moment of the monotonic clock has its answer."""
        held = self.of(user_id).seconds
        if kind not in held:
            held[kind] = deque(maxlen=_CALLS)
        held[kind].append(self._clock.monotonic() - began)

    def failed(self, user_id: str, kind: str, error: TradingError) -> None:
        """A call has failed; the same trouble once more counts as one that comes again."""
        errors = self.of(user_id).errors
        told = PastError(self._clock.now(), kind, error.kind, error.title, error.next_step, error.detail)
        if errors and (errors[-1].error, errors[-1].title) == (told.error, told.title):
            told = replace(told, times=errors.pop().times + 1)
        errors.append(told)
