"""Sheet section 2: the login page, the redirect, the exchange, the forecast of a token's death."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.brokers.base import BaseBroker, Issued, Pasted, Redirected
from app.domain import IST, Credentials, LoginCancelled, LoginForged, Secret, Token
from tests.brokers.fyers import wire
from tests.brokers.fyers.conftest import REDIRECT_URL
from tests.brokers.fyers.login import Login, address, opened, redirect
from tests.brokers.fyers.support import API, PROFILE, FyersServer, refusal
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import Received

PATH = f"{API}/validate-authcode"


@pytest.fixture
async def login(make_broker: MakeBroker, credentials: Credentials) -> Login:
    return await opened(make_broker(), credentials)


async def _issued(login: Login, server: FyersServer, **changes: Any) -> Token:
    server.ok(PATH, method="POST", **wire.session(**changes))
    server.ok(PROFILE, data=wire.profile())
    end = await login.sign_in.advance(Redirected(redirect(login)))
    assert isinstance(end, Issued)
    return end.token


async def _exchange(login: Login, server: FyersServer) -> Received:
    await _issued(login, server)
    return server.only("POST", PATH)


# ------------------------------------------------------------------ step 1, the page


async def test_section_1_the_page_is_on_the_trading_host(make_broker: MakeBroker, credentials: Credentials) -> None:
    login = await opened(make_broker(real_hosts=True), credentials)

    assert login.page.url.partition("?")[0] == "https://api-t1.fyers.in/api/v3/generate-authcode"


async def test_section_2_step_1_base_url_replaces_the_host_and_keeps_the_path(
    login: Login, server: FyersServer
) -> None:
    assert login.page.url.partition("?")[0] == f"{server.base_url}/api/v3/generate-authcode"


async def test_section_2_step_1_what_the_page_is_told(login: Login) -> None:
    assert login.query["client_id"] == [wire.APP_ID]
    assert login.query["redirect_uri"] == [REDIRECT_URL]
    assert login.query["response_type"] == ["code"]
    assert set(login.query) <= {"client_id", "redirect_uri", "response_type", "state", "scope", "nonce"}


async def test_section_2_step_1_every_value_is_encoded(make_broker: MakeBroker, credentials: Credentials) -> None:
    url = "http://127.0.0.1:5023/back%20here/+/"
    asked = replace(credentials, extras={"redirect_url": Secret(url)})

    login = await opened(make_broker(), asked)

    assert login.query["redirect_uri"] == [url]


async def test_section_2_step_1_the_redirect_is_the_registered_one_sign_by_sign(login: Login) -> None:
    assert login.page.redirect_url == REDIRECT_URL


async def test_section_2_step_1_state_is_random_long_and_never_the_word_none(
    make_broker: MakeBroker, credentials: Credentials
) -> None:
    broker = make_broker()

    one, two = await opened(broker, credentials), await opened(broker, credentials)

    assert one.state != two.state
    assert min(len(one.state), len(two.state)) >= 43


async def test_section_2_step_1_neither_secret_nor_token_is_in_the_address(login: Login) -> None:
    assert wire.APP_SECRET not in login.page.url
    assert wire.ACCESS_TOKEN not in login.page.url


async def test_section_2_beginning_a_sign_in_sends_nothing(login: Login, server: FyersServer) -> None:
    assert server.requests == []


async def test_section_2_a_redirect_on_this_machine_is_the_default(
    make_broker: MakeBroker, credentials: Credentials
) -> None:
    login = await opened(make_broker(), replace(credentials, extras={}))

    target = urlsplit(login.page.redirect_url)
    assert (target.scheme, target.hostname) == ("http", "127.0.0.1")
    assert target.port is not None


# ------------------------------------------------------------------ step 3, the redirect


async def test_section_2_step_3_the_redirect_of_this_sign_in_is_let_through(login: Login) -> None:
    login.page.check(redirect(login))


@pytest.mark.parametrize("state", ["", "None", "another"])
async def test_section_2_step_3_another_state_is_forged(login: Login, state: str) -> None:
    with pytest.raises(LoginForged):
        login.page.check(redirect(login, state=state))


async def test_section_2_step_3_no_state_is_forged(login: Login) -> None:
    query = redirect(login)
    del query["state"]

    with pytest.raises(LoginForged):
        login.page.check(query)


async def test_section_2_step_3_a_failure_ends_the_sign_in(login: Login) -> None:
    failed = {"s": "error", "code": "-1", "message": "Login cancelled", "state": login.state}

    with pytest.raises(LoginCancelled):
        login.page.check(failed)


async def test_section_2_step_3_a_failure_with_another_state_is_forged(login: Login) -> None:
    with pytest.raises(LoginForged):
        login.page.check({"s": "error", "code": "-1", "message": "No", "state": "another"})


# ------------------------------------------------------------------ step 4, the exchange


async def test_section_2_step_4_the_grant_is_auth_code_not_code(login: Login, server: FyersServer) -> None:
    body = json.loads((await _exchange(login, server)).body)

    assert body["code"] == wire.AUTH_CODE
    assert body["grant_type"] == "authorization_code"


async def test_section_2_step_4_hash_is_lower_case_hex_of_app_id_colon_secret(
    make_broker: MakeBroker, server: FyersServer, credentials: Credentials
) -> None:
    known = replace(credentials, api_key=Secret("ABCDEFGHIJ-200"), api_secret=Secret("K2L3M4N5O6"))
    login = await opened(make_broker(), known)

    body = json.loads((await _exchange(login, server)).body)

    # printf 'ABCDEFGHIJ-200:K2L3M4N5O6' | sha256sum
    assert body["appIdHash"] == "11f17eedeaffe35daebc50cd0882db63f1a65bd47ecdcb6a37570ace04439e86"


async def test_section_2_step_4_carries_no_authorization_and_nothing_more(login: Login, server: FyersServer) -> None:
    request = await _exchange(login, server)

    assert "authorization" not in request.headers
    assert request.headers["content-type"].startswith("application/json")
    assert set(json.loads(request.body)) == {"grant_type", "appIdHash", "code"}


async def test_section_2_step_5_the_token_of_the_answer(login: Login, server: FyersServer) -> None:
    token = await _issued(login, server)

    assert token.access_token.reveal() == wire.ISSUED_TOKEN
    assert (token.client_id, token.issued_at) == (wire.CLIENT_ID, wire.NOW) or token.issued_at > wire.NOW


async def test_section_2_step_5_the_refresh_token_is_useless_and_not_kept(login: Login, server: FyersServer) -> None:
    token = await _issued(login, server)

    assert wire.REFRESH_TOKEN not in [secret.reveal() for secret in token.extras.values()]


@pytest.mark.parametrize("changes", [{"refresh_token": ""}, {"refresh_token": None}])
async def test_section_2_step_5_the_refresh_token_may_be_empty(
    changes: dict[str, object], login: Login, server: FyersServer
) -> None:
    assert (await _issued(login, server, **changes)).access_token.reveal() == wire.ISSUED_TOKEN


async def test_section_2_plan_b_the_whole_address_can_be_pasted(login: Login, server: FyersServer) -> None:
    server.ok(PATH, method="POST", **wire.session())
    server.ok(PROFILE, data=wire.profile())

    end = await login.sign_in.advance(Pasted(f"  {address(login, redirect(login))}\n"))

    assert isinstance(end, Issued)
    assert json.loads(server.only("POST", PATH).body)["code"] == wire.AUTH_CODE


async def test_section_2_plan_b_an_address_of_another_sign_in_is_refused(login: Login, server: FyersServer) -> None:
    text = address(login, redirect(login, state="another"))

    assert (await refusal(login.sign_in.advance(Pasted(text)))).kind == "login_forged"
    assert server.requests == []


@pytest.mark.parametrize("text", ["", "   ", "http://127.0.0.1:5023/fyers", "hello world"])
async def test_section_2_plan_b_what_holds_no_grant_is_refused(text: str, login: Login, server: FyersServer) -> None:
    error = await refusal(login.sign_in.advance(Pasted(text)))

    assert error.kind in {"invalid_request", "login_forged", "bad_credentials"}
    assert server.sent("POST", PATH) == []


# ------------------------------------------------------------------ token lifetime


@pytest.mark.parametrize("expires", [wire.SIX, wire.SIX + timedelta(seconds=20), wire.NOW + timedelta(minutes=10)])
async def test_section_2_token_lifetime_exp_is_the_upper_bound(
    expires: datetime, login: Login, server: FyersServer
) -> None:
    token = await _issued(login, server, access_token=wire.access_token(expires=expires))

    assert token.expires_at is not None
    assert min(expires, wire.SIX) <= token.expires_at <= expires


@pytest.mark.parametrize(
    "text", ["opaque-token-without-dots", "a.b.c", "a..c", wire.access_token(expires=None), wire.access_token(exp="6")]
)
async def test_section_2_token_lifetime_without_exp_falls_back_to_the_next_six_o_clock(
    text: str, login: Login, server: FyersServer
) -> None:
    assert (await _issued(login, server, access_token=text)).expires_at == wire.SIX


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(8, 0, 19), (5, 50, 18), (6, 0, 19), (5, 59, 18), (23, 59, 19), (0, 0, 18)]
)
async def test_section_2_token_lifetime_of_a_token_by_the_hour_it_was_issued(
    hour: int, minute: int, day: int, broker: BaseBroker
) -> None:
    issued = datetime(2026, 11, 18, hour, minute, tzinfo=IST)

    assert broker.spec.token_dies(issued) == datetime(2026, 11, day, 6, 0, tzinfo=IST)


async def test_section_2_token_lifetime_holidays_make_no_difference(broker: BaseBroker) -> None:
    friday = datetime(2026, 12, 25, 9, 0, tzinfo=IST)  # a holiday before a weekend

    assert broker.spec.token_dies(friday) == datetime(2026, 12, 26, 6, 0, tzinfo=IST)


# ------------------------------------------------------------------ refused

REFUSED = [
    (-437, "invalid auth code"),
    (-5, "invalid app id hash"),
    (-371, "app id hash missing"),
    (-374, "auth code missing"),
    (-501, "invalid refresh token"),
    (-352, "Please provide a valid app id."),
]


@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize(("code", "text"), REFUSED)
async def test_section_6_login_errors_are_bad_credentials(
    *, status: int, code: int, text: str, login: Login, server: FyersServer
) -> None:
    server.on("POST", PATH, wire.failure(code, text), status=status)

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "bad_credentials"
    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize(
    ("status", "code", "kinds"),
    [
        (429, -429, {"rate_limited", "login_throttled"}),
        (500, -99, {"broker_down"}),
        (200, -201, {"broker_down"}),
    ],
)
async def test_section_6_trouble_at_the_exchange_is_never_a_refusal(
    *, status: int, code: int, kinds: set[str], login: Login, server: FyersServer
) -> None:
    server.on("POST", PATH, wire.failure(code, "Something went wrong"), status=status)

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind in kinds
    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize("changes", [{"access_token": None}, {"access_token": ""}, {"access_token": 7}])
async def test_section_2_step_5_an_answer_without_a_token_is_a_surprise(
    changes: dict[str, object], login: Login, server: FyersServer
) -> None:
    server.ok(PATH, method="POST", **wire.session(**changes))

    assert (await refusal(login.sign_in.advance(Redirected(redirect(login))))).kind == "wire_surprise"


async def test_section_2_a_token_of_another_client_is_a_wrong_account(login: Login, server: FyersServer) -> None:
    server.ok(PATH, method="POST", **wire.session(access_token=wire.access_token(fy_id="XB00002")))
    server.ok(PROFILE, data=wire.profile(fy_id="XB00002"))

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "wrong_account"
