"""What Angel One's answers mean: shapes and codes of section 6, judged as pure functions."""

import json

import pytest

from app.brokers.angel_one.errors import Asked, Refusal, error_for, judge
from app.brokers.http import Reply
from app.domain import TradingError
from tests.brokers.angel_one.wire import good
from tests.brokers.angel_support import bad, gateway

JSON = "application/json"
LIMIT_TEXT = "Access denied because of exceeding access rate"
FIREWALL = "<html><head><title>Request Rejected</title></head><body>support id: 1</body></html>"


def kind_of(body: object, asked: Asked = Asked.READ, status: int = 200, content_type: str = JSON) -> str:
    """The kind of what the judge raises, "" for an answer that may be read."""
    raw = body if isinstance(body, str) else json.dumps(body)
    try:
        judge(asked, Reply(status, {"content-type": content_type}, raw.encode()))
    except TradingError as error:
        return error.kind
    return ""


@pytest.mark.parametrize("asked", Asked)
def test_a_true_status_or_success_is_a_success(asked: Asked) -> None:
    assert kind_of(good(None), asked) == ""
    assert kind_of({"success": True, "message": "", "errorCode": "", "data": {}}, asked) == ""


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize("content_type", ["text/plain", "text/html", JSON])
def test_the_plain_text_of_the_limit_is_a_limit(asked: Asked, content_type: str) -> None:
    assert kind_of(LIMIT_TEXT, asked, 403, content_type) == "rate_limited"


@pytest.mark.parametrize("text", ["exceeding rate limit", "Access limits reached", "Too many requests"])
def test_a_limit_is_known_in_its_other_wordings(text: str) -> None:
    assert kind_of(text, status=403) == "rate_limited"
    assert kind_of({"message": text, "errorcode": "XX"}) == "rate_limited"


@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_page_is_something_between(status: int) -> None:
    assert kind_of(FIREWALL, status=status, content_type=JSON) == "not_reachable"
    assert kind_of(json.dumps(gateway("AG8001")), status=status, content_type="text/html") == "not_reachable"


@pytest.mark.parametrize(("status", "kind"), [(200, "wire_surprise"), (400, "wire_surprise"), (401, "session_expired")])
def test_an_empty_body_is_judged_by_its_status(status: int, kind: str) -> None:
    assert kind_of("", status=status) == kind


@pytest.mark.parametrize("body", [[], None, "null", 1, '"text"', "false", {}, {"data": {}}, {"status": "true"}])
def test_what_is_neither_success_nor_refusal_is_a_surprise(body: object) -> None:
    assert kind_of(body) == "wire_surprise"


@pytest.mark.parametrize("word", ["false", "true", "null", 1, None])
def test_only_a_true_flag_is_a_success(word: object) -> None:
    assert kind_of({"status": word, "message": "x", "errorcode": "", "data": "null"}) == "wire_surprise"


def test_a_refusal_with_the_word_false_is_still_that_refusal() -> None:
    assert kind_of(bad("AB1004") | {"status": "false", "data": "null"}) == "broker_down"


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
def test_a_success_under_another_status_is_a_surprise(status: int) -> None:
    assert kind_of(good({}), Asked.ORDER, status) == "wire_surprise"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
@pytest.mark.parametrize("body", [bad("AB2001"), FIREWALL, "", "busy", []])
def test_429_and_server_errors_are_left_to_the_layer_below(status: int, body: object) -> None:
    assert kind_of(body, status=status, content_type="text/plain") == ""


def test_a_bare_403_is_a_refusal_of_a_read_and_proves_nothing_of_an_order() -> None:
    assert kind_of("no", status=403) == "permission_denied"
    assert kind_of("no", Asked.ORDER, 403) == "wire_surprise"


def test_401_is_the_token_except_at_the_sign_in() -> None:
    assert kind_of(bad("", "who?"), status=401) == "session_expired"
    assert kind_of(bad("", "who?"), Asked.LOGIN, 401) == "bad_credentials"


