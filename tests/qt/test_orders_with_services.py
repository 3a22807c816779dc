"""The panels of orders and positions over the real services and four demo brokers: what they show is what is there."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.domain import Product
from app.qt.bridge import Runner
from app.qt.exits.dialog import ExitDialog
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.order_views import ExitScope
from tests.qt.waiting import at_rest, until
from tests.services.quarter import Quarter, quarter_of

Room = AbstractAsyncContextManager[tuple[Window, Quarter]]


@asynccontextmanager
async def room_of(
    theme: Theme, runner: Runner, folder: Path, patch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Window, Quarter]]:
    """A window over a quarter of brokers, within the test: what goes on in it needs the loop all the time."""
    async with quarter_of(patch, folder) as quarter:
        window = Window(theme)
        window.begin(quarter.clock, runner)
        await quarter.services.portfolio.refresh()
        window.attach(quarter.services, None)
        window.show()
        yield window, quarter
        bridge = window._bridge
        assert bridge is not None
        await until(lambda: not bridge._timer.isActive() and not runner.running)
        window.leaving = True
        window.release()
        window.close()
        window.deleteLater()


@pytest.fixture
def room(theme: Theme, runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    return room_of(theme, runner, tmp_path, monkeypatch)


async def confirmed(window: Window, *user_ids: str) -> ExitDialog:
    """The exit of whole accounts, read and confirmed."""
    assert window.desk is not None
    window.desk.exits.begin(tuple(map(ExitScope, user_ids)))
    [dialog] = window.desk.exits.dialogs.values()
    await until(dialog.deed.isVisible)
    dialog._pause.stop()
    dialog.refresh()
    dialog.deed.click()
    return dialog


async def said(dialog: ExitDialog) -> str:
    await until(dialog.orders.isVisible)
    await at_rest(dialog)
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


async def test_the_receipt_of_two_accounts_says_what_their_brokers_books_say(room: Room) -> None:
    async with room as (window, quarter):
        await quarter.rests("zerodha", "INFY", Product.MIS)
        quarter.controls("dhan").refuse_later(quarter.client("dhan"), *["RMS: blocked"] * 3)
        untouched = quarter.held("fyers")

        dialog = await confirmed(window, *(quarter.accounts[key].user_id for key in ("zerodha", "dhan")))
        dialog._on_deed()

        await until(lambda: "flat" in dialog.headline.text())
        told = await said(dialog)
        left = sum(line.left != 0 for line in dialog.errand.course.lines)
        count = len(dialog.errand.course.lines)
        assert left == sum(len(quarter.held(key)) for key in ("zerodha", "dhan"))
        assert quarter.held("fyers") == untouched
        assert dialog.headline.text() == f"{count - left} of {count} positions are flat"
        assert "blocked" in told


async def test_what_is_cancelled_in_the_panel_is_cancelled_at_the_broker(room: Room) -> None:
    async with room as (window, quarter):
        number = await quarter.rests("zerodha", "INFY", Product.MIS)
        await quarter.services.portfolio.refresh()
        window.go("orders")
        page = window.pages.orders.orders
        await until(lambda: any(line.row.record.order.order_id == number for line in page.model.shown()))
        line = next(line for line in page.model.shown() if line.row.record.order.order_id == number)
        page.view.selectRow(line.at)

        page.cancel.click()
        page.cancel.click()

        await until(lambda: page.foot.words.text() == "1 cancellation was taken.")
        calls = [call for call in quarter.calls("zerodha") if call.operation == "cancel_order"]
        assert len(calls) == 1
        assert quarter.books("zerodha").book.get(number).now.status in {"CANCEL PENDING", "CANCELLED"}
