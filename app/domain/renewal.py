"""When a living session is renewed without the user: late enough to be of use, early enough to be mended by hand.

A renewal is a risk (when its answer is lost, both tokens may be dead) and may end the token of another program: it is
done while the market is closed where that is possible, and while the trader may still be at his desk. One of 24 hours
at 15:40 carries through the next market day, also of a machine that is switched off at four; half an hour later it is
done once more, or the next one would fall into the market.
"""

from datetime import datetime, timedelta
from typing import Final

from app.domain.clock import IST
from app.domain.market import Phase, market_day, phase

_SPARE: Final = timedelta(minutes=30)  # what a session should outlive the close by, for a renewal after it


def renewal_due(ends_at: datetime, would_end_at: datetime, now: datetime, ahead: timedelta) -> bool:
    """Whether a session that ends at `ends_at` is to be renewed at `now`; a token made now ends at `would_end_at`.

    While the market is closed: when the session would not see the next close (and a little more), and a new one would.
    At the latest when `ahead` is left; in market hours only if it cannot wait for the close.
    """
    if ends_at <= now:
        return False
    close, closed = _next_close(now), phase(now) is Phase.CLOSED
    if ends_at - now <= ahead and (closed or ends_at < close + _SPARE):
        return True
    return closed and any(ends_at < target <= would_end_at for target in (close, close + _SPARE))


def _next_close(now: datetime) -> datetime:
    """When the market closes next."""
    day = now.astimezone(IST).date()
    while True:
        hours = market_day(day)
        if hours is not None and hours.closes > now:
            return hours.closes
        day += timedelta(days=1)
