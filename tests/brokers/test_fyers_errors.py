"""What Fyers' refusals mean: the rows of the protocol sheet's section 6, judged over status, code and text."""

import json
from typing import Any

import pytest

from app.brokers.fyers.errors import Asked, judge
from app.brokers.http import Reply
from app.domain import RateLimited, TradingError, WireSurprise
from tests.brokers import fyers_support as fyers

MARGIN = "RED:Margin Shortfall:INR 1,523.00 Available:INR 10.00 for C-XA00001 [FYERS_RISK]"
NOT_THIS_APP = "Order placement restricted. Algo orders are not allowed from this app ABCDEFGHIJ-100"


def reply(status: int, body: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"content-type": "application/json", **(headers or {})}, body.encode())


def meaning(asked: Asked, status: int, body: str, **headers: str) -> TradingError:
    with pytest.raises(TradingError) as caught:
        judge(asked, reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()}))
    return caught.value


@pytest.mark.parametrize(
    ("asked", "status", "code", "message", "kind"),
    [
        # the session
        (Asked.READ, 401, -8, "Your token has expired. Please generate a token", "session_expired"),
        (Asked.READ, 400, -8, "Your token has expired. Please generate a token", "session_expired"),
        (Asked.READ, 401, -16, "Could not authenticate the user", "session_expired"),
        (Asked.LOGOUT, 401, -16, "Token is Invalid or Expired", "session_expired"),
        (Asked.QUOTE, 401, -15, "Please provide valid token", "session_expired"),
        (Asked.READ, 403, -17, "Invalid or expired token", "session_expired"),
        (Asked.READ, 200, -17, "Invalid or expired token", "session_expired"),
        (Asked.READ, 200, -16, "", "wire_surprise"),
        (Asked.READ, 401, -1234, "who are you", "session_expired"),
        (Asked.READ, 400, -352, "Please provide a valid app id.", "bad_credentials"),
        (Asked.ORDER, 400, -352, "nothing to exit", "invalid_request"),
        # the sign-in
        (Asked.EXCHANGE, 400, -5, "invalid app id hash", "bad_credentials"),
        (Asked.EXCHANGE, 400, -371, "app id hash missing", "bad_credentials"),
        (Asked.EXCHANGE, 400, -374, "code missing", "bad_credentials"),
        (Asked.EXCHANGE, 401, -437, "invalid auth code", "bad_credentials"),
        (Asked.EXCHANGE, 400, -501, "invalid refresh token", "bad_credentials"),
        (Asked.EXCHANGE, 401, -16, "Could not authenticate the user", "bad_credentials"),
        (Asked.EXCHANGE, 200, -16, "Could not authenticate the user", "bad_credentials"),
        # what the app may do
        (Asked.READ, 403, -373, "no permission", "permission_denied"),
        (Asked.QUOTE, 403, -373, "no permission", "not_subscribed"),
        (Asked.READ, 403, -9999, "no permission", "permission_denied"),
        (Asked.QUOTE, 403, -9999, "no permission", "not_subscribed"),
        (Asked.ORDER, 400, -50, NOT_THIS_APP, "ip_not_registered"),
        (Asked.ORDER, 403, -50, NOT_THIS_APP, "ip_not_registered"),
        (Asked.QUOTE, 400, -50, NOT_THIS_APP, "not_subscribed"),
        (Asked.READ, 400, -50, NOT_THIS_APP, "permission_denied"),
        # orders
        (Asked.ORDER, 400, -50, "1 not a multiple of minimum lot size 75", "order_rejected"),
        (Asked.ORDER, 400, -50, "limitPrice does not match: 0", "order_rejected"),
        (Asked.ORDER, 400, -51, "invalid order id: order id 7", "not_found"),
        (Asked.ORDER_STATE, 400, -51, "invalid order id: order id 7", "not_found"),
        (Asked.ORDER, 400, -52, "Not a pending order", "already_final"),
        (Asked.ORDER, 400, -53, "invalid position id", "not_found"),
        (Asked.ORDER, 200, -99, MARGIN, "insufficient_funds"),
        (Asked.ORDER, 200, -99, "RED:RULE:{Check circuit limit including square off order exceeds}", "order_rejected"),
        (Asked.ORDER, 200, -99, "Something went wrong. Please contact support", "wire_surprise"),
        (Asked.ORDER, 500, -99, "Something went wrong. Please contact support", "broker_down"),
        (Asked.READ, 500, -99, "Something went wrong. Please contact support", "broker_down"),
        (Asked.READ, 400, -201, "Connection error", "broker_down"),
        (Asked.READ, 200, -96, "unexpected", "broker_down"),
        # what was asked
        (Asked.QUOTE, 400, -50, "Please provide valid inputs", "not_found"),
        (Asked.READ, 422, -50, "Invalid input", "invalid_request"),
        (Asked.QUOTE, 422, -300, "Invalid symbol provided", "not_found"),
        (Asked.READ, 400, -209, "invalid", "invalid_request"),
        (Asked.ORDER, 400, -157, "invalid", "invalid_request"),
        (Asked.ORDER, 400, -399, "invalid", "invalid_request"),
        (Asked.ORDER, 400, 400, "multi-leg input", "invalid_request"),
        # too many
        (Asked.READ, 429, -429, "request limit reached", "rate_limited"),
        (Asked.QUOTE, 429, 429, "request limit reached", "rate_limited"),
        (Asked.ORDER, 429, -50, "whatever", "rate_limited"),
        # nobody knows these
        (Asked.READ, 400, -7777, "a code of tomorrow", "wire_surprise"),
        (Asked.ORDER, 400, -7777, "a code of tomorrow", "wire_surprise"),
    ],
)
def test_a_refusal_means_what_status_code_and_text_say(
    asked: Asked, status: int, code: int, message: str, kind: str
) -> None:
    error = meaning(asked, status, fyers.error(code, message))
    assert error.kind == kind
    assert error.broker_code == str(code)


