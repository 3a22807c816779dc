"""The status operation: one question to the broker, its answer kept for a minute unless something contradicts it."""

from dataclasses import replace
from typing import Final

from app.domain import Clock, SessionExpired, TradingError
from app.domain.records import dataclass
from app.services.pictures import ends_soon
from app.services.sessions import Coordinator
from app.services.views import BrokerStatus, Health
from app.services.words import status_message

_KEPT: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, when it was asked for, and how the account stood then."""

    status: BrokerStatus
    asked: float
    version: int


class Statuses:
    """The statuses of all accounts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def of(self, coordinator: Coordinator) -> BrokerStatus:
        """The account's status, from the broker or not older than a minute."""
        kept = self._kept.get(coordinator.user_id)
        if kept is None or not self._holds(kept, coordinator):
            asked = self._clock.monotonic()
            error = await coordinator.check()
            kept = _Kept(self._status(coordinator, error), asked, coordinator.version)
            self._kept[coordinator.user_id] = kept
        return replace(kept.status, age=max(0.0, self._clock.monotonic() - kept.asked))

    def drop(self, user_id: str) -> None:
        """Forget what was kept of an account."""
        self._kept.pop(user_id, None)

    def _holds(self, kept: _Kept, coordinator: Coordinator) -> bool:
        return kept.version == coordinator.version and self._clock.monotonic() - kept.asked < _KEPT

    def _status(self, coordinator: Coordinator, error: TradingError | None) -> BrokerStatus:
        now, view = self._clock.now(), coordinator.view()
        return BrokerStatus(
            user_id=view.user_id,
            broker_type=view.broker_type,
            status=_health(error),
            kind=error.kind if error is not None else "",
            message=f"{error.title}. {error.next_step}" if error is not None else status_message(view, now),
            connected_at=view.connected_at,
            token_since=view.token_since,
            token_expires_at=view.token_expires_at,
            expires_soon=ends_soon(view.token_expires_at, now),
            last_good_at=view.last_good_at,
            checked_at=view.last_check_at,
            age=0.0,
        )


def _health(error: TradingError | None) -> Health:
    if error is None:
        return Health.HEALTHY
    return Health.TOKEN_EXPIRED if isinstance(error, SessionExpired) else Health.ERROR
