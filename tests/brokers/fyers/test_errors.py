"""Sheet section 6, every row: what each answer is called on reads and on orders, and what it never is."""

from collections.abc import Collection
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import ORDER_ID
from tests.brokers.fyers.support import ORDERS, PROFILE, READS, SYNC, FyersServer, refusal, ticket
from tests.brokers.sheets import words

Said = tuple[int, Any, str]

# ------------------------------------------------------------------ reads: HTTP status, code, text, kinds

TOKEN = {"session_expired"}
DEAD: list[Said] = [
    (401, -8, "Your token has expired. Please generate a token"),
    (400, -8, "Your token has expired. Please generate a token"),
    (401, -16, "Could not authenticate the user"),
    (401, -16, "Token is Invalid or Expired"),
    (401, -15, "Please provide valid token"),
    (401, -17, "Your token is invalid or expired"),
    (400, -17, "Your token is invalid or expired"),
]
DOWN = {"broker_down"}
SAID: list[tuple[Said, Collection[str]]] = [
    *((said, TOKEN) for said in DEAD),
    ((400, -352, "Please provide a valid app id."), {"bad_credentials"}),
    ((403, -373, "Permission denied"), {"permission_denied", "not_subscribed"}),
    ((429, -429, "Request limit reached, refresh after few mins"), {"rate_limited"}),
    ((429, 429, "request limit reached"), {"rate_limited"}),
    ((500, -99, "Something went wrong. Please contact support"), DOWN),
    ((200, -201, "Connection error"), DOWN),
    ((400, -202, "Connection error"), DOWN),
    ((400, -204, "Unexpected error"), DOWN),
    ((400, -205, "Unexpected error"), DOWN),
    ((500, -96, "Unexpected error"), DOWN),
    ((502, -96, "Unexpected error"), DOWN),
]
UNCLASSED: list[Said] = [
    (400, -50, "Please provide valid inputs"),
    (422, -50, "Invalid input"),
    (422, -300, "Invalid symbol provided"),
    (400, -209, "some field"),
    (400, -157, "some field"),
    (400, -164, "some field"),
    (400, -301, "some field"),
    (400, -399, "some field"),
    (400, 400, "multi-leg input"),
    (200, -99, "a text without its colour"),
    (400, -1000, "A code that nobody has heard of"),
    (200, -1000, "A code that nobody has heard of"),
    (404, -1000, "Not found"),
    (418, 0, "Nothing"),
]


def _script(name: str, said: Said, server: FyersServer, **more: Any) -> None:
    status, code, message = said
    if status == 401 or code in (-8, -15, -16, -17):
        server.dead()
    READS[name].script(server, wire.failure(code, message), status=status, **more)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(("said", "kinds"), SAID)
async def test_section_6_every_row_on_every_read(
    *, said: Said, kinds: set[str], name: str, broker: BaseBroker, server: FyersServer
) -> None:
    _script(name, said, server)

    assert (await refusal(READS[name].ask(broker))).kind in kinds


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("said", UNCLASSED)
async def test_section_6_what_has_no_class_on_reads_is_typed_and_never_a_dead_session(
    said: Said, name: str, broker: BaseBroker, server: FyersServer
) -> None:
    _script(name, said, server)

    assert (await refusal(READS[name].ask(broker))).kind not in {"session_expired", "bad_credentials", "rate_limited"}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("order", [("s", "code", "message"), ("message", "code", "s"), ("code", "message", "s")])
async def test_section_6_key_order_varies(
    order: tuple[str, ...], name: str, broker: BaseBroker, server: FyersServer
) -> None:
    values = {"s": "error", "code": -99, "message": "Something went wrong. Please contact support"}
    READS[name].script(server, wire.text({key: values[key] for key in order}), status=500)

    assert (await refusal(READS[name].ask(broker))).kind == "broker_down"