def test_an_order_that_risk_management_refused_is_named() -> None:
    error = meaning(Asked.ORDER, 200, fyers.error(-99, MARGIN, id="26111800000099"))
    assert error.kind == "insufficient_funds"
    assert "26111800000099" in error.detail


def test_an_order_that_came_to_be_is_rejected_whatever_the_text() -> None:
    error = meaning(Asked.ORDER, 200, fyers.error(-99, "Some new words", id="26111800000099"))
    assert (error.kind, "26111800000099" in error.detail) == ("order_rejected", True)


def test_a_wrong_pair_is_shown_at_the_secret_and_says_what_to_do() -> None:
    error = meaning(Asked.EXCHANGE, 400, fyers.error(-5, "invalid app id hash"))
    assert error.field == "api_secret"
    assert "suffix" in error.next_step


def test_a_refused_app_is_told_all_three_causes() -> None:
    error = meaning(Asked.ORDER, 400, fyers.error(-50, NOT_THIS_APP))
    for cause in ("-200", "Order Placement", "IP address"):
        assert cause in error.next_step


@pytest.mark.parametrize(
    ("headers", "message", "wait"),
    [
        ({"retry_after": "7"}, "Request limit reached, refresh after few mins", None),  # the layer below reads it
        ({"x_retry_after_ms": "1500"}, "request limit reached", 1.5),
        ({"x_retry_after_ms": "99999999"}, "request limit reached", 120),
        ({"x_retry_after_ms": "soon"}, "request limit reached", None),
        ({}, "Request limit reached, refresh after few mins", 60),
        ({}, "request limit reached", None),
    ],
)
def test_the_wait_of_a_429_is_found_where_it_stands(headers: dict[str, str], message: str, wait: float | None) -> None:
    error = meaning(Asked.READ, 429, fyers.error(-429, message), **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "envelope",
    [
        {"s": "error"},
        {"s": "error", "message": "no code"},
        {"s": "error", "code": None, "message": "x"},
        {"s": "error", "code": "-16", "message": "x"},
        {"s": "error", "code": "__doc__", "message": "x"},
        {"s": "error", "code": True, "message": None},
        {"s": "error", "code": -99},
    ],
)
def test_an_error_inside_200_that_the_sheet_does_not_know_is_a_surprise(envelope: dict[str, Any]) -> None:
    assert isinstance(meaning(Asked.READ, 200, json.dumps(envelope)), WireSurprise)


def test_a_success_under_a_server_error_is_a_surprise() -> None:
    assert isinstance(meaning(Asked.ORDER, 500, fyers.ok(1101, id="26111800000012")), WireSurprise)


def test_the_rows_of_a_file_under_a_server_error_are_a_surprise() -> None:
    rows = ",".join("abcdefghijklmnopqrstu") + "\n"
    assert isinstance(meaning(Asked.MASTER, 500, rows), WireSurprise)
    judge(Asked.MASTER, reply(404, rows))
    judge(Asked.MASTER, reply(500, "no, thanks"))


@pytest.mark.parametrize(
    "unread",
    [
        reply(200, fyers.ok()),
        reply(200, ""),
        reply(502, "<html>bad gateway</html>"),
        reply(403, "forbidden"),
        reply(200, "false"),
        reply(200, "[1]"),
        reply(401, fyers.error(-16, "x"), {"content-type": "text/html"}),
    ],
)
def test_what_is_no_error_envelope_is_left_to_those_who_read_it(unread: Reply) -> None:
    for asked in Asked:
        judge(asked, unread)


def test_an_order_whose_fate_nobody_told_is_never_called_refused() -> None:
    unsure = [(500, -99), (200, -99), (503, -16), (400, -201), (400, -7777)]
    kinds = {meaning(Asked.ORDER, status, fyers.error(code, "Something went wrong")).kind for status, code in unsure}
    assert kinds == {"broker_down", "wire_surprise"}
