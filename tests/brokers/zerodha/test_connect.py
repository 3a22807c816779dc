"""Yes, a definite no, or an error: connect and validate against sheet sections 2, 6 and 12 ("three results")."""

from collections.abc import Awaitable, Callable

import pytest

from app.brokers.base import BaseBroker
from app.domain import Credentials, Secret, TradingError
from tests.brokers.sheets import MakeBroker, words
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import planted, refusal

PATH = "/user/profile"
DEAD = wire.failure("TokenException", "Incorrect `api_key` or `access_token`.")
BARE = wire.failure("InputException", "Invalid `api_key` or `access_token`.")
PUBLISHER = wire.failure("PermissionException", "That API call is not allowed for the authenticated user")
FOREIGN = wire.failure("ForbiddenError", "The user is not enabled on the app.")
BUSY = wire.failure("NetworkException", "Too many requests")
DOWN = wire.failure("NetworkException", "Request failed (503)")

Question = Callable[[], Awaitable[bool]]


@pytest.fixture(params=["connect", "validate"])
def question(request: pytest.FixtureRequest, broker: BaseBroker, credentials: Credentials) -> Question:
    """The two operations that ask whether a session is alive, of a broker that was connected before."""
    if request.param == "validate":
        return broker.validate
    return lambda: broker.connect(credentials)


async def test_yes_when_the_broker_says_who_it_is(
    question: Question, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.success(wire.profile()))

    assert await question() is True
    assert broker.refusal is None


async def test_section_13_the_profile_is_the_health_check_not_the_instruments(
    question: Question, server: ScriptedServer
) -> None:
    await question()

    assert [request.path for request in server.requests] == [PATH]


@pytest.mark.parametrize(("status", "body", "kind"), [(403, DEAD, "session_expired"), (400, BARE, "bad_credentials")])
async def test_section_6_no_when_the_broker_says_so(
    *, status: int, body: str, kind: str, question: Question, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, body, status=status)

    assert await question() is False
    assert broker.refusal is not None
    assert broker.refusal.kind == kind
    assert planted(words(broker.refusal)) == []


@pytest.mark.parametrize("body", [PUBLISHER, FOREIGN])
async def test_section_6_a_permission_that_is_missing_is_neither_yes_nor_a_dead_session(
    body: str, question: Question, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, body, status=403)

    said: TradingError | None = None
    try:
        assert await question() is False
    except TradingError as error:
        said = error

    said = said or broker.refusal
    assert said is not None
    assert said.kind in {"permission_denied", "wrong_account"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, BUSY, "rate_limited"),
        (500, DOWN, "broker_down"),
        (502, "<html>", "broker_down"),
        (503, DOWN, "broker_down"),
        (504, "", "broker_down"),
        (302, "", "wire_surprise"),
        (200, "{}", "wire_surprise"),
        (200, "null", "wire_surprise"),
        (200, wire.success(wire.profile(user_id=None)), "wire_surprise"),
    ],
)
async def test_section_12_whatever_prevents_an_answer_is_raised_never_no(
    *, status: int, body: str, kind: str, question: Question, server: ScriptedServer
) -> None:
    server.on("GET", PATH, body, status=status, headers=(("Location", "http://127.0.0.1:9/"),) if status == 302 else ())

    error = await refusal(question())

    assert error.kind == kind


async def test_a_server_that_is_gone_is_raised_never_no(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    broker = make_broker()
    await server.__aexit__()

    error = await refusal(broker.connect(credentials))

    assert error.kind == "not_reachable"


async def test_section_2_another_clients_token_is_the_wrong_account(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("GET", PATH, wire.success(wire.profile(user_id="XY9999")))

    error = await refusal(make_broker().connect(credentials))

    assert error.kind == "wrong_account"


async def test_a_client_id_that_is_not_known_yet_is_taken_from_the_profile(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.success(wire.profile()))
    unnamed = Credentials(Secret(wire.API_KEY), Secret(wire.API_SECRET), Secret(wire.ACCESS_TOKEN))

    assert await make_broker().connect(unnamed) is True


@pytest.mark.parametrize("missing", ["api_key", "access_token"])
async def test_section_2_without_key_or_token_the_answer_is_never_yes(
    missing: str, make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, BARE, status=400)
    values = {"api_key": wire.API_KEY, "access_token": wire.ACCESS_TOKEN} | {missing: ""}
    blank = Credentials(Secret(values["api_key"]), Secret(wire.API_SECRET), Secret(values["access_token"]))
    broker = make_broker()

    try:
        answer = await broker.connect(blank)
    except TradingError as error:
        assert error.kind in {"invalid_request", "bad_credentials"}  # noqa: PT017 - a False is as good an answer
    else:
        assert answer is False


async def test_a_no_is_forgotten_with_the_next_yes(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", PATH, DEAD, status=403)
    await broker.validate()
    server.on("GET", PATH, wire.success(wire.profile()))

    assert await broker.validate() is True
    assert broker.refusal is None


async def test_new_credentials_are_used_from_now_on(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    renewed = Credentials(credentials.api_key, credentials.api_secret, Secret(wire.ISSUED_TOKEN))

    await broker.connect(renewed)
    await broker.validate()

    assert [request.headers["authorization"] for request in server.requests] == [
        f"token {wire.API_KEY}:{wire.ISSUED_TOKEN}"
    ] * 2
