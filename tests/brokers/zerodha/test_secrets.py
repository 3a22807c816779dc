"""No planted secret is shown by what the adapter prints, raises or logs (section 14; security-promises L2, L3, L6).

The watch over every log record runs in the conftest for each test of this folder; here are the places where the
library or the broker would show one.
"""

import logging
import traceback

import pytest

from app.brokers.base import BaseBroker, Redirected
from app.domain import Credentials, TradingError
from tests.brokers.sheets import MakeBroker, logged
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.login import opened, redirect
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, planted, refusal, ticket

ECHO = f"first {wire.API_KEY} second {wire.API_SECRET} third {wire.ACCESS_TOKEN}"


@pytest.mark.parametrize("name", READS)
async def test_a_broker_that_echoes_secrets_in_its_message_is_not_quoted_with_them(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.failure("InputException", ECHO), status=400)

    error = await refusal(READS[name].ask(broker))

    assert "second" in error.detail


async def test_section_14_a_page_that_echoes_secrets_is_not_quoted_with_them(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/user/profile", f"<html>{ECHO}</html>", status=502, content_type="text/html")

    assert (await refusal(broker.get_profile())).kind == "broker_down"


async def test_an_order_that_was_refused_with_secrets_is_not_quoted_with_them(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("POST", "/orders/regular", wire.failure("OrderException", ECHO), status=400)

    assert (await refusal(broker.place_order(ticket()))).kind == "order_rejected"


async def test_the_exchange_does_not_show_the_request_token(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    said = wire.failure("TokenException", f"Token {wire.REQUEST_TOKEN} is invalid or has expired.")
    server.on("POST", "/session/token", said, status=403)
    login = await opened(broker, credentials)

    assert (await refusal(login.sign_in.advance(Redirected(redirect(login))))).kind == "bad_credentials"


async def test_a_strange_answer_of_the_exchange_does_not_show_the_tokens_it_brought(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("POST", "/session/token", wire.success(wire.session(user_id=None)))
    login = await opened(broker, credentials)

    assert (await refusal(login.sign_in.advance(Redirected(redirect(login))))).kind == "wire_surprise"


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_a_traceback_with_its_locals_shows_no_secret(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/user/profile", wire.failure("GeneralException", "No"), status=status)

    shown = await _traceback_of(broker)

    assert planted(shown) == []


async def test_a_traceback_of_a_lost_connection_shows_no_secret(broker: BaseBroker, server: ScriptedServer) -> None:
    await server.__aexit__()

    shown = await _traceback_of(broker)

    assert planted(shown) == []


async def _traceback_of(broker: BaseBroker) -> str:
    try:
        await broker.get_profile()
    except TradingError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError("no error")


async def test_what_the_adapter_makes_is_safe_to_print(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("POST", "/session/token", wire.success(wire.session()))
    login = await opened(broker, credentials)
    issued = await login.sign_in.advance(Redirected(redirect(login)))

    shown = f"{broker!r} {broker} {credentials!r} {login.sign_in!r} {issued!r} {issued}"

    assert planted(shown) == []


async def test_section_14_the_loggers_of_the_libraries_show_no_token_in_the_address_of_the_logout(
    broker: BaseBroker, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("DELETE", "/session/token", wire.success(wire.Raw("true")))

    with caplog.at_level(logging.DEBUG):
        await broker.revoke()

    assert planted(logged(caplog.records)) == []


async def test_no_secret_is_kept_in_plain_attributes_of_the_adapter(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    broker = make_broker()

    await broker.connect(credentials)

    assert planted(repr(getattr(broker, "__dict__", {}))) == []