@pytest.mark.parametrize("name", READS)
async def test_section_6_an_error_inside_http_200_is_never_a_value(
    name: str, broker: BaseBroker, server: FyersServer
) -> None:
    body = wire.failure(-1000, "No", **{READS[name].key: READS[name].good})
    READS[name].script(server, body)

    assert (await refusal(READS[name].ask(broker))).kind != "session_expired"


@pytest.mark.parametrize("name", READS)
async def test_section_3_a_bare_403_of_the_edge_is_never_a_dead_session(
    name: str, broker: BaseBroker, server: FyersServer
) -> None:
    READS[name].script(server, "", status=403, content_type=None)

    assert (await refusal(READS[name].ask(broker))).kind not in {"session_expired", "bad_credentials"}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("name", READS)
async def test_section_6_a_page_of_a_gateway_is_a_broker_that_is_down(
    name: str, status: int, broker: BaseBroker, server: FyersServer
) -> None:
    page = "<html><body>Bad gateway</body></html>"
    READS[name].script(server, page, status=status, content_type="text/html")

    assert (await refusal(READS[name].ask(broker))).kind == "broker_down"


@pytest.mark.parametrize("name", READS)
async def test_faults_15_a_page_instead_of_the_broker_is_not_the_broker(
    name: str, broker: BaseBroker, server: FyersServer
) -> None:
    READS[name].script(server, "<html><form>Hotel Wi-Fi</form></html>", content_type="text/html; charset=utf-8")

    assert (await refusal(READS[name].ask(broker))).kind == "not_reachable"


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("code", [-429, 429])
async def test_section_6_a_429_says_how_long_to_wait(
    name: str, code: int, broker: BaseBroker, server: FyersServer
) -> None:
    _script(name, (429, code, "request limit reached"), server, headers=(("Retry-After", "90"),))

    error = await refusal(READS[name].ask(broker))

    assert (error.kind, error.retry_after) == ("rate_limited", 90)


@pytest.mark.parametrize("name", READS)
async def test_faults_20_a_bare_429_is_still_a_limit_with_a_wait(
    name: str, broker: BaseBroker, server: FyersServer
) -> None:
    READS[name].script(server, "", status=429, content_type=None)

    error = await refusal(READS[name].ask(broker))

    assert error.kind == "rate_limited"
    assert (error.retry_after or 0) > 0


async def test_section_6_the_brokers_own_words_are_kept_for_the_details(
    broker: BaseBroker, server: FyersServer
) -> None:
    _script("funds", (400, -1000, "Words of the broker"), server)

    assert "Words of the broker" in (await refusal(READS["funds"].ask(broker))).detail


async def test_section_2_one_false_401_is_confirmed_by_a_second_probe(broker: BaseBroker, server: FyersServer) -> None:
    server.first("GET", PROFILE, (401, wire.failure(-16, "Could not authenticate the user")))
    server.ok(PROFILE, data=wire.profile())

    assert await broker.validate() is True


# ------------------------------------------------------------------ orders

