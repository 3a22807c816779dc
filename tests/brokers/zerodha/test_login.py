"""Sheet section 2: the login page, the redirect, the exchange."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.brokers.base import BaseBroker, Issued, Pasted, Redirected
from app.domain import IST, Credentials, Secret, Token, WireSurprise
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.conftest import NOW
from tests.brokers.zerodha.login import Login, address, opened, redirect
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

PATH = "/session/token"


@pytest.fixture
async def login(make_broker: MakeBroker, credentials: Credentials) -> Login:
    return await opened(make_broker(), credentials)


async def _issued(login: Login, server: ScriptedServer, **changes: Any) -> Token:
    server.on("POST", PATH, wire.success(wire.session(**changes)))
    end = await login.sign_in.advance(Redirected(redirect(login)))
    assert isinstance(end, Issued)
    return end.token


# ------------------------------------------------------------------ step 1, the page


async def test_section_2_step_1_the_page_of_the_broker(make_broker: MakeBroker, credentials: Credentials) -> None:
    login = await opened(make_broker(real_hosts=True), credentials)

    assert login.page.url.split("?")[0] == "https://kite.zerodha.com/connect/login"


async def test_section_2_step_1_base_url_replaces_the_host_of_the_page_and_keeps_its_path(
    login: Login, server: ScriptedServer
) -> None:
    assert login.page.url.split("?")[0] == f"{server.base_url}/connect/login"


async def test_section_2_step_1_the_page_is_told_key_version_and_nonce_and_nothing_else(login: Login) -> None:
    assert login.query["api_key"] == [wire.API_KEY]
    assert login.query["v"] == ["3"]
    assert set(login.query) == {"api_key", "v", "redirect_params"}


async def test_section_2_step_1_neither_secret_nor_token_is_in_the_address(login: Login) -> None:
    assert wire.API_SECRET not in login.page.url
    assert wire.ACCESS_TOKEN not in login.page.url


async def test_section_2_step_1_the_nonce_has_256_bits(login: Login) -> None:
    assert max(len(value) for value in login.echoed.values()) >= 43


async def test_section_2_step_1_every_sign_in_has_a_nonce_of_its_own(
    make_broker: MakeBroker, credentials: Credentials
) -> None:
    broker = make_broker()

    one, two = await opened(broker, credentials), await opened(broker, credentials)

    assert set(one.echoed.values()).isdisjoint(two.echoed.values())


async def test_section_2_beginning_a_sign_in_sends_nothing(login: Login, server: ScriptedServer) -> None:
    assert server.requests == []


async def test_section_2_the_default_redirect_is_on_loopback(login: Login) -> None:
    target = urlsplit(login.page.redirect_url)

    assert (target.scheme, target.hostname) == ("http", "127.0.0.1")


async def test_section_2_the_redirect_url_is_the_one_the_user_registered(make_broker: MakeBroker) -> None:
    broker = make_broker()
    [field] = [field.name for field in broker.spec.fields if "redirect" in field.name]
    typed = Credentials(
        Secret(wire.API_KEY),
        Secret(wire.API_SECRET),
        Secret(),
        extras={field: Secret("http://127.0.0.1:18123/back")},
    )

    login = await opened(broker, typed)

    assert login.page.redirect_url == "http://127.0.0.1:18123/back"


# ------------------------------------------------------------------ step 4, the exchange


async def test_section_2_step_4_the_exchange_is_a_form_of_key_request_token_and_checksum(
    login: Login, server: ScriptedServer
) -> None:
    await _issued(login, server)

    plain = wire.API_KEY + wire.REQUEST_TOKEN + wire.API_SECRET
    assert server.only("POST", PATH).form == {
        "api_key": wire.API_KEY,
        "request_token": wire.REQUEST_TOKEN,
        "checksum": hashlib.sha256(plain.encode()).hexdigest(),
    }


async def test_section_3_the_exchange_names_version_3_and_is_form_encoded(login: Login, server: ScriptedServer) -> None:
    await _issued(login, server)

    headers = server.only("POST", PATH).headers
    assert headers["x-kite-version"] == "3"
    assert headers["content-type"].split(";")[0] == "application/x-www-form-urlencoded"


async def test_the_exchange_carries_neither_the_secret_nor_the_old_token(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    await _issued(await opened(broker, credentials), server)

    request = server.only("POST", PATH)
    sent = f"{request.target} {dict(request.headers)} {request.body!r}"
    assert wire.API_SECRET not in sent
    assert wire.ACCESS_TOKEN not in sent


# ------------------------------------------------------------------ step 5, the result


async def test_section_2_step_5_the_token_and_whose_it_is(login: Login, server: ScriptedServer) -> None:
    token = await _issued(login, server)

    assert token.access_token.reveal() == wire.ISSUED_TOKEN
    assert (token.client_id, token.issued_at) == ("AB1234", NOW)


async def test_section_2_step_5_the_token_dies_at_the_next_six_in_the_morning(
    login: Login, server: ScriptedServer
) -> None:
    token = await _issued(login, server)

    assert token.expires_at == datetime(2025, 11, 27, 6, 0, tzinfo=IST)


async def test_section_2_step_5_a_client_id_that_is_not_known_yet_is_learned(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    fresh = Credentials(Secret(wire.API_KEY), Secret(wire.API_SECRET), Secret())

    token = await _issued(await opened(make_broker(), fresh), server)

    assert token.client_id == "AB1234"


async def test_section_2_step_5_another_clients_session_is_refused(login: Login, server: ScriptedServer) -> None:
    server.on("POST", PATH, wire.success(wire.session(user_id="XY9999")))

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "wrong_account"


@pytest.mark.parametrize("field", ["access_token", "user_id"])
@pytest.mark.parametrize("value", ["", None, 5, []])
async def test_section_2_step_5_without_token_or_client_id_it_is_a_surprise(
    field: str, value: object, login: Login, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.success(wire.session(**{field: value})))

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "wire_surprise"


@pytest.mark.parametrize("change", [{"login_time": None}, {"login_time": "yesterday"}, {"login_time": 5}])
async def test_section_14_a_token_without_a_usable_login_time_ends_typed(
    change: dict[str, Any], login: Login, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.success(wire.session(**change)))

    try:
        end = await login.sign_in.advance(Redirected(redirect(login)))
    except WireSurprise:
        end = None

    assert end is None or isinstance(end, Issued)


async def test_section_2_request_token_row_it_is_single_use(login: Login, server: ScriptedServer) -> None:
    await _issued(login, server)

    await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert len(server.sent("POST", PATH)) == 1


async def test_section_2_after_the_exchange_nothing_else_was_asked(login: Login, server: ScriptedServer) -> None:
    await _issued(login, server)

    assert [request.path for request in server.requests] == [PATH]


# ------------------------------------------------------------------ pasted instead


@pytest.mark.parametrize("around", ["", " ", "\n", "\r\n\t"])
async def test_section_2_the_whole_address_may_be_pasted(around: str, login: Login, server: ScriptedServer) -> None:
    server.on("POST", PATH, wire.success(wire.session()))

    end = await login.sign_in.advance(Pasted(around + address(login, redirect(login)) + around))

    assert isinstance(end, Issued)
    assert server.only("POST", PATH).form["request_token"] == wire.REQUEST_TOKEN


@pytest.mark.parametrize("around", ["", "  ", "\n"])
async def test_section_2_the_bare_request_token_may_be_pasted(
    around: str, login: Login, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.success(wire.session()))

    end = await login.sign_in.advance(Pasted(around + wire.REQUEST_TOKEN + around))

    assert isinstance(end, Issued)
    assert server.only("POST", PATH).form["request_token"] == wire.REQUEST_TOKEN


@pytest.mark.parametrize("text", ["", "  \n", "two words", "<script>", "http://127.0.0.1:8000/", "request_token="])
async def test_section_2_pasted_nonsense_is_said_and_nothing_is_sent(
    text: str, login: Login, server: ScriptedServer
) -> None:
    error = await refusal(login.sign_in.advance(Pasted(text)))

    assert error.kind in {"invalid_request", "login_forged", "login_cancelled"}
    assert server.requests == []


async def test_section_2_the_address_of_the_login_page_itself_is_no_answer(
    login: Login, server: ScriptedServer
) -> None:
    error = await refusal(login.sign_in.advance(Pasted(login.page.url)))

    assert error.kind in {"invalid_request", "login_forged", "login_cancelled"}
    assert server.requests == []


async def test_section_2_a_pasted_address_of_another_sign_in_is_forged(login: Login, server: ScriptedServer) -> None:
    foreign = dict.fromkeys(login.echoed, "A" * 43)

    error = await refusal(login.sign_in.advance(Pasted(address(login, redirect(login, **foreign)))))

    assert error.kind == "login_forged"
    assert server.requests == []


async def test_section_2_a_pasted_address_that_was_cancelled_ends_the_sign_in(
    login: Login, server: ScriptedServer
) -> None:
    error = await refusal(login.sign_in.advance(Pasted(address(login, redirect(login, status="cancelled")))))

    assert error.kind == "login_cancelled"
    assert server.requests == []


# ------------------------------------------------------------------ the forecast of death


@pytest.mark.parametrize(
    ("minted", "dies"),
    [
        ("2025-11-26 10:30:00", "2025-11-27 06:00:00"),
        ("2025-11-26 23:59:59", "2025-11-27 06:00:00"),
        ("2025-11-27 00:00:00", "2025-11-27 06:00:00"),
        ("2025-11-27 02:00:00", "2025-11-27 06:00:00"),  # the nearer 06:00
        ("2025-11-27 05:59:59", "2025-11-27 06:00:00"),
        ("2025-11-27 06:00:01", "2025-11-28 06:00:00"),
        ("2025-12-31 18:00:00", "2026-01-01 06:00:00"),
    ],
)
async def test_section_2_lifetime_row_until_the_next_six_in_the_morning(
    minted: str, dies: str, make_broker: MakeBroker
) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=IST) for text in (minted, dies))

    forecast = make_broker().spec.token_dies(at.astimezone())

    assert forecast == expected


async def test_section_2_lifetime_row_a_token_minted_at_two_dies_at_six_the_same_morning(
    login: Login, server: ScriptedServer, clock: Any
) -> None:
    clock.jump(timedelta(hours=15, minutes=30).total_seconds())  # 02:00 IST

    token = await _issued(login, server, login_time="2025-11-27 02:00:00")

    assert token.expires_at == datetime(2025, 11, 27, 6, 0, tzinfo=IST)
