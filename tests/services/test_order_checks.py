"""Each check of a ticket: what it finds, with its field and weight, and that what is not known is no finding."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from app.domain import (
    IST,
    Funds,
    Holding,
    InvalidRequest,
    OrderPlan,
    OrderRequest,
    OrderSide,
    OrderType,
    Position,
    Product,
    Quote,
    Unsupported,
    Validity,
)
from app.domain import Exchange as Listed
from app.domain.intents import Mode
from app.services.book_views import FundsView, HoldingsView, PositionsView
from app.services.order_checks import Look, look_over
from app.services.order_prices import Priced
from app.services.order_views import Finding, LastPrice, Weight
from tests.fakes.orders import market, ticket
from tests.services.order_room import CALL, EVENING, INDEX, MORNING, NOTHING_SET, SHARE, option

PLENTY: Final = 10_00_000
SELL: Final = OrderSide.SELL
AT_CLOSE: Final = datetime(2026, 11, 18, 15, 40, tzinfo=IST)
NEW_YEARS_DAY: Final = datetime(2040, 1, 2, 10, 0, tzinfo=IST)


def funds(rupees: int, *, current: bool = True) -> FundsView:
    return FundsView("u1", Funds(Decimal(rupees), Decimal(0)), MORNING, current=current, error=None)


def held(free: int, *, symbol: str = "RELIANCE", isin: str = SHARE.isin, t1: int = 0) -> HoldingsView:
    row = Holding(symbol, Listed.NSE, isin, free, t1, 5, 0, Decimal(2400), None, None, symbol)
    return HoldingsView("u1", (row,), MORNING, current=True, error=None)


def positions(quantity: int, request: OrderRequest | None = None) -> PositionsView:
    of, none = request or ticket(), Decimal(0)
    row = Position(of.symbol, of.exchange, of.product, quantity, Decimal(2400), None, none, none, none, of.symbol)
    return PositionsView("u1", (row,) if quantity else (), MORNING, current=True, error=None)


def priced(price: str = "2500", **quote: Decimal) -> Priced:
    return Priced(LastPrice(Decimal(price), MORNING), Quote(Decimal(price), **quote))


def look(request: OrderRequest | None = None, **other: Any) -> Look:
    """A look at a ticket in which nothing is amiss, but for what a test says."""
    asked = request or ticket()
    fields: dict[str, Any] = {
        "request": asked,
        "now": MORNING,
        "mode": Mode.LIVE,
        "caps": NOTHING_SET,
        "instrument": SHARE if asked.exchange is Listed.NSE else CALL,
        "plan": OrderPlan((asked,)),
        "priced": priced("2500" if asked.exchange is Listed.NSE else "437.50"),
        "funds": funds(PLENTY),
        "holdings": held(100),
        "positions": positions(0),
    }
    return Look(**(fields | other))


def found(*args: Any, **other: Any) -> list[tuple[str, Weight, str]]:
    return [(one.check, one.weight, one.field) for one in look_over(look(*args, **other))]


def the(check: str, *args: Any, **other: Any) -> Finding:
    return next(one for one in look_over(look(*args, **other)) if one.check == check)


def stop(check: str, field: str = "") -> list[tuple[str, Weight, str]]:
    return [(check, Weight.STOP, field)]


def ask(check: str, field: str = "") -> list[tuple[str, Weight, str]]:
    return [(check, Weight.ASK, field)]


def note(check: str) -> list[tuple[str, Weight, str]]:
    return [(check, Weight.NOTE, "")]


@pytest.mark.parametrize("request_", [ticket(), market(), option(), ticket(side=SELL), market(product=Product.MIS)])
def test_good_ticket_has_no_finding(request_: OrderRequest) -> None:
    assert found(request_) == []


def test_ticket_of_which_nothing_is_known_is_told_so_and_not_stopped() -> None:
    nothing = dict.fromkeys(("instrument", "plan", "priced", "funds", "holdings", "positions"))

    assert found(ticket(), **nothing) == note("funds")
    assert found(ticket(side=SELL), **nothing) == note("holdings")


# ------------------------------------------------------------------ instrument, product, plan


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (option(product=Product.CNC), "product"),
        (option(product=Product.MTF), "product"),
        (ticket(product=Product.NRML), "product"),
        (ticket(product=Product.CO), "product"),
        (option(product=Product.BO), "product"),
    ],
)
def test_product_that_does_not_go_with_the_exchange_is_stopped(request_: OrderRequest, field: str) -> None:
    assert found(request_) == stop("product", field)


def test_products_that_do_go_are_named() -> None:
    assert the("product", ticket(product=Product.NRML)).next_step == "Choose one of CNC, MIS, MTF."


@pytest.mark.parametrize("exchange", [Listed.MF, Listed.NSEIX, Listed.GLOBAL])
def test_exchange_that_has_no_hours_here_is_stopped(exchange: Listed) -> None:
    assert found(ticket(exchange=exchange), instrument=None, priced=None) == stop("exchange", "exchange")


def test_index_is_stopped() -> None:
    assert found(ticket(), instrument=INDEX) == stop("instrument", "symbol")


@pytest.mark.parametrize(("quantity", "step"), [(100, "Order 75 or 150 units."), (10, "Order 75 units.")])
def test_part_of_a_lot_is_stopped_and_whole_lots_are_named(quantity: int, step: str) -> None:
    assert found(option(quantity=quantity)) == stop("lot", "quantity")
    assert the("lot", option(quantity=quantity)).next_step == step


def test_price_between_two_ticks_is_stopped_and_the_nearest_are_named() -> None:
    wrong = ticket(price=Decimal("2500.03"))

    assert found(wrong) == stop("tick", "price")
    assert the("tick", wrong).next_step == "The nearest are \u20b92,500.00 and \u20b92,500.05."


def test_price_below_one_tick_is_told_the_least() -> None:
    assert the("tick", ticket(price=Decimal("0.01"))).next_step == "The least price is \u20b90.05."


def test_trigger_between_two_ticks_is_stopped_in_its_own_field() -> None:
    wrong = ticket(order_type=OrderType.SL, trigger_price=Decimal("2499.99"))

    assert found(wrong) == stop("tick", "trigger_price")


def test_instrument_without_a_step_or_a_lot_claims_nothing() -> None:
    bare = SHARE._replace(tick_size=Decimal(0), lot_size=0)

    assert found(ticket(price=Decimal("2500.03"), quantity=7), instrument=bare) == []


def test_what_the_adapter_refuses_is_stopped_in_its_words() -> None:
    error = InvalidRequest("quantity: 11 orders, Zerodha takes 10", field="quantity")
    finding = the("plan", plan=None, refused=error)

    assert (finding.weight, finding.field) == (Weight.STOP, "quantity")
    assert finding.text == "A value is missing or wrong: 11 orders, Zerodha takes 10"
    assert the("plan", plan=None, refused=Unsupported(title="Fyers has no TTL")).text == "Fyers has no TTL"


def test_what_was_found_before_is_not_said_twice() -> None:
    error = InvalidRequest("quantity: multiples of 75", field="quantity")

    assert found(option(quantity=100), plan=None, refused=error) == stop("lot", "quantity")


@pytest.mark.parametrize(
    "planned",
    [
        *({"side": SELL}, {"exchange": Listed.BSE}, {"product": Product.MIS}, {"amo": True}, {"quantity": 11}),
        *({"symbol": "RELINFRA"}, {"price": Decimal(2501)}, {"disclosed_quantity": 5}, {"validity": Validity.IOC}),
        {"order_type": OrderType.MARKET, "price": None},
    ],
    ids=str,
)
def test_plan_that_is_not_the_ticket_is_stopped(planned: dict[str, Any]) -> None:
    assert found(plan=OrderPlan((ticket(**planned),))) == stop("plan")


def test_only_what_goes_at_the_market_may_be_sent_with_a_limit_that_protects_it() -> None:
    stop_at_market = ticket(order_type=OrderType.SL_M, price=None, trigger_price=Decimal(2600))
    protected: dict[str, Any] = {"order_type": OrderType.SL, "price": Decimal(2652)}

    assert OrderPlan((replace(stop_at_market, **protected),)).is_of(stop_at_market)
    moved = replace(stop_at_market, trigger_price=Decimal(2610), **protected)
    assert not OrderPlan((moved,)).is_of(stop_at_market)


def test_slices_that_add_up_are_the_ticket() -> None:
    slices = (ticket(quantity=6), ticket(quantity=4))

    assert found(plan=OrderPlan(slices)) == []
    assert found(plan=OrderPlan(slices), is_change=True) == stop("freeze", "quantity")


# ------------------------------------------------------------------ hours


@pytest.mark.parametrize("takes_amo", [True, False])
def test_closed_market_is_stopped_and_an_after_market_order_offered_where_it_is_taken(*, takes_amo: bool) -> None:
    finding = the("hours", now=EVENING, takes_amo=takes_amo)

    assert finding.weight is Weight.STOP
    assert ("after-market" in finding.next_step) is takes_amo


def test_after_market_order_is_for_closed_markets() -> None:
    assert found(ticket(amo=True), now=EVENING) == []
    assert found(ticket(amo=True)) == stop("amo", "amo")


def test_each_segment_has_its_own_hours() -> None:
    assert [one[0] for one in found(now=AT_CLOSE)] == ["hours"]
    assert [one[0] for one in found(option(exchange=Listed.MCX), now=EVENING)] == []


@pytest.mark.parametrize("other", [{"mode": Mode.DEMO}, {"mode": None}, {"is_change": True}], ids=str)
def test_hours_are_no_matter_in_the_demo_and_to_what_rests(other: dict[str, Any]) -> None:
    assert found(now=EVENING, **other) == []


def test_year_whose_holidays_are_not_known_is_told() -> None:
    assert found(now=NEW_YEARS_DAY) == note("holidays")


# ------------------------------------------------------------------ prices and caps


@pytest.mark.parametrize(("price", "is_far"), [("3000", False), ("3000.05", True), ("2000", False), ("1999.95", True)])
def test_limit_far_from_the_last_price_is_asked_about(price: str, *, is_far: bool) -> None:
    assert found(ticket(price=Decimal(price))) == (ask("far_price", "price") if is_far else [])


def test_trigger_far_from_the_last_price_is_asked_about() -> None:
    stop_order = ticket(order_type=OrderType.SL_M, price=None, trigger_price=Decimal(250))

    assert found(stop_order) == ask("far_price", "trigger_price")
    assert the("far_price", stop_order).text == "\u20b9250.00 is 90 % below the last price, \u20b92,500.00"


def test_limit_outside_of_the_days_band_is_asked_about_where_the_band_is_known() -> None:
    band = priced(band_low=Decimal(2250), band_high=Decimal(2750))
    outside = ticket(price=Decimal(2800))

    assert found(outside, priced=band) == ask("band", "price")
    assert found(outside, priced=priced()) == []
    assert found(replace(outside, amo=True), priced=band, now=EVENING) == []
    assert found(ticket(price=Decimal(2750)), priced=band) == []


def caps(**set_: int) -> dict[str, Any]:
    return {"caps": replace(NOTHING_SET, **set_)}  # type: ignore[arg-type]  # caps only


@pytest.mark.parametrize(("cap", "is_above"), [(25_000, False), (24_999, True)])
def test_order_above_the_users_value_is_asked_about(cap: int, *, is_above: bool) -> None:
    assert found(**caps(order_value_cap=cap)) == (ask("cap_value", "quantity") if is_above else [])
    assert found(market(), **caps(order_value_cap=cap)) == (ask("cap_value", "quantity") if is_above else [])


@pytest.mark.parametrize("stop_at", [None, Decimal(2500)])
def test_sale_at_a_limit_far_below_the_price_does_not_pass_the_users_value(stop_at: Decimal | None) -> None:
    kind = OrderType.LIMIT if stop_at is None else OrderType.SL
    cheap = ticket(side=SELL, order_type=kind, price=Decimal("0.05"), trigger_price=stop_at)

    assert "cap_value" in [one[0] for one in found(cheap, **caps(order_value_cap=24_999))]
    assert "cap_value" not in [one[0] for one in found(cheap, **caps(order_value_cap=25_000))]


def test_value_that_is_not_known_is_asked_about_where_there_is_a_cap() -> None:
    assert ("cap_value", Weight.ASK, "quantity") in found(market(), priced=None, **caps(order_value_cap=1))
    assert "cap_value" not in [one[0] for one in found(market(), priced=None)]


@pytest.mark.parametrize(("cap", "is_above"), [(10, False), (9, True)])
def test_order_above_the_users_quantity_is_asked_about(cap: int, *, is_above: bool) -> None:
    assert found(**caps(order_quantity_cap=cap)) == (ask("cap_quantity", "quantity") if is_above else [])


# ------------------------------------------------------------------ funds and holdings


@pytest.mark.parametrize(
    ("request_", "enough"),
    [
        (ticket(), 25_000),
        (ticket(product=Product.MIS), 5_000),
        (ticket(product=Product.MIS, side=SELL), 5_000),
        (ticket(product=Product.MTF), 5_000),
        (market(), 25_000),
        (option(), 32_813),
        (option(side=SELL), 657),
    ],
)
def test_order_that_obviously_exceeds_the_money_is_asked_about(request_: OrderRequest, enough: int) -> None:
    assert found(request_, funds=funds(enough)) == []
    assert found(request_, funds=funds(enough - 1)) == ask("funds", "quantity")


def test_what_it_takes_and_what_there_is_are_both_said() -> None:
    intraday = ticket(product=Product.MIS)

    assert the("funds", intraday, funds=funds(4_999)).text == (
        "It takes about \u20b95,000.00 or more; \u20b94,999.00 is available"
    )


@pytest.mark.parametrize("known", [None, funds(0, current=False), replace(funds(0), funds=None)])
def test_money_that_is_not_known_now_is_only_told(known: FundsView | None) -> None:
    assert found(funds=known) == note("funds")


@pytest.mark.parametrize(("held_now", "side"), [(75, SELL), (-75, OrderSide.BUY)])
def test_order_that_closes_a_position_takes_no_money(held_now: int, side: OrderSide) -> None:
    closing = option(side=side)

    assert found(closing, funds=funds(0), positions=positions(held_now, closing)) == []
    assert found(closing, funds=funds(0), positions=positions(-held_now, closing)) == ask("funds", "quantity")


def test_sale_of_what_is_held_takes_no_money() -> None:
    assert found(ticket(side=SELL), funds=funds(0)) == []
    assert found(ticket(), funds=funds(0), is_change=True) == []


@pytest.mark.parametrize(
    ("free", "bought", "is_enough"), [(10, 0, True), (9, 0, False), (4, 6, True), (4, 5, False), (10, -10, True)]
)
def test_sale_of_more_than_is_held_is_asked_about(free: int, bought: int, *, is_enough: bool) -> None:
    books = {"holdings": held(free), "positions": positions(bought)}

    assert found(ticket(side=SELL), **books) == ([] if is_enough else ask("holdings", "quantity"))


def test_holding_is_known_by_its_isin_and_counts_what_is_not_settled() -> None:
    at_bse = held(4, symbol="RELIANCE-EQ", t1=6)

    assert found(ticket(side=SELL), holdings=at_bse) == []
    assert found(ticket(side=SELL), holdings=at_bse, instrument=None) == ask("holdings", "quantity")


def test_holdings_that_are_not_known_now_are_only_told() -> None:
    old = replace(held(0), current=False)

    assert found(ticket(side=SELL), holdings=old) == note("holdings")
    assert found(ticket(side=SELL), positions=replace(positions(0), current=False)) == note("holdings")


def test_intraday_sale_needs_no_holding() -> None:
    assert found(ticket(side=SELL, product=Product.MIS), holdings=held(0)) == []


def test_what_stops_comes_before_what_is_asked_and_that_before_what_is_told() -> None:
    weights = [one[1] for one in found(ticket(price=Decimal("3500.01")), funds=None, now=EVENING)]

    assert weights == [Weight.STOP, Weight.STOP, Weight.ASK, Weight.NOTE]