VALIDATION = (
    "The input symbol is invalid.",
    "10 not a multiple of minimum lot size 75",
    "LimitPrice not a multiple of tick size 0.0500",
    "limitPrice does not match: 0",
    "stopPrice does not match: 0",
    "limitPrice: Must be greater than or equal to 0.0025",
    "qty: Must be greater than or equal to 1",
    "symbol: String length must be greater than or equal to 1",
    "productType must be one of the following: CNC, INTRADAY",
    "limitPrice should be greater than stopPrice for side BUY",
    "id is required",
)
RESTRICTED = "Order placement restricted. Algo orders are not allowed from this app"
SHORTFALL = "RED:Margin Shortfall:INR 17,335.50 Available:INR 12.05 for C-XA00001 [FYERS_RISK]"
RULE = "RED:RULE:{Check circuit limit including square off order exceeds}"
OUTCOME = {"outcome_unknown"}
VALIDATED = {"order_rejected", "invalid_request"}  # definite either way
REFUSED: list[tuple[Said, Collection[str]]] = [
    *(((400, -50, text), {"order_rejected"}) for text in VALIDATION),
    ((400, -50, f"{RESTRICTED} OTHERAPP99-100"), {"ip_not_registered", "permission_denied"}),
    ((403, -50, f"{RESTRICTED} OTHERAPP99-100"), {"ip_not_registered", "permission_denied"}),
    ((403, -373, "Permission denied"), {"permission_denied"}),
    ((200, -99, RULE), {"order_rejected"}),
    ((200, -99, SHORTFALL), {"insufficient_funds"}),
    ((429, -429, "Request limit reached, refresh after few mins"), {"rate_limited"}),
    ((401, -16, "Could not authenticate the user"), TOKEN),
    ((401, -8, "Your token has expired. Please generate a token"), TOKEN),
    *(((400, code, "some field"), VALIDATED) for code in (-209, -157, -164, -301, -310, -399)),
    ((500, -99, "Something went wrong. Please contact support"), OUTCOME),
    ((200, -99, "Something went wrong. Please contact support"), OUTCOME),
    ((500, -201, "Connection error"), OUTCOME),
    ((400, -202, "Connection error"), OUTCOME),
    ((400, -96, "Unexpected error"), OUTCOME),
    ((502, -96, "Unexpected error"), OUTCOME),
    ((200, -1000, "A code that nobody has heard of"), OUTCOME),
]


async def _order_refused(said: Said, broker: BaseBroker, server: FyersServer, **more: Any) -> TradingError:
    status, code, message = said
    server.dead()
    server.ok(ORDERS, orderBook=[])
    server.on("POST", SYNC, wire.failure(code, message, **more), status=status)
    return await refusal(broker.place_order(ticket()))


@pytest.mark.parametrize(("said", "kinds"), REFUSED)
async def test_section_6_every_row_on_an_order(
    *, said: Said, kinds: set[str], broker: BaseBroker, server: FyersServer
) -> None:
    error = await _order_refused(said, broker, server)

    assert error.kind in kinds
    assert len(server.sent("POST", SYNC)) == 1


@pytest.mark.parametrize("text", [SHORTFALL, RULE])
async def test_section_12_14_a_refusal_of_the_risk_desk_keeps_the_id_of_the_order(
    text: str, broker: BaseBroker, server: FyersServer
) -> None:
    error = await _order_refused((200, -99, text), broker, server, id=ORDER_ID)

    assert error.kind in {"insufficient_funds", "order_rejected"}
    assert ORDER_ID in words(error)


@pytest.mark.parametrize("body", ["", "<html></html>", "null", "[]", "42", '"ok"', "false"])
@pytest.mark.parametrize("status", [200, 500, 502])
async def test_section_6_an_order_whose_answer_is_no_envelope_is_unknown(
    body: str, status: int, broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(ORDERS, orderBook=[])
    server.on("POST", SYNC, body, status=status)

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", SYNC)) == 1


@pytest.mark.parametrize(("header", "wait"), [("Retry-After", "3"), ("X-Retry-After-Ms", "3000")])
async def test_section_6_the_wait_of_a_throttled_order(
    header: str, wait: str, broker: BaseBroker, server: FyersServer
) -> None:
    body = wire.failure(-429, "Request limit reached, refresh after few mins")
    server.on("POST", SYNC, body, status=429, headers=((header, wait),))

    error = await refusal(broker.place_order(ticket()))

    assert (error.kind, error.retry_after) == ("rate_limited", 3)


async def test_section_11_an_app_that_may_not_order_still_reads(broker: BaseBroker, server: FyersServer) -> None:
    server.on("POST", SYNC, wire.failure(-50, f"{RESTRICTED} OTHERAPP99-100"), status=400)
    await refusal(broker.place_order(ticket()))

    server.ok(PROFILE, data=wire.profile())

    assert await broker.validate() is True
    assert len(broker.missing) == 1
