"""The contract of orders: placed as asked, followed to their end, refused where nobody needs to be asked."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers import BaseBroker
from app.brokers.base import Ability
from app.domain import (
    InsufficientFunds,
    InvalidRequest,
    NotFound,
    OrderRejected,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
)
from tests.brokers.bench import BENCHES, Bench, equip, started


async def test_an_order_is_placed_as_asked_and_can_be_followed(bench: Bench, equipped: BaseBroker) -> None:
    asked = bench.order(order_type=OrderType.LIMIT, price="1480.50", quantity=3, product=Product.MIS, tag="KJTEST1")
    placed = await equipped.place_order(asked)
    order = await equipped.get_order(placed.order_id)
    assert placed.order_id == order.order_id
    assert (order.side, order.product, order.order_type) == (OrderSide.BUY, Product.MIS, OrderType.LIMIT)
    assert (order.quantity, order.price, order.symbol) == (3, Decimal("1480.50"), bench.cash)
    assert [row.tag for row in await equipped.get_orders()] == ["KJTEST1"]


async def test_a_stop_order_keeps_both_its_prices(bench: Bench, equipped: BaseBroker) -> None:
    asked = bench.order(order_type=OrderType.SL, price="1650.50", trigger_price="1649.50", product=Product.MIS)
    order = await equipped.get_order((await equipped.place_order(asked)).order_id)
    assert (order.order_type, order.price, order.trigger_price) == (OrderType.SL, asked.price, asked.trigger_price)


async def test_the_book_has_every_order_once_the_way_it_is_asked_for_alone(bench: Bench, equipped: BaseBroker) -> None:
    ids = [(await equipped.place_order(bench.order())).order_id for _ in range(3)]
    await bench.clock.advance(60)
    book = {row.order_id: row for row in await equipped.get_orders()}
    assert sorted(book) == sorted(ids)
    for order_id in ids:
        alone = await equipped.get_order(order_id)
        assert replace(alone, tag="") == replace(book[order_id], tag="")
        assert alone.tag == (book[order_id].tag if bench.tagged else "")


async def test_a_market_order_comes_to_an_end(bench: Bench, equipped: BaseBroker) -> None:
    placed = await equipped.place_order(bench.order())
    statuses = [await equipped.get_order_status(placed.order_id)]
    for _ in range(5):
        await bench.clock.advance(30)
        statuses.append(await equipped.get_order_status(placed.order_id))
    assert statuses[-1] is OrderStatus.COMPLETE
    assert all(status in (OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.COMPLETE) for status in statuses)


@pytest.mark.parametrize("key", [key for key in BENCHES if Ability.ORDER_HISTORY not in BENCHES[key].lacks])
async def test_the_history_of_an_order_ends_where_it_stands(key: str) -> None:
    async with started(key) as bench:
        broker = bench.broker()
        assert await broker.connect(bench.live())
        await equip(bench, broker)
        placed = await broker.place_order(bench.order())
        await bench.clock.advance(60)
        history = await broker.get_order_history(placed.order_id)
        assert len(history) > 1
        assert history[-1] == await broker.get_order(placed.order_id)
        await broker.close()


async def test_an_order_by_kunjis_name_reaches_that_contract(bench: Bench, equipped: BaseBroker) -> None:
    rows = await equipped.get_positions()
    held = next(row for row in rows if row.exchange == bench.derivative and row.quantity)
    known = await bench.instruments.by_symbol(bench.spec.key, held.exchange.value, held.symbol)
    assert known is not None
    price = await equipped.get_ltp(held.symbol, held.exchange)
    placed = await equipped.place_order(
        bench.order(
            symbol=held.symbol,
            exchange=held.exchange,
            product=held.product,
            order_type=OrderType.LIMIT,
            price=price - price % known.tick_size,
            quantity=known.lot_size,
        )
    )
    order = await equipped.get_order(placed.order_id)
    assert (placed.symbol, order.symbol, order.broker_symbol) == (held.symbol, held.symbol, held.broker_symbol)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("price", {"order_type": OrderType.LIMIT, "price": "1500.0333"}),
        ("trigger_price", {"order_type": OrderType.SL, "price": "1500.50", "trigger_price": "1500.0333"}),
    ],
)
async def test_a_price_between_two_ticks_is_refused_here(
    bench: Bench, equipped: BaseBroker, field: str, changes: dict[str, object]
) -> None:
    arrived = bench.arrived
    with pytest.raises(InvalidRequest) as caught:
        await equipped.place_order(bench.order(**changes))
    assert caught.value.field == field
    assert bench.arrived == arrived


async def test_a_part_of_a_lot_is_refused_here(bench: Bench, equipped: BaseBroker) -> None:
    held = next(row for row in await equipped.get_positions() if row.exchange == bench.derivative)
    arrived = bench.arrived
    with pytest.raises(InvalidRequest) as caught:
        await equipped.place_order(
            bench.order(symbol=held.symbol, exchange=held.exchange, product=Product.NRML, quantity=7)
        )
    assert caught.value.field == "quantity"
    assert bench.arrived == arrived


async def test_what_the_account_cannot_pay_for_is_definitely_refused(bench: Bench, equipped: BaseBroker) -> None:
    with suppress(InsufficientFunds, OrderRejected):  # some take it, and let their risk control refuse it then
        await equipped.place_order(bench.order(quantity=100_000))
    await bench.clock.advance(60)
    assert {row.status for row in await equipped.get_orders()} <= {OrderStatus.REJECTED}
    assert await equipped.get_trades() == []


async def test_an_unknown_order_is_not_found(connected: BaseBroker) -> None:
    with pytest.raises(NotFound):
        await connected.get_order("999999999999999")


async def test_an_order_id_that_is_none_is_not_asked_for(bench: Bench, connected: BaseBroker) -> None:
    arrived = bench.arrived
    for order_id in ("", "../session", "1?x=1", "1 2", "1" * 65):
        with pytest.raises(InvalidRequest):
            await connected.get_order(order_id)
    assert bench.arrived == arrived
