"""Sheet section 6, both tables, on placing, changing, cancelling: refused for certain, or unknown; never sent twice."""

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.deeds import Deed
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.deeds import DEEDS, show_the_book
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

NO_IPS = "No IPs configured for this app. Add allowed IPs on the developer console."
BAD_IP = "IP (203.0.113.7) is not allowed to place orders for this app."
BAD_IPV6 = "IP (2001:db8::1f) is not allowed to place orders for this app."
NO_PROTECTION = "Market orders without market protection are not allowed via API"
NO_FUNDS = "Insufficient funds. Required margin is 72500.00 but available margin is 99.00."
IN_PROCESS = "Order cannot be modified/cancelled as it is being processed. Try later."
REFUSED = {"order_rejected", "invalid_request"}

# HTTP status, error_type, message, the kinds that the sheet allows.
REFUSALS = [
    (403, "TokenException", "Incorrect `api_key` or `access_token`.", {"session_expired"}),
    (400, "InputException", "Invalid `api_key` or `access_token`.", {"bad_credentials"}),
    (403, "PermissionException", "That API call is not allowed for the authenticated user", {"permission_denied"}),
    (403, "PermissionException", NO_IPS, {"ip_not_registered"}),
    (403, "PermissionException", BAD_IP, {"ip_not_registered"}),
    (403, "PermissionException", BAD_IPV6, {"ip_not_registered"}),
    (403, "TokenException", NO_IPS, {"ip_not_registered"}),  # "other types reported: match the text first"
    (403, "TokenException", BAD_IP, {"ip_not_registered"}),
    (403, "GeneralException", BAD_IP, {"ip_not_registered"}),
    (400, "InputException", BAD_IP, {"ip_not_registered"}),
    (400, "InputException", NO_IPS, {"ip_not_registered"}),
    (429, "NetworkException", "Too many requests", {"rate_limited"}),
    (429, "NetworkException", "Maximum allowed order requests exceeded", {"daily_cap"}),
    (400, "InputException", "Maximum allowed order requests exceeded", {"daily_cap"}),
    (400, "OrderException", "Maximum allowed order requests exceeded.", {"daily_cap"}),
    (400, "MarginException", NO_FUNDS, {"insufficient_funds"}),
    (400, "MarginException", "Something else", {"insufficient_funds"}),
    (400, "InputException", NO_FUNDS, {"insufficient_funds"}),
    (400, "OrderException", NO_FUNDS, {"insufficient_funds"}),
    (400, "OrderException", "RMS:Margin Exceeds,Required:72500, Available:99", {"insufficient_funds"}),
    (400, "HoldingException", "Something else", {"insufficient_holdings"}),
    (400, "OrderException", "RMS:Rule: Check holdings including BTST", {"insufficient_holdings"}),
    (400, "OrderException", "RMS:Rule: Check circuit limit including square off order exceeds", {"order_rejected"}),
    (400, "OrderException", "16387 : Security is not allowed to trade in this market", {"order_rejected"}),
    (400, "OrderException", "Quantity is above the freeze quantity", {"order_rejected"}),
    (400, "InputException", NO_PROTECTION, REFUSED),
    (400, "InputException", "Quantity should be greater than or equal to 1801 for order slicing", REFUSED),
    (405, "GeneralException", "Request method not allowed", REFUSED | {"unsupported"}),
    (428, "InputException", "5 quantity needs authorisation at depository", {"authorisation_needed"}),
    (400, "InputException", IN_PROCESS, {"already_final"}),
    (428, "HoldingException", "5 quantity needs authorisation at depository", {"authorisation_needed"}),
]

LOST = [
    (500, "GeneralException", "Something unexpected went wrong"),
    (500, "OrderException", "Order placement failed"),  # "any 5xx"
    (502, "NetworkException", "Request failed (502)"),
    (502, "DataException", "Unknown answer"),
    (503, "NetworkException", "Request failed (503)"),
    (503, "GeneralException", "Unavailable"),
    (504, "NetworkException", "Gateway timed out"),
    (400, "NetworkException", "Request failed"),
    (400, "DataException", "Unknown answer"),
    (400, "OrderException", "Order request timed out. Please check the order book and confirm before placing again."),
    (400, "InputException", "Order request timed out"),
    (400, "GeneralException", "The request timed out"),
]


@pytest.fixture(params=DEEDS)
async def deed(request: pytest.FixtureRequest, broker: BaseBroker, server: ScriptedServer) -> Deed:
    await show_the_book(broker, server)
    return DEEDS[str(request.param)]


async def _refused(deed: Deed, broker: BaseBroker, server: ScriptedServer, status: int, body: str) -> TradingError:
    deed.script(server, body, status=status)
    return await refusal(deed.do(broker))


