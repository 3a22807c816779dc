"""What an adapter says of its session's end, and Angel One's refresh: only what is honest, and nothing twice."""

import json
from datetime import datetime, timedelta

import pytest

from app.domain import Secret, SessionExpired, Unsupported, WireSurprise
from tests.brokers import angel_support, dhan_support
from tests.brokers.angel_one.wire import PROFILE as PROFILE_OF_ANGEL
from tests.brokers.angel_one.wire import good
from tests.brokers.dhan_support import PROFILE, at, jwt

RENEW = "/rest/auth/angelbroking/jwt/v1/generateTokens"
ISSUED = {"jwtToken": "canary-new-jwt", "refreshToken": "canary-new-refresh", "feedToken": "canary-feed", "state": None}
EIGHT = at(2026, 11, 19, 8, 0)


# ------------------------------------------------------------------ Dhan: the token's `exp` and the server's validity


@pytest.mark.parametrize(
    ("exp", "validity", "ends_at"),
    [
        (None, "19/11/2026 08:00", EIGHT),
        (EIGHT + timedelta(seconds=42), "19/11/2026 08:00", EIGHT + timedelta(seconds=42)),  # the same, to the second
        (EIGHT + timedelta(hours=2), "19/11/2026 08:00", EIGHT),  # the server knows of an earlier end
        (EIGHT - timedelta(hours=2), "19/11/2026 08:00", EIGHT - timedelta(hours=2)),
        (EIGHT, "", EIGHT),
        (EIGHT, "tomorrow", EIGHT),
        (EIGHT, "18/11/2026 08:00", EIGHT),  # over, although the server has just said yes
        (None, "", None),
    ],
)
async def test_the_end_that_dhan_names_first_is_the_sessions(
    exp: datetime | None, validity: str, ends_at: datetime | None
) -> None:
    claims = {} if exp is None else {"exp": int(exp.timestamp())}
    async with dhan_support.at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE | {"tokenValidity": validity})
        await desk.broker.connect(dhan_support.credentials(access_token=jwt(**claims)))

        assert desk.broker.session_ends_at == ends_at


async def test_a_renewed_token_of_dhan_ends_when_it_says() -> None:
    new = jwt(tokenConsumerType="SELF", exp=int((EIGHT + timedelta(days=1)).timestamp()))
    async with dhan_support.at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        await desk.broker.connect(dhan_support.credentials(access_token=jwt(tokenConsumerType="SELF")))
        desk.answers("GET", "/v2/RenewToken", {"dhanClientId": dhan_support.CLIENT, "accessToken": new})
        await desk.broker.renew()

        assert desk.broker.session_ends_at == EIGHT + timedelta(days=1)


# ------------------------------------------------------------------ Angel One: the refresh token


def refreshable() -> dict[str, Secret]:
    return {"refresh_token": Secret("canary-refresh")}


async def test_a_refresh_sends_the_refresh_token_and_the_old_session_and_goes_on_with_the_new_one() -> None:
    async with angel_support.at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE_OF_ANGEL, good(angel_support.profile()))
        await desk.broker.connect(angel_support.credentials(extras=refreshable()))
        desk.answers("POST", RENEW, good(ISSUED))
        token = await desk.broker.renew()
        await desk.broker.validate()
        asked, later = desk.server.only("POST", RENEW), desk.server.sent("GET", PROFILE_OF_ANGEL)[-1]

    assert json.loads(asked.body) == {"refreshToken": "canary-refresh"}
    assert asked.headers["authorization"] == f"Bearer {angel_support.TOKEN}"
    assert later.headers["authorization"] == "Bearer canary-new-jwt"
    assert {name: value.reveal() for name, value in token.extras.items()} == {
        "refresh_token": "canary-new-refresh",
        "feed_token": "canary-feed",
    }
    assert token.expires_at == at(2026, 11, 19)  # midnight, whatever it is


async def test_without_a_refresh_token_nothing_is_sent() -> None:
    async with angel_support.at_desk() as desk:
        with pytest.raises(Unsupported):
            await desk.broker.renew()

    assert desk.server.requests == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (angel_support.bad("AB8051", "Refresh Token Expired"), SessionExpired),
        (good({"jwtToken": ""}), WireSurprise),
        (good(None), WireSurprise),
    ],
)
async def test_a_refresh_that_fails_is_asked_once_and_the_old_token_stays(body: object, error: type[Exception]) -> None:
    async with angel_support.at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE_OF_ANGEL, good(angel_support.profile()))
        await desk.broker.connect(angel_support.credentials(extras=refreshable()))
        desk.answers("POST", RENEW, body)
        with pytest.raises(error):
            await desk.broker.renew()
        await desk.broker.validate()
        later = desk.server.sent("GET", PROFILE_OF_ANGEL)[-1]

        assert len(desk.server.sent("POST", RENEW)) == 1
        assert later.headers["authorization"] == f"Bearer {angel_support.TOKEN}"


async def test_the_exp_inside_a_token_of_angel_one_is_never_believed() -> None:
    async with angel_support.at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE_OF_ANGEL, good(angel_support.profile()))
        await desk.broker.connect(angel_support.credentials(access_token=jwt(exp=4_000_000_000)))

        assert desk.broker.session_ends_at is None
