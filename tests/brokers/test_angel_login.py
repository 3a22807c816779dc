"""Signing in at Angel One: PIN and code, asked for or kept; against a scripted server and a clock of our own."""

from datetime import UTC
from typing import Any

import pytest

from app.brokers import totp
from app.brokers.angel_one.spec import SPEC, token_dies
from app.brokers.base import AskText, Issued, Login, Pasted, SignIn, Step, Typed
from app.domain import InvalidRequest, Secret, Token, TradingError
from tests.brokers.angel_one.wire import CLIENT, LOGIN, PROFILE, good
from tests.brokers.angel_support import API_KEY, NOW, PIN, SEED, Desk, at_desk, at_ist, bad, credentials, profile

TOKENS = {"jwtToken": "canary-fresh-jwt", "refreshToken": "canary-refresh", "feedToken": "canary-feed", "state": None}
KEPT = {"pin": PIN, "totp_secret": SEED}


def welcomes(desk: Desk, client: str = CLIENT, **changes: Any) -> None:
    desk.answers("POST", LOGIN, good(TOKENS | changes))
    desk.answers("GET", PROFILE, good(profile(client)))


def begin(desk: Desk, **changes: Any) -> SignIn:
    return desk.broker.sign_in(credentials(access_token="", **changes))


async def typed(sign_in: SignIn, *answers: str) -> Step:
    step = await sign_in.advance(None)
    for answer in answers:
        step = await sign_in.advance(Typed(Secret(answer)))
    return step


def token_of(step: Step) -> Token:
    assert isinstance(step, Issued)
    return step.token


async def refused(call: Any) -> TradingError:
    with pytest.raises(TradingError) as caught:
        await call
    return caught.value


# ------------------------------------------------------------------ the declaration


def test_the_extras_that_give_something_up_are_optional_and_empty() -> None:
    extras = {field.name: field for field in SPEC.fields if field.name in ("pin", "totp_secret")}

    assert len(extras) == 2
    assert all(field.secret and not field.required and not field.default for field in extras.values())
    assert "second factor" in extras["totp_secret"].hint
    assert SPEC.login is Login.CODE


def test_no_secret_of_the_app_is_asked_for() -> None:
    assert [field.name for field in SPEC.fields if field.required] == ["client_id", "api_key"]


@pytest.mark.parametrize(
    ("issued", "dies"),
    [
        ("2026-11-18 09:12:00", "2026-11-19 00:00:00"),
        ("2026-11-18 23:59:59", "2026-11-19 00:00:00"),
        ("2026-11-19 00:00:00", "2026-11-20 00:00:00"),
    ],
)
def test_a_token_dies_at_the_next_midnight_in_india(issued: str, dies: str) -> None:
    assert token_dies(at_ist(issued)) == at_ist(dies)
    assert token_dies(at_ist(issued).astimezone(UTC)) == at_ist(dies)


# ------------------------------------------------------------------ typed


async def test_pin_and_code_are_asked_for_one_after_the_other() -> None:
    async with at_desk(connected=False) as desk:
        sign_in = begin(desk)

        first = await sign_in.advance(None)
        second = await sign_in.advance(Typed(Secret(PIN)))

        assert isinstance(first, AskText)
        assert isinstance(second, AskText)
        assert (first.name, first.secret, second.name, second.digits) == ("pin", True, "totp", 6)
        assert desk.server.requests == []


async def test_what_was_typed_is_sent_once_and_gives_a_token() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)

        token = token_of(await typed(begin(desk), PIN, "123456"))

        assert desk.body(LOGIN) == {"clientcode": CLIENT, "password": PIN, "totp": "123456"}
        assert (token.access_token, token.client_id) == (Secret("canary-fresh-jwt"), CLIENT)
        assert (token.issued_at, token.expires_at) == (NOW, at_ist("2026-11-19 00:00:00"))


async def test_refresh_and_feed_token_are_extras_and_the_pin_is_not() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)
        token = token_of(await typed(begin(desk), PIN, "123456"))
        assert dict(token.extras) == {"refresh_token": Secret("canary-refresh"), "feed_token": Secret("canary-feed")}


async def test_the_sign_in_carries_the_key_and_no_token() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)

        await typed(begin(desk), PIN, "123456")

        headers = desk.server.only("POST", LOGIN).headers
        assert headers["x-privatekey"] == API_KEY
        assert "authorization" not in headers
        assert (headers["x-usertype"], headers["x-sourceid"]) == ("USER", "WEB")
        assert (headers["content-type"], headers["accept"]) == ("application/json", "application/json")


async def test_bearer_before_the_token_is_taken_away() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk, jwtToken="Bearer canary-fresh-jwt")

        token = token_of(await typed(begin(desk), PIN, "123456"))

        assert token.access_token == Secret("canary-fresh-jwt")
        assert desk.server.only("GET", PROFILE).headers["authorization"] == "Bearer canary-fresh-jwt"


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "", "١٢٣٤٥٦"])
async def test_a_code_that_is_no_code_is_not_sent(code: str) -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(typed(begin(desk), PIN, code))
        assert (error.kind, error.field, desk.server.requests) == ("invalid_request", "totp", [])


