"""How calls to the brokers go, account by account: latency by kind of call, what of the limits is used, last errors."""

from collections.abc import Sequence

from app.domain import NotFound
from app.services.accounts import Accounts
from app.services.book_views import GaugeView, Latency
from app.services.meter import Meter
from app.services.views import AccountRemoved, Event


class Gauges:
    """Reads the meter and the adapters' limiters; asks nobody, waits for nothing."""

    def __init__(self, meter: Meter, accounts: Accounts) -> None:
        self._meter = meter
        self._accounts = accounts

    def view(self, user_id: str) -> GaugeView:
        """How the calls of one account went so far; nothing of one that is gone."""
        try:
            one = self._accounts.find(user_id)
        except NotFound:
            return GaugeView(user_id)
        notes = self._meter.of(user_id)
        latencies = tuple(_latency(kind, sorted(seconds)) for kind, seconds in sorted(notes.seconds.items()))
        return GaugeView(user_id, latencies, one.limits_used, tuple(reversed(notes.errors)))

    def hear(self, event: Event) -> None:
        """Forget who is gone; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._meter.forget(event.user_id)


def _latency(kind: str, ordered: Sequence[float]) -> Latency:
    """The middle one (of two the mean) and the one that 95 in 100 do not exceed."""
    count = len(ordered)
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return Latency(kind, count, median, ordered[-(-count * 95 // 100) - 1])
