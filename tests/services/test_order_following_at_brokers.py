"""Orders that other programs sent are followed at four brokers by their pushes alone, over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain import Product
from app.services.book_views import Book, OrdersView
from tests.fakes.waiting import until
from tests.services.quarter import KEYS, Quarter, quarter_of

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")


@pytest.fixture
async def quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quarter]:
    async with quarter_of(monkeypatch, tmp_path) as made:
        await until(lambda: all(made.controls(key).listening(made.client(key)) for key in KEYS))
        yield made


def filled(quarter: Quarter, key: str, order_id: str) -> int | None:
    """As it is shown."""
    view = quarter.services.portfolio.book(Book.ORDERS, quarter.accounts[key].user_id)
    rows = (view.rows or ()) if isinstance(view, OrdersView) else ()
    return next((row.filled_quantity for row in rows if row.order_id == order_id), None)


def short(quarter: Quarter, key: str) -> int:
    """The position against which the order rests, as it is shown."""
    rows = quarter.services.portfolio.view(quarter.accounts[key].user_id).rows or ()
    return sum(row.quantity for row in rows if (row.symbol, row.product) == ("INFY", Product.MIS))


async def test_fills_are_shown_with_their_positions_though_nobody_looks(quarter: Quarter) -> None:
    await quarter.services.portfolio.refresh()
    orders = {key: await quarter.rests(key, "INFY", Product.MIS) for key in KEYS}
    await until(lambda: all(filled(quarter, key, orders[key]) == 0 for key in KEYS))

    for key in KEYS:
        quarter.controls(key).fill_order(quarter.client(key), orders[key], 50)

    await until(lambda: all(filled(quarter, key, orders[key]) == 50 for key in KEYS))
    await until(lambda: all(short(quarter, key) == -150 for key in KEYS))


async def test_connections_that_are_cut_are_made_again(quarter: Quarter) -> None:
    for key in KEYS:
        quarter.controls(key).cut_sockets()
    await until(lambda: not any(quarter.controls(key).listening(quarter.client(key)) for key in KEYS))

    await until(lambda: all(quarter.controls(key).listening(quarter.client(key)) for key in KEYS))


async def test_nobody_listens_any_more_when_kunji_is_closed(quarter: Quarter) -> None:
    await quarter.leave()

    await until(lambda: not any(quarter.controls(key).listening(quarter.client(key)) for key in KEYS))
