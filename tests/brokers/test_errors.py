"""The table of refusals where two rows could both be meant, and what is never concluded from a refusal."""

import pytest

from app.brokers.zerodha.errors import Asked, Refusal, error_for, order_outcome
from app.domain import ERRORS, BrokerDown, NotReachable, OrderRejected, TradingError, WireSurprise

IP = "IP (203.0.113.7) is not allowed to place orders for this app"
READS = [Asked.READ, Asked.QUOTE, Asked.ORDER_STATE]


def kind(asked: Asked, status: int, error_type: str, message: str) -> str:
    return error_for(asked, Refusal(status, error_type, message)).kind


@pytest.mark.parametrize(
    "error_type", ["PermissionException", "TokenException", "InputException", "GeneralException", ""]
)
@pytest.mark.parametrize("status", [400, 403, 500])
def test_the_text_about_the_address_decides_before_type_and_status(status: int, error_type: str) -> None:
    assert kind(Asked.ORDER, status, error_type, IP) == "ip_not_registered"


@pytest.mark.parametrize("asked", [*READS, Asked.ORDER])
def test_only_a_403_with_the_tokens_own_type_ends_a_session(asked: Asked) -> None:
    text = "Incorrect `api_key` or `access_token`."
    assert kind(asked, 403, "TokenException", text) == "session_expired"
    for status, error_type in (
        (400, "TokenException"),
        (403, "GeneralException"),
        (403, ""),
        (401, ""),
        (500, "TokenException"),
    ):
        assert kind(asked, status, error_type, text) != "session_expired"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(Asked.QUOTE, "not_subscribed"), (Asked.READ, "permission_denied"), (Asked.ORDER, "permission_denied")],
)
def test_a_missing_permission_means_the_plan_only_where_prices_are_asked(asked: Asked, expected: str) -> None:
    assert kind(asked, 403, "PermissionException", "Insufficient permission for that call.") == expected


@pytest.mark.parametrize(
    ("status", "error_type", "message"),
    [
        (400, "GeneralException", "Something went wrong."),
        (400, "", ""),
        (418, "InputException2", "?"),
        (403, "__doc__", ""),
    ],
)
def test_what_no_row_knows_is_a_surprise_on_a_read(status: int, error_type: str, message: str) -> None:
    for asked in READS:
        assert kind(asked, status, error_type, message) == "wire_surprise"


@pytest.mark.parametrize("message", ["Couldn't find that `order_id`.", "Order not found", "Invalid `order_id`."])
def test_an_order_is_missing_only_when_the_broker_says_so(message: str) -> None:
    assert kind(Asked.ORDER_STATE, 400, "OrderException", message) == "not_found"
    assert kind(Asked.READ, 400, "OrderException", message) == "wire_surprise"
    assert kind(Asked.ORDER_STATE, 400, "OrderException", "Something went wrong.") == "wire_surprise"


def test_a_broker_that_closed_for_maintenance_says_so_only_with_a_server_error() -> None:
    assert kind(Asked.READ, 503, "NetworkException", "Under scheduled maintenance.") == "maintenance"
    assert kind(Asked.READ, 503, "NetworkException", "Request failed (503).") == "broker_down"


@pytest.mark.parametrize(
    "error", [NotReachable("x"), BrokerDown("x"), WireSurprise("x")], ids=lambda error: str(error.kind)
)
def test_an_order_without_an_answer_is_unknown_or_was_never_sent(error: TradingError) -> None:
    assert order_outcome(error, sent=True, about="tag KJ1").kind == "outcome_unknown"
    assert order_outcome(error, sent=False, about="tag KJ1").kind == "not_sent"


@pytest.mark.parametrize("sent", [True, False])
def test_a_definite_refusal_of_an_order_stays_what_it_is(*, sent: bool) -> None:
    refusal = OrderRejected("16387")
    assert order_outcome(refusal, sent=sent, about="tag KJ1") is refusal


def test_every_order_refusal_of_400_is_definite_or_says_that_nobody_knows() -> None:
    definite = {"order_rejected", "invalid_request", "insufficient_funds", "insufficient_holdings", "market_closed"}
    for error_type in ("InputException", "OrderException", "MarginException", "HoldingException", "GeneralException"):
        for message in ("?", "Markets are closed right now.", "Insufficient funds. Required margin is 5"):
            assert kind(Asked.ORDER, 400, error_type, message) in definite
            assert (
                order_outcome(error_for(Asked.ORDER, Refusal(400, error_type, message)), sent=True, about="").kind
                in definite
            )
    assert definite < set(ERRORS)


@pytest.mark.parametrize("error_type", ["InputException", "OrderException", "GeneralException", "NetworkException"])
def test_a_400_that_timed_out_leaves_the_order_unknown(error_type: str) -> None:
    refusal = error_for(Asked.ORDER, Refusal(400, error_type, "Order request timed out. Check the order book."))
    assert order_outcome(refusal, sent=True, about="tag KJ1").kind == "outcome_unknown"
