"""Sheet section 6, shapes and codes, on every reading operation: what each answer is called, and what it never is."""

from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any, Final

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import LISTS, READS, refusal
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

EXPIRED, LIMITED, DOWN = {"session_expired"}, {"rate_limited"}, {"broker_down"}
CREDENTIALS = {"bad_credentials"}
ASKED_WRONGLY = {"invalid_request", "wire_surprise", "not_found"}
LIMIT_TEXT: Final = "Access denied because of exceeding access rate"
FIREWALL: Final = "<html><head><title>Request Rejected</title></head><body>Support ID: 1234</body></html>"

# Code, the kinds that the class of section 6.2 allows; on every read and in every shape.
CODES: list[tuple[str, set[str]]] = [
    ("AG8001", EXPIRED),
    ("AG8002", EXPIRED),
    ("AG8003", EXPIRED),
    ("AB8050", EXPIRED),
    ("AB8051", EXPIRED),
    ("AB1010", EXPIRED),
    ("AB1011", EXPIRED),
    ("AB9005", EXPIRED),
    ("AG8004", CREDENTIALS),
    ("AB1000", CREDENTIALS),
    ("AB1001", CREDENTIALS),
    ("AB1002", CREDENTIALS),
    ("AB1031", CREDENTIALS),
    ("AB1032", CREDENTIALS),
    ("AB1050", CREDENTIALS),
    ("AG7002", {"ip_not_registered"}),
    ("AB1006", {"permission_denied", "user_blocked"}),
    ("AB2002", {"permission_denied"}),
    ("AB2020", {"insufficient_funds"}),
    ("AB1021", LIMITED),
    ("AB1023", LIMITED),
    ("E1002", LIMITED),
    ("AB1004", DOWN),
    ("AB2000", DOWN),
    ("AB2001", DOWN),
    ("AB9000", DOWN),
    ("AG2001", DOWN),
    ("AB1003", ASKED_WRONGLY),
    ("AB1005", ASKED_WRONGLY),
    ("AB1008", ASKED_WRONGLY),
    ("AB1012", ASKED_WRONGLY),
    ("AB1017", ASKED_WRONGLY),
    ("AB4006", ASKED_WRONGLY),
    ("AB4008", ASKED_WRONGLY),
    ("AB4018", ASKED_WRONGLY),
    ("AB9001", ASKED_WRONGLY),
    ("AB9018", ASKED_WRONGLY),
    ("E1001", ASKED_WRONGLY),
]
NOTHING_THERE = ("AB1013", "AB1014", "AB1015", "AB1016")
SHAPES = {"standard": wire.standard, "gateway": wire.gateway, "partial": wire.partial, "in-words": wire.in_words}


async def _said(name: str, body: Any, broker: BaseBroker, server: ScriptedServer, **more: Any) -> TradingError:
    READS[name].script(server, body, **more)
    return await refusal(READS[name].ask(broker))


