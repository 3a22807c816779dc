"""The life of an order at all four simulators: crossing prices, parts, stops, IOC, later refusals, the morning."""

from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from app.simulators import ZerodhaSimulator, demo_users
from tests.fakes.clock import ManualClock
from tests.simulators.desks import DESKS, Desk, Want


@pytest.fixture(params=DESKS)
async def desk(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Desk]:
    desk = DESKS[request.param](clock)
    await desk.start()
    stand_at(desk, "1540.0")
    yield desk
    await desk.stop()


def stand_at(desk: Desk, price: str) -> None:
    desk.controls.fix_price("NSE", "RELIANCE", Decimal(price))


def row(desk: Desk) -> Any:
    """The youngest order as it stands now."""
    return desk.controls.booked(desk.me)[-1]


async def test_limit_order_rests_until_the_price_crosses(desk: Desk) -> None:
    await desk.place(price="1530.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("OPEN", 0)
    stand_at(desk, "1529.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled, row(desk).average) == ("COMPLETE", 10, 1529)


async def test_stop_rests_then_fires_then_fills(desk: Desk) -> None:
    await desk.place(kind="SL", price="1560.0", trigger="1550.0")
    desk.clock.jump(1)
    assert row(desk).status == "TRIGGER PENDING"
    stand_at(desk, "1561.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("OPEN", 0)  # fired, and the market is above its limit
    stand_at(desk, "1555.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).average) == ("COMPLETE", 1555)


async def test_selling_stop_fires_below(desk: Desk) -> None:
    await desk.place(kind="SL", side="SELL", price="1520.0", trigger="1530.0")
    desk.clock.jump(1)
    assert row(desk).status == "TRIGGER PENDING"
    stand_at(desk, "1530.0")
    for filled in (5, 10):  # in two parts, as the market does it
        desk.clock.jump(1)
        assert row(desk).filled == filled


async def test_market_order_is_protected_and_rests_when_the_market_has_gone(desk: Desk) -> None:
    await desk.place(kind="MARKET")
    limit = row(desk).price
    assert 1540 < limit < 1600
    stand_at(desk, "1650.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("OPEN", 0)
    stand_at(desk, str(limit))
    desk.clock.jump(1)
    assert row(desk).status == "COMPLETE"


async def test_order_is_filled_in_the_parts_that_a_test_wants(desk: Desk) -> None:
    order_id = await desk.resting()
    for part, filled, status in ((3, 3, "OPEN"), (6, 9, "OPEN"), (1, 10, "COMPLETE")):
        desk.controls.fill_order(desk.me, order_id, part)
        desk.clock.jump(1)
        assert (row(desk).filled, row(desk).status) == (filled, status)
    with pytest.raises(ValueError, match="no 1 to fill"):
        desk.controls.fill_order(desk.me, order_id, 1)


async def test_cancelled_part_stays_filled(desk: Desk) -> None:
    order_id = await desk.resting()
    desk.controls.fill_order(desk.me, order_id, 4)
    await desk.ask(desk.cancelling(order_id))
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("CANCELLED", 4)


async def test_ioc_order_takes_what_there_is_and_is_cancelled(desk: Desk) -> None:
    await desk.place(validity="IOC", price="1530.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("CANCELLED", 0)
    desk.controls.filling(desk.me, "partial")
    await desk.place(validity="IOC", price="1550.0")
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).filled) == ("CANCELLED", 5)


async def test_accepted_order_is_refused_later_for_a_reason_of_the_tests_choice(desk: Desk) -> None:
    desk.controls.refuse_later(desk.me, "RMS:Margin Exceeds")
    await desk.place("first")
    assert row(desk).status == "PUT ORDER REQ RECEIVED"
    desk.clock.jump(1)
    assert (row(desk).status, row(desk).reason, row(desk).filled) == ("REJECTED", "RMS:Margin Exceeds", 0)
    await desk.place("second")
    desk.clock.jump(1)
    assert row(desk).status == "OPEN"


@pytest.mark.parametrize("product", ["CNC", "MIS", "MTF"])
async def test_products_of_shares_are_taken(desk: Desk, product: str) -> None:
    await desk.place(product=product)
    desk.clock.jump(1)
    assert (row(desk).product, row(desk).status) == (product, "OPEN")


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "1450.03"},  # off the tick of 0.10
        {"price": "2500.0"},  # beyond the band
        {"quantity": 100_000_000},  # beyond freeze and funds
    ],
)
async def test_wrong_order_never_rests(desk: Desk, wrong: dict[str, Any]) -> None:
    await desk.ask(desk.ordering(Want(**wrong)))
    desk.clock.jump(1)
    assert not desk.controls.booked(desk.me) or row(desk).status == "REJECTED"


async def test_margin_is_held_while_an_order_waits_and_given_back(desk: Desk) -> None:
    purse = desk.sim._broker.accounts[desk.me].margins
    before = purse("equity").net
    order_id = await desk.place()
    assert before - purse("equity").net == 10 * 1450 * Decimal("0.20")  # intraday: a fifth
    desk.controls.hold_order(desk.me, order_id, "CANCELLED")
    assert purse("equity").net == before


async def test_crowd_of_orders_is_settled_all_the_same(desk: Desk) -> None:
    for number in range(30):
        await desk.place(f"tag{number}", price="1530.0", quantity=1)
    stand_at(desk, "1520.0")
    desk.clock.jump(10)
    assert Counter(one.status for one in desk.controls.booked(desk.me)) == {"COMPLETE": 30}


async def test_day_begins_with_the_orders_behind_its_positions(desk: Desk) -> None:
    book = desk.sim._broker.accounts[desk.me]
    before = {key: leg.quantity for key, leg in book.ledger.legs.items()}
    desk.controls.begin_day(desk.me)
    rows = desk.controls.booked(desk.me)
    done = [one for one in rows if one.status == "COMPLETE"]
    moved: Counter[tuple[str, str, str]] = Counter()
    for one in done:
        moved[one.exchange, one.symbol, one.product] += one.filled if one.side == "BUY" else -one.filled
    legs = book.ledger.legs
    assert moved == {key: leg.day_buys - leg.day_sells for key, leg in legs.items() if leg.day_buys or leg.day_sells}
    assert {key: leg.quantity for key, leg in legs.items()} == before
    others = [(one.symbol, one.status, bool(one.reason)) for one in rows if one not in done]
    assert others == [("WIPRO", "REJECTED", True), ("TCS", "OPEN", False)]


async def test_every_demo_account_s_morning_fits_its_positions(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock, users=demo_users(4))
    for user in demo_users(4):
        simulator.controls.begin_day(user.client_id)
        legs = simulator._broker.accounts[user.client_id].ledger.legs.values()
        book = simulator._broker.accounts[user.client_id].book
        bought = sum(fill.quantity * (-1 if one.now.ticket.side == "SELL" else 1) for one in book for fill in one.fills)
        traded = sum(fill.quantity * fill.price * one.now.ticket.contract.units for one in book for fill in one.fills)
        assert bought == sum(leg.day_buys - leg.day_sells for leg in legs)
        assert traded == sum(leg.day_buy_value + leg.day_sell_value for leg in legs)
        assert Counter(one.now.status for one in book)["COMPLETE"] >= 2


async def test_morning_of_a_closed_day_lies_before_now(clock: ManualClock) -> None:
    clock.jump(4 * 86_400 - 7 * 3600)  # Sunday at three
    for kind in DESKS.values():
        desk = kind(clock)
        await desk.start()
        desk.controls.begin_day(desk.me)
        placed = [one.placed_at for one in desk.sim._broker.accounts[desk.me].book]
        await desk.stop()
        assert placed == sorted(placed)
        assert placed[-1] < clock.now()
