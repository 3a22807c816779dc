"""What the window says of the market: every phase of a day, holidays by name, Muhurat trading, what comes next."""

from datetime import datetime

import pytest

from app.domain import IST
from app.qt.market_line import market_line


def moment(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=IST)


@pytest.mark.parametrize(
    ("day", "time", "words", "coming"),
    [
        ("2026-11-18", "08:59", "NSE, BSE closed", "pre-open 09:00, in 1:00"),
        ("2026-11-18", "09:00", "NSE, BSE pre-open", "opens 09:15, in 15:00"),
        ("2026-11-18", "15:14", "NSE, BSE, F&O open", "close 15:40, in 26:00"),
        ("2026-11-18", "15:15", "Closing session, F&O open", "close 15:40, in 25:00"),
        ("2026-11-18", "15:30", "F&O open, cash closed", "close 15:40, in 10:00"),
        ("2026-11-18", "15:40", "Post-close, MCX open", "pre-open 09:00, tomorrow"),
        ("2026-11-18", "23:55", "Closed for today", "pre-open 09:00, tomorrow"),
        ("2026-11-21", "11:00", "Weekend, closed", "pre-open 09:00, Mon 23 Nov"),
        ("2026-11-24", "11:00", "Guru Nanak Jayanti: closed", "pre-open 09:00, tomorrow"),
        ("2026-11-24", "18:00", "Guru Nanak Jayanti: MCX alone open", "pre-open 09:00, tomorrow"),
        ("2026-12-25", "18:00", "Christmas: closed", "pre-open 09:00, Mon 28 Dec"),
        ("2026-11-08", "12:00", "Muhurat trading", "opens 18:00, in 6 h 0 min"),
        ("2026-11-08", "18:30", "Muhurat trading: open", "close 19:15, in 45:00"),
        ("2026-11-08", "19:15", "Closed for today", "pre-open 09:00, tomorrow"),
    ],
)
def test_the_market_is_said_with_what_comes_next(day: str, time: str, words: str, coming: str) -> None:
    line = market_line(moment(day, time))

    assert (line.now, line.coming) == (words, coming)


def test_the_days_hours_are_told_of_every_segment() -> None:
    assert market_line(moment("2026-11-18", "10:00")).hours.splitlines() == [
        "NSE, BSE: 09:15\u201315:30, closing session from 15:15",
        "F&O: 09:15\u201315:40",
        "Currency: 09:00\u201317:00",
        "MCX: 09:00\u201323:55",
    ]


def test_a_holiday_leaves_the_evening_of_commodities() -> None:
    assert market_line(moment("2026-11-24", "10:00")).hours.splitlines()[-2:] == [
        "Currency: closed",
        "MCX: 17:00\u201323:55",
    ]


def test_holidays_that_are_not_known_are_said_to_be_so() -> None:
    assert market_line(moment("2027-01-26", "10:00")).hours.endswith("Holidays of 2027 are not known.")
