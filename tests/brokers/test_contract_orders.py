"""The contract of orders: placed as asked, followed to their end, refused where nobody needs to be asked."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers import BaseBroker
from app.brokers.base import Ability
from app.domain import (
    AlreadyFinal,
    Exchange,
    InsufficientFunds,
    InvalidRequest,
    NotFound,
    NotSent,
    Order,
    OrderChange,
    OrderRejected,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
    Validity,
    VaultDamaged,
)
from tests.brokers.bench import BENCHES, Bench, equip, started
from tests.brokers.fault_scene import kind_of
from tests.brokers.operations import OPERATIONS, WRITES, At


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


CHANGING = [key for key, bench in BENCHES.items() if bench.changes]
STOPS = (OrderType.SL, OrderType.SL_M)


async def resting(bench: Bench, broker: BaseBroker, kind: OrderType, tag: str = "") -> Order:
    """An order that waits, 4 % from the market, as the book has it."""
    last = int(await broker.get_ltp(bench.cash, Exchange.NSE))
    far = Decimal(last + last // 25 if kind in STOPS else last - last // 25)
    prices = {"trigger_price": far if kind in STOPS else None, "price": far + 1 if kind.needs_price else None}
    asked = bench.order(order_type=kind, quantity=3, product=Product.MIS, tag=tag or broker.fresh_tag(), **prices)
    placed = await broker.place_order(asked)
    await bench.clock.advance(60)
    return next(order for order in await broker.get_orders() if order.order_id == placed.order_id)


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_validity_and_what_is_shown_of_an_order_are_in_the_book_and_stay_when_it_is_changed(
    bench: Bench, equipped: BaseBroker
) -> None:
    price = Decimal(int(await equipped.get_ltp(bench.cash, Exchange.NSE))) * 24 // 25
    asked = bench.order(order_type=OrderType.LIMIT, price=price, quantity=10, disclosed_quantity=4)
    placed = await equipped.place_order(asked)
    await bench.clock.advance(60)
    order = await equipped.get_order(placed.order_id)
    assert (order.validity, order.disclosed_quantity) == (Validity.DAY, 4)

    for shown in (4, 0):
        price += 1
        await equipped.modify_order(order, OrderChange(10, order.order_type, price, None, Validity.DAY, shown))
        await bench.clock.advance(60)
        order = await equipped.get_order(placed.order_id)
        assert (order.price, order.validity, order.disclosed_quantity) == (price, Validity.DAY, shown)


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
@pytest.mark.parametrize("kind", [OrderType.LIMIT, *STOPS])
async def test_an_order_is_changed_ended_and_found_by_its_tag(
    kind: OrderType, bench: Bench, equipped: BaseBroker
) -> None:
    tag = equipped.fresh_tag()
    order = await resting(bench, equipped, kind, tag)
    assert (order.tag, order.status) == (tag, OrderStatus.OPEN)

    price = order.price + 2 if order.order_type.needs_price and order.price else None
    trigger = None if order.trigger_price is None else order.trigger_price + 1
    await equipped.modify_order(order, OrderChange(5, order.order_type, price, trigger))
    await bench.clock.advance(60)
    changed = await equipped.get_order(order.order_id)
    assert (changed.quantity, changed.trigger_price) == (5, trigger)
    assert price is None or changed.price == price

    await equipped.cancel_order(changed)
    await bench.clock.advance(60)
    [found] = await equipped.find_orders(tag)
    assert (found.order_id, found.status, found.filled_quantity) == (order.order_id, OrderStatus.CANCELLED, 0)


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_a_market_order_is_found_by_its_tag_and_can_no_longer_be_changed(
    bench: Bench, equipped: BaseBroker
) -> None:
    asked = bench.order(tag=equipped.fresh_tag())
    plan = await equipped.plan_order(asked)
    await equipped.place_order(asked)
    await bench.clock.advance(60)
    [order] = await equipped.find_orders(asked.tag)
    arrived = bench.arrived
    for call in (
        equipped.cancel_order(order),
        equipped.modify_order(order, OrderChange(2, OrderType.LIMIT, Decimal(1500))),
    ):
        with pytest.raises(AlreadyFinal):
            await call
    assert (order.status, bench.arrived) == (OrderStatus.COMPLETE, arrived)
    assert plan.notes, "what a broker makes of an order at market is said"


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_a_change_that_the_instrument_cannot_take_is_refused_here(bench: Bench, equipped: BaseBroker) -> None:
    order = await resting(bench, equipped, OrderType.LIMIT)
    arrived = bench.arrived
    with pytest.raises(InvalidRequest) as caught:
        await equipped.modify_order(order, OrderChange(3, OrderType.LIMIT, Decimal("1500.0333")))
    assert (caught.value.field, bench.arrived) == ("price", arrived)


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
@pytest.mark.parametrize("fault", ["reset-before", "reset-in-headers", "short-body", "504", "500-success-body"])
@pytest.mark.parametrize("name", WRITES)
async def test_a_lost_answer_is_unknown_sent_once_and_shown_by_the_book(
    name: str, fault: str, bench: Bench, equipped: BaseBroker
) -> None:
    at = At(bench, equipped, resting=await resting(bench, equipped, OrderType.LIMIT))
    before = bench.asked(name)
    bench.controls.fault(bench.on_wire[name], fault, lands=True)
    assert await kind_of(OPERATIONS[name].call(at)) == "outcome_unknown"
    bench.controls.clear()
    await bench.clock.advance(60)

    assert bench.asked(name) - before == 1
    book = await equipped.get_orders()
    [known] = [order for order in book if at.resting is not None and order.order_id == at.resting.order_id]
    assert len(book) == (2 if name == "place order" else 1)
    assert name != "modify order" or known.quantity == 4
    assert name != "cancel order" or known.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_above_the_freeze_quantity_an_order_is_planned_in_parts_and_not_sent_whole(
    bench: Bench, equipped: BaseBroker
) -> None:
    contract = next(row for row in await equipped.get_positions() if row.exchange == bench.derivative)
    known = await bench.instruments.by_symbol(bench.spec.key, contract.exchange.value, contract.symbol)
    assert known is not None
    lot = known.lot_size
    frozen = known._replace(freeze_quantity=10 * lot + 1)
    key = (known.exchange, known.broker_symbol)
    bench.instruments._rows[bench.spec.key] = {**bench.instruments._rows[bench.spec.key], key: frozen}
    asked = bench.order(
        symbol=known.broker_symbol, exchange=contract.exchange, product=Product.NRML, quantity=25 * lot, tag="KJWHOLE"
    )

    plan = await equipped.plan_order(asked)
    assert [part.quantity for part in plan.orders] == [10 * lot, 10 * lot, 5 * lot]
    assert {replace(part, quantity=25 * lot, tag="KJWHOLE") for part in plan.orders} == {asked}
    assert any("3 orders" in note for note in plan.notes)

    for refused in (equipped.place_order(asked), equipped.plan_order(replace(asked, quantity=101 * lot))):
        arrived = bench.arrived
        with pytest.raises(InvalidRequest) as caught:
            await refused
        assert (caught.value.field, bench.arrived) == ("quantity", arrived)


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.MARKET])
async def test_an_after_market_order_waits_under_its_tag_and_can_be_ended(
    kind: OrderType, bench: Bench, equipped: BaseBroker
) -> None:
    price = Decimal(int(await equipped.get_ltp(bench.cash, Exchange.NSE))) if kind.needs_price else None
    bench.controls.market("closed")
    await bench.clock.advance(8 * 3600)
    asked = bench.order(order_type=kind, price=price, quantity=2, tag=equipped.fresh_tag(), amo=True)
    assert (await equipped.plan_order(asked)).orders == (replace(asked, tag=""),)
    await equipped.place_order(asked)
    [waiting] = await equipped.find_orders(asked.tag)
    assert (waiting.sub_state, waiting.quantity, waiting.filled_quantity) == (SubState.AMO, 2, 0)

    await equipped.cancel_order(waiting)
    await bench.clock.advance(60)
    [ended] = await equipped.find_orders(asked.tag)
    assert ended.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_an_order_for_which_the_list_of_instruments_cannot_be_read_was_not_sent(
    bench: Bench, equipped: BaseBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await resting(bench, equipped, OrderType.LIMIT)

    async def unreadable(*_: object) -> None:
        raise VaultDamaged("the disk")

    monkeypatch.setattr(bench.instruments, "by_broker_symbol", unreadable)
    arrived = bench.arrived
    change = OrderChange(4, OrderType.LIMIT, order.price)
    for call in (equipped.place_order(bench.order()), equipped.modify_order(order, change)):
        with pytest.raises(NotSent):
            await call
    assert bench.arrived == arrived
    await equipped.cancel_order(order)  # takes risk off, and needs no list


@pytest.mark.parametrize("bench", CHANGING, indirect=True)
async def test_a_tag_of_its_own_is_taken_and_comes_back_as_it_was(bench: Bench, equipped: BaseBroker) -> None:
    tags = [equipped.fresh_tag() for _ in range(3)]
    for tag in tags:
        await equipped.place_order(bench.order(tag=tag))
    await bench.clock.advance(60)
    assert sorted(order.tag for order in await equipped.get_orders()) == sorted(tags)
    assert len({*tags, *(equipped.fresh_tag() for _ in range(1_000))}) == 1_003


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
