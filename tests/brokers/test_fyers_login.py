"""Signing in at Fyers: the page, the redirect with its state, the exchange, whose token it is (sheet section 2)."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app.brokers.base import Issued, OpenPage, Pasted, Redirected, SignIn, Typed
from app.brokers.fyers.spec import SPEC
from app.domain import (
    IST,
    BadCredentials,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    NotReachable,
    Secret,
    Token,
    WireSurprise,
    WrongAccount,
)
from tests.brokers import fyers_support as fyers
from tests.brokers.fyers_support import Scene, scene

EXCHANGE = ("POST", "/api/v3/validate-authcode")
PROFILE = ("GET", "/api/v3/profile")
EXPIRES = datetime(2026, 11, 19, 0, 30, 20, tzinfo=UTC)


def token(**claims: Any) -> str:
    return fyers.jwt(**({"fy_id": fyers.CLIENT_ID, "exp": int(EXPIRES.timestamp())} | claims))


def issues(at: Scene, access_token: str) -> None:
    at.server.on(*EXCHANGE, fyers.ok(access_token=access_token, refresh_token=fyers.jwt(sub="refresh")))


async def opened(at: Scene, **changes: Any) -> tuple[SignIn, OpenPage]:
    sign_in = at.broker.sign_in(fyers.credentials(access_token="", **changes))
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    return sign_in, page


def query_of(page: OpenPage) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def redirect(page: OpenPage, **changes: str) -> dict[str, str]:
    good = {"s": "ok", "code": "200", "auth_code": fyers.AUTH_CODE, "state": query_of(page)["state"]}
    return good | changes


async def issued(sign_in: SignIn, answer: Any) -> Token:
    end = await sign_in.advance(answer)
    assert isinstance(end, Issued)
    return end.token


# ------------------------------------------------------------------ the page


async def test_the_page_is_asked_for_a_code_with_a_state_of_its_own() -> None:
    async with scene() as at:
        _, page = await opened(at)
        _, other = await opened(at)
        asked = query_of(page)
        assert page.url.startswith(f"{at.server.base_url}/api/v3/generate-authcode?")
        assert asked.pop("state") != query_of(other)["state"]
        assert asked == {"client_id": fyers.APP_ID, "redirect_uri": page.redirect_url, "response_type": "code"}
        assert at.server.requests == []


async def test_the_state_has_256_bits() -> None:
    async with scene() as at:
        _, page = await opened(at)
        assert len(query_of(page)["state"]) >= 43


@pytest.mark.parametrize("empty", ["api_key", "api_secret"])
async def test_a_sign_in_without_app_id_or_secret_does_not_begin(empty: str) -> None:
    async with scene() as at:
        with pytest.raises(InvalidRequest) as caught:
            await opened(at, **{empty: ""})
        assert caught.value.field == empty


@pytest.mark.parametrize("address", ["https://127.0.0.1:5023/fyers", "http://localhost:5023/fyers", "http://127.0.0.1"])
async def test_a_redirect_that_leaves_this_computer_is_refused(address: str) -> None:
    async with scene() as at:
        with pytest.raises(InvalidRequest) as caught:
            await opened(at, extras={"redirect_url": Secret(address)})
        assert caught.value.field == "redirect_url"


# ------------------------------------------------------------------ the redirect


async def test_the_grant_is_the_auth_code_and_not_the_code() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, page = await opened(at)
        page.check(redirect(page))
        await issued(sign_in, Redirected(redirect(page)))
        sent = json.loads(at.only(*EXCHANGE).body)
        pair = f"{fyers.APP_ID}:{fyers.SECRET_ID}".encode()
        assert sent == {
            "grant_type": "authorization_code",
            "appIdHash": hashlib.sha256(pair).hexdigest(),
            "code": fyers.AUTH_CODE,
        }
        assert "authorization" not in at.only(*EXCHANGE).headers


async def test_a_redirect_with_another_state_is_forged_and_the_right_one_still_works() -> None:
    async with scene() as at:
        _, page = await opened(at)
        for state in ("", "None", query_of(page)["state"][:-1], "\u00e9"):
            with pytest.raises(LoginForged):
                page.check(redirect(page, state=state))
        page.check(redirect(page))


async def test_a_redirect_is_taken_once() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, page = await opened(at)
        page.check(redirect(page))
        with pytest.raises(LoginForged):
            page.check(redirect(page))
        await issued(sign_in, Redirected(redirect(page)))
        with pytest.raises(LoginForged):
            await sign_in.advance(Redirected(redirect(page)))
        assert len(at.server.sent(*EXCHANGE)) == 1


async def test_a_redirect_that_was_swapped_after_the_check_is_forged() -> None:
    async with scene() as at:
        sign_in, page = await opened(at)
        page.check(redirect(page))
        with pytest.raises(LoginForged):
            await sign_in.advance(Redirected(redirect(page, auth_code=fyers.jwt(sub="another"))))


@pytest.mark.parametrize("failure", [{"s": "error", "code": "-1", "message": "user denied"}, {"auth_code": ""}])
async def test_a_page_that_says_error_ends_the_sign_in(failure: dict[str, str]) -> None:
    async with scene() as at:
        _, page = await opened(at)
        with pytest.raises(LoginCancelled):
            page.check(redirect(page, **failure))


async def test_before_the_page_was_opened_nothing_can_come_back() -> None:
    async with scene() as at:
        sign_in = at.broker.sign_in(fyers.credentials())
        with pytest.raises(LoginForged):
            await sign_in.advance(Redirected({"s": "ok", "auth_code": fyers.AUTH_CODE, "state": ""}))


# ------------------------------------------------------------------ pasted


async def test_the_address_that_was_landed_on_can_be_pasted() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, page = await opened(at)
        address = f" {page.redirect_url}?{urlencode(redirect(page))}\n"
        assert (await issued(sign_in, Pasted(address))).client_id == fyers.CLIENT_ID


async def test_a_bare_auth_code_can_be_pasted() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, _ = await opened(at)
        await issued(sign_in, Pasted(f" {fyers.AUTH_CODE} "))
        assert json.loads(at.only(*EXCHANGE).body)["code"] == fyers.AUTH_CODE


@pytest.mark.parametrize("state", ["", "other"])
async def test_a_pasted_address_without_this_sign_ins_state_is_forged(state: str) -> None:
    async with scene() as at:
        sign_in, page = await opened(at)
        with pytest.raises(LoginForged):
            await sign_in.advance(Pasted(f"{page.redirect_url}?{urlencode(redirect(page, state=state))}"))


@pytest.mark.parametrize("junk", ["", "   ", "no code here!", "https://fyers.example/page", "http://[", "200"])
async def test_pasted_text_without_a_grant_is_said_to_be_that(junk: str) -> None:
    async with scene() as at:
        sign_in, _ = await opened(at)
        with pytest.raises(InvalidRequest):
            await sign_in.advance(Pasted(junk))


async def test_nothing_is_ever_typed() -> None:
    async with scene() as at:
        sign_in, _ = await opened(at)
        with pytest.raises(InvalidRequest):
            await sign_in.advance(Typed(Secret("1234")))


# ------------------------------------------------------------------ the token


async def test_the_token_says_itself_when_it_dies_and_whose_it_is() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, _ = await opened(at)
        got = await issued(sign_in, Pasted(fyers.AUTH_CODE))
        assert got.access_token.reveal() == token()
        assert (got.client_id, got.issued_at, got.expires_at) == (fyers.CLIENT_ID, at.clock.now(), EXPIRES)
        assert "canarysignature" not in repr(got)


@pytest.mark.parametrize("exp", [None, "1795048200", True, 10**30])
async def test_a_token_that_does_not_say_when_it_dies_dies_at_six(exp: object) -> None:
    async with scene() as at:
        issues(at, token(exp=exp))
        sign_in, _ = await opened(at)
        got = await issued(sign_in, Pasted(fyers.AUTH_CODE))
        assert got.expires_at == datetime(2026, 11, 19, 6, 0, tzinfo=IST)


async def test_a_token_that_does_not_say_whose_it_is_is_asked_about() -> None:
    async with scene() as at:
        issues(at, "opaque-token")
        at.server.on(*PROFILE, fyers.profile())
        sign_in, _ = await opened(at)
        assert (await issued(sign_in, Pasted(fyers.AUTH_CODE))).client_id == fyers.CLIENT_ID
        assert at.only(*PROFILE).headers["authorization"] == f"{fyers.APP_ID}:opaque-token"


async def test_an_issued_token_is_not_lost_when_nobody_answers_whose_it_is() -> None:
    async with scene() as at:
        issues(at, "opaque-token")
        at.server.on(*PROFILE, fyers.error(-99, "Something went wrong"), status=500)
        sign_in, _ = await opened(at)
        assert (await issued(sign_in, Pasted(fyers.AUTH_CODE))).client_id == fyers.CLIENT_ID


@pytest.mark.parametrize("claim", ["XB99999", ""])
async def test_another_clients_sign_in_is_the_wrong_account(claim: str) -> None:
    async with scene() as at:
        issues(at, token(fy_id=claim))
        at.server.on(*PROFILE, fyers.profile(fy_id="XB99999"))
        sign_in, _ = await opened(at)
        with pytest.raises(WrongAccount) as caught:
            await sign_in.advance(Pasted(fyers.AUTH_CODE))
        assert caught.value.field == "client_id"


async def test_a_client_id_in_small_letters_is_the_same() -> None:
    async with scene() as at:
        issues(at, token())
        sign_in, _ = await opened(at, client_id=fyers.CLIENT_ID.lower())
        assert (await issued(sign_in, Pasted(fyers.AUTH_CODE))).client_id == fyers.CLIENT_ID


@pytest.mark.parametrize(
    ("code", "message", "field"), [(-5, "invalid app id hash", "api_secret"), (-437, "invalid auth code", "")]
)
async def test_a_refused_exchange_is_bad_credentials_and_tried_once(code: int, message: str, field: str) -> None:
    async with scene() as at:
        at.server.on(*EXCHANGE, fyers.error(code, message), status=400)
        sign_in, _ = await opened(at)
        with pytest.raises(BadCredentials) as caught:
            await sign_in.advance(Pasted(fyers.AUTH_CODE))
        assert (caught.value.field, len(at.server.sent(*EXCHANGE))) == (field, 1)


@pytest.mark.parametrize("body", [fyers.ok(), fyers.ok(access_token=None), fyers.ok(access_token=7), "[]", "null"])
async def test_an_exchange_without_a_token_is_a_surprise(body: str) -> None:
    async with scene() as at:
        at.server.on(*EXCHANGE, body)
        sign_in, _ = await opened(at)
        with pytest.raises(WireSurprise):
            await sign_in.advance(Pasted(fyers.AUTH_CODE))


async def test_a_web_page_in_place_of_the_exchange_is_no_refusal() -> None:
    async with scene() as at:
        at.server.on(*EXCHANGE, "<html>sign in to the hotel</html>", content_type="text/html")
        sign_in, _ = await opened(at)
        with pytest.raises(NotReachable):
            await sign_in.advance(Pasted(fyers.AUTH_CODE))


# ------------------------------------------------------------------ what is declared


@pytest.mark.parametrize(
    ("issued_at", "dies"),
    [
        ("2026-11-18 08:00:00", "2026-11-19 06:00:00"),
        ("2026-11-19 05:50:00", "2026-11-19 06:00:00"),
        ("2026-11-19 06:00:00", "2026-11-20 06:00:00"),
    ],
)
def test_a_token_is_forecast_to_die_at_the_next_six_in_the_morning(issued_at: str, dies: str) -> None:
    moment = datetime.fromisoformat(issued_at).replace(tzinfo=IST).astimezone(UTC)
    assert SPEC.token_dies(moment) == datetime.fromisoformat(dies).replace(tzinfo=IST)


def test_the_form_asks_for_no_pin_and_masks_what_is_secret() -> None:
    assert [field.name for field in SPEC.fields if field.secret] == ["api_key", "api_secret", "access_token"]
    assert [field.name for field in SPEC.fields if not field.required] == ["access_token"]
