"""Sheet section 2.2: flow B, the consent in the browser; pasted instead; the forecast of the token's death."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.brokers.base import BaseBroker, Issued, OpenPage, Pasted, Redirected
from app.domain import IST, BadCredentials, Credentials, LoginCancelled, LoginForged, Secret, Token
from tests.brokers.dhan import wire
from tests.brokers.dhan.conftest import NOW
from tests.brokers.dhan.login import CONSENT, REDIRECT, Login, app_credentials, consented, opened
from tests.brokers.dhan.support import refusal
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import Received, ScriptedServer

CONSUME = "/app/consumeApp-consent"
BACK = {"tokenId": wire.TOKEN_ID}


@pytest.fixture
async def login(make_broker: MakeBroker, server: ScriptedServer) -> Login:
    return await opened(make_broker(), server)


def _consumed(server: ScriptedServer, body: Any, **more: Any) -> None:
    """GET in the SDK, POST in the portal: both are accepted."""
    for verb in ("GET", "POST"):
        server.on(verb, CONSUME, body if isinstance(body, str) else wire.text(body), **more)


def _exchange(server: ScriptedServer) -> Received:
    [request] = [one for one in server.requests if one.path == CONSUME]
    return request


async def _issued(login: Login, server: ScriptedServer, **changes: Any) -> Token:
    _consumed(server, wire.issued(**changes))
    end = await login.sign_in.advance(Redirected(BACK))
    assert isinstance(end, Issued)
    return end.token


# ------------------------------------------------------------------ step 1


async def test_section_2_2_step_1_the_consent_is_asked_for_with_id_and_secret(
    login: Login, server: ScriptedServer
) -> None:
    request = server.only("POST", "/app/generate-consent")

    assert request.query["client_id"] == [wire.CLIENT]
    assert (request.headers["app_id"], request.headers["app_secret"]) == (wire.APP_ID, wire.APP_SECRET)
    assert request.body == b""


async def test_section_3_the_auth_host_gets_no_access_token(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    consented(server)
    await broker.sign_in(credentials).advance(None)

    request = server.only("POST", "/app/generate-consent")

    assert "access-token" not in request.headers
    assert wire.TOKEN not in f"{request.target}{dict(request.headers)}"


@pytest.mark.parametrize(
    ("status", "body", "kinds"),
    [
        (401, {"status": "error", "message": "Invalid app id"}, {"bad_credentials"}),
        (400, {"status": "error", "message": "Invalid app id"}, {"bad_credentials"}),
        (200, {"status": "error", "message": "Invalid app id"}, {"bad_credentials"}),
        (200, {"consentAppStatus": "FAILED", "status": "failed"}, {"bad_credentials"}),
        (400, {"errorType": "X", "errorCode": "CONSENT_LIMIT_EXCEED", "errorMessage": "Limit"}, {"login_throttled"}),
        (200, {"status": "error", "message": "CONSENT_LIMIT_EXCEED"}, {"login_throttled"}),
        (429, {"status": "error", "errorCode": "CONSENT_LIMIT_EXCEED"}, {"login_throttled", "rate_limited"}),
        (500, {"status": "error", "message": "x"}, {"broker_down"}),
        (502, "<html>Bad gateway</html>", {"broker_down"}),
        (200, {"status": "success"}, {"wire_surprise"}),
        (200, {"consentAppId": 5, "status": "success"}, {"wire_surprise"}),
        (200, "<html>Hotel</html>", {"not_reachable", "wire_surprise"}),
    ],
)
async def test_section_6_2_a_consent_that_is_not_given(
    *, status: int, body: Any, kinds: set[str], make_broker: MakeBroker, server: ScriptedServer
) -> None:
    typed = "text/html" if isinstance(body, str) else "application/json"
    raw = body if isinstance(body, str) else wire.text(body)
    server.on("POST", "/app/generate-consent", raw, status=status, content_type=typed)

    error = await refusal(make_broker().sign_in(app_credentials()).advance(None))

    assert error.kind in kinds


async def test_beginning_a_sign_in_sends_nothing(make_broker: MakeBroker, server: ScriptedServer) -> None:
    make_broker().sign_in(app_credentials())

    assert server.requests == []


# ------------------------------------------------------------------ step 2


async def test_section_2_2_step_2_the_page_of_the_consent(login: Login, server: ScriptedServer) -> None:
    assert login.page.url == f"{server.base_url}/login/consentApp-login?consentAppId={CONSENT}"


async def test_section_2_2_step_2_the_secret_is_not_in_the_address(login: Login) -> None:
    assert wire.APP_SECRET not in login.page.url


async def test_section_2_2_step_2_the_way_back_is_the_registered_one(login: Login) -> None:
    assert login.page.redirect_url == REDIRECT


async def test_section_2_2_step_2_a_redirect_with_a_token_id_is_let_through(login: Login) -> None:
    login.page.check(BACK)


@pytest.mark.parametrize("query", [{}, {"tokenId": ""}, {"code": "5"}])
async def test_section_2_2_step_2_a_redirect_without_a_token_id_is_none_of_ours(
    query: dict[str, str], login: Login
) -> None:
    with pytest.raises((LoginForged, LoginCancelled)):
        login.page.check(query)


# ------------------------------------------------------------------ step 3


async def test_section_2_2_step_3_the_token_id_is_exchanged_with_id_and_secret(
    login: Login, server: ScriptedServer
) -> None:
    await _issued(login, server)

    request = _exchange(server)

    assert request.query["tokenId"] == [wire.TOKEN_ID]
    assert (request.headers["app_id"], request.headers["app_secret"]) == (wire.APP_ID, wire.APP_SECRET)


async def test_section_2_2_step_3_the_token_and_whose_it_is(login: Login, server: ScriptedServer) -> None:
    token = await _issued(login, server)

    assert (token.access_token.reveal(), token.client_id) == (wire.ISSUED, wire.CLIENT)


@pytest.mark.parametrize("expiry", ["2026-11-19T10:30:00", "2026-11-19T10:30:00.000"])
async def test_section_2_5_the_time_of_death_is_indian_with_or_without_a_fraction(
    expiry: str, login: Login, server: ScriptedServer
) -> None:
    token = await _issued(login, server, expiryTime=expiry)

    assert token.expires_at == datetime(2026, 11, 19, 10, 30, tzinfo=IST)


@pytest.mark.parametrize("expiry", [None, "tomorrow", 5])
async def test_section_2_5_a_token_without_a_usable_time_of_death_is_kept(
    expiry: object, login: Login, server: ScriptedServer
) -> None:
    """A new token has killed the old one: what cannot be read must not cost it."""
    token = await _issued(login, server, expiryTime=expiry)

    assert token.access_token.reveal() == wire.ISSUED


async def test_section_2_2_step_3_another_clients_session_is_refused(login: Login, server: ScriptedServer) -> None:
    _consumed(server, wire.issued(dhanClientId="1100009999"))

    assert (await refusal(login.sign_in.advance(Redirected(BACK)))).kind == "wrong_account"


@pytest.mark.parametrize("field", ["accessToken", "dhanClientId"])
@pytest.mark.parametrize("value", ["", None, 5])
async def test_section_2_2_step_3_without_token_or_client_it_is_a_surprise(
    field: str, value: object, login: Login, server: ScriptedServer
) -> None:
    _consumed(server, wire.issued(**{field: value}))

    assert (await refusal(login.sign_in.advance(Redirected(BACK)))).kind == "wire_surprise"


@pytest.mark.parametrize(
    ("status", "body", "kinds"),
    [
        (500, {"status": "error", "message": "x"}, {"broker_down"}),
        (503, "", {"broker_down"}),
        (429, "", {"rate_limited", "login_throttled"}),
    ],
)
async def test_section_6_2_an_exchange_that_fails_is_not_repeated(
    *, status: int, body: Any, kinds: set[str], login: Login, server: ScriptedServer
) -> None:
    _consumed(server, body, status=status)

    error = await refusal(login.sign_in.advance(Redirected(BACK)))

    assert error.kind in kinds
    assert _exchange(server).query["tokenId"] == [wire.TOKEN_ID]


@pytest.mark.parametrize("status", [400, 401, 200])
async def test_section_2_2_a_token_id_that_the_broker_refuses_ends_in_no_token(
    status: int, login: Login, server: ScriptedServer
) -> None:
    """There is no state parameter: it may be a forgery. One may say so, or go on waiting for the true one."""
    _consumed(server, {"status": "error", "message": "Invalid token id"}, status=status)

    try:
        end: object = await login.sign_in.advance(Redirected(BACK))
    except BadCredentials:
        end = None

    assert end is None or isinstance(end, OpenPage)
    assert _exchange(server).query["tokenId"] == [wire.TOKEN_ID]


# ------------------------------------------------------------------ pasted instead


@pytest.mark.parametrize(
    "text",
    [
        f"{REDIRECT}/?tokenId={wire.TOKEN_ID}",  # the broker writes a slash before the question mark
        f"{REDIRECT}?tokenId={wire.TOKEN_ID}",
        f"  {REDIRECT}/?tokenId={wire.TOKEN_ID}\n",
    ],
)
async def test_section_2_2_the_whole_address_may_be_pasted(text: str, login: Login, server: ScriptedServer) -> None:
    _consumed(server, wire.issued())

    end = await login.sign_in.advance(Pasted(text))

    assert isinstance(end, Issued)
    assert _exchange(server).query["tokenId"] == [wire.TOKEN_ID]


@pytest.mark.parametrize("text", ["", "  ", "<script>", "http://127.0.0.1:5000/", "tokenId="])
async def test_pasted_nonsense_is_said_and_nothing_is_sent(text: str, login: Login, server: ScriptedServer) -> None:
    server.requests.clear()

    error = await refusal(login.sign_in.advance(Pasted(text)))

    assert error.kind in {"invalid_request", "login_forged", "login_cancelled"}
    assert server.requests == []


# ------------------------------------------------------------------ hosts and the forecast


async def test_section_2_5_the_forecast_is_24_hours_after_issue(make_broker: MakeBroker) -> None:
    issued = NOW.astimezone(UTC)

    assert make_broker().spec.token_dies(issued) == issued + timedelta(hours=24)


async def test_section_2_6_without_app_keys_the_brokers_own_page_is_opened_for_a_paste(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    made_there = Secret(wire.jwt("sig", tokenConsumerType="SELF"))
    bare = Credentials(Secret(), Secret(), made_there, client_id=wire.CLIENT)

    page = await make_broker().sign_in(bare).advance(None)

    assert isinstance(page, OpenPage)
    assert page.url.startswith("https://web.dhan.co")
    assert server.requests == []


async def test_section_2_5_a_pasted_token_says_itself_when_it_dies(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    bare = Credentials(Secret(), Secret(), Secret(), client_id=wire.CLIENT)
    dies = datetime(2026, 11, 19, 8, 0, tzinfo=IST)
    pasted = wire.jwt("sig", tokenConsumerType="SELF", exp=int(dies.timestamp()))
    server.on("GET", "/v2/profile", wire.text(wire.profile()))
    sign_in = make_broker().sign_in(bare)
    await sign_in.advance(None)

    end = await sign_in.advance(Pasted(pasted))

    assert isinstance(end, Issued)
    assert (end.token.access_token.reveal(), end.token.expires_at) == (pasted, dies)


async def test_section_2_5_a_pasted_token_of_another_client_is_refused(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    bare = Credentials(Secret(), Secret(), Secret(), client_id=wire.CLIENT)
    server.on("GET", "/v2/profile", wire.text(wire.profile(dhanClientId="1100009999")))
    sign_in = make_broker().sign_in(bare)
    await sign_in.advance(None)

    error = await refusal(sign_in.advance(Pasted(wire.jwt("sig", dhanClientId="1100009999"))))

    assert error.kind == "wrong_account"
