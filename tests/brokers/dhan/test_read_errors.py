"""Sheet section 6, both tables, on every reading operation: what each answer is called, and what it never is."""

from collections.abc import Iterable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import READS, planted, refusal
from tests.brokers.sheets import words
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

EXPIRED, LIMITED, DOWN = {"session_expired"}, {"rate_limited"}, {"broker_down"}
UNANSWERED = {"broker_down", "not_reachable"}
QUOTES = ("ltp", "quotes")
AUTH = wire.failure("DH-901", "Client ID or user generated access token is invalid", "Invalid_Authentication")

# HTTP status, body, the kinds that the sheet allows; on every read.
SAID: list[tuple[int, Any, set[str]]] = [
    (401, AUTH, EXPIRED),
    (400, AUTH, EXPIRED),  # by the code
    (400, wire.failure("DH-906", "Invalid Token"), EXPIRED),
    (400, wire.failure("DH-906", "Invalid Token", "Something_Else"), EXPIRED),  # errorType is not to be relied on
    (401, wire.failure("DH-906", "Invalid Token"), EXPIRED),
    (401, wire.failure("DH-999", "Unauthorised"), EXPIRED),  # "401 without an 806"
    (403, wire.failure("DH-902", "Not subscribed to Data APIs", "Invalid_Access"), {"not_subscribed"}),
    (400, wire.failure("DH-902", "Not subscribed to Data APIs", "Invalid_Access"), {"not_subscribed"}),
    (400, wire.failure("DH-911", "Invalid IP", "Invalid IP"), {"ip_not_registered"}),
    (403, wire.failure("DH-911", "Invalid IP", "Invalid IP"), {"ip_not_registered"}),
    (401, wire.failure("DH-911", "Invalid IP", "Invalid IP"), {"ip_not_registered"}),  # its status is not known
    (400, wire.failure("DH-905", "Invalid IP", "Input_Exception"), {"ip_not_registered"}),
    (429, wire.failure("DH-904", "Too many requests", "Rate_Limit"), LIMITED),
    (400, wire.failure("DH-904", "Too many requests", "Rate_Limit"), LIMITED),  # by the code
    (500, wire.failure("DH-908", "Internal Server Error", "Internal_Server_Error"), DOWN),
    (502, wire.failure("DH-909", "Network error", "Network_Error"), UNANSWERED),
    (400, wire.failure("DH-909", "Network error", "Network_Error"), UNANSWERED),
    (400, wire.failure("DH-910", "Other error", "Others"), UNANSWERED),
    (500, wire.failure("DH-910", "Other error", "Others"), UNANSWERED),
    (503, wire.failure("DH-000", "Unavailable"), DOWN),
    (504, wire.failure("DH-000", "Gateway timed out"), DOWN),
]

# The codes of the data calls, on prices.
QUOTE_SAID: list[tuple[int, Any, set[str]]] = [
    (500, wire.quote_failure("800"), DOWN),
    (429, wire.quote_failure("805"), LIMITED),
    (400, wire.quote_failure("805"), LIMITED),
    (401, wire.quote_failure("806"), {"not_subscribed"}),
    (401, wire.quote_failure("807"), EXPIRED),
    (401, wire.quote_failure("808"), EXPIRED),
    (401, wire.quote_failure("809"), EXPIRED),
    (400, wire.quote_failure("807"), EXPIRED),  # their status is not known
    (400, wire.quote_failure("809"), EXPIRED),
    (401, wire.quote_failure("810"), {"wrong_account", "bad_credentials"}),
    (401, {"data": {"807": "Access token is expired"}}, EXPIRED),  # "status may be missing"
    (401, wire.failure("806", "Not subscribed"), {"not_subscribed"}),
]

