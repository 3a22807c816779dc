"""What the window says of the market."""

from datetime import datetime

import pytest

from app.domain import IST
from app.qt.say import market


@pytest.mark.parametrize(
    ("day", "time", "words", "coming"),
    [
        (18, "08:59", "NSE, BSE closed", "pre-open 09:00, in 1:00"),
        (18, "09:00", "NSE, BSE pre-open", "opens 09:15, in 15:00"),
        (18, "15:14", "NSE, BSE, F&O open", "close 15:40, in 26:00"),
        (18, "15:15", "F&O open, cash auction", "close 15:40, in 25:00"),
        (18, "15:30", "F&O open, cash closed", "close 15:40, in 10:00"),
        (18, "15:40", "NSE, BSE closed", "pre-open 09:00, tomorrow"),
        (8, "18:30", "NSE, BSE, F&O open", "close 19:15, in 45:00"),  # Muhurat trading
    ],
)
def test_the_market_is_said_with_what_comes_next(day: int, time: str, words: str, coming: str) -> None:
    hour, minute = map(int, time.split(":"))

    assert market(datetime(2026, 11, day, hour, minute, tzinfo=IST))[1:] == (words, coming)
