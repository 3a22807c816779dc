"""The contract that every broker keeps, run against each supported one on its simulator."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers import SUPPORTED_BROKERS, BaseBroker
from app.brokers.base import Ability
from app.domain import (
    BadCredentials,
    Exchange,
    InvalidRequest,
    NoAnswer,
    NotFound,
    NotReachable,
    NotSubscribed,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    Secret,
    SessionExpired,
    TradingError,
    WrongAccount,
)
from tests.brokers.bench import BENCHES, Bench, without
from tests.fakes.clock import settle


def test_every_supported_broker_has_a_bench() -> None:
    assert set(BENCHES) == set(SUPPORTED_BROKERS)


# ------------------------------------------------------------------ yes, no, nobody knows


async def test_a_live_token_connects(bench: Bench, broker: BaseBroker) -> None:
    assert await broker.connect(bench.live())
    assert broker.refusal is None


async def test_blanks_and_line_ends_around_pasted_values_do_no_harm(bench: Bench, broker: BaseBroker) -> None:
    good = bench.live()
    pasted = replace(
        good,
        api_key=Secret(f" {good.api_key.reveal()}\n"),
        access_token=Secret(f"\t{good.access_token.reveal()} \r\n"),
        client_id=f" {good.client_id.lower()} ",
    )
    assert await broker.connect(pasted)


async def test_a_wrong_token_is_a_no_with_its_reason(bench: Bench, broker: BaseBroker) -> None:
    assert not await broker.connect(replace(bench.live(), access_token=Secret("nosuchtoken00000")))
    assert isinstance(broker.refusal, SessionExpired)


async def test_an_unknown_key_is_a_no_with_its_reason(bench: Bench, broker: BaseBroker) -> None:
    assert not await broker.connect(replace(bench.live(), api_key=Secret("nosuchkey0000000")))
    assert isinstance(broker.refusal, BadCredentials | SessionExpired)


async def test_a_no_is_forgotten_with_the_next_yes(bench: Bench, broker: BaseBroker) -> None:
    await broker.connect(replace(bench.live(), access_token=Secret("nosuchtoken00000")))
    assert await broker.connect(bench.live())
    assert broker.refusal is None


async def test_another_clients_token_is_the_wrong_account(bench: Bench, broker: BaseBroker) -> None:
    with pytest.raises(WrongAccount):
        await broker.connect(bench.foreign_token())


async def test_an_unknown_client_id_is_learnt_from_the_broker(bench: Bench, broker: BaseBroker) -> None:
    assert await broker.connect(replace(bench.live(), client_id=""))
    assert (await broker.get_profile()).client_id == bench.signed_out().client_id


@pytest.mark.parametrize("empty", ["api_key", "access_token"])
async def test_an_empty_field_is_named_and_nothing_is_sent(bench: Bench, broker: BaseBroker, empty: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await broker.connect(without(bench.live(), empty))
    assert caught.value.field == empty
    assert bench.arrived == 0


async def test_an_expired_session_is_a_no_and_every_read_says_so(bench: Bench, connected: BaseBroker) -> None:
    bench.expire()
    reads = (connected.get_profile(), connected.get_funds(), connected.get_positions(), connected.get_order("1"))
    ends = await asyncio.gather(*reads, return_exceptions=True)
    assert [type(end) for end in ends] == [SessionExpired] * 4
    assert not await connected.validate()
    assert isinstance(connected.refusal, SessionExpired)


async def test_no_network_is_never_a_no(bench: Bench) -> None:
    unreachable = bench.broker("http://127.0.0.1:9")
    with pytest.raises(NotReachable):
        await unreachable.connect(bench.live())
    assert unreachable.refusal is None
    await unreachable.close()


async def test_a_broker_without_credentials_asks_nothing(bench: Bench, broker: BaseBroker) -> None:
    for call in (broker.validate(), broker.get_positions(), broker.place_order(bench.order()), broker.revoke()):
        with pytest.raises(InvalidRequest):
            await call
    assert bench.arrived == 0


# ------------------------------------------------------------------ reads


async def test_every_declared_ability_is_there(bench: Bench, connected: BaseBroker) -> None:
    assert connected.spec.abilities == ~Ability.RENEW
    assert isinstance((await connected.get_funds()).available, Decimal)
    assert await connected.get_positions()
    assert await connected.load_instruments() > 0


async def test_the_profile_names_the_client(bench: Bench, connected: BaseBroker) -> None:
    profile = await connected.get_profile()
    assert profile.client_id == bench.signed_out().client_id
    assert profile.name


async def test_funds_are_exact_and_keep_the_brokers_own_figures(connected: BaseBroker) -> None:
    funds = await connected.get_funds()
    assert funds.available > 0
    assert {type(value) for value in (funds.available, funds.used, *funds.raw.values())} == {Decimal}


async def test_positions_are_one_row_a_contract_and_product(connected: BaseBroker) -> None:
    positions = await connected.get_positions()
    identities = [(row.exchange, row.broker_symbol, row.product) for row in positions]
    assert len(set(identities)) == len(identities)


async def test_profit_is_what_is_booked_and_what_is_open(connected: BaseBroker) -> None:
    for row in await connected.get_positions():
        assert abs(row.pnl - row.realised - row.unrealised) < Decimal("0.01")


async def test_contracts_carry_kunjis_name_once_the_master_is_there(bench: Bench, connected: BaseBroker) -> None:
    held = [row for row in await connected.get_positions() if row.exchange == bench.derivative]
    assert [row.symbol for row in held] == [row.broker_symbol for row in held]
    await connected.load_instruments()
    named = [row for row in await connected.get_positions() if row.exchange == bench.derivative]
    assert named
    for row in named:
        assert row.symbol.endswith((" FUT", " CE", " PE"))
        known = await bench.instruments.by_symbol(bench.key, row.exchange.value, row.symbol)
        assert known is not None
        assert known.broker_symbol == row.broker_symbol


async def test_cash_carries_the_masters_own_name(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    known = await bench.instruments.by_symbol(bench.key, "NSE", "BAJAJ-AUTO")
    assert known is not None
    assert (known.symbol, known.broker_symbol) == ("BAJAJ-AUTO", "BAJAJ-AUTO")


async def test_a_price_is_found_by_kunjis_name_and_by_the_brokers(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    held = next(row for row in await connected.get_positions() if row.exchange == bench.derivative)
    prices = [await connected.get_ltp(held.symbol, held.exchange)]
    await bench.clock.advance(2)
    prices.append(await connected.get_ltp(held.broker_symbol, held.exchange))
    assert all(price > 0 for price in prices)


async def test_what_has_no_price_is_not_found(connected: BaseBroker) -> None:
    with pytest.raises(NotFound):
        await connected.get_ltp("NOSUCHSHARE", Exchange.NSE)


async def test_without_a_plan_prices_are_not_subscribed_and_the_rest_works(bench: Bench, connected: BaseBroker) -> None:
    bench.no_quotes()
    with pytest.raises(NotSubscribed):
        await connected.get_ltp(bench.cash, Exchange.NSE)
    assert await connected.validate()


# ------------------------------------------------------------------ instruments


async def test_the_master_is_taken_whole_with_its_day(bench: Bench, connected: BaseBroker) -> None:
    count = await connected.load_instruments()
    assert count == len(bench.instruments._rows[bench.key])
    assert str(await bench.instruments.loaded_on(bench.key)) == "2026-11-18"


async def test_a_broken_master_leaves_the_last_good_one(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    before = dict(bench.instruments._rows[bench.key])
    bench.spoil("instruments")
    with pytest.raises(NoAnswer):
        await connected.load_instruments()
    assert bench.instruments._rows[bench.key] == before


# ------------------------------------------------------------------ orders


async def test_an_order_is_placed_as_asked_and_can_be_followed(bench: Bench, connected: BaseBroker) -> None:
    asked = bench.order(order_type=OrderType.LIMIT, price="1.50", quantity=3, product=Product.MIS, tag="KJTEST1")
    placed = await connected.place_order(asked)
    order = await connected.get_order(placed.order_id)
    assert placed.order_id == order.order_id
    assert (order.side, order.product, order.order_type) == (OrderSide.BUY, Product.MIS, OrderType.LIMIT)
    assert (order.quantity, order.price, order.broker_symbol) == (3, Decimal("1.50"), bench.cash)


async def test_a_market_order_comes_to_an_end(bench: Bench, connected: BaseBroker) -> None:
    placed = await connected.place_order(bench.order())
    statuses = [await connected.get_order_status(placed.order_id)]
    for _ in range(5):
        await bench.clock.advance(30)
        statuses.append(await connected.get_order_status(placed.order_id))
    assert statuses[-1] is OrderStatus.COMPLETE
    assert all(status in (OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.COMPLETE) for status in statuses)


async def test_an_order_by_kunjis_name_reaches_that_contract(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    held = next(row for row in await connected.get_positions() if row.exchange == bench.derivative and row.quantity)
    known = await bench.instruments.by_symbol(bench.key, held.exchange.value, held.symbol)
    assert known is not None
    placed = await connected.place_order(
        bench.order(
            symbol=held.symbol,
            exchange=held.exchange,
            product=held.product,
            order_type=OrderType.LIMIT,
            price=known.tick_size,
            quantity=known.lot_size,
        )
    )
    order = await connected.get_order(placed.order_id)
    assert (placed.symbol, order.symbol, order.broker_symbol) == (held.symbol, held.symbol, held.broker_symbol)


async def test_a_price_between_two_ticks_is_refused_here(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    arrived = bench.arrived
    with pytest.raises(InvalidRequest) as caught:
        await connected.place_order(bench.order(order_type=OrderType.LIMIT, price="1500.0333"))
    assert caught.value.field == "price"
    assert bench.arrived == arrived


async def test_a_part_of_a_lot_is_refused_here(bench: Bench, connected: BaseBroker) -> None:
    await connected.load_instruments()
    held = next(row for row in await connected.get_positions() if row.exchange == bench.derivative)
    arrived = bench.arrived
    with pytest.raises(InvalidRequest) as caught:
        await connected.place_order(
            bench.order(symbol=held.symbol, exchange=held.exchange, product=Product.NRML, quantity=7)
        )
    assert caught.value.field == "quantity"
    assert bench.arrived == arrived


async def test_an_unknown_order_is_not_found(connected: BaseBroker) -> None:
    with pytest.raises(NotFound):
        await connected.get_order("999999999999999")


@pytest.mark.parametrize("order_id", ["", "../session", "1?x=1", "1 2", "1" * 65])
async def test_an_order_id_that_is_none_is_not_asked_for(bench: Bench, connected: BaseBroker, order_id: str) -> None:
    arrived = bench.arrived
    with pytest.raises(InvalidRequest):
        await connected.get_order(order_id)
    assert bench.arrived == arrived


async def test_a_revoked_session_is_dead_and_revoking_it_again_is_no_error(bench: Bench, connected: BaseBroker) -> None:
    await connected.revoke()
    await connected.revoke()
    assert not await connected.validate()


# ------------------------------------------------------------------ the end


async def test_a_closed_broker_answers_nothing_and_may_be_closed_again(connected: BaseBroker, bench: Bench) -> None:
    await connected.close()
    await connected.close()
    arrived = bench.arrived
    with pytest.raises(TradingError):
        await connected.get_profile()
    with pytest.raises(TradingError):
        await connected.place_order(bench.order())
    assert bench.arrived == arrived


async def test_nothing_about_a_broker_shows_a_secret(bench: Bench, broker: BaseBroker) -> None:
    credentials = bench.live()
    await broker.connect(credentials)
    await settle()
    shown = repr(broker) + repr(vars(broker)) + str(broker.spec)
    assert credentials.access_token.reveal() not in shown
    assert credentials.api_key.reveal() not in shown
