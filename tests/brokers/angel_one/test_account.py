"""Sheet sections 2.2, 3 and 4.3: profile, funds, headers, and the three answers of a session."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Credentials, Secret
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import READS, refusal
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import ScriptedServer

DEAD = wire.gateway("AG8001", "Invalid Token")
DOCS: dict[str, Any] = {"exchanges": ["NSE", "BSE", "MCX"], "products": ["DELIVERY", "INTRADAY"], "brokerid": "B2C"}
AS_TEXT: dict[str, Any] = {"exchanges": '["NSE","BSE","MCX"]', "products": '["DELIVERY","INTRADAY"]'}


async def _profile(server: ScriptedServer, body: Any) -> None:
    server.on("GET", wire.PROFILE, wire.text(body))


# ------------------------------------------------------------------ section 4.3, profile


@pytest.mark.parametrize("changes", [{}, DOCS, AS_TEXT, {"email": "asha@example.com", "mobileno": "9999999999"}])
async def test_section_4_3_every_form_of_the_profile_says_whose_session_it_is(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    await _profile(server, wire.good(wire.profile(**changes)))

    profile = await broker.get_profile()

    assert (profile.client_id, profile.name) == (wire.CLIENT, "ASHA RAO")


@pytest.mark.parametrize("changes", [{}, DOCS, AS_TEXT])
async def test_section_4_3_segments_come_as_codes_as_names_and_as_one_text(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    await _profile(server, wire.good(wire.profile(**changes)))

    assert {"NSE", "BSE", "MCX"} <= set((await broker.get_profile()).exchanges)


@pytest.mark.parametrize("name", sorted(set(READS) - {"order"}))
async def test_section_6_1_both_spellings_of_a_success_are_taken(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.good_at_gateway(READS[name].data))
    one = await READS[name].ask(broker)
    READS[name].script(server, wire.good(READS[name].data))

    assert await READS[name].ask(broker) == one


# ------------------------------------------------------------------ the three answers


@pytest.mark.parametrize(
    "body",
    [
        DEAD,
        wire.gateway("AG8002", "Token Expired"),
        wire.gateway("AG8003", "Token missing"),
        wire.standard("AB1010", "AMX Session Expired"),
        wire.standard("AB1011", "Client not login"),
    ],
)
async def test_section_2_2_a_dead_token_is_a_no_inside_a_200(
    body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    await _profile(server, body)

    assert await broker.validate() is False
    assert broker.refusal is not None
    assert broker.refusal.kind == "session_expired"


async def test_section_2_2_connecting_with_a_dead_token_is_a_no(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    await _profile(server, DEAD)

    assert await make_broker().connect(credentials) is False


async def test_section_6_2_a_wrong_api_key_is_a_no(broker: BaseBroker, server: ScriptedServer) -> None:
    await _profile(server, wire.gateway("AG8004", "Invalid API Key"))

    assert await broker.validate() is False
    assert broker.refusal is not None
    assert broker.refusal.kind == "bad_credentials"


@pytest.mark.parametrize("code", ["AB1004", "AB2000", "AB2001", "AB1021", "AB1023"])
async def test_section_12_what_prevents_an_answer_is_never_a_no(
    code: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    await _profile(server, wire.standard(code))

    assert (await refusal(broker.validate())).kind in {"broker_down", "rate_limited"}


async def test_section_12_the_text_of_the_limit_is_never_a_no(broker: BaseBroker, server: ScriptedServer) -> None:
    text = "Access denied because of exceeding access rate"
    server.on("GET", wire.PROFILE, text, status=403, content_type="text/plain")

    assert (await refusal(broker.validate())).kind == "rate_limited"


async def test_the_profile_of_another_client_is_refused(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    await _profile(server, wire.good(wire.profile(clientcode="Z999999")))

    assert (await refusal(make_broker().connect(credentials))).kind == "wrong_account"


# ------------------------------------------------------------------ section 3


async def test_section_3_the_headers_of_a_call(broker: BaseBroker, server: ScriptedServer) -> None:
    await broker.get_profile()

    headers = server.only("GET", wire.PROFILE).headers
    assert headers["authorization"] == f"Bearer {wire.TOKEN}"
    assert headers["x-privatekey"] == wire.API_KEY
    assert (headers["x-usertype"], headers["x-sourceid"]) == ("USER", "WEB")
    assert headers["accept"] == "application/json"


async def test_section_2_1_a_pasted_token_with_the_prefix_does_not_get_it_twice(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    await _profile(server, wire.good(wire.profile()))
    pasted = Credentials(Secret(wire.API_KEY), Secret(), Secret(f"Bearer {wire.TOKEN}"), client_id=wire.CLIENT)

    assert await make_broker().connect(pasted) is True

    assert server.only("GET", wire.PROFILE).headers["authorization"] == f"Bearer {wire.TOKEN}"


# ------------------------------------------------------------------ logout, section 2.1


@pytest.mark.parametrize("data", ["Logout Successfully", ""])
async def test_section_2_1_the_logout_names_the_client(data: str, broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", wire.LOGOUT, wire.text(wire.good(data)))

    await broker.revoke()

    assert wire.CLIENT.encode() in server.only("POST", wire.LOGOUT).body


async def test_section_2_1_a_logout_that_did_not_happen_is_said(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", wire.LOGOUT, wire.text(wire.standard("AB2001", "Internal Error")))

    assert (await refusal(broker.revoke())).kind == "broker_down"


# ------------------------------------------------------------------ section 4.3, funds


async def _funds(server: ScriptedServer, **changes: Any) -> None:
    server.on("GET", wire.FUNDS, wire.text(wire.good(wire.funds(**changes))))


async def test_section_4_3_net_is_the_tradable_margin(broker: BaseBroker, server: ScriptedServer) -> None:
    await _funds(server)

    funds = await broker.get_funds()

    assert (funds.available, funds.used, funds.collateral) == (Decimal("9999.99"), Decimal("500.51"), Decimal(1200))


async def test_section_4_3_every_digit_is_kept(broker: BaseBroker, server: ScriptedServer) -> None:
    await _funds(server, net="-123456789.0123")

    assert (await broker.get_funds()).available == Decimal("-123456789.0123")


async def test_section_4_3_the_brokers_own_figures_are_kept_for_a_tooltip(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await _funds(server)

    assert (await broker.get_funds()).raw["availablecash"] == Decimal("10500.5")


@pytest.mark.parametrize(
    "name", ["utilisedspan", "utilisedoptionpremium", "utilisedholdingsales", "utilisedexposure", "utilisedturnover"]
)
@pytest.mark.parametrize("value", [None, "0.0000"])
async def test_section_4_3_an_unused_figure_is_null_and_nothing_is_made_of_it(
    name: str, value: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    await _funds(server, **{name: value})

    assert (await broker.get_funds()).available == Decimal("9999.99")


@pytest.mark.parametrize("value", [None, "", "abc", "NaN", [], {}, True, "1e400"])
async def test_section_4_3_a_margin_that_is_no_number_is_a_surprise_never_zero(
    value: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    await _funds(server, net=value)

    assert (await refusal(broker.get_funds())).kind == "wire_surprise"
