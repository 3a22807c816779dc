"""Bookkeeping by itself: whatever is traded, the sums of the sheet hold and no rupee appears or vanishes over night."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import IST
from app.simulators.hours import Market
from app.simulators.ledger import Ledger
from app.simulators.legs import DELIVERY, Holding, Leg
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master
from app.simulators.prices import Prices, on_tick
from tests.fakes.clock import ManualClock

DAY = date(2026, 11, 18)
NEXT = date(2026, 11, 19)
SHARE = Contract("NSE", "ABC", "ABC", Sort.CASH, 1, Decimal(100))
FUTURE = Contract("MCX", "OIL26DECFUT", "OIL", Sort.FUTURE, 2, Decimal(5000), expiry=date(2026, 12, 18), units=100)
CALL = Contract("NFO", "XCE", "X", Sort.CALL, 3, Decimal(900), lot=75, expiry=date(2026, 12, 1), strike=Decimal(900))
ENDING = Contract("NFO", "YCE", "Y", Sort.CALL, 4, Decimal(900), lot=75, expiry=DAY, strike=Decimal(900))
PRICE = st.integers(1, 200_000).map(lambda ticks: Decimal(ticks) / 20)
TRADES = st.lists(st.tuples(st.sampled_from(["BUY", "SELL"]), st.integers(1, 500), PRICE), max_size=8)
HELD = st.sampled_from(
    [(SHARE, "MIS"), (SHARE, "CNC"), (FUTURE, "NRML"), (CALL, "NRML"), (CALL, "MIS"), (ENDING, "NRML")]
)


class Still(Prices):
    """Every price is the base, at every moment."""

    def __init__(self) -> None:
        super().__init__(Market(ManualClock(datetime(2026, 11, 18, 10, 0, tzinfo=IST))), seed=1)

    def at(self, contract: Contract, when: datetime) -> Decimal:
        return contract.base


def worth(ledger: Ledger) -> Decimal:
    """Money, what positions would bring at the base price, and shares."""
    total = sum(ledger.cash.values(), Decimal(0))
    for leg in ledger.legs.values():
        last, units = leg.contract.base, leg.contract.units
        if leg.product in DELIVERY:
            total += leg.value + max(leg.quantity, 0) * last
        elif leg.contract.is_option:
            total += leg.day_sell_value - leg.day_buy_value + leg.quantity * last * units
        else:
            total += leg.pnl(last)
    return total + sum(row.owned * row.contract.base for row in ledger.holdings.values())


@settings(deadline=None)  # a busy machine is no finding
@given(TRADES, st.integers(-300, 300), PRICE, PRICE)
def test_sums_of_the_sheet_hold(
    trades: list[tuple[str, int, Decimal]], carried: int, carried_at: Decimal, last: Decimal
) -> None:
    leg = Leg(FUTURE, "NRML", carried, carried_at)
    cash = -carried * carried_at * 100
    for side, quantity, price in trades:
        leg.take(side, quantity, price)
        cash += (quantity if side == "SELL" else -quantity) * price * 100
    assert leg.value == cash
    assert leg.quantity == leg.buys - leg.sells
    assert leg.pnl(last) == cash + leg.quantity * last * 100
    assert leg.average >= 0


@settings(deadline=None)  # a busy machine is no finding
@given(TRADES)
def test_average_is_that_of_the_open_side(trades: list[tuple[str, int, Decimal]]) -> None:
    leg = Leg(SHARE, "MIS")
    for side, quantity, price in trades:
        leg.take(side, quantity, price)
    side = "BUY" if leg.quantity > 0 else "SELL"
    of_side = [(quantity, price) for which, quantity, price in trades if which == side]
    bought = sum((quantity * price for quantity, price in of_side), Decimal(0))
    expected = bought / sum(quantity for quantity, _ in of_side) if leg.quantity else Decimal(0)
    assert leg.average == pytest.approx(expected)


@settings(deadline=None)  # a busy machine is no finding
@given(HELD, TRADES)
def test_no_rupee_appears_or_vanishes_over_night(
    held: tuple[Contract, str], trades: list[tuple[str, int, Decimal]]
) -> None:
    contract, product = held
    ledger = Ledger(Still(), Decimal(1_000_000), Decimal(500_000))
    ledger.holdings["ABC"] = Holding(SHARE, 5000, 100, Decimal(90))
    for side, quantity, price in trades:
        ledger.take(contract, product, side, quantity, price)
    before = worth(ledger)
    ledger.roll(NEXT)
    assert worth(ledger) == pytest.approx(before)


def test_bought_shares_are_unsettled_for_a_day() -> None:
    ledger = Ledger(Still(), Decimal(1_000_000), Decimal(0))
    ledger.take(SHARE, "CNC", "BUY", 10, Decimal(95))
    ledger.roll(NEXT)
    row = ledger.holdings["ABC"]
    assert (row.settled, row.unsettled, row.average) == (0, 10, Decimal(95))
    assert ledger.cash["equity"] == 1_000_000 - 950
    ledger.roll(date(2026, 11, 20))
    assert (row.settled, row.unsettled) == (10, 0)


@pytest.mark.parametrize(("contract", "left"), [(CALL, 75), (ENDING, None)])
def test_derivative_is_carried_until_it_ends(contract: Contract, left: int | None) -> None:
    ledger = Ledger(Still(), Decimal(1_000_000), Decimal(0))
    ledger.take(contract, "NRML", "BUY", 75, Decimal(10))
    ledger.roll(NEXT)
    leg = ledger.legs.get((*contract.key, "NRML"))
    assert (leg.overnight if leg else None) == left


def test_bought_option_costs_its_premium_and_a_sold_one_blocks_margin() -> None:
    buyer, seller = (Ledger(Still(), Decimal(1_000_000), Decimal(0)) for _ in range(2))
    buyer.take(CALL, "NRML", "BUY", 75, Decimal(10))
    seller.take(CALL, "NRML", "SELL", 75, Decimal(10))
    assert buyer.margins("equity").net == 1_000_000 - 750
    assert buyer.margins("equity").span == 0
    assert seller.margins("equity").option_premium == -750
    assert seller.margins("equity").span > 0


@settings(deadline=None)  # a busy machine is no finding
@given(st.sampled_from(sorted(Master(DAY), key=lambda one: one.key)), st.integers(0, 400_000))
def test_every_price_is_on_its_tick_and_inside_its_circuit(contract: Contract, second: int) -> None:
    clock = ManualClock(datetime(2026, 11, 16, 9, 15, tzinfo=IST))
    clock.jump(second)
    prices = Prices(Market(clock), seed=3)
    last, (low, high) = prices.last(contract), prices.band(contract)
    assert last > 0
    assert last % contract.tick == 0
    assert low < prices.close(contract) < high or prices.close(contract) == contract.tick


@settings(deadline=None)  # a busy machine is no finding
@given(PRICE, st.sampled_from([Decimal("0.0025"), Decimal("0.05"), Decimal(1), Decimal(5)]))
def test_rounding_to_a_tick_never_gives_nothing(price: Decimal, tick: Decimal) -> None:
    rounded = on_tick(price, tick)
    assert rounded >= tick
    assert rounded % tick == 0
    assert abs(rounded - price) <= max(tick / 2, tick - price)
