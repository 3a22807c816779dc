"""The contract of reading: every reading operation of every broker, on its simulator."""

from decimal import Decimal

import pytest

from app.brokers import BaseBroker
from app.domain import Exchange, NotFound, OrderSide, Product
from app.domain.reckoning import check_holding, check_position
from tests.brokers.bench import Bench

NSE = Exchange.NSE


async def test_the_profile_names_the_client(bench: Bench, connected: BaseBroker) -> None:
    profile = await connected.get_profile()
    assert profile.client_id == bench.signed_out().client_id
    assert bool(profile.name) is bench.named


async def test_funds_are_exact_and_keep_the_brokers_own_figures(connected: BaseBroker) -> None:
    funds = await connected.get_funds()
    assert funds.available > 0
    assert {type(value) for value in (funds.available, funds.used, *funds.raw.values())} == {Decimal}


async def test_what_is_free_and_what_is_used_were_there_at_the_opening(connected: BaseBroker) -> None:
    funds = await connected.get_funds()
    if funds.opening is not None:
        assert abs(funds.available + funds.used - (funds.collateral or 0) - funds.opening) < 1


# ------------------------------------------------------------------ holdings and positions


async def test_holdings_are_one_row_a_share_in_whole_units(equipped: BaseBroker) -> None:
    holdings = await equipped.get_holdings()
    assert len({row.isin for row in holdings}) == len(holdings) > 1
    assert all(row.free >= 0 and row.t1 >= 0 and row.pledged >= 0 and row.quantity > 0 for row in holdings)
    assert {type(row.average_price) for row in holdings} == {Decimal}


async def test_a_holding_carries_the_masters_name_of_its_isin(bench: Bench, equipped: BaseBroker) -> None:
    for row in await equipped.get_holdings():
        known = await bench.instruments.by_symbol(bench.spec.key, row.exchange.value, row.symbol)
        assert known is not None
        assert known.isin in ("", row.isin)


async def test_a_read_is_seen_in_what_is_used_of_the_limits(connected: BaseBroker) -> None:
    before = sum(limit.used for limit in connected.limits_used)
    await connected.get_positions()
    assert sum(limit.used for limit in connected.limits_used) > before
    assert all(0 <= limit.used <= limit.allowed for limit in connected.limits_used)


async def test_our_figures_agree_with_what_the_broker_tells(equipped: BaseBroker) -> None:
    holdings, positions = await equipped.get_holdings(), await equipped.get_positions()
    assert not any(check_holding(row).differs for row in holdings)
    assert not any(check_position(row).differs for row in positions)
    assert len({row.pnl_told is None for row in holdings}) == 1


async def test_positions_are_one_row_a_contract_and_product(connected: BaseBroker) -> None:
    positions = await connected.get_positions()
    identities = [(row.exchange, row.broker_symbol, row.product) for row in positions]
    assert len(set(identities)) == len(identities)


async def test_profit_is_what_is_booked_and_what_is_open(connected: BaseBroker) -> None:
    for row in await connected.get_positions():
        assert abs(row.pnl - row.realised - row.unrealised) < Decimal("0.01")


async def test_a_position_is_worth_its_units_times_the_way_of_its_price(connected: BaseBroker) -> None:
    open_rows = [row for row in await connected.get_positions() if row.quantity and row.last_price is not None]
    assert len({row.exchange for row in open_rows}) > 1
    for row in open_rows:
        assert row.last_price is not None
        moved = (row.last_price - row.average_price) * row.quantity
        assert abs(row.unrealised - moved) <= abs(row.quantity) * Decimal("0.01"), row


async def test_closed_rows_keep_their_booked_profit(connected: BaseBroker) -> None:
    closed = [row for row in await connected.get_positions() if row.quantity == 0]
    assert closed
    assert all(row.unrealised == 0 and row.pnl == row.realised for row in closed)


