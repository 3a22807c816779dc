"""When a living session is renewed without the user: late enough to be of use, early enough to be mended by hand.

A renewal is a risk (when its answer is lost, both tokens may be dead) and may end the token of another program: it is
done as seldom as possible and, if possible, while the market is closed and the trader still at his desk.
"""

from datetime import datetime, timedelta

from app.domain.clock import IST
from app.domain.market import Phase, market_day, phase


def renewal_due(ends_at: datetime, would_end_at: datetime, now: datetime, ahead: timedelta) -> bool:
    """Whether a session that ends at `ends_at` is to be renewed at `now`; a token made now ends at `would_end_at`.

    While the market is closed: when the session would not see the next close, and a new one would. At any time: when
    no more than `ahead` is left.
    """
    if ends_at <= now:
        return False
    if ends_at - now <= ahead:
        return True
    return phase(now) is Phase.CLOSED and ends_at < _next_close(now) <= would_end_at


def _next_close(now: datetime) -> datetime:
    """When the market closes next."""
    day = now.astimezone(IST).date()
    while True:
        hours = market_day(day)
        if hours is not None and hours.closes > now:
            return hours.closes
        day += timedelta(days=1)
