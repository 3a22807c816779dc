"""What is typed becomes exactly one request, or says what is wrong at which field; steps go by lots and ticks."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import Exchange, OrderChange, OrderRequest, OrderSide, OrderType, Product, Validity
from app.qt.ticket.draft import Draft, changing, has_more, number_of, price_of, products_of, read, tradable
from app.qt.ticket.findings import of_findings, of_reading
from app.qt.ticket.steps import lots, ticks
from app.services.order_views import Finding, Weight
from tests.qt.books import order
from tests.qt.ticket_scenes import CALL, INDEX, SHARE, SYMBOL

FULL = Draft(
    "self", Exchange.NFO, SYMBOL, CALL, OrderSide.BUY, Product.NRML, OrderType.LIMIT, quantity="75", price="437.50"
)  # fmt: skip


def test_a_full_ticket_is_the_request_that_it_says() -> None:
    draft = replace(FULL, order_type=OrderType.SL, trigger="436", validity=Validity.IOC, disclosed="75", amo=True)

    asked = read(draft).asked

    assert asked == OrderRequest(
        SYMBOL, Exchange.NFO, Product.NRML, OrderSide.BUY, OrderType.SL, 75, Decimal("437.50"), Decimal(436),
        Validity.IOC, 75, amo=True,
    )  # fmt: skip


def test_a_market_order_has_no_price_whatever_stands_in_its_field() -> None:
    asked = read(replace(FULL, order_type=OrderType.MARKET)).asked

    assert isinstance(asked, OrderRequest)
    assert asked.price is None


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [
        ("quantity", "0", "quantity"), ("quantity", "7.5", "quantity"), ("quantity", "-75", "quantity"),
        ("quantity", "1e3", "quantity"), ("quantity", "99999999999", "quantity"), ("price", "0", "price"),
        ("price", "4e2", "price"), ("price", "abc", "price"), ("price", "NaN", "price"), ("price", "-5", "price"),
        ("disclosed", "76", "disclosed_quantity"), ("disclosed", "x", "disclosed_quantity"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_meant_is_wrong_at_its_field(field: str, text: str, named: str) -> None:
    reading = read(replace(FULL, **{field: text}))  # type: ignore[arg-type]  # a field by name

    assert reading.asked is None
    assert list(reading.wrong) == [named]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"quantity": ""}, "quantity"), ({"price": " "}, "price"), ({"side": None}, "side"), ({"symbol": ""}, "symbol"),
        ({"order_type": OrderType.SL_M}, "trigger_price"),
    ],
)  # fmt: skip
def test_what_is_not_typed_yet_is_told_only_when_the_trader_wants_to_go_on(changes: dict[str, Any], named: str) -> None:
    reading = read(replace(FULL, **changes))

    assert reading.asked is None
    assert of_reading(reading, pressed=False) == {}
    assert list(of_reading(reading, pressed=True)) == [named]


@pytest.mark.parametrize(("text", "value"), [("1,24,862", 124862), (" 75 ", 75), ("2147483647", 2**31 - 1)])
def test_quantities_are_read_with_their_commas(text: str, value: int) -> None:
    assert number_of(text) == value


def test_prices_are_exact() -> None:
    assert price_of("1,24,862.05") == Decimal("124862.05")


@pytest.mark.parametrize(
    "text", ["437,50", "1,5", "10,00", "1,0", "1,,000", ",500", "1,00,00", "\u096a\u0969\u096d", "+5"]
)
def test_a_comma_that_parts_no_thousands_makes_no_other_number_of_it(text: str) -> None:
    assert (number_of(text), price_of(text)) == (None, None)


@pytest.mark.parametrize(("text", "value"), [("1,000", 1000), ("12,34,567", 1234567), ("1,234,567", 1234567)])
def test_commas_part_thousands_or_lakhs(text: str, value: int) -> None:
    assert (number_of(text), price_of(text)) == (value, Decimal(value))


def test_a_resting_order_is_changed_as_a_whole() -> None:
    resting = order(3, order_type=OrderType.SL, price=Decimal("410.00"), trigger_price=Decimal("408.50"), quantity=35)

    asked = read(replace(changing("self", resting), price="411")).asked

    assert asked == OrderChange(35, OrderType.SL, Decimal(411), Decimal("408.50"))


def test_a_change_begins_with_the_validity_and_the_part_that_is_shown() -> None:
    draft = changing("self", order(3, quantity=35, validity=Validity.IOC, disclosed_quantity=20))
    usual = changing("self", order(3, quantity=35, validity=None, disclosed_quantity=None))

    asked, untold = read(replace(draft, price="411")).asked, read(replace(usual, price="411")).asked

    assert asked == OrderChange(35, OrderType.LIMIT, Decimal(411), None, Validity.IOC, 20)
    assert untold == OrderChange(35, OrderType.LIMIT, Decimal(411), None, Validity.DAY, 0)
    assert (has_more(draft), has_more(usual)) == (True, False)


@pytest.mark.parametrize(
    ("quantity", "by", "there"),
    [(None, 1, 75), (75, 1, 150), (75, -1, 75), (100, 1, 150), (100, -1, 75), (10, -1, 75), (750, -10, 75)],
)
def test_steps_of_the_quantity_land_on_whole_lots(quantity: int | None, by: int, there: int) -> None:
    assert lots(quantity, 75, by) == there


@pytest.mark.parametrize(
    ("price", "by", "there"),
    [
        ("437.50", 1, "437.55"), ("437.52", 1, "437.55"), ("437.52", -1, "437.50"), ("0.05", -1, "0.05"),
        ("437", 10, "437.50"),
    ],
)  # fmt: skip
def test_steps_of_the_price_land_on_ticks(price: str, by: int, there: str) -> None:
    assert f"{ticks(Decimal(price), Decimal('0.05'), by):f}" == there


def test_prices_of_currency_pairs_keep_their_four_places() -> None:
    assert f"{ticks(Decimal('84.1'), Decimal('0.0025'), 1):f}" == "84.1025"


def test_products_fit_the_exchange() -> None:
    assert products_of(Exchange.BSE) == (Product.CNC, Product.MIS, Product.MTF)
    assert products_of(Exchange.MCX) == (Product.NRML, Product.MIS)


def test_an_index_cannot_be_ordered() -> None:
    assert [tradable(one) for one in (CALL, SHARE, INDEX, SHARE._replace(exchange="LSE"))] == [True, True, False, False]


def test_findings_about_one_field_are_told_together_under_the_heaviest() -> None:
    told = of_findings([
        Finding("cap_value", Weight.ASK, "It is worth much", "Look again.", "quantity"),
        Finding("lot", Weight.STOP, "It trades in lots of 75", "Order 75 units.", "quantity"),
        Finding("holidays", Weight.NOTE, "Holidays of 2027 are not known: today may be one"),
    ])  # fmt: skip

    assert told["quantity"] == ("stop", "It trades in lots of 75. Order 75 units. It is worth much. Look again.")
    assert told["holidays"] == ("note", "Holidays of 2027 are not known: today may be one.")
