"""Signing in at Dhan: the consent page, PIN and code, a pasted token; against a scripted auth host."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.brokers import totp
from app.brokers.base import AskText, Issued, OpenPage, Pasted, Redirected, Typed
from app.brokers.dhan import jwt as claims_of
from app.brokers.dhan.spec import DEFAULT_REDIRECT, SPEC, token_dies
from app.domain import (
    IST,
    BadCredentials,
    InvalidRequest,
    LoginForged,
    LoginThrottled,
    NotReachable,
    Secret,
    Token,
    TradingError,
    WireSurprise,
    WrongAccount,
)
from tests.brokers.dhan_support import APP_ID, APP_SECRET, CLIENT, NOW, PIN, SEED, Desk, at, at_desk, credentials, jwt

CONSENT = {"consentAppId": "940b0ca1-3ff4", "consentAppStatus": "GENERATED", "status": "success"}
TOKEN_ID = "canary-token-id-3c"


def issued(**changes: Any) -> dict[str, Any]:
    return {
        "dhanClientId": CLIENT,
        "dhanClientName": "ASHA",
        "dhanClientUcc": "ABC12345",
        "givenPowerOfAttorney": False,
        "accessToken": "canary-fresh-token-1",
        "expiryTime": "2026-11-19T10:30:00.000",
    } | changes


async def opened(desk: Desk, **changes: Any) -> tuple[Any, OpenPage]:
    desk.answers("POST", "/app/generate-consent", CONSENT)
    sign_in = desk.broker.sign_in(credentials(access_token="", **changes))
    step = await sign_in.advance(None)
    assert isinstance(step, OpenPage)
    return sign_in, step


async def token_of(sign_in: Any, answer: Any) -> Token:
    step = await sign_in.advance(answer)
    assert isinstance(step, Issued)
    return step.token


# ------------------------------------------------------------------ the consent page


async def test_consent_is_asked_for_with_the_pair_in_the_headers() -> None:
    async with at_desk(connected=False) as desk:
        await opened(desk)
        request = desk.server.only("POST", "/app/generate-consent")

    assert request.query == {"client_id": [CLIENT]}
    assert (request.headers["app_id"], request.headers["app_secret"]) == (APP_ID, APP_SECRET)
    assert request.body == b""
    assert "access-token" not in request.headers


async def test_page_is_opened_for_that_consent() -> None:
    async with at_desk(connected=False) as desk:
        _, page = await opened(desk, extras={"redirect_url": "http://127.0.0.1:5022/dhan/r4nd0m"})
        expected = desk.server.base_url + "/login/consentApp-login?consentAppId=940b0ca1-3ff4"

    assert page.url == expected
    assert page.redirect_url == "http://127.0.0.1:5022/dhan/r4nd0m"


@pytest.mark.parametrize("name", ["tokenId", "token_id", "token"])
async def test_token_id_is_exchanged_for_the_token(name: str) -> None:
    async with at_desk(connected=False) as desk:
        sign_in, page = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", issued())
        page.check({name: TOKEN_ID})
        token = await token_of(sign_in, Redirected({name: TOKEN_ID}))
        request = desk.server.only("GET", "/app/consumeApp-consent")

    assert request.query == {"tokenId": [TOKEN_ID]}
    assert request.headers["app_secret"] == APP_SECRET
    assert (token.client_id, token.access_token.reveal()) == (CLIENT, "canary-fresh-token-1")
    assert (token.issued_at, token.expires_at) == (NOW, at(2026, 11, 19, 10, 30))


@pytest.mark.parametrize("query", [{}, {"tokenId": ""}, {"tokenId": "a b"}, {"tokenId": "<script>"}, {"code": "x"}])
async def test_redirect_without_a_token_id_does_not_end_the_wait(query: dict[str, str]) -> None:
    async with at_desk(connected=False) as desk:
        _, page = await opened(desk)

        with pytest.raises(LoginForged):
            page.check(query)


async def test_token_id_that_dhan_refuses_leaves_the_page_open() -> None:
    async with at_desk(connected=False) as desk:
        sign_in, page = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", {"status": "error", "message": "No"}, status=400)
        again = await sign_in.advance(Redirected({"tokenId": "forged"}))
        desk.answers("GET", "/app/consumeApp-consent", issued())
        token = await token_of(sign_in, Redirected({"tokenId": TOKEN_ID}))

    assert again is page
    assert token.client_id == CLIENT


async def test_refused_token_ids_never_end_the_sign_in() -> None:
    async with at_desk(connected=False) as desk:
        sign_in, page = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", {"status": "error", "message": "No"}, status=400)
        for _ in range(3):
            assert await sign_in.advance(Redirected({"tokenId": "forged"})) is page


async def test_token_of_another_client_is_refused() -> None:
    async with at_desk(connected=False) as desk:
        sign_in, _ = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", issued(dhanClientId="1100009999"))

        with pytest.raises(WrongAccount, match="1100009999"):
            await sign_in.advance(Redirected({"tokenId": TOKEN_ID}))


@pytest.mark.parametrize(
    ("said", "dies"),
    [
        ({"expiryTime": "2026-11-19T09:00:00"}, at(2026, 11, 19, 9)),
        ({"expiryTime": None}, NOW + timedelta(hours=24)),
        ({"expiryTime": "soon"}, NOW + timedelta(hours=24)),
        ({"expiryTime": None, "accessToken": jwt(exp=1795000000)}, datetime.fromtimestamp(1795000000, UTC)),
        ({"accessToken": jwt(exp=1763500000)}, datetime.fromtimestamp(1763500000, UTC)),
    ],
)
async def test_death_of_the_token_is_the_earliest_that_anybody_names(said: dict[str, Any], dies: datetime) -> None:
    async with at_desk(connected=False) as desk:
        sign_in, _ = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", issued(**said))
        token = await token_of(sign_in, Redirected({"tokenId": TOKEN_ID}))

    assert token.expires_at == dies


@pytest.mark.parametrize("body", [{}, {"status": "success"}, [], {"consentAppId": "", "status": "success"}])
async def test_consent_without_an_id_is_a_surprise(body: object) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generate-consent", body)

        with pytest.raises(WireSurprise):
            await desk.broker.sign_in(credentials()).advance(None)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"status": "error", "message": "Invalid app"}, "bad_credentials"),
        (429, {}, "rate_limited"),
        (502, {}, "broker_down"),
        (400, {"errorCode": "CONSENT_LIMIT_EXCEED"}, "login_throttled"),
    ],
)
async def test_refused_consent_has_its_kind(status: int, body: object, kind: str) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generate-consent", body, status=status)

        with pytest.raises(TradingError) as caught:
            await desk.broker.sign_in(credentials()).advance(None)

    assert caught.value.kind == kind


async def test_sign_in_of_a_host_that_is_away_is_not_reachable() -> None:
    async with at_desk(connected=False) as desk:
        sign_in = desk.broker.sign_in(credentials())
        await desk.broker.close()

        with pytest.raises(NotReachable):
            await sign_in.advance(None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "11/../x"}, "client_id"),
        ({"api_key": ""}, "api_key"),
        ({"api_secret": ""}, "api_secret"),
        ({"extras": {"redirect_url": "https://127.0.0.1:5022/x"}}, "redirect_url"),
        ({"extras": {"redirect_url": "http://example.com:5022/x"}}, "redirect_url"),
        ({"extras": {"redirect_url": "http://127.0.0.1:port/x"}}, "redirect_url"),
        ({"extras": {"redirect_url": "http://127.0.0.1:5022/x?y=1"}}, "redirect_url"),
    ],
)
async def test_what_is_missing_is_named_before_anything_is_asked(changes: dict[str, Any], field: str) -> None:
    async with at_desk(connected=False) as desk:
        with pytest.raises(InvalidRequest) as caught:
            await desk.broker.sign_in(credentials(**changes)).advance(None)

    assert caught.value.field == field
    assert desk.server.requests == []


# ------------------------------------------------------------------ what is pasted


@pytest.mark.parametrize(
    "pasted", [TOKEN_ID, f"http://127.0.0.1:5022/dhan/x/?tokenId={TOKEN_ID}", f"tokenId={TOKEN_ID}"]
)
async def test_pasted_token_id_or_address_is_exchanged(pasted: str) -> None:
    async with at_desk(connected=False) as desk:
        sign_in, _ = await opened(desk)
        desk.answers("GET", "/app/consumeApp-consent", issued())
        await token_of(sign_in, Pasted(pasted))
        request = desk.server.only("GET", "/app/consumeApp-consent")

    assert request.query == {"tokenId": [TOKEN_ID]}


async def test_without_a_key_the_portal_is_opened_and_a_token_pasted() -> None:
    async with at_desk(connected=False) as desk:
        sign_in = desk.broker.sign_in(credentials(api_key="", api_secret=""))
        page = await sign_in.advance(None)
        token = await token_of(sign_in, Pasted(jwt(exp=1795000000)))

    assert isinstance(page, OpenPage)
    assert page.url == SPEC.portal
    assert (token.client_id, token.expires_at) == (CLIENT, datetime.fromtimestamp(1795000000, UTC))
    assert desk.server.requests == []


async def test_without_a_key_no_redirect_is_ours() -> None:
    async with at_desk(connected=False) as desk:
        page = await desk.broker.sign_in(credentials(api_key="", api_secret="")).advance(None)

    assert isinstance(page, OpenPage)
    with pytest.raises(LoginForged):
        page.check({"tokenId": TOKEN_ID})


async def test_pasted_token_of_another_client_is_refused() -> None:
    async with at_desk(connected=False) as desk:
        sign_in, _ = await opened(desk)

        with pytest.raises(WrongAccount):
            await sign_in.advance(Pasted(jwt(dhanClientId="1100009999")))


async def test_paste_that_holds_no_token_is_told() -> None:
    async with at_desk(connected=False) as desk:
        sign_in, _ = await opened(desk)

        with pytest.raises(InvalidRequest):
            await sign_in.advance(Pasted("what is this?"))


# ------------------------------------------------------------------ PIN and code


async def test_with_a_pin_the_code_is_asked_for_and_sent() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generateAccessToken", issued())
        sign_in = desk.broker.sign_in(credentials(api_key="", api_secret="", extras={"pin": PIN}))
        question = await sign_in.advance(None)
        token = await token_of(sign_in, Typed(Secret("112233")))
        request = desk.server.only("POST", "/app/generateAccessToken")

    assert isinstance(question, AskText)
    assert (question.digits, question.secret) == (6, True)
    assert request.query == {"dhanClientId": [CLIENT], "pin": [PIN], "totp": ["112233"]}
    assert token.client_id == CLIENT


async def test_with_a_totp_secret_nothing_is_asked() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generateAccessToken", issued())
        sign_in = desk.broker.sign_in(credentials(extras={"pin": PIN, "totp_secret": SEED}))
        step = await sign_in.advance(None)
        request = desk.server.only("POST", "/app/generateAccessToken")

    assert isinstance(step, Issued)
    assert request.query["totp"] == [totp.code(Secret(SEED), NOW, "totp_secret").reveal()]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Invalid Pin", BadCredentials),
        ("Invalid TOTP", BadCredentials),
        ("Token can be generated once every 2 minutes", LoginThrottled),
    ],
)
async def test_refused_pin_or_code_is_never_tried_again(message: str, error: type[TradingError]) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generateAccessToken", {"status": "error", "message": message})
        sign_in = desk.broker.sign_in(credentials(extras={"pin": PIN}))
        await sign_in.advance(None)

        with pytest.raises(error):
            await sign_in.advance(Typed(Secret("112233")))

    assert len(desk.server.requests) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef"])
async def test_code_that_has_not_six_digits_is_not_sent(typed: str) -> None:
    async with at_desk(connected=False) as desk:
        sign_in = desk.broker.sign_in(credentials(extras={"pin": PIN}))
        await sign_in.advance(None)

        with pytest.raises(InvalidRequest):
            await sign_in.advance(Typed(Secret(typed)))

    assert desk.server.requests == []


async def test_pin_and_code_stand_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with at_desk(connected=False) as desk:
        desk.answers("POST", "/app/generateAccessToken", issued())
        sign_in = desk.broker.sign_in(credentials(extras={"pin": PIN}))
        await sign_in.advance(None)
        await sign_in.advance(Typed(Secret("112233")))

    assert PIN not in caplog.text
    assert "112233" not in caplog.text


# ------------------------------------------------------------------ small parts


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret = Secret("GEZDGNBVGY3TQOJQ GEZDGNBVGY3TQOJQ")  # RFC 6238, appendix B

    assert totp.code(secret, datetime.fromtimestamp(seconds, UTC), "totp_secret").reveal() == code


@pytest.mark.parametrize("text", ["", "1", "not base 32!"])
def test_totp_secret_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        totp.code(Secret(text), NOW, "totp_secret")

    assert caught.value.field == "totp_secret"


@pytest.mark.parametrize("text", ["", "a.b.c", "plain", "a.e30.c", "a.bnVsbA.c", "a.W10.c", "\u20b9.\u20b9.\u20b9"])
def test_token_that_is_no_jwt_claims_nothing(text: str) -> None:
    claims = claims_of.Claims(Secret(text))

    assert (claims.client_id, claims.expires_at, claims.is_renewable) == ("", None, False)


@pytest.mark.parametrize("exp", ["1795000000", True, 10**30, -(10**30), None])
def test_expiry_that_is_no_moment_is_none(exp: object) -> None:
    assert claims_of.Claims(Secret(jwt(exp=exp))).expires_at is None


def test_token_lives_24_hours_whatever_the_hour() -> None:
    assert token_dies(datetime(2026, 11, 18, 23, 30, tzinfo=IST)) == datetime(2026, 11, 19, 23, 30, tzinfo=IST)


def test_proposed_redirect_has_a_path_that_nobody_guesses() -> None:
    assert DEFAULT_REDIRECT.startswith("http://127.0.0.1:5022/dhan/")
    assert len(DEFAULT_REDIRECT.rpartition("/")[2]) == 32
