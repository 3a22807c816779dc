"""When an order that came after the market goes to the exchange."""

from datetime import datetime, timedelta
from typing import Final

from app.domain import IST
from app.simulators.books import Account
from app.simulators.hours import session
from app.simulators.order_states import Ticket

_LOOK_AHEAD: Final = 15


def opening(ticket: Ticket, books: Account) -> datetime | None:
    """When an after-market order goes to the exchange; None for any other."""
    if ticket.variety != "amo":
        return None
    now = books.market.now()
    day = now.astimezone(IST).date()
    for ahead in range(_LOOK_AHEAD):
        hours = session(ticket.contract.exchange, day + timedelta(days=ahead))
        if hours is not None and hours[0] > now:
            return hours[0]
    return now
