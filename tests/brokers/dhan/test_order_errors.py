"""Sheet section 6 on placing, changing, cancelling: refused for certain, or unknown (section 10); never sent twice."""

from typing import Any

import pytest

from app.brokers.base import BaseBroker
from tests.brokers.deeds import Deed
from tests.brokers.dhan import wire
from tests.brokers.dhan.deeds import DEEDS
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import JSON, ScriptedServer

REFUSED = {"order_rejected", "invalid_request"}
CLOSED = "Market is Closed! You cannot modify/cancel an order now."
NO_MONEY = "RMS:112111182198: Fund limit insufficient"
PAGE = "<html><body>Bad gateway</body></html>"

# HTTP status, body, the kinds that the sheet allows.
REFUSALS: list[tuple[int, Any, set[str]]] = [
    (401, wire.failure("DH-901", "Expired", "Invalid_Authentication"), {"session_expired"}),
    (400, wire.failure("DH-906", "Invalid Token"), {"session_expired"}),
    (400, wire.failure("DH-905", "Invalid IP", "Input_Exception"), {"ip_not_registered"}),
    (400, wire.failure("DH-911", "Invalid IP", "Invalid IP"), {"ip_not_registered"}),
    (401, wire.failure("DH-911", "Address is not allowed", "Invalid IP"), {"ip_not_registered"}),
    (403, wire.failure("DH-911", "Address is not allowed", "Invalid IP"), {"ip_not_registered"}),
    (403, wire.failure("DH-902", "No access", "Invalid_Access"), {"not_subscribed", "permission_denied"}),
    (429, wire.failure("DH-904", "Too many requests", "Rate_Limit"), {"rate_limited"}),
    (400, wire.failure("DH-905", "quantity is required", "Input_Exception"), REFUSED),
    (400, wire.failure("DH-905", "Missing required fields, bad values", "Input_Exception"), REFUSED),
    (400, wire.failure("DH-905", "", "Input_Exception"), REFUSED),  # the blank one of a tag that is too long
    (400, wire.failure("DH-906", "Trigger Price should be greater than Price"), REFUSED),
    (400, wire.failure("DH-906", "Some other reason"), REFUSED),
    (400, wire.failure("DH-906", CLOSED), {"market_closed"}),
    (400, wire.failure("DH-906", "Order is in Transit state"), {"order_rejected"}),
    (401, wire.failure("DH-901", "", "Invalid_Authentication"), {"session_expired"}),
    (401, {}, {"session_expired"}),
    (400, wire.failure("DH-903", "Account is blocked", "User_Account"), {"permission_denied"}),
    (400, wire.failure("810", "Client id is invalid"), {"wrong_account"}),
    (429, {}, {"rate_limited"}),
    (400, wire.failure("DH-904", "Too many requests", "Rate_Limit"), {"rate_limited"}),
    (400, wire.failure("DH-906", NO_MONEY), {"insufficient_funds"}),
    (400, wire.failure("DH-905", "Insufficient funds", "Input_Exception"), {"insufficient_funds"}),
]

# status, body, content type: nobody knows what became of the order.
LOST: list[tuple[int, Any, str | None]] = [
    (500, wire.failure("DH-908", "Internal error"), JSON),
    (500, wire.failure("DH-906", "Order_Error inside a 500"), JSON),  # any 5xx
    (500, wire.failure("DH-910", "Other"), JSON),
    (400, wire.failure("DH-909", "Network error"), JSON),
    (400, wire.failure("DH-910", "Other"), JSON),
    (502, PAGE, "text/html"),
    (503, "", None),
    (504, wire.failure("DH-909", "Network error"), JSON),
    (200, "", None),
    (202, "", None),
    (204, "", None),
    (200, "[]", JSON),
    (200, {"orderStatus": "TRANSIT"}, JSON),
    (200, {"orderId": "", "orderStatus": "TRANSIT"}, JSON),
    (200, {"orderId": None, "orderStatus": "TRANSIT"}, JSON),
    (200, PAGE, "text/html"),
    (302, "", None),
    (307, "", None),
    (200, {"orderId": 112111182198, "orderStatus": "TRANSIT"}, JSON),
    (500, {"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"}, JSON),  # the body of a success
    (404, {"timestamp": "2026-11-18", "status": 404, "error": "Not Found", "path": "/v2/orders"}, JSON),
    (403, PAGE, "text/html"),
    (400, {}, JSON),
]


@pytest.fixture(params=DEEDS)
def deed(request: pytest.FixtureRequest) -> Deed:
    return DEEDS[str(request.param)]


def _script(deed: Deed, server: ScriptedServer, status: int, body: Any, content_type: str | None = JSON) -> None:
    raw = body if isinstance(body, str) else wire.text(body)
    deed.script(server, raw, status=status, content_type=content_type)


@pytest.mark.parametrize(("status", "body", "kinds"), REFUSALS)
async def test_section_6_2_a_definite_refusal_has_its_own_kind_and_is_sent_once(
    *, status: int, body: Any, kinds: set[str], deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(deed, server, status, body)

    assert (await refusal(deed.do(broker))).kind in kinds
    assert deed.sent(server) == 1


@pytest.mark.parametrize(("status", "body", "content_type"), LOST)
async def test_section_10_a_lost_answer_is_unknown_and_never_sent_again(
    *, status: int, body: Any, content_type: str | None, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(deed, server, status, body, content_type)

    assert (await refusal(deed.do(broker))).kind == "outcome_unknown"
    assert deed.sent(server) == 1


async def test_section_6_2_the_brokers_own_words_are_kept(
    deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(deed, server, 400, wire.failure("DH-905", "quantity is required", "Input_Exception"))

    assert "quantity is required" in (await refusal(deed.do(broker))).detail


async def test_section_13_an_unregistered_address_leaves_the_session_alone(
    deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(deed, server, 400, wire.failure("DH-905", "Invalid IP", "Input_Exception"))

    await refusal(deed.do(broker))

    assert await broker.validate() is True
    assert "ip_not_registered" in {error.kind for error in broker.missing.values()}
