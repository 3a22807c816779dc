"""The desk for orders at four demo brokers over real sockets: what was shown is what is booked, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import Exchange, Order, OrderChange, OrderRequest, OrderSide, OrderStatus, OrderType, Product
from app.domain.intents import Record
from app.domain.order_life import Fate
from app.services.order_views import Preview, Sent, Weight
from tests.services.quarter import KEYS, Quarter, quarter_of

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")


@pytest.fixture
async def quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quarter]:
    async with quarter_of(monkeypatch, tmp_path) as made:
        await made.services.portfolio.refresh()
        yield made


def resting(quarter: Quarter, key: str, quantity: int = 10) -> OrderRequest:
    """A buy that is too low to be filled."""
    low = Decimal(int(quarter.price(key, "INFY") * Decimal("0.98")))
    return OrderRequest("INFY", Exchange.NSE, Product.MIS, OrderSide.BUY, OrderType.LIMIT, quantity, low)


async def shown(quarter: Quarter, key: str, request: OrderRequest) -> Preview:
    return await quarter.services.orders.preview(quarter.accounts[key].user_id, request)


async def pressed(quarter: Quarter, preview: Preview, times: int = 3) -> Sent:
    """What three presses gave, all of them the same."""
    presses = (quarter.services.orders.send(preview, preview.asks) for _ in range(times))
    answers = set(await asyncio.gather(*presses))
    assert len(answers) == 1
    return answers.pop()


async def in_book(quarter: Quarter, key: str, record: Record) -> Order:
    """The one order of that tag, when the exchange has had the time to do what it was asked."""
    await quarter.clock.sleep(3)
    (row,) = await (await quarter.adapter(key)).find_orders(record.intent.tag)
    return row


async def test_order_is_placed_changed_and_cancelled_as_it_was_shown(quarter: Quarter) -> None:
    desk = quarter.services.orders
    for key in KEYS:
        user_id, asked = quarter.accounts[key].user_id, resting(quarter, key)
        preview = await shown(quarter, key, asked)
        (placed,) = (await pressed(quarter, preview)).records
        row = await in_book(quarter, key, placed)
        higher = OrderChange(20, OrderType.LIMIT, row.price + 1 if row.price else None)
        (changed,) = (await pressed(quarter, await desk.preview_change(user_id, row, higher))).records
        now = await in_book(quarter, key, placed)
        (gone,) = (await desk.cancel_all(user_id)).records
        last = await in_book(quarter, key, placed)

        assert (preview.findings, row.quantity, row.price) == ((), 10, asked.price), key
        assert (now.quantity, now.price, last.status) == (20, higher.price, OrderStatus.CANCELLED), key
        assert [placed.fate, changed.fate, gone.fate] == [Fate.ACCEPTED] * 3
        assert [call.operation for call in quarter.calls(key)] == ["place_order", "modify_order", "cancel_order"], key


async def test_lost_answer_is_found_in_the_book_and_no_second_order_goes_out(quarter: Quarter) -> None:
    for key in KEYS:
        quarter.controls(key).fault("place_order", "reset-in-body", times=1, lands=True)
        preview = await shown(quarter, key, resting(quarter, key))

        (lost,) = (await pressed(quarter, preview)).records
        row = await in_book(quarter, key, lost)

        assert [lost.fate, quarter.services.orders.records[-1].fate] == [Fate.UNKNOWN, Fate.ACCEPTED], key
        assert (row.quantity, len(quarter.calls(key))) == (10, 1), key


async def test_refused_address_is_told_and_the_next_ticket_knows_it(quarter: Quarter) -> None:
    for key in KEYS:
        quarter.controls(key).allow_ips("203.0.113.7")
        (refused,) = (await pressed(quarter, await shown(quarter, key, resting(quarter, key)))).records

        after = await shown(quarter, key, resting(quarter, key, 11))

        weights = {finding.check: finding.weight for finding in after.findings}
        told = Weight.STOP if key == "dhan" else Weight.ASK  # who can be asked from where orders are taken says no
        assert (refused.fate, weights) == (Fate.REJECTED, {"address": told}), key


async def test_what_the_instrument_cannot_take_is_stopped_before_it_is_sent(quarter: Quarter) -> None:
    for key in KEYS:
        uneven = replace(resting(quarter, key), price=Decimal("1400.01"))

        preview = await shown(quarter, key, uneven)

        assert [(one.weight, one.field) for one in preview.findings] == [(Weight.STOP, "price")], key
        assert (await quarter.services.orders.send(preview)).records == ()
        assert quarter.calls(key) == ()


async def test_a_price_outside_of_todays_band_is_asked_about_where_the_broker_tells_the_band(quarter: Quarter) -> None:
    for key in KEYS:
        low = Decimal(int(quarter.price(key, "INFY") * Decimal("0.85")))

        preview = await shown(quarter, key, replace(resting(quarter, key), price=low))

        assert ("band" in preview.asks) is (key != "fyers"), (key, preview.findings)
