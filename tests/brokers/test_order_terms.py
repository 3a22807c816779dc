"""How long a booked order is good and how much of it is shown, at the four brokers (the order rows of sections 4)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.angel_one import book as angel_book
from app.brokers.angel_one.ticket import change_form
from app.brokers.dhan import book as dhan_book
from app.brokers.fyers import mapping as fyers_mapping
from app.brokers.fyers.plan import check_changed
from app.brokers.wire import decode
from app.brokers.zerodha import mapping as kite_mapping
from app.brokers.zerodha import quick as kite_quick
from app.domain import Order, OrderChange, OrderType, Unsupported, Validity
from tests.brokers.angel_one import wire as angel_wire
from tests.brokers.angel_support import MASTER
from tests.brokers.dhan import wire as dhan_wire
from tests.brokers.fyers import rows as fyers_rows
from tests.brokers.zerodha import books, wire

D = Decimal
Read = Callable[[dict[str, Any]], Order]
READ: Final[dict[str, Read]] = {
    "zerodha": lambda changes: kite_mapping.orders([books.order(**changes)])[0],
    "dhan": lambda changes: dhan_book.orders(decode(wire.text([dhan_wire.order(**changes)]).encode()))[0][0],
    "fyers": lambda changes: fyers_mapping.orders({"s": "ok", "orderBook": [fyers_rows.order(**changes)]})[0],
    "angel_one": lambda changes: angel_book.orders([angel_wire.order(**changes)])[0].order,
}
DURATIONS: Final = {"zerodha": "validity", "dhan": "validity", "fyers": "orderValidity", "angel_one": "duration"}
SHOWN: Final = {"zerodha": "disclosed_quantity", "dhan": "disclosedQuantity", "angel_one": "disclosedquantity"}
CHANGE: Final = OrderChange(10, OrderType.LIMIT, D(2490))


@pytest.mark.parametrize("broker", READ)
@pytest.mark.parametrize(
    ("said", "validity"), [("DAY", Validity.DAY), ("IOC", Validity.IOC), ("GTC", None), ("", None), (None, None)]
)
def test_validity_is_the_row_s_or_not_known(broker: str, said: str | None, validity: Validity | None) -> None:
    assert READ[broker]({DURATIONS[broker]: said}).validity is validity


def test_an_order_to_live_for_minutes_is_known_at_zerodha() -> None:
    assert READ["zerodha"]({"validity": "TTL", "validity_ttl": 2}).validity is Validity.TTL


@pytest.mark.parametrize("broker", SHOWN)
@pytest.mark.parametrize(
    ("said", "shown"), [(20, 20), (0, 0), (D("5.0"), 5), (None, None), (-5, None), (D("2.5"), None)]
)
def test_disclosed_units_are_the_row_s_or_not_known(broker: str, said: object, shown: int | None) -> None:
    assert READ[broker]({SHOWN[broker]: said}).disclosed_quantity == shown


@pytest.mark.parametrize(("said", "shown"), [("20", 20), ("0", 0), ("", None), ("null", None), ("two", None)])
def test_angel_one_writes_disclosed_units_as_texts(said: str, shown: int | None) -> None:
    assert READ["angel_one"]({"disclosedquantity": said}).disclosed_quantity == shown


@pytest.mark.parametrize(
    ("said", "again", "shown"), [(20, 20, 20), (20, None, 20), (None, 20, 20), (0, 20, None), (None, None, None)]
)
def test_fyers_writes_disclosed_units_in_two_spellings(said: object, again: object, shown: int | None) -> None:
    assert READ["fyers"]({"disclosedQty": said, "discloseQty": again}).disclosed_quantity == shown


@pytest.mark.parametrize(
    "changes",
    [{}, {"validity": "TTL", "disclosed_quantity": 20}, {"validity": None, "disclosed_quantity": None}],
    ids=["usual", "seldom", "untold"],
)
def test_both_ways_of_reading_zerodha_agree(changes: dict[str, Any]) -> None:
    body = wire.text({"status": "success", "data": [books.order(**changes)]}).encode()
    quickly = kite_quick.read("/orders", body)

    assert quickly is not None
    assert kite_mapping.orders(quickly["data"]) == [READ["zerodha"](changes)]


def test_fyers_counts_disclosed_contracts() -> None:
    [shown, untold] = fyers_mapping.in_units(
        [
            READ["fyers"]({"disclosedQty": 2, "discloseQty": 2}),
            READ["fyers"]({"disclosedQty": None, "discloseQty": None}),
        ],
        {"NSE:RELIANCE-EQ": 100},
    )

    assert (shown.disclosed_quantity, untold.disclosed_quantity) == (200, None)


@pytest.mark.parametrize(("now", "said"), [(0, None), (5, "0"), (None, "0")])
def test_angel_one_is_told_that_all_is_shown_from_now_on(now: int | None, said: str | None) -> None:
    body = change_form(replace(READ["angel_one"]({}), disclosed_quantity=now), CHANGE, MASTER[0], "NORMAL")

    assert body.get("disclosedquantity") == said


def test_a_change_that_keeps_the_validity_is_one_that_fyers_takes() -> None:
    resting = READ["fyers"]({"orderValidity": "IOC"})
    kept = OrderChange(10, OrderType.LIMIT, D(2490), validity=Validity.IOC)

    check_changed(resting, kept, None)
    with pytest.raises(Unsupported) as caught:
        check_changed(resting, CHANGE, None)

    assert caught.value.field == "validity"
