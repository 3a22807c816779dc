"""A refresh by hand says what it did, in the top bar, and moves nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint

from app.domain import SessionExpired
from app.services.book_views import Book, Refreshed
from app.services.views import PositionsChanged
from tests.qt.conftest import Show
from tests.qt.fakes import five
from tests.qt.waiting import at_rest, until


@pytest.mark.parametrize("size", [(1280, 800), (853, 533)], ids=str)
async def test_a_refresh_says_what_it_did_and_moves_nothing(show: Show, size: tuple[int, int]) -> None:
    services = five()
    services.portfolio.answer = Refreshed(25)
    window = show(services, size=size)
    window.go("positions")
    await at_rest(window)
    before = [part.mapTo(window, QPoint()) for part in (window.topbar.clock, window.pages, window.topbar.refresh)]

    window.topbar.refresh.click()

    await until(lambda: window.topbar.note.text() == "5 accounts read at 09:32:18")
    await at_rest(window)
    after = [part.mapTo(window, QPoint()) for part in (window.topbar.clock, window.pages, window.topbar.refresh)]
    assert before == after


async def test_what_failed_is_named_with_its_reason(show: Show) -> None:
    services = five()
    services.portfolio.answer = Refreshed(20, (("huf", Book.POSITIONS, SessionExpired()),))
    window = show(services)

    window.topbar.refresh.click()

    await until(lambda: "4 of 5 accounts read" in window.topbar.note.text())
    assert "HUF \u00b7 Zerodha, positions: The session has ended." in window.topbar.note.toolTip()
    assert window.topbar.note.property("tone") == "state.warn"


async def test_what_failed_is_put_away_once_it_was_read(show: Show) -> None:
    services = five()
    services.portfolio.answer = Refreshed(20, (("huf", Book.POSITIONS, SessionExpired()),))
    window = show(services)
    window.topbar.refresh.click()
    await until(lambda: "4 of 5 accounts read" in window.topbar.note.text())
    now = services.clock.now()
    assert window.desk is not None

    services.portfolio.by_id["huf"] = replace(services.portfolio.view("huf"), as_of=now - timedelta(1), current=True)
    services.events.publish(PositionsChanged(services.portfolio.view("huf")))
    board = window.desk.board
    await until(lambda: (held := board.positions("huf")) is not None and held.as_of == now - timedelta(1))
    await at_rest(window)
    before = window.topbar.note.text()
    services.portfolio.by_id["huf"] = replace(services.portfolio.view("huf"), as_of=now, current=True)
    services.events.publish(PositionsChanged(services.portfolio.view("huf")))

    await until(lambda: not window.topbar.note.text())
    assert "4 of 5 accounts read" in before
