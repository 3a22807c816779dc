"""Sheet section 2: redirects that are none of ours, that were cancelled, and exchanges that the broker refuses."""

import pytest

from app.brokers.base import Redirected
from app.domain import Credentials, LoginCancelled, LoginError, LoginForged, TradingError
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.login import Login, opened, redirect
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

PATH = "/session/token"


@pytest.fixture
async def login(make_broker: MakeBroker, credentials: Credentials) -> Login:
    return await opened(make_broker(), credentials)


# ------------------------------------------------------------------ step 3, the redirect


@pytest.mark.parametrize(
    "more", [{}, {"user_id": "AB1234"}, {"type": "login", "something": "new"}, {"action": "login"}]
)
async def test_section_2_step_3_a_redirect_of_ours_passes_and_unknown_keys_are_ignored(
    more: dict[str, str], login: Login, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.success(wire.session()))
    query = redirect(login, **more)

    login.page.check(query)
    await login.sign_in.advance(Redirected(query))

    assert len(server.sent("POST", PATH)) == 1


async def test_section_2_step_3_the_action_is_not_promised(login: Login, server: ScriptedServer) -> None:
    server.on("POST", PATH, wire.success(wire.session()))
    query = redirect(login)
    del query["action"]

    login.page.check(query)
    await login.sign_in.advance(Redirected(query))

    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize("nonce", ["", "A", "A" * 43, "A" * 10_000, "\u0660" * 43])
async def test_section_2_a_wrong_nonce_is_forged(nonce: str, login: Login) -> None:
    query = redirect(login) | dict.fromkeys(login.echoed, nonce)

    with pytest.raises(LoginForged):
        login.page.check(query)


async def test_section_2_a_missing_nonce_is_forged(login: Login) -> None:
    query = {key: value for key, value in redirect(login).items() if key not in login.echoed}

    with pytest.raises(LoginForged):
        login.page.check(query)


async def test_section_2_a_cut_nonce_is_forged(login: Login) -> None:
    query = redirect(login) | {key: value[:-1] for key, value in login.echoed.items()}

    with pytest.raises(LoginForged):
        login.page.check(query)


async def test_section_2_the_nonce_of_another_sign_in_is_forged(
    login: Login, make_broker: MakeBroker, credentials: Credentials
) -> None:
    other = await opened(make_broker(), credentials)

    with pytest.raises(LoginForged):
        login.page.check(redirect(login) | other.echoed)


async def test_section_2_a_forged_cancel_does_not_end_the_sign_in(login: Login) -> None:
    query = {"status": "cancelled"}

    with pytest.raises(LoginForged):
        login.page.check(query)


@pytest.mark.parametrize("status", ["cancelled", "error", "failure", "", "SUCCESS ", "unknown"])
async def test_section_2_step_3_a_status_other_than_success_is_a_failure(status: str, login: Login) -> None:
    with pytest.raises(LoginCancelled):
        login.page.check(redirect(login, status=status))


async def test_section_2_step_3_without_a_status_it_is_a_failure(login: Login) -> None:
    query = redirect(login)
    del query["status"]

    with pytest.raises(LoginError):
        login.page.check(query)


@pytest.mark.parametrize("token", ["", None])
async def test_section_2_step_3_without_a_request_token_it_is_a_failure(token: str | None, login: Login) -> None:
    query = redirect(login)
    del query["request_token"]
    given = query if token is None else query | {"request_token": token}

    with pytest.raises(LoginError):
        login.page.check(given)


async def test_section_2_step_3_a_redirect_that_does_not_pass_is_not_exchanged_either(
    login: Login, server: ScriptedServer
) -> None:
    query = redirect(login) | dict.fromkeys(login.echoed, "A" * 43)

    error = await refusal(login.sign_in.advance(Redirected(query)))

    assert error.kind == "login_forged"
    assert server.requests == []


# ------------------------------------------------------------------ step 4, refused

REFUSED = [
    (403, "TokenException", "Token is invalid or has expired.", {"bad_credentials"}),
    (403, "TokenException", "Invalid `checksum`.", {"bad_credentials"}),
    (400, "InputException", "Invalid `api_key` or `access_token`.", {"bad_credentials"}),
    (400, "InputException", "Invalid `api_key`.", {"bad_credentials"}),
    (
        403,
        "PermissionException",
        "That API call is not allowed for the authenticated user",
        {"permission_denied", "bad_credentials"},
    ),
    (
        403,
        "ForbiddenError",
        "The user is not enabled on the app.",
        {"wrong_account", "permission_denied", "bad_credentials"},
    ),
    (429, "NetworkException", "Too many requests", {"rate_limited"}),
    (500, "GeneralException", "Something went wrong", {"broker_down"}),
    (502, "NetworkException", "Request failed (502)", {"broker_down"}),
    (503, "GeneralException", "Unavailable", {"broker_down"}),
    (504, "NetworkException", "Gateway timed out", {"broker_down"}),
    (502, "DataException", "Unknown answer", {"broker_down"}),
]


async def _exchanged(login: Login, server: ScriptedServer, status: int, body: str) -> TradingError:
    server.on("POST", PATH, body, status=status)
    return await refusal(login.sign_in.advance(Redirected(redirect(login))))


@pytest.mark.parametrize(("status", "error_type", "message", "kinds"), REFUSED)
async def test_section_2_failed_exchange_has_its_own_kind_and_is_never_a_dead_session(
    *, status: int, error_type: str, message: str, kinds: set[str], login: Login, server: ScriptedServer
) -> None:
    error = await _exchanged(login, server, status, wire.failure(error_type, message))

    assert error.kind in kinds


@pytest.mark.parametrize(("status", "error_type", "message", "kinds"), REFUSED)
async def test_section_2_request_token_row_an_exchange_is_never_repeated(
    *, status: int, error_type: str, message: str, kinds: set[str], login: Login, server: ScriptedServer
) -> None:
    error = await _exchanged(login, server, status, wire.failure(error_type, message))

    assert len(server.sent("POST", PATH)) == 1
    assert message in error.detail


async def test_section_2_a_used_request_token_and_a_wrong_secret_are_told_apart(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    broker = make_broker()

    said = [
        await _exchanged(await opened(broker, credentials), server, 403, wire.failure("TokenException", message))
        for message in ("Token is invalid or has expired.", "Invalid `checksum`.")
    ]

    assert len({(error.title, error.next_step, error.field) for error in said}) == 2


async def test_section_2_a_wrong_secret_is_said_beside_its_field(login: Login, server: ScriptedServer) -> None:
    error = await _exchanged(login, server, 403, wire.failure("TokenException", "Invalid `checksum`."))

    assert error.field == "api_secret"


async def test_section_2_a_gateways_page_on_the_exchange_is_a_broker_that_is_down(
    login: Login, server: ScriptedServer
) -> None:
    server.on("POST", PATH, "<html>Bad gateway</html>", status=502, content_type="text/html")

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "broker_down"


async def test_a_sign_in_that_failed_is_begun_anew_never_continued(login: Login, server: ScriptedServer) -> None:
    await _exchanged(login, server, 403, wire.failure("TokenException", "Invalid `checksum`."))

    await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert len(server.sent("POST", PATH)) == 1


@pytest.mark.parametrize("status", [302, 307])
async def test_the_exchange_is_never_sent_on_to_another_host(status: int, login: Login, server: ScriptedServer) -> None:
    async with ScriptedServer() as other:
        server.on("POST", PATH, "", status=status, headers=(("Location", f"{other.base_url}{PATH}"),))
        error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "wire_surprise"
    assert other.requests == []
