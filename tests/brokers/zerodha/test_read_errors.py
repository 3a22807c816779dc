"""Sheet section 6, both tables, on every reading operation: what each answer is called, and what it never is."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, refusal
from tests.fakes.clock import ManualClock

DEAD = "Incorrect `api_key` or `access_token`."
BARE = "Invalid `api_key` or `access_token`."
NOT_ALLOWED = "That API call is not allowed for the authenticated user"
NO_PLAN = "Insufficient permission for that call."

# HTTP status, error_type, message, the kinds that the sheet allows.
SAID = [
    (403, "TokenException", DEAD, {"session_expired"}),
    (400, "InputException", BARE, {"bad_credentials"}),
    (400, "InputException", "Missing `api_key`.", {"bad_credentials"}),  # either name in the text
    (400, "InputException", "Missing `access_token`.", {"bad_credentials"}),
    (403, "PermissionException", NOT_ALLOWED, {"permission_denied"}),
    (403, "ForbiddenError", "The user is not enabled on the app.", {"permission_denied", "wrong_account"}),
    (429, "NetworkException", "Too many requests", {"rate_limited"}),
    (500, "GeneralException", "Something went wrong", {"broker_down"}),
    (502, "NetworkException", "Request failed (502)", {"broker_down"}),
    (503, "NetworkException", "Request failed (503)", {"broker_down"}),
    (504, "NetworkException", "Gateway timed out", {"broker_down"}),
    (502, "DataException", "Unknown Content-Type", {"broker_down"}),
    (503, "GeneralException", "Service unavailable", {"broker_down"}),
    (400, "NetworkException", "Request failed (timeout)", {"broker_down"}),  # by the name alone
    (400, "DataException", "Unknown answer", {"broker_down"}),
]

# The sheet gives these no class: they must be typed, and no sign-in may be asked for.
UNCLASSED = [
    (400, "UserException", "The account has a problem"),
    (403, "UserException", "The account has a problem"),
    (400, "GeneralException", "Something went wrong"),
    (403, "GeneralException", "Forbidden"),
    (403, "PermissionError", "Forbidden"),
    (403, "TwoFAException", "Two-factor authentication is due"),
    (403, "ForbiddenError", "No"),
    (405, "GeneralException", "Request method not allowed"),
    (404, "GeneralException", "Not found"),
    (410, "GeneralException", "Gone"),
    (400, "MarginException", "Margin"),
    (400, "HoldingException", "Holding"),
    (400, "OrderException", "Order"),
    (400, "NewException", "A name that nobody has heard of"),
]

Said = tuple[int, str, str]


async def _said(name: str, said: Said, broker: BaseBroker, server: ScriptedServer) -> TradingError:
    status, error_type, message = said
    READS[name].script(server, wire.failure(error_type, message), status=status)
    return await refusal(READS[name].ask(broker))


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(("status", "error_type", "message", "kinds"), SAID)
async def test_section_6_every_row_on_every_read(
    *,
    status: int,
    error_type: str,
    message: str,
    kinds: set[str],
    name: str,
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    error = await _said(name, (status, error_type, message), broker, server)

    assert error.kind in kinds


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("said", UNCLASSED)
async def test_section_6_what_has_no_row_is_typed_and_never_a_dead_session(
    said: Said, name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, said, broker, server)

    assert error.kind != "session_expired"


@pytest.mark.parametrize("name", sorted(set(READS) - {"ltp"}))
async def test_section_6_a_missing_plan_on_a_free_call_is_never_a_dead_session(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, (403, "PermissionException", NO_PLAN), broker, server)

    assert error.kind in {"permission_denied", "not_subscribed"}


@pytest.mark.parametrize("name", READS)
async def test_section_6_the_data_of_an_error_may_be_missing(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.text({"status": "error", "message": DEAD, "error_type": "TokenException"})
    READS[name].script(server, body, status=403)

    assert (await refusal(READS[name].ask(broker))).kind == "session_expired"


@pytest.mark.parametrize("name", READS)
async def test_section_14_a_403_without_an_error_type_is_never_a_dead_session(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.text({"status": "error", "message": "Forbidden"}), status=403)

    assert (await refusal(READS[name].ask(broker))).kind != "session_expired"


@pytest.mark.parametrize("name", READS)
async def test_section_6_an_error_inside_a_200_is_never_a_value(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    """Not documented, the library raises on it: that it is typed is certain, its kind is not."""
    body = wire.text({"status": "error", "message": "No", "error_type": "InputException", "data": READS[name].data})
    READS[name].script(server, body)

    assert (await refusal(READS[name].ask(broker))).kind != "session_expired"


@pytest.mark.parametrize("status", [502, 503, 504, 500])
@pytest.mark.parametrize("name", READS)
async def test_section_6_an_html_page_of_a_gateway_is_a_broker_that_is_down(
    name: str, status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, "<html><body>Bad gateway</body></html>", status=status, content_type="text/html")

    assert (await refusal(READS[name].ask(broker))).kind == "broker_down"


@pytest.mark.parametrize("name", READS)
async def test_faults_15_a_log_in_page_of_a_proxy_is_not_the_broker(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, "<html><form>Hotel Wi-Fi</form></html>", content_type="text/html; charset=utf-8")

    assert (await refusal(READS[name].ask(broker))).kind == "not_reachable"


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("name", READS)
async def test_faults_16_17_a_redirect_to_another_host_is_not_followed(
    name: str, status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    async with ScriptedServer() as other:
        READS[name].script(server, "", status=status, headers=(("Location", f"{other.base_url}/user/profile"),))
        error = await refusal(READS[name].ask(broker))

    assert error.kind == "wire_surprise"
    assert other.requests == []


@pytest.mark.parametrize("name", READS)
async def test_faults_18_a_429_says_how_many_seconds_to_wait(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = wire.failure("NetworkException", "Too many requests")
    READS[name].script(server, body, status=429, headers=(("Retry-After", "90"),))

    error = await refusal(READS[name].ask(broker))

    assert (error.kind, error.retry_after) == ("rate_limited", 90)


async def test_faults_19_a_429_says_until_when_to_wait(
    broker: BaseBroker, server: ScriptedServer, clock: ManualClock
) -> None:
    until = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    body = wire.failure("NetworkException", "Too many requests")
    server.on("GET", "/user/profile", body, status=429, headers=(("Retry-After", until),))

    error = await refusal(broker.get_profile())

    assert error.kind == "rate_limited"
    assert error.retry_after is not None
    assert 60 <= error.retry_after <= 91


@pytest.mark.parametrize("headers", [(), (("Retry-After", "soon"),), (("Retry-After", "-5"),), (("Retry-After", ""),)])
async def test_faults_20_a_429_without_a_usable_wait_still_has_one(
    headers: tuple[tuple[str, str], ...], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/user/profile", "Too many requests", status=429, content_type="text/plain", headers=headers)

    error = await refusal(broker.get_profile())

    assert error.kind == "rate_limited"
    assert error.retry_after is not None
    assert error.retry_after > 0


@pytest.mark.parametrize("name", READS)
async def test_section_6_nightly_maintenance_is_not_a_dead_session(
    name: str, broker: BaseBroker, server: ScriptedServer, clock: ManualClock
) -> None:
    clock.jump(-6 * 3600)  # 04:30 IST

    error = await _said(name, (503, "GeneralException", "Under maintenance"), broker, server)

    assert error.kind in {"broker_down", "maintenance"}


async def test_section_6_the_brokers_own_words_are_kept_for_the_details(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said("profile", (403, "PermissionException", NOT_ALLOWED), broker, server)

    assert NOT_ALLOWED in error.detail