CODES = {
    "session_expired": "AG8001 AG8002 AG8003 AB8050 AB8051 AB1010 AB1011 AB9005",
    "bad_credentials": "AG8004 AB1000 AB1001 AB1002 AB1031 AB1032 AB1050",
    "ip_not_registered": "AG7002",
    "user_blocked": "AB1006",
    "permission_denied": "AB2002",
    "insufficient_funds": "AB2020",
    "rate_limited": "AB1021 AB1023 E1002",
    "invalid_request": "AB1003 AB1005 AB1008 AB1012 AB1017 AB4006 AB4008 AB4018 AB9001 AB9010 AB9018 E1001",
    "not_found": "AB1009 AB1018 AB1013 AB1014 AB1015 AB1016 AB9019",
    "broker_down": "AB1004 AB1007 AB2000 AB2001 AB9000 AG2001",
    "wire_surprise": "AB7777 __doc__",
}


@pytest.mark.parametrize(("kind", "codes"), CODES.items())
def test_every_code_of_the_table_has_its_kind_in_both_envelopes(kind: str, codes: str) -> None:
    for code in codes.split():
        assert (code, kind_of(bad(code, "words"))) == (code, kind)
        assert (code, kind_of(gateway(code, "words"))) == (code, kind)
        assert (code, kind_of({"message": "words", "errorcode": code})) == (code, kind)


@pytest.mark.parametrize("code", [8001, None, ["AG8001"], {"a": 1}])
def test_a_code_that_is_no_text_is_no_code(code: object) -> None:
    assert kind_of({"status": False, "message": "x", "errorcode": code, "data": None}) == "wire_surprise"


def test_amx_error_means_what_its_message_and_the_question_say() -> None:
    assert kind_of(bad("AB1007", "Order not found"), Asked.ORDER_STATE) == "not_found"
    assert kind_of(bad("AB1007", "Invalid Client Code or Password"), Asked.LOGIN) == "bad_credentials"
    assert kind_of(bad("AB1007", "AMX error"), Asked.ORDER) == "broker_down"


def test_an_unknown_instrument_is_no_empty_book() -> None:
    assert kind_of(bad("AB1009"), Asked.LIST) == "wire_surprise"
    assert kind_of(bad("AB1016"), Asked.LIST) == "not_found"


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("", "Your order price is outside the Limit Price Protection range", "order_rejected"),
        ("XX", "Price is not in Permissible range", "order_rejected"),
        ("XX", "Adapter is Logged Off", "order_rejected"),
        ("XX", "Insufficient Funds. Available 10, required 20", "insufficient_funds"),
        ("XX", "Authorise with TPIN", "authorisation_needed"),
        ("AB1099", "some validation", "order_rejected"),
        ("AB4099", "some validation", "order_rejected"),
        ("AB2001", "Internal error", "broker_down"),
        ("XX", "never heard", "wire_surprise"),
    ],
)
def test_what_is_refused_at_once_is_definite_only_where_the_sheet_says_so(code: str, text: str, kind: str) -> None:
    assert kind_of(bad(code, text), Asked.ORDER) == kind


@pytest.mark.parametrize(
    ("code", "field"), [("AB1050", "totp"), ("AG8004", "api_key"), ("AB1002", "pin"), ("AB1032", "client_id")]
)
def test_a_refused_sign_in_names_the_field_to_blame(code: str, field: str) -> None:
    error = error_for(Asked.LOGIN, Refusal(code, "words"))

    assert error is not None
    assert (error.field, error.broker_code, error.detail) == (field, code, "words")


def test_a_refused_order_is_not_said_to_have_stayed_here() -> None:
    error = error_for(Asked.ORDER, Refusal("AB4006", "Invalid symboltoken"))

    assert error is not None
    assert "Nothing was sent" not in error.next_step


def test_the_web_password_is_answered_with_where_to_find_the_pin() -> None:
    error = error_for(Asked.LOGIN, Refusal("XX", "Please switch to MPIN login"))

    assert error is not None
    assert (error.kind, error.field) == ("bad_credentials", "pin")
    assert "not the web password" in error.next_step
