"""How fast a broker answers, what of its limits is used, and what went wrong, as the account's page shows it."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.domain import SessionExpired
from app.domain.calls import LimitUse
from app.qt.models.gauge_words import call_name, milliseconds, uses
from app.services.book_views import GaugeView, Latency, PastError
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, at, gauges, signed_out


def texts(widget: object) -> list[str]:
    labels = widget.findChildren(QLabel)  # type: ignore[attr-defined]  # a widget
    return [label.text() for label in labels if label.isVisible() and label.text()]


async def test_latency_is_shown_by_kind_of_call(show: Show) -> None:
    services = FakeServices([account("a")])
    services.gauges.by_id["a"] = gauges("a")
    window = show(services)
    window.go("a")

    said = texts(window.pages.status.latency.grid)

    assert said[:4] == ["Call", "Calls", "Median", "95 in 100"]
    assert said[4:8] == ["Funds", "31", "74 ms", "180 ms"]


async def test_before_the_first_call_the_cards_say_why_they_are_empty(show: Show) -> None:
    window = show(FakeServices([account("a")]))
    window.go("a")

    assert "No call has been answered since Kunji was started." in texts(window.pages.status.latency)
    assert "Nothing was asked of the broker since Kunji was started." in texts(window.pages.status.limits)


def test_a_family_of_limits_is_one_row_with_its_windows_and_a_word() -> None:
    orders, prices, other = uses(gauges("a"))

    assert orders.cells == ("0 of 8", "3 of 320", "", "41 of 4,000")
    assert (orders.family, orders.word) == ("Orders", "free")
    assert (prices.cells[1], prices.word) == ("1 of 1", "used up")
    assert other.word == "half used"


@pytest.mark.parametrize(
    ("used", "word"), [(0, "free"), (39, "free"), (40, "half used"), (64, "nearly used up"), (80, "used up")]
)
def test_how_much_is_used_is_said_in_words(used: int, word: str) -> None:
    assert uses(GaugeView("a", limits=(LimitUse("reads", used, 80, 60.0),)))[0].word == word


async def test_a_bar_is_as_full_as_the_fullest_limit(show: Show) -> None:
    services = FakeServices([account("a")])
    services.gauges.by_id["a"] = GaugeView(
        "a", limits=(LimitUse("orders", 1, 8, 1.0), LimitUse("orders", 160, 320, 60.0))
    )
    window = show(services)
    window.go("a")

    assert window.pages.status.limits.grid.bars[0].filled == 0.5


async def test_a_row_of_the_account_before_does_not_stay(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")])
    services.gauges.by_id["a"] = gauges("a")
    services.gauges.by_id["b"] = GaugeView("b", (Latency("positions", 3, 0.1, 0.2),))
    window = show(services)
    window.go("a")

    window.go("b")

    assert texts(window.pages.status.latency.grid)[4:] == ["Positions", "3", "100 ms", "200 ms"]


def test_a_kind_of_call_that_has_no_name_yet_is_said_by_its_own() -> None:
    assert (call_name("positions"), call_name("order_book")) == ("Positions", "Order book")


def test_long_waits_are_grouped() -> None:
    assert milliseconds(12.3456) == "12,346 ms"


async def test_errors_are_told_newest_first_with_time_and_what_to_do(show: Show) -> None:
    services = FakeServices([account("a")])
    services.gauges.by_id["a"] = gauges("a")
    window = show(services)
    window.go("a")

    rows = [row for row in window.pages.status.last_error.rows if row.isVisible()]

    assert [row.title.text() for row in rows] == ["The broker cannot be reached", "Zerodha asks us to wait 12 s"]
    assert rows[0].next_step.text() == "Positions, 3 times. Kunji goes on."
    assert "09:03" in texts(rows[0])


async def test_why_the_state_is_what_it_is_comes_first_and_only_once(show: Show) -> None:
    error = SessionExpired("Token is invalid.")
    services = FakeServices([signed_out("a", error=error)])
    past = PastError(at(9, 12), "positions", "session_expired", error.title, error.next_step, "Token is invalid.")
    services.gauges.by_id["a"] = GaugeView("a", errors=(past,))
    window = show(services)
    window.go("a")

    titles = [row.title.text() for row in window.pages.status.last_error.rows if row.isVisible()]

    assert titles == ["The session has ended"]


async def test_a_past_error_is_copied_whole(show: Show) -> None:
    services = FakeServices([account("a")])
    services.gauges.by_id["a"] = gauges("a")
    window = show(services)
    window.go("a")

    window.pages.status.last_error.rows[0].copy.click()

    copied = QGuiApplication.clipboard().text()
    assert "not_reachable" in copied
    assert "2026-11-18 09:03:00 IST" in copied
    assert "timed out" in copied
