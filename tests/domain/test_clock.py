from datetime import UTC, datetime, timedelta

from app.domain import IST, ShiftedClock, SystemClock
from tests.fakes.clock import ManualClock


def test_now_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_indian_time_needs_no_zone_database() -> None:
    assert IST.utcoffset(None) == timedelta(hours=5, minutes=30)


async def test_sleep_takes_monotonic_time() -> None:
    clock = SystemClock()
    began = clock.monotonic()

    await clock.sleep(0.02)

    assert clock.monotonic() - began >= 0.018


def test_a_shifted_clock_goes_on_from_the_time_it_was_given() -> None:
    morning = datetime(2026, 11, 18, 9, 14, tzinfo=IST)

    clock = ShiftedClock.at(morning)

    assert morning <= clock.now() < morning + timedelta(seconds=60)
    assert clock.now().tzinfo is UTC


async def test_the_tests_clock_keeps_the_contract() -> None:
    clock = ManualClock()
    before = clock.now()

    await clock.advance(60)

    assert clock.now() - before == timedelta(minutes=1)
