"""Login, refresh, logout and the death of tokens (protocol sheet sections 2, 3 and 6)."""

import base64
import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from app.domain import IST
from app.simulators.angel_one.people import angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.angel_one.tokens import next_midnight
from tests.fakes.clock import ManualClock
from tests.simulators.angel_one.support import (
    FUNDS,
    LOGIN,
    LOGOUT,
    ME,
    PROFILE,
    RENEW,
    data,
    error,
    gateway,
    log_in,
)

OTHER = angel_one_users(2)[1]
DEAD = ("AG8001", "Invalid Token")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def signed_in(sim: AngelOneSimulator, client: httpx.AsyncClient) -> Any:
    """The tokens of a login, put into the client's headers."""
    tokens = data(await log_in(sim, client))
    client.headers.update(bearer(tokens["jwtToken"]))
    return tokens


# ------------------------------------------------------------------ login


async def test_login_gives_three_tokens_and_the_state(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    tokens = data(await log_in(sim, stranger, state="abc"))

    assert set(tokens) == {"jwtToken", "refreshToken", "feedToken", "state"}
    assert tokens["state"] == "abc"
    assert not tokens["jwtToken"].startswith("Bearer")


async def test_state_is_null_when_it_was_not_sent(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    assert data(await log_in(sim, stranger))["state"] is None


async def test_token_opens_the_profile(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    await signed_in(sim, stranger)

    assert data(await stranger.get(PROFILE))["clientcode"] == ME.client_id


async def test_token_is_a_jwt_whose_end_is_years_ahead(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    head, middle, _ = (await signed_in(sim, stranger))["jwtToken"].split(".")
    claims, header = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (middle, head))

    assert header == {"alg": "HS512"}
    assert claims["exp"] - claims["iat"] == 3 * 365 * 24 * 3600


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"clientcode": "X1"}, ("AB1032", "User Not Found")),
        ({"password": "0000"}, ("AB1007", "Invalid username or password")),
        ({"password": "12"}, ("AB1002", "Invalid Password Length")),
        ({"password": "Web@Pass1"}, ("AB1007", "LoginbyPassword is not allowed. Please switch to Login by MPIN now")),
        ({"password": "\uff12\uff14\uff16\uff18"}, ("AB1007", "Invalid username or password")),
        ({"totp": "000000"}, ("AB1050", "Invalid totp")),
        ({"totp": None}, ("AB1050", "Please enter a valid totp")),
    ],
)
async def test_refused_login_is_http_200(
    changes: dict[str, Any], refusal: tuple[str, str], sim: AngelOneSimulator, stranger: httpx.AsyncClient
) -> None:
    assert error(await log_in(sim, stranger, **changes)) == refusal


async def test_code_of_the_window_before_is_still_taken_and_older_ones_are_not(
    sim: AngelOneSimulator, stranger: httpx.AsyncClient, clock: ManualClock
) -> None:
    code = sim.controls.totp(ME.client_id)
    clock.jump(30)
    late = await log_in(sim, stranger, totp=code)
    clock.jump(30)

    assert data(late)["jwtToken"]
    assert error(await log_in(sim, stranger, totp=code))[0] == "AB1050"


async def test_second_login_of_a_second_is_too_many(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    answers = [await log_in(sim, stranger) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].text == "Access denied because of exceeding access rate"


async def test_login_of_a_form_is_415(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.post(LOGIN, data={"clientcode": ME.client_id})).status_code == 415


async def test_login_with_an_unknown_key_is_refused_by_the_gateway(
    sim: AngelOneSimulator, stranger: httpx.AsyncClient
) -> None:
    stranger.headers["X-PrivateKey"] = "unknown"

    assert gateway(await log_in(sim, stranger)) == ("AG8004", "Invalid API Key")


# ------------------------------------------------------------------ tokens


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (None, ("AG8003", "Token missing")),
        ("Bearer", ("AG8003", "Token missing")),
        ("Bearer garbage", DEAD),
        ("garbage", DEAD),
    ],
)
async def test_bad_token_is_http_200_in_the_shape_of_the_gateway(
    value: str | None, refusal: tuple[str, str], stranger: httpx.AsyncClient
) -> None:
    headers = {"Authorization": value} if value else {}

    assert gateway(await stranger.get(FUNDS, headers=headers)) == refusal


