"""What Dhan's refusals mean: envelopes of the sheet's section 6.1, classes of 6.2."""

import json
from typing import Any, Final

import pytest

from app.brokers.dhan.errors import Asked, judge
from app.brokers.http import Reply
from app.domain import TradingError

JSON: Final = {"content-type": "application/json"}


def kind_of(asked: Asked, status: int, body: object, headers: dict[str, str] | None = None) -> str:
    """The kind that the judge raises, "" when it lets the answer pass."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        judge(asked, Reply(status, headers or JSON, raw))
    except TradingError as error:
        return error.kind
    return ""


def said(code: str, message: str = "text", kind: str = "Order_Error") -> dict[str, str]:
    return {"errorType": kind, "errorCode": code, "errorMessage": message}


def data(code: str, message: str = "text", **more: Any) -> dict[str, Any]:
    return {"data": {code: message}} | more


READ, QUOTE, ORDER, PIN = Asked.READ, Asked.QUOTE, Asked.ORDER, Asked.PIN
TABLE: Final = [
    # token dead
    (READ, 401, said("DH-901", "Client ID or token is invalid", "Invalid_Authentication"), "session_expired"),
    (READ, 400, said("DH-906", "Invalid Token"), "session_expired"),
    (ORDER, 400, said("DH-906", "Invalid Token"), "session_expired"),
    (QUOTE, 401, data("807", status="failed"), "session_expired"),
    (QUOTE, 401, data("808", status="failed"), "session_expired"),
    (QUOTE, 401, data("809"), "session_expired"),
    (READ, 401, {}, "session_expired"),
    (READ, 401, b"", "session_expired"),
    # client, plan, segment
    (QUOTE, 401, data("810", status="failed"), "wrong_account"),
    (QUOTE, 401, data("806", "Data APIs not Subscribed", status="failed"), "not_subscribed"),
    (QUOTE, 200, data("806", status="failed"), "not_subscribed"),
    (READ, 400, said("DH-902"), "not_subscribed"),
    (READ, 400, said("DH-903"), "permission_denied"),
    # the internet address
    (ORDER, 400, said("DH-905", "Invalid IP", "Input_Exception"), "ip_not_registered"),
    (ORDER, 403, said("DH-911", "", "Invalid IP"), "ip_not_registered"),
    # too many
    (READ, 429, b"", "rate_limited"),
    (READ, 429, said("DH-904", "Too many requests", "Rate_Limit"), "rate_limited"),
    (READ, 400, said("DH-904"), "rate_limited"),
    (QUOTE, 429, data("805", status="failed"), "rate_limited"),
    # orders
    (ORDER, 400, said("DH-905", "quantity is required", "Input_Exception"), "invalid_request"),
    (ORDER, 400, said("DH-906", "Trigger Price should be greater than Price"), "order_rejected"),
    (ORDER, 400, said("DH-906", "Market is Closed! You cannot modify/cancel an order now."), "market_closed"),
    (ORDER, 400, said("DH-906", "Order is in Transit state"), "order_rejected"),
    (ORDER, 400, said("DH-906", "RMS:12:Fund Limit Insufficient"), "insufficient_funds"),
    (ORDER, 400, said("DH-906", "Insufficient holding quantity"), "insufficient_holdings"),
    (ORDER, 400, said("DH-906", "CDSL TPIN authorisation is needed"), "authorisation_needed"),
    (ORDER, 500, said("DH-906", "anything"), "broker_down"),
    (
        Asked.ORDER_STATE,
        404,
        said("DH-906", "Incorrect request for order and cannot be processed"),
        "not_found",
    ),
    # holdings, data
    (Asked.HOLDINGS, 500, said("DH-1111", "No holdings available", "HOLDING_ERROR"), "not_found"),
    (READ, 400, said("DH-907"), "not_found"),
    (QUOTE, 400, data("811", status="failed"), "not_found"),
    (QUOTE, 400, data("812", status="failed"), "not_found"),
    (QUOTE, 400, data("813", status="failed"), "not_found"),
    (QUOTE, 400, data("814", status="failed"), "not_found"),
    (QUOTE, 400, data("804", status="failed"), "invalid_request"),
    # the broker's server
    (READ, 500, said("DH-908"), "broker_down"),
    (READ, 400, said("DH-908"), "broker_down"),
    (QUOTE, 400, data("800", status="failed"), "broker_down"),
    (READ, 400, said("DH-909"), "broker_down"),
    (ORDER, 400, said("DH-909"), "broker_down"),
    (ORDER, 400, said("DH-910"), "broker_down"),
    (READ, 500, b"", "broker_down"),
    (READ, 503, {}, "broker_down"),
    (READ, 500, {"timestamp": "x", "status": 500, "error": "Internal Server Error", "path": "/v2/x"}, "broker_down"),
    (READ, 500, {"errorCode": "x", "httpStatus": "x", "internalErrorCode": "RS-9005"}, "broker_down"),
    # sign-in
    (PIN, 200, {"status": "error", "message": "Invalid Pin"}, "bad_credentials"),
    (PIN, 200, {"status": "error", "message": "Invalid TOTP"}, "bad_credentials"),
    (
        PIN,
        200,
        {"status": "error", "message": "Token can be generated once every 2 minutes"},
        "login_throttled",
    ),
    (PIN, 200, {"status": "error", "message": "Something new"}, "wire_surprise"),
    (Asked.CONSENT, 400, {"status": "error", "message": "Invalid app"}, "bad_credentials"),
    (Asked.CONSENT, 401, b"", "bad_credentials"),
    (Asked.CONSENT, 200, {"status": "failed"}, "bad_credentials"),
    (Asked.CONSENT, 400, said("CONSENT_LIMIT_EXCEED"), "login_throttled"),
    (Asked.CONSENT, 500, b"", "broker_down"),
    (Asked.CONSUME, 400, {"status": "error", "message": "Invalid token id"}, "bad_credentials"),
    (Asked.CONSUME, 200, {"status": "error", "message": "Invalid TokenId"}, "bad_credentials"),
    (Asked.CONSUME, 200, {"status": "error", "message": "No"}, "wire_surprise"),
    (Asked.CONSUME, 404, {"status": 404, "error": "Not Found", "path": "/x"}, "wire_surprise"),
    # nobody knows these
    (READ, 404, {"timestamp": "x", "status": 404, "error": "Not Found", "path": "/v2/x"}, "wire_surprise"),
    (READ, 400, {"errorCode": "x", "internalErrorCode": "RS-9005"}, "wire_surprise"),
    (READ, 200, {"status": "error", "message": "No"}, "wire_surprise"),
    (READ, 200, [{"message": "No", "status": "ERROR"}], "wire_surprise"),
    (READ, 400, {"status": "failure", "errorCode": "E001"}, "wire_surprise"),
    (READ, 500, {"dhanClientId": "1100003626"}, "wire_surprise"),
    (ORDER, 500, {"orderId": "1", "orderStatus": "TRANSIT"}, "wire_surprise"),
]


@pytest.mark.parametrize(("asked", "status", "body", "kind"), TABLE)
def test_refusal_has_its_kind(asked: Asked, status: int, body: object, kind: str) -> None:
    assert kind_of(asked, status, body) == kind


@pytest.mark.parametrize(
    "body", [[], {}, {"data": {}, "status": "success"}, b"", b"no JSON", b"null", {"orderId": "1"}]
)
def test_answer_without_an_error_is_left_to_the_mapping(body: object) -> None:
    assert kind_of(READ, 200, body) == ""


@pytest.mark.parametrize("status", [401, 403, 502])
def test_page_of_a_gateway_is_never_the_broker_s_no(status: int) -> None:
    assert kind_of(READ, status, b"<html></html>", {"content-type": "text/html"}) == ""


def test_refusal_keeps_the_broker_s_code_and_words() -> None:
    with pytest.raises(TradingError) as caught:
        judge(ORDER, Reply(400, JSON, json.dumps(said("DH-905", "quantity is required")).encode()))

    assert (caught.value.broker_code, caught.value.detail) == ("DH-905", "quantity is required")


def test_second_token_within_two_minutes_says_how_long_to_wait() -> None:
    body = json.dumps({"status": "error", "message": "once every 2 minutes"}).encode()

    with pytest.raises(TradingError) as caught:
        judge(PIN, Reply(200, JSON, body))

    assert caught.value.retry_after == 120
