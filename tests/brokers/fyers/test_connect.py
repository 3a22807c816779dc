"""Sheet sections 2, 3 and 12.16: connect, validate, logout, and what every request carries."""

from dataclasses import replace

import pytest

from app.brokers.base import BaseBroker
from app.domain import Credentials, Exchange, Secret
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import ORDER_ID
from tests.brokers.fyers.support import API, PROFILE, READS, SYNC, FyersServer, refusal, ticket
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import Received

LOGOUT = f"{API}/logout"
TOKEN_HEADER = f"{wire.APP_ID}:{wire.ACCESS_TOKEN}"


# ------------------------------------------------------------------ connect and validate


async def test_section_4_connect_asks_the_profile(
    make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    server.ok(PROFILE, data=wire.profile())

    assert await make_broker().connect(credentials) is True
    assert server.only("GET", PROFILE).headers["authorization"] == TOKEN_HEADER


async def test_section_4_connect_with_another_clients_session_is_a_wrong_account(
    make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    server.ok(PROFILE, data=wire.profile(fy_id="XB00002"))

    assert (await refusal(make_broker().connect(credentials))).kind == "wrong_account"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ((401, -8, "Your token has expired. Please generate a token"), "session_expired"),
        ((401, -16, "Could not authenticate the user"), "session_expired"),
        ((401, -17, "Your token is invalid or expired"), "session_expired"),
        ((400, -352, "Please provide a valid app id."), "bad_credentials"),
    ],
)
async def test_section_6_a_definite_no_is_false_with_its_reason(
    *, said: tuple[int, int, str], kind: str, make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    broker, (status, code, text) = make_broker(), said
    server.on("GET", PROFILE, wire.failure(code, text), status=status)

    assert await broker.connect(credentials) is False
    assert broker.refusal is not None
    assert broker.refusal.kind == kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(500, -99, "broker_down"), (429, -429, "rate_limited"), (200, -1000, "wire_surprise"), (200, -96, "broker_down")],
)
async def test_section_6_what_prevents_an_answer_is_never_false(
    *, status: int, code: int, kind: str, make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    server.on("GET", PROFILE, wire.failure(code, "Hm"), status=status)

    assert (await refusal(make_broker().connect(credentials))).kind == kind


async def test_section_2_validate_asks_the_broker_whatever_exp_says(broker: BaseBroker, server: FyersServer) -> None:
    server.dead()

    assert await broker.validate() is False
    assert broker.refusal is not None
    assert broker.refusal.kind == "session_expired"


async def test_section_2_a_token_past_its_exp_is_still_asked_about_or_refused_never_an_error(
    make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    old = replace(credentials, access_token=Secret(wire.access_token(exp=int(wire.NOW.timestamp()) - 60)))
    server.dead()

    assert await make_broker().connect(old) is False


# ------------------------------------------------------------------ logout


async def test_section_2_logout(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(LOGOUT, method="POST")

    await broker.revoke()

    request = server.only("POST", LOGOUT)
    assert request.headers["authorization"] == TOKEN_HEADER
    assert request.body in {b"", b"null", b"{}"}


async def test_section_2_logout_of_a_dead_token_is_a_success(broker: BaseBroker, server: FyersServer) -> None:
    server.on("POST", LOGOUT, wire.failure(-16, "Token is Invalid or Expired"), status=401)
    server.dead()

    await broker.revoke()

    assert len(server.sent("POST", LOGOUT)) == 1


@pytest.mark.parametrize(("status", "code", "kind"), [(500, -99, "broker_down"), (429, -429, "rate_limited")])
async def test_section_6_a_logout_that_was_prevented_says_so(
    *, status: int, code: int, kind: str, broker: BaseBroker, server: FyersServer
) -> None:
    server.on("POST", LOGOUT, wire.failure(code, "Hm"), status=status)

    assert (await refusal(broker.revoke())).kind == kind


# ------------------------------------------------------------------ section 3, headers


async def _read(name: str, broker: BaseBroker, server: FyersServer) -> Received:
    READS[name].script(server, READS[name].body(READS[name].good))
    await READS[name].ask(broker)
    return server.only("GET", READS[name].path)


@pytest.mark.parametrize("name", READS)
async def test_section_3_every_read_carries_app_id_and_token_without_bearer(
    name: str, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await _read(name, broker, server)).headers["authorization"] == TOKEN_HEADER


@pytest.mark.parametrize("name", READS)
async def test_section_3_no_library_gives_its_own_name(name: str, broker: BaseBroker, server: FyersServer) -> None:
    agent = (await _read(name, broker, server)).headers["user-agent"].lower()

    assert not [word for word in ("python", "aiohttp", "httpx", "urllib", "requests") if word in agent]
    assert agent


@pytest.mark.parametrize("name", READS)
async def test_section_3_a_read_has_no_body(name: str, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _read(name, broker, server)).body == b""


async def test_section_3_an_order_carries_token_and_json(broker: BaseBroker, server: FyersServer) -> None:
    server.on("POST", SYNC, wire.ok(1101, "Successfully placed order", id=ORDER_ID))
    await broker.place_order(ticket())

    headers = server.only("POST", SYNC).headers
    assert headers["authorization"] == TOKEN_HEADER
    assert headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("name", READS)
async def test_faults_16_17_a_redirect_is_not_followed_with_the_token(
    name: str, status: int, broker: BaseBroker, server: FyersServer
) -> None:
    async with FyersServer() as other:
        READS[name].script(server, "", status=status, headers=(("Location", f"{other.base_url}/elsewhere"),))
        error = await refusal(READS[name].ask(broker))

    assert error.kind == "wire_surprise"
    assert other.requests == []


# ------------------------------------------------------------------ printed objects


async def test_section_13_what_is_printed_shows_no_secret(broker: BaseBroker, server: FyersServer) -> None:
    READS["ltp"].script(server, READS["ltp"].body(READS["ltp"].good))
    await broker.get_ltp("RELIANCE", Exchange.NSE)

    shown = repr(vars(broker)) + repr(broker)
    assert not [canary for canary in wire.CANARIES if canary in shown]


async def test_section_13_a_secret_in_a_text_of_the_broker_is_hidden(broker: BaseBroker, server: FyersServer) -> None:
    said = f"not allowed from this app {wire.APP_ID} with {wire.ACCESS_TOKEN}"
    server.on("GET", f"{API}/funds", wire.failure(-1000, said), status=400)

    await refusal(broker.get_funds())  # which looks for planted secrets