# The sheet gives these no class: they must be typed, and no sign-in may be asked for.
UNCLASSED: list[tuple[int, Any]] = [
    (400, wire.failure("DH-903", "Account is not enabled", "User_Account")),
    (400, wire.failure("DH-905", "Missing required fields", "Input_Exception")),
    (400, wire.failure("DH-906", "Incorrect request for order and cannot be processed")),
    (404, wire.failure("DH-906", "Incorrect request for order and cannot be processed")),
    (400, wire.quote_failure("804")),
    (404, {"timestamp": "2026-11-18T05:00:00.000+00:00", "status": 404, "error": "Not Found", "path": "/v2/x"}),
    (400, {"errorCode": "X", "httpStatus": "BAD_REQUEST", "internalErrorCode": "RS-9005", "internalErrorMessage": ""}),
    (500, {"errorCode": "X", "httpStatus": "ERROR", "internalErrorCode": "RS-9005", "internalErrorMessage": ""}),
    (400, {"status": "failure", "errorType": "E", "errorCode": "E001", "errorMessage": "portal"}),
    (403, ""),
    (400, ""),
    (405, {"timestamp": "x", "status": 405, "error": "Method Not Allowed", "path": "/v2/x"}),
]

NO_DATA: list[Any] = [
    wire.failure("DH-907", "No data", "Data_Error"),
    *(wire.quote_failure(code) for code in ("811", "812", "813", "814")),
]

# Errors inside HTTP 200: never a value (sections 6.1 and 6.2's rule).
INSIDE_200: list[tuple[Any, set[str] | None]] = [
    (wire.failure("DH-901", "Invalid token", "Invalid_Authentication"), EXPIRED),
    (wire.failure("DH-906", "Invalid Token"), EXPIRED),
    (wire.failure("DH-904", "Too many requests"), LIMITED),
    ({"status": "error", "message": "Something"}, None),
    ({"status": "failure", "message": "Something"}, None),
    ({"status": "failed", "data": {"800": "Internal"}}, None),
    ([{"message": "Something", "status": "ERROR"}], None),
    ({"internalErrorCode": "RS-9005", "internalErrorMessage": "x"}, None),
    ({"errorType": "Order_Error", "errorMessage": "x"}, None),
]


async def _said(name: str, status: int, body: Any, broker: BaseBroker, server: ScriptedServer) -> TradingError:
    READS[name].script(server, body, status=status)
    return await refusal(READS[name].ask(broker))


async def _kinds(
    broker: BaseBroker, server: ScriptedServer, body: Any, names: Iterable[str] = READS, **more: Any
) -> dict[str, str]:
    """By the name of each read, the kind that it ends with under `body`; "value" where it ends with none."""
    kinds = {}
    for name in names:
        READS[name].script(server, body, **more)
        try:
            await READS[name].ask(broker)
        except TradingError as error:
            kinds[name] = "a leak" if planted(words(error)) else error.kind
        else:
            kinds[name] = "value"
    return kinds


def _others(found: dict[str, str], allowed: set[str]) -> dict[str, str]:
    """The reads that ended otherwise."""
    return {name: kind for name, kind in found.items() if kind not in allowed}


@pytest.mark.parametrize(("status", "body", "kinds"), SAID)
async def test_section_6_2_every_row_on_every_read(
    *, status: int, body: Any, kinds: set[str], broker: BaseBroker, server: ScriptedServer
) -> None:
    assert _others(await _kinds(broker, server, body, status=status), kinds) == {}


@pytest.mark.parametrize(("status", "body", "kinds"), QUOTE_SAID)
async def test_section_6_2_every_data_code_on_prices(
    *, status: int, body: Any, kinds: set[str], broker: BaseBroker, server: ScriptedServer
) -> None:
    assert _others(await _kinds(broker, server, body, QUOTES, status=status), kinds) == {}


