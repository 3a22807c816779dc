"""Answers that call an order refused and do not prove it: they name an order, or tell of a time-out behind the broker.

What they leave is "not known": the order may be in the market, and its tag is looked for.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.brokers.angel_one import errors as angel_one
from app.brokers.dhan import errors as dhan
from app.brokers.fyers import errors as fyers
from app.brokers.http import Reply
from app.brokers.zerodha import answers
from app.brokers.zerodha.errors import Asked
from app.domain import NoAnswer, OrderRejected, TradingError

JSON = {"content-type": "application/json"}
Judge = Callable[[int, Any], None]


def of_zerodha(status: int, said: Any) -> None:
    answers.check_status(Asked.ORDER, status, JSON, json.dumps(said).encode(), datetime.now(UTC))


def of_dhan(status: int, said: Any) -> None:
    dhan.judge(dhan.Asked.ORDER, Reply(status, JSON, json.dumps(said).encode()))


def of_fyers(status: int, said: Any) -> None:
    fyers.judge(fyers.Asked.ORDER, Reply(status, JSON, json.dumps(said).encode()))


def of_angel(status: int, said: Any) -> None:
    angel_one.judge(angel_one.Asked.ORDER, Reply(status, JSON, json.dumps(said).encode()))


def kite(kind: str, message: str, **data: str) -> dict[str, Any]:
    return {"status": "error", "error_type": kind, "message": message, "data": data or None}


def smart(code: str, message: str, **data: str) -> dict[str, Any]:
    return {"status": False, "errorcode": code, "message": message, "data": data or None}


NAMING = [
    (of_zerodha, 400, kite("OrderException", "x", order_id="151220000000000")),
    (of_zerodha, 400, kite("InputException", "x", order_id="151220000000000")),
    (of_dhan, 400, {"errorCode": "DH-906", "errorMessage": "x", "orderId": "112111182045"}),
    (of_dhan, 200, {"status": "failed", "errorCode": "DH-905", "orderId": "112111182045"}),
    (of_fyers, 400, {"s": "error", "code": -50, "message": "x", "id": "25010100000123"}),
    (of_fyers, 200, {"s": "error", "code": -392, "message": "x", "id": "25010100000123"}),
    (of_angel, 200, smart("AB4006", "x", orderid="201020000000080")),
    (of_angel, 400, smart("AB1012", "x", uniqueorderid="34reqfachdfih")),
]
TIMES_OUT = [
    (of_zerodha, 400, kite("GeneralException", "Request timeout")),
    (of_zerodha, 422, kite("OrderException", "Order request timed out")),
    (of_dhan, 400, {"errorCode": "DH-906", "errorMessage": "Request timed out"}),
    (of_dhan, 400, {"errorCode": "DH-905", "errorMessage": "OMS time-out"}),
    (of_fyers, 400, {"s": "error", "code": -50, "message": "Request timed out"}),
    (of_angel, 200, smart("AB4010", "Request timeout")),
]


@pytest.mark.parametrize(("judge", "status", "said"), NAMING)
def test_refusal_that_names_an_order_is_none(judge: Judge, status: int, said: Any) -> None:
    with pytest.raises(NoAnswer):
        judge(status, said)


@pytest.mark.parametrize(("judge", "status", "said"), TIMES_OUT)
def test_time_out_behind_the_broker_is_no_refusal(judge: Judge, status: int, said: Any) -> None:
    with pytest.raises(NoAnswer):
        judge(status, said)


def test_order_that_fyers_books_as_rejected_is_refused_although_it_is_named() -> None:
    said = {"s": "error", "code": -99, "message": "RED:x", "id": "25010100000123"}

    with pytest.raises(OrderRejected):
        of_fyers(200, said)


@pytest.mark.parametrize("said", [kite("OrderException", "Order request rejected"), kite("MarginException", "x")])
def test_refusal_that_names_none_stays_one(said: Any) -> None:
    with pytest.raises(TradingError) as caught:
        of_zerodha(400, said)

    assert not isinstance(caught.value, NoAnswer)