async def test_token_without_its_prefix_is_dead(client: httpx.AsyncClient) -> None:
    bare = client.headers["Authorization"].removeprefix("Bearer ")

    assert gateway(await client.get(FUNDS, headers={"Authorization": bare})) == DEAD


async def test_key_of_another_client_is_refused(client: httpx.AsyncClient) -> None:
    assert gateway(await client.get(PROFILE, headers={"X-PrivateKey": OTHER.api_key}))[0] == "AG8004"


async def test_user_type_is_checked(client: httpx.AsyncClient) -> None:
    assert error(await client.get(PROFILE, headers={"X-UserType": "ADMIN"})) == ("AB1005", "User Type Must Be USER")


async def test_token_dies_at_midnight(client: httpx.AsyncClient, clock: ManualClock) -> None:
    end = next_midnight(clock.now())
    clock.jump((end - clock.now()).total_seconds() - 1)
    before = await client.get(PROFILE)
    clock.jump(1)

    assert data(before)
    assert gateway(await client.get(PROFILE)) == DEAD


@pytest.mark.parametrize("hour", [0, 5, 23])
def test_midnight_is_the_next_one_of_india(hour: int) -> None:
    assert next_midnight(datetime(2026, 11, 18, hour, 0, tzinfo=IST)) == datetime(2026, 11, 19, tzinfo=IST)


@pytest.mark.parametrize("code", ["AG8001", "AG8002"])
async def test_token_can_end_with_either_code(code: Any, sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.expire(ME.client_id, code)

    assert gateway(await client.get(PROFILE))[0] == code
    assert not sim.controls.is_live(ME.client_id)


async def test_login_elsewhere_ends_ours_unless_several_may_live(
    sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sim.controls.several_sessions(yes=True)
    newer = sim.controls.replace_token(ME.client_id)
    kept = await client.get(PROFILE)
    sim.controls.several_sessions(yes=False)
    newest = sim.controls.replace_token(ME.client_id)

    assert data(kept)
    assert [gateway(await client.get(PROFILE)), gateway(await client.get(FUNDS, headers=bearer(newer)))] == [DEAD, DEAD]
    clock.jump(1)
    assert data(await client.get(FUNDS, headers=bearer(newest)))


# ------------------------------------------------------------------ refresh and logout


async def test_refresh_replaces_all_three(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    old = await signed_in(sim, stranger)

    new = data(await stranger.post(RENEW, json={"refreshToken": old["refreshToken"]}))

    assert new["state"] is None
    assert not {new[name] for name in new} & {old[name] for name in old if old[name]}
    assert gateway(await stranger.get(PROFILE)) == DEAD
    assert data(await stranger.get(PROFILE, headers=bearer(new["jwtToken"])))


async def test_wrong_refresh_token(sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock) -> None:
    wrong = await client.post(RENEW, json={"refreshToken": "wrong"})
    clock.jump(1)
    missing = await client.post(RENEW, json={})

    assert error(wrong) == error(missing) == ("AB8050", "Invalid Refresh Token")
    assert sim.controls.is_live(ME.client_id)


async def test_refresh_after_midnight_is_a_dead_token(
    sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    refresh = sim.controls.refresh_token(ME.client_id)
    clock.jump(24 * 3600)

    assert gateway(await client.post(RENEW, json={"refreshToken": refresh})) == DEAD


async def test_logout_ends_the_session_and_says_so(client: httpx.AsyncClient) -> None:
    assert data(await client.post(LOGOUT, json={"clientcode": ME.client_id})) == "Logout Successfully"
    assert gateway(await client.get(PROFILE)) == DEAD


async def test_logout_of_another_client_is_refused(client: httpx.AsyncClient) -> None:
    assert error(await client.post(LOGOUT, json={"clientcode": OTHER.client_id}))[0] == "AB1032"
    assert data(await client.get(PROFILE))


async def test_token_can_outlive_the_logout(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.outlive_logout(yes=True)
    await client.post(LOGOUT, json={"clientcode": ME.client_id})

    assert data(await client.get(PROFILE))


async def test_log_names_the_client_and_no_secret(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    tokens = await signed_in(sim, stranger)

    assert [(seen.operation, seen.client_id, seen.status) for seen in sim.log] == [("session", ME.client_id, 200)]
    assert not any(str(secret) in repr(sim.log) for secret in (*tokens.values(), ME.pin, ME.totp_seed) if secret)
