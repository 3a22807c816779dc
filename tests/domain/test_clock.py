import ast
from datetime import UTC, timedelta
from pathlib import Path

from app.domain import IST, SystemClock
from tests.fakes.clock import ManualClock

APP = Path(__file__).parents[2] / "app"
TIME_SOURCES = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns"}
CLASSES = {"datetime", "date", "time"}


def asked_of_the_machine(path: Path) -> list[str]:
    """Calls like datetime.now( and time.time( in a file."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [
        f"{path.relative_to(APP)}: {call.value.id}.{call.attr}"
        for call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        if call.value.id in CLASSES and call.attr in TIME_SOURCES
    ]


def test_the_machine_is_asked_for_the_time_in_one_file_only() -> None:
    found = [hit for path in APP.rglob("*.py") for hit in asked_of_the_machine(path)]

    assert [hit for hit in found if not hit.startswith("domain/clock.py")] == []
    assert len(found) == 2


def test_now_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_indian_time_needs_no_zone_database() -> None:
    assert IST.utcoffset(None) == timedelta(hours=5, minutes=30)


async def test_sleep_takes_monotonic_time() -> None:
    clock = SystemClock()
    began = clock.monotonic()

    await clock.sleep(0.02)

    assert clock.monotonic() - began >= 0.018


async def test_the_tests_clock_keeps_the_contract() -> None:
    clock = ManualClock()
    before = clock.now()

    await clock.advance(60)

    assert clock.now() - before == timedelta(minutes=1)