@pytest.mark.parametrize(("status", "error_type", "message", "kinds"), REFUSALS)
async def test_section_6_a_definite_refusal_has_its_own_kind_quotes_the_broker_and_is_sent_once(
    *,
    status: int,
    error_type: str,
    message: str,
    kinds: set[str],
    deed: Deed,
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    error = await _refused(deed, broker, server, status, wire.failure(error_type, message))

    assert error.kind in kinds
    assert message in error.detail
    assert deed.sent(server) == 1


@pytest.mark.parametrize(("status", "error_type", "message"), LOST)
async def test_section_6_an_order_whose_outcome_is_unknown_is_never_refused_and_never_sent_again(
    *, status: int, error_type: str, message: str, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _refused(deed, broker, server, status, wire.failure(error_type, message))

    assert error.kind == "outcome_unknown"
    assert deed.sent(server) == 1


async def test_section_6_428_comes_without_an_error_type(
    deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.text({"status": "error", "message": "5 quantity needs authorisation at depository"})

    error = await _refused(deed, broker, server, 428, body)

    assert error.kind == "authorisation_needed"


@pytest.mark.parametrize(
    ("status", "error_type"), [(400, "InputException"), (400, "OrderException"), (400, "GeneralException")]
)
async def test_section_6_a_refusal_outside_market_hours_is_definite(
    status: int, error_type: str, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    message = "Markets are closed right now. Use GTT or AMO for placing orders outside market hours."

    error = await _refused(deed, broker, server, status, wire.failure(error_type, message))

    assert error.kind in {"market_closed", "order_rejected"}


@pytest.mark.parametrize(
    ("status", "error_type"),
    [(400, "UserException"), (403, "UserException"), (403, "TwoFAException"), (403, "ForbiddenError"), (410, "Gone")],
)
async def test_section_6_what_has_no_row_is_typed_sent_once_and_never_a_dead_session(
    status: int, error_type: str, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _refused(deed, broker, server, status, wire.failure(error_type, "No"))

    assert error.kind != "session_expired"
    assert deed.sent(server) == 1


@pytest.mark.parametrize(
    ("status", "content_type"), [(200, "text/html"), (502, "text/html"), (504, "text/html"), (200, "text/plain")]
)
async def test_section_6_a_body_that_is_no_json_leaves_the_outcome_unknown(
    status: int, content_type: str, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    deed.script(server, "<html><p>Bad gateway</p></html>", status=status, content_type=content_type)

    error = await refusal(deed.do(broker))

    assert error.kind == "outcome_unknown"
    assert deed.sent(server) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_an_order_is_never_sent_on_to_another_host(
    status: int, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    """security-promises N5: the library re-sent an order to another host on 307; section 6: 3xx is unknown."""
    async with ScriptedServer() as other:
        deed.script(server, "", status=status, headers=(("Location", f"{other.base_url}{deed.path}"),))
        error = await refusal(deed.do(broker))

    assert error.kind == "outcome_unknown"
    assert other.requests == []


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_section_14_a_5xx_with_a_success_body_is_unknown_never_accepted(
    status: int, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _refused(deed, broker, server, status, wire.success({"order_id": "1993231240000000001"}))

    assert error.kind == "outcome_unknown"


async def test_section_6_an_error_inside_a_200_is_never_an_accepted_order(
    deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    told = {"status": "error", "message": "No", "error_type": "OrderException", "data": {"order_id": "1"}}

    error = await _refused(deed, broker, server, 200, wire.text(told))

    assert error.kind in {"order_rejected", "outcome_unknown"}


async def test_an_order_that_met_no_server_was_not_sent(deed: Deed, broker: BaseBroker, server: ScriptedServer) -> None:
    """security-promises section 6: a connect error is NOT_SENT."""
    await server.__aexit__()

    assert (await refusal(deed.do(broker))).kind == "not_sent"


async def test_section_6_a_429_for_an_order_is_not_waited_out_and_resent(
    deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.failure("NetworkException", "Too many requests")
    deed.script(server, body, status=429, headers=(("Retry-After", "1"),))

    error = await refusal(deed.do(broker))

    assert (error.kind, deed.sent(server)) == ("rate_limited", 1)


@pytest.mark.parametrize("data", [{}, {"order_id": None}, {"order_id": ""}, {"order_id": 5}, [], None, "1"])
async def test_section_6_an_answer_without_an_order_id_leaves_the_outcome_unknown(
    data: object, deed: Deed, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _refused(deed, broker, server, 200, wire.success(data))

    assert error.kind == "outcome_unknown"
    assert deed.sent(server) == 1