async def test_an_empty_pin_is_not_taken() -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(typed(begin(desk), " "))
        assert (error.kind, error.field) == ("invalid_request", "pin")


@pytest.mark.parametrize("missing", ["client_id", "api_key"])
async def test_an_incomplete_form_is_said_before_anything_is_asked(missing: str) -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(begin(desk, **{missing: ""}).advance(None))
        assert (error.kind, error.field) == ("invalid_request", missing)


async def test_an_answer_that_was_not_asked_for_is_refused() -> None:
    async with at_desk(connected=False) as desk:
        sign_in = begin(desk)
        with pytest.raises(InvalidRequest):
            await sign_in.advance(Typed(Secret("123456")))
        await sign_in.advance(None)
        with pytest.raises(InvalidRequest):
            await sign_in.advance(Pasted("token"))


async def test_a_refused_code_is_not_tried_again_and_the_form_succeeds_afterwards() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", LOGIN, bad("AB1050", "Invalid totp"))
        sign_in = begin(desk)
        error = await refused(typed(sign_in, PIN, "123456"))
        assert (error.kind, error.field, len(desk.server.requests)) == ("bad_credentials", "totp", 1)

        welcomes(desk)
        assert token_of(await typed(sign_in, PIN, "654321")).client_id == CLIENT


# ------------------------------------------------------------------ kept


async def test_a_kept_pin_leaves_only_the_code() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)
        step = await typed(begin(desk, extras={"pin": PIN}), "123456")
        assert token_of(step).client_id == CLIENT
        assert desk.body(LOGIN)["password"] == PIN


async def test_a_kept_secret_leaves_only_the_pin() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)
        assert token_of(await typed(begin(desk, extras={"totp_secret": SEED}), PIN)).client_id == CLIENT


async def test_with_both_kept_one_step_is_enough() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)

        token_of(await begin(desk, extras=KEPT).advance(None))

        assert desk.body(LOGIN)["totp"] == totp.code(Secret(SEED), NOW, "").reveal()


async def test_a_refused_computed_code_is_tried_once_more_in_the_next_window_and_never_again() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", LOGIN, bad("AB1050", "Invalid totp"))

        error = await refused(begin(desk, extras=KEPT).advance(None))

        codes = [request.body for request in desk.server.sent("POST", LOGIN)]
        assert len(codes) == len(set(codes)) == 2
        assert (error.kind, error.field) == ("bad_credentials", "totp_secret")
        assert error.next_step.endswith("2 attempts were used.")
        assert 18 <= (desk.clock.now() - NOW).total_seconds() < 48


@pytest.mark.parametrize("code", ["AB1000", "AB1032", "AG8004"])
async def test_another_refusal_of_a_kept_sign_in_is_not_tried_again(code: str) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", LOGIN, bad(code))
        assert (await refused(begin(desk, extras=KEPT).advance(None))).kind == "bad_credentials"
        assert len(desk.server.requests) == 1


async def test_a_limit_at_the_sign_in_is_not_tried_again() -> None:
    async with at_desk(connected=False) as desk:
        text = "Access denied because of exceeding access rate"
        desk.answers("POST", LOGIN, text, status=403, content_type="text/plain")
        error = await refused(begin(desk, extras=KEPT).advance(None))
        assert (error.kind, len(desk.server.requests)) == ("rate_limited", 1)


async def test_a_secret_that_is_none_is_said_so() -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(begin(desk, extras={"pin": PIN, "totp_secret": "not base 32!"}).advance(None))
        assert (error.kind, error.field, desk.server.requests) == ("invalid_request", "totp_secret", [])


# ------------------------------------------------------------------ whose session it is


async def test_another_clients_session_is_refused() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk, client="Z999999")
        error = await refused(typed(begin(desk), PIN, "123456"))
        assert (error.kind, error.field) == ("wrong_account", "client_id")


async def test_the_client_code_is_the_same_in_any_case() -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)
        assert token_of(await typed(begin(desk, client_id=CLIENT.lower()), PIN, "123456")).client_id == CLIENT


@pytest.mark.parametrize("trouble", [{"status": 503}, {"status": 403, "content_type": "text/html"}, {"status": 403}])
async def test_an_issued_token_is_not_lost_when_nobody_says_whose_it_is(trouble: dict[str, Any]) -> None:
    async with at_desk(connected=False) as desk:
        welcomes(desk)
        desk.answers("GET", PROFILE, "<html>", **trouble)
        assert token_of(await typed(begin(desk), PIN, "123456")).client_id == CLIENT
        assert len(desk.server.sent("GET", PROFILE)) == 1


@pytest.mark.parametrize("data", [None, "", [], {}, {"jwtToken": ""}, {"jwtToken": 5}])
async def test_a_sign_in_without_a_token_is_a_surprise(data: object) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("POST", LOGIN, good(data))
        assert (await refused(typed(begin(desk), PIN, "123456"))).kind == "wire_surprise"