@pytest.mark.parametrize(("status", "body"), UNCLASSED)
async def test_section_6_what_has_no_class_is_typed_and_never_a_dead_session(
    *, status: int, body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = await _kinds(broker, server, body, status=status)

    assert {"value", "session_expired"}.isdisjoint(found.values())


@pytest.mark.parametrize("body", NO_DATA)
async def test_section_6_2_no_data_is_shown_or_empty_and_never_a_dead_session(
    body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert "session_expired" not in (await _kinds(broker, server, body, status=400)).values()


@pytest.mark.parametrize(("body", "kinds"), INSIDE_200)
async def test_section_6_1_an_error_inside_a_200_is_never_a_value(
    *, body: Any, kinds: set[str] | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = await _kinds(broker, server, body)

    assert _others(found, kinds) == {} if kinds else {"value", "session_expired"}.isdisjoint(found.values())


async def test_section_6_2_no_holdings_has_a_meaning_for_holdings_only(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.failure("DH-1111", "No holdings available", "HOLDING_ERROR")

    found = await _kinds(broker, server, body, sorted(set(READS) - {"holdings"}), status=500)

    assert _others(found, {"broker_down", "wire_surprise"}) == {}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_section_6_1_an_html_page_of_the_gateway_is_a_broker_that_is_down(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    page = "<html><body>Bad gateway</body></html>"

    found = await _kinds(broker, server, page, status=status, content_type="text/html")

    assert _others(found, DOWN) == {}


async def test_section_6_1_an_html_403_of_the_edge_is_no_dead_session(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    page = "<html><body>Forbidden</body></html>"

    found = await _kinds(broker, server, page, status=403, content_type="text/html")

    assert {"value", "session_expired", "bad_credentials"}.isdisjoint(found.values())


async def test_faults_15_a_log_in_page_of_a_proxy_is_not_the_broker(broker: BaseBroker, server: ScriptedServer) -> None:
    page = "<html><form>Hotel Wi-Fi</form></html>"

    found = await _kinds(broker, server, page, content_type="text/html; charset=utf-8")

    assert _others(found, {"not_reachable"}) == {}


@pytest.mark.parametrize("status", [302, 307])
async def test_faults_16_17_a_redirect_to_another_host_is_not_followed(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    async with ScriptedServer() as other:
        away = (("Location", f"{other.base_url}/v2/profile"),)
        found = await _kinds(broker, server, "", status=status, headers=away)

    assert _others(found, {"wire_surprise"}) == {}
    assert other.requests == []


@pytest.mark.parametrize("name", READS)
async def test_faults_18_a_429_says_how_many_seconds_to_wait(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.failure("DH-904", "Too many requests", "Rate_Limit")
    READS[name].script(server, body, status=429, headers=(("Retry-After", "90"),))

    error = await refusal(READS[name].ask(broker))

    assert (error.kind, error.retry_after) == ("rate_limited", 90)


async def test_faults_19_a_429_says_until_when_to_wait(
    broker: BaseBroker, server: ScriptedServer, clock: ManualClock
) -> None:
    until = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    body = wire.text(wire.failure("DH-904", "Too many requests", "Rate_Limit"))
    server.on("GET", "/v2/profile", body, status=429, headers=(("Retry-After", until),))

    error = await refusal(broker.get_profile())

    assert error.retry_after is not None
    assert 60 <= error.retry_after <= 91


@pytest.mark.parametrize("name", READS)
async def test_section_6_2_a_429_comes_without_a_wait_and_still_has_one(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, "", status=429, content_type=None)

    error = await refusal(READS[name].ask(broker))

    assert error.kind == "rate_limited"
    assert error.retry_after is not None
    assert error.retry_after > 0


@pytest.mark.parametrize("name", READS)
async def test_section_6_2_a_definite_no_is_asked_once(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    await _said(name, 401, AUTH, broker, server)

    assert READS[name].sent(server) == 1


async def test_section_6_2_the_brokers_own_words_are_kept_for_the_details(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said("profile", 400, wire.failure("DH-903", "Segment MCX is not active"), broker, server)

    assert "Segment MCX is not active" in error.detail
