from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import pytest

from app.domain import (
    InvalidRequest,
    OrderRequest,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
    Validity,
)
from tests.fakes.orders import TICKET, market, row

LIMIT: dict[str, Any] = {**TICKET, "price": Decimal("1500.05")}


def request(**changes: Any) -> OrderRequest:
    return OrderRequest(**{**LIMIT, **changes})


def test_a_complete_request_is_taken() -> None:
    assert (request().price, request().validity) == (Decimal("1500.05"), Validity.DAY)


def test_words_of_the_wire_become_members() -> None:
    asked = request(exchange="NSE", product="MIS", side="SELL", order_type="LIMIT", validity="IOC", price="12.50")

    assert (asked.product, asked.side, asked.validity) == (Product.MIS, OrderSide.SELL, Validity.IOC)
    assert asked.price == Decimal("12.50")


def test_blanks_around_a_symbol_are_not_part_of_it() -> None:
    assert request(symbol=" NIFTY 30DEC25 FUT ").symbol == "NIFTY 30DEC25 FUT"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("symbol", ""),
        ("symbol", "   "),
        ("symbol", None),
        ("exchange", "NYSE"),
        ("exchange", ""),
        ("exchange", None),
        ("product", "intraday"),
        ("side", "buy"),
        ("side", 1),
        ("order_type", "LIMITED"),
        ("validity", "GTC"),
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", True),
        ("quantity", 1.0),
        ("quantity", "10"),
        ("quantity", 2**31),
        ("quantity", 2**63),
        ("quantity", None),
        ("quantity", Decimal(10)),
        ("disclosed_quantity", -1),
        ("disclosed_quantity", 11),
        ("disclosed_quantity", True),
        ("price", 1500.05),
        ("price", True),
        ("price", "1e3"),
        ("price", "NaN"),
        ("price", Decimal("NaN")),
        ("price", Decimal("Infinity")),
        ("price", Decimal(10) ** 18),
        ("price", 0),
        ("price", Decimal(-1)),
        ("price", None),
        ("trigger_price", Decimal(1)),
        ("tag", "x" * 21),
        ("tag", "with blank"),
        ("tag", "ümlaut"),
        ("tag", None),
    ],
)
def test_a_wrong_value_is_refused_by_its_field_never_defaulted(field: str, value: object) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize("missing", ["symbol", "exchange", "product", "side", "order_type", "quantity"])
def test_what_decides_about_money_has_no_default(missing: str) -> None:
    given = {name: value for name, value in LIMIT.items() if name != missing}

    with pytest.raises(TypeError, match=missing):
        OrderRequest(**given)


PRICE, TRIGGER = Decimal("10.05"), Decimal("10.00")


@pytest.mark.parametrize(
    ("order_type", "price", "trigger"),
    [
        (OrderType.MARKET, None, None),
        (OrderType.LIMIT, PRICE, None),
        (OrderType.SL, PRICE, TRIGGER),
        (OrderType.SL_M, None, TRIGGER),
    ],
)
def test_each_order_type_takes_exactly_its_prices(
    order_type: OrderType, price: Decimal | None, trigger: Decimal | None
) -> None:
    asked = request(order_type=order_type, price=price, trigger_price=trigger)

    assert (asked.price, asked.trigger_price) == (price, trigger)
    for wrong in ({"price": PRICE if price is None else None}, {"trigger_price": TRIGGER if trigger is None else None}):
        with pytest.raises(InvalidRequest):
            request(**({"order_type": order_type, "price": price, "trigger_price": trigger} | wrong))


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        request().quantity = 5  # type: ignore[misc]  # what is refused


@pytest.mark.parametrize("status", OrderStatus)
def test_a_status_is_final_or_working(status: OrderStatus) -> None:
    assert status.is_final != status.is_working
    assert status.is_final == (status.value in ("COMPLETE", "CANCELLED", "REJECTED"))


def test_what_remains_is_what_was_not_filled() -> None:
    order = row(market(), filled_quantity=4, status=OrderStatus.CANCELLED, sub_state=SubState.PARTLY_FILLED)

    assert order.remaining == 6
