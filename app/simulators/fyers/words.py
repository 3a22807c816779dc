"""The broker's numbers and words for exchanges, products, order types, states and times (sheet sections 4 and 5)."""

from datetime import datetime
from typing import Final

from app.domain import IST
from app.simulators.order_states import State

PLACES: Final = {
    "NSE": (10, 10),
    "NFO": (10, 11),
    "CDS": (10, 12),
    "BSE": (12, 10),
    "BFO": (12, 11),
    "BCD": (12, 12),
    "MCX": (11, 20),
    "NCO": (10, 20),
}
"""(exchange, segment) by the books' name of the two together."""
PRODUCTS: Final = {"CNC": "CNC", "INTRADAY": "MIS", "MARGIN": "NRML", "MTF": "MTF"}
"""The books' word by the wire's."""
PRODUCT_WORDS: Final = {book: word for word, book in PRODUCTS.items()}
LIMIT: Final = 1
MARKET: Final = 2
STOP: Final = 3
STOP_LIMIT: Final = 4
TYPES: Final = {LIMIT: "LIMIT", MARKET: "MARKET", STOP: "SL-M", STOP_LIMIT: "SL"}
TRANSIT: Final = 4
_STATES: Final = {
    "CANCELLED": 1,
    "COMPLETE": 2,
    "REJECTED": 5,
    "OPEN": 6,
    "TRIGGER PENDING": 6,
    "MODIFIED": 6,
    "MODIFY PENDING": 6,
    "MODIFY VALIDATION PENDING": 6,
    "CANCEL PENDING": 6,
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def status_of(state: State) -> int:
    """The number of an order's state; a held order may be in any other number a test wants."""
    word = state.status
    return int(word) if word.isdigit() else _STATES.get(word, TRANSIT)


def stamp(at: datetime) -> str:
    """`18-Nov-2026 10:00:00`, Indian time, English month whatever the locale."""
    local = at.astimezone(IST)
    return f"{local.day:02d}-{month(local)}-{local.year} {local:%H:%M:%S}"


def month(day: datetime) -> str:
    """The English month in three letters."""
    return _MONTHS[day.month - 1]