# ------------------------------------------------------------------ section 6.2


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("code", "kinds"), CODES)
async def test_section_6_2_every_code_on_every_read(
    *, code: str, kinds: set[str], shape: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {name: (await _said(name, SHAPES[shape](code), broker, server)).kind for name in READS}

    assert {name: kind for name, kind in found.items() if kind not in kinds} == {}


@pytest.mark.parametrize("code", NOTHING_THERE)
@pytest.mark.parametrize("name", ["profile", "funds", "ltp"])
async def test_section_6_2_what_is_not_there_is_not_found(
    name: str, code: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _said(name, wire.standard(code), broker, server)).kind in {"not_found", "wire_surprise"}


@pytest.mark.parametrize(
    ("name", "code"), [("orders", "AB1013"), ("trades", "AB1014"), ("holdings", "AB1015"), ("positions", "AB1016")]
)
async def test_section_6_2_what_is_not_there_may_mean_an_empty_list(
    name: str, code: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.standard(code))

    assert await READS[name].ask(broker) == []


@pytest.mark.parametrize("name", READS)
async def test_section_6_2_an_amx_error_that_says_nothing_is_no_dead_session(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, wire.standard("AB1007", "AMX error"), broker, server)

    assert error.kind in {"broker_down", "wire_surprise"}


@pytest.mark.parametrize("code", ["AB7777", "", "__doc__", "DH-901"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_code_that_nobody_knows_concludes_nothing(
    shape: str, code: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {name: (await _said(name, SHAPES[shape](code), broker, server)).kind for name in READS}

    assert found == dict.fromkeys(READS, "wire_surprise")


async def test_section_6_2_the_brokers_words_and_code_are_kept_for_the_details(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said("profile", wire.standard("AB1006", "Client is blocked for trading"), broker, server)

    assert "Client is blocked for trading" in error.detail
    assert error.broker_code == "AB1006"


@pytest.mark.parametrize("name", READS)
async def test_section_2_2_a_dead_token_is_heard_once(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    await _said(name, wire.gateway("AG8001", "Invalid Token"), broker, server)

    assert READS[name].sent(server) == 1


# ------------------------------------------------------------------ section 6.1


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json", None])
@pytest.mark.parametrize(
    "text", [LIMIT_TEXT, "Access denied because of exceeding rate limit", "Access denied: exceeding access limits"]
)
async def test_section_6_1_the_text_of_the_limit_on_every_read(
    text: str, content_type: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    more: dict[str, Any] = {"status": 403, "content_type": content_type}
    errors = {name: await _said(name, text, broker, server, **more) for name in READS}

    assert {name: error.kind for name, error in errors.items()} == dict.fromkeys(READS, "rate_limited")


@pytest.mark.parametrize("name", READS)
async def test_section_7_a_limit_without_a_wait_has_one_all_the_same(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, LIMIT_TEXT, broker, server, status=403, content_type="text/plain")

    assert error.retry_after is not None
    assert error.retry_after > 0


@pytest.mark.parametrize("status", [200, 400, 403, 404])
async def test_section_6_1_a_page_of_the_firewall_says_nothing_about_the_session(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    more: dict[str, Any] = {"status": status, "content_type": "text/html"}
    found = {(await _said(name, FIREWALL, broker, server, **more)).kind for name in READS}

    assert found <= {"not_reachable", "wire_surprise"}


@pytest.mark.parametrize("status", [200, 204, 400, 404])
async def test_section_6_1_an_empty_body_is_never_an_empty_list(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {name: (await _said(name, "", broker, server, status=status)).kind for name in READS}

    assert found == dict.fromkeys(READS, "wire_surprise")


@pytest.mark.parametrize("flag", ["true", "True", 1, "1", "SUCCESS", None, [True]])
@pytest.mark.parametrize("name", ["status", "success"])
async def test_section_6_1_only_the_true_flag_is_a_success(
    name: str, flag: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {
        one: (await _said(one, {name: flag, "message": "", "errorcode": "", "data": read.data}, broker, server)).kind
        for one, read in READS.items()
    }

    assert found == dict.fromkeys(READS, "wire_surprise")


@pytest.mark.parametrize("name", LISTS)
async def test_section_12_an_error_never_looks_like_a_flat_book(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    body = {"status": False, "message": "Something Went Wrong", "errorcode": "AB1004", "data": []}

    assert (await _said(name, body, broker, server)).kind == "broker_down"


# ------------------------------------------------------------------ the end of section 6.2: status codes


@pytest.mark.parametrize(
    ("status", "kinds"),
    [(401, EXPIRED), (429, LIMITED), (500, DOWN), (502, DOWN), (503, DOWN), (504, DOWN)],
)
@pytest.mark.parametrize("body", ["", "busy", wire.standard("", "Said in words")])
async def test_section_6_2_status_codes_that_are_not_documented(
    *, status: int, kinds: set[str], body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    more: dict[str, Any] = {"status": status, "content_type": "text/plain" if body == "busy" else "application/json"}
    found = {name: (await _said(name, body, broker, server, **more)).kind for name in READS}

    assert {name: kind for name, kind in found.items() if kind not in kinds} == {}


@pytest.mark.parametrize("body", ["", "Forbidden", wire.standard("", "Forbidden")])
async def test_section_6_2_a_403_that_is_no_limit_is_a_refusal_and_no_dead_session(
    body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {(await _said(name, body, broker, server, status=403)).kind for name in READS}

    assert found <= {"permission_denied", "wire_surprise", "rate_limited"}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("name", READS)
async def test_faults_22_an_html_page_with_a_server_error_is_a_broker_that_is_down(
    name: str, status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, "<html>Bad gateway</html>", broker, server, status=status, content_type="text/html")

    assert error.kind == "broker_down"


@pytest.mark.parametrize("name", READS)
async def test_faults_15_a_log_in_page_of_a_proxy_is_not_the_broker(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, "<html><form>Hotel Wi-Fi</form></html>", broker, server, content_type="text/html")

    assert error.kind == "not_reachable"


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("name", READS)
async def test_faults_16_17_a_redirect_to_another_host_is_not_followed(
    name: str, status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    async with ScriptedServer() as other:
        error = await _said(
            name, "", broker, server, status=status, headers=(("Location", f"{other.base_url}/elsewhere"),)
        )

    assert error.kind == "wire_surprise"
    assert other.requests == []


@pytest.mark.parametrize("name", READS)
async def test_faults_18_a_429_says_how_many_seconds_to_wait(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(name, "", broker, server, status=429, headers=(("Retry-After", "90"),))

    assert (error.kind, error.retry_after) == ("rate_limited", 90)


async def test_faults_19_a_429_says_until_when_to_wait(
    broker: BaseBroker, server: ScriptedServer, clock: ManualClock
) -> None:
    until = format_datetime((clock.now() + timedelta(seconds=90)).astimezone(UTC), usegmt=True)

    error = await _said("profile", "", broker, server, status=429, headers=(("Retry-After", until),))

    assert error.retry_after is not None
    assert 60 <= error.retry_after <= 91