async def test_no_position_is_lost_or_changed_but_in_name_by_the_master(bench: Bench, connected: BaseBroker) -> None:
    before = await connected.get_positions()
    assert [row.symbol for row in before] == [row.broker_symbol for row in before]
    await connected.load_instruments()
    await bench.clock.advance(2)
    after = await connected.get_positions()
    for one, other in zip(before, after, strict=True):
        assert (one.broker_symbol, one.exchange, one.quantity) == (other.broker_symbol, other.exchange, other.quantity)


async def test_contracts_carry_kunjis_name_once_the_master_is_there(bench: Bench, equipped: BaseBroker) -> None:
    named = [row for row in await equipped.get_positions() if row.exchange == bench.derivative]
    assert named
    for row in named:
        assert row.symbol.endswith((" FUT", " CE", " PE"))
        assert await bench.instruments.by_symbol(bench.spec.key, row.exchange.value, row.symbol) is not None


# ------------------------------------------------------------------ prices


async def test_a_price_is_found_by_kunjis_name_and_by_the_brokers(bench: Bench, equipped: BaseBroker) -> None:
    held = next(row for row in await equipped.get_positions() if row.exchange == bench.derivative)
    known = await bench.instruments.by_symbol(bench.spec.key, held.exchange.value, held.symbol)
    assert known is not None
    assert await equipped.get_ltp(held.symbol, held.exchange) > 0
    assert await equipped.get_ltp(known.broker_symbol, held.exchange) > 0


async def test_what_has_no_price_is_not_found(equipped: BaseBroker) -> None:
    with pytest.raises(NotFound):
        await equipped.get_ltp("NOSUCHSHARE", NSE)


async def test_quotes_name_what_they_have_no_price_of(equipped: BaseBroker) -> None:
    wanted = [("INFY", NSE), ("NOSUCHSHARE", NSE), ("BAJAJ-AUTO", NSE), ("M&M", NSE), ("NOTHINGELSE", Exchange.BSE)]
    quotes = await equipped.get_quotes(wanted)
    assert set(quotes.found) == {wanted[0], wanted[2], wanted[3]}
    assert quotes.missing == (wanted[1], wanted[4])
    assert all(quote.last_price > 0 for quote in quotes.found.values())


async def test_nothing_wanted_is_nothing_asked(bench: Bench, equipped: BaseBroker) -> None:
    arrived = bench.arrived
    assert not (await equipped.get_quotes([])).found
    assert bench.arrived == arrived


async def test_many_quotes_take_as_few_calls_as_the_broker_allows(bench: Bench, equipped: BaseBroker) -> None:
    rows = list(bench.instruments._rows[bench.spec.key].values())
    wanted = list(dict.fromkeys((row.symbol, Exchange(row.exchange)) for row in rows))[: 2 * bench.batch + 1]
    asked = bench.asked("quotes")
    quotes = await equipped.get_quotes(wanted)
    assert len(quotes.found) + len(quotes.missing) == len(wanted)
    assert len(quotes.found) > len(wanted) // 2
    assert bench.asked("quotes") - asked == -(-len(wanted) // bench.batch)


async def test_a_symbol_wanted_twice_is_answered_once(equipped: BaseBroker) -> None:
    quotes = await equipped.get_quotes([("INFY", NSE), ("INFY", NSE), ("NOPE", NSE), ("NOPE", NSE)])
    assert (len(quotes.found), len(quotes.missing)) == (1, 1)


# ------------------------------------------------------------------ trades


async def test_trades_are_the_fills_of_the_orders(bench: Bench, equipped: BaseBroker) -> None:
    placed = await equipped.place_order(bench.order(quantity=10, product=Product.MIS))
    await bench.clock.advance(60)
    trades = [row for row in await equipped.get_trades() if row.order_id == placed.order_id]
    assert sum(row.quantity for row in trades) == 10
    assert {(row.symbol, row.side, row.product) for row in trades} == {("INFY", OrderSide.BUY, Product.MIS)}
    assert all(row.price > 0 for row in trades)
    assert len({row.trade_id for row in trades}) == len(trades)


async def test_a_day_without_orders_has_an_empty_book(connected: BaseBroker) -> None:
    assert await connected.get_orders() == []
    assert await connected.get_trades() == []
