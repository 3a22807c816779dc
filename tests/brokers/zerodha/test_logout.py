"""Sheet section 2, logout row: DELETE /session/token with key and token in the query."""

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.sheets import words
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import planted, refusal

PATH = "/session/token"


async def test_section_2_logout_deletes_the_token_by_its_query(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("DELETE", PATH, wire.success(wire.Raw("true")))

    await broker.revoke()

    assert server.only("DELETE", PATH).query == {"api_key": [wire.API_KEY], "access_token": [wire.ACCESS_TOKEN]}


async def test_section_3_logout_names_version_3(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("DELETE", PATH, wire.success(wire.Raw("true")))

    await broker.revoke()

    assert server.only("DELETE", PATH).headers["x-kite-version"] == "3"


@pytest.mark.parametrize(
    ("status", "error_type", "kind"),
    [
        (429, "NetworkException", "rate_limited"),
        (500, "GeneralException", "broker_down"),
        (503, "NetworkException", "broker_down"),
    ],
)
async def test_section_6_a_logout_that_did_not_happen_is_said(
    *, status: int, error_type: str, kind: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("DELETE", PATH, wire.failure(error_type, "No"), status=status)

    assert (await refusal(broker.revoke())).kind == kind


async def test_section_2_logout_of_a_dead_token_is_done_or_says_that_it_is_dead(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    dead = wire.failure("TokenException", "Incorrect `api_key` or `access_token`.")
    server.on("DELETE", PATH, dead, status=403)

    kind, said = "session_expired", ""
    try:
        await broker.revoke()
    except TradingError as error:
        kind, said = error.kind, words(error)

    assert kind == "session_expired"
    assert planted(said) == []


async def test_section_2_logout_whose_connection_is_refused_does_not_show_the_address_with_the_token(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await server.__aexit__()

    error = await refusal(broker.revoke())

    assert error.kind == "not_reachable"


async def test_closing_leaves_the_session_at_the_broker_alive(broker: BaseBroker, server: ScriptedServer) -> None:
    await broker.close()

    assert server.requests == []
