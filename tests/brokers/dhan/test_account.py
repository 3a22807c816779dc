"""Sheet sections 4.2 and 4.3, and the three answers of a session."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import Ability, BaseBroker
from app.domain import Credentials, Exchange, Secret
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import QUOTE_PATHS, refusal
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import ScriptedServer

DEAD = wire.failure("DH-906", "Invalid Token")
UNAUTHORISED = wire.failure("DH-901", "Token expired", "Invalid_Authentication")


# ------------------------------------------------------------------ section 4.2


async def test_section_4_2_the_profile_says_whose_session_it_is(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await broker.get_profile()).client_id == wire.CLIENT


@pytest.mark.parametrize("segments", ["E, D, C, M, ", "Equity, Derivative, Currency, Commodity"])
async def test_section_4_2_segments_come_as_letters_or_as_words(
    segments: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/profile", wire.text(wire.profile(activeSegment=segments)))

    assert {"NSE", "NFO", "MCX"} <= set((await broker.get_profile()).exchanges)


async def test_section_4_2_a_segment_that_is_not_active_is_not_claimed(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/profile", wire.text(wire.profile(activeSegment="E, ")))

    exchanges = (await broker.get_profile()).exchanges

    assert "MCX" not in exchanges
    assert "NFO" not in exchanges


@pytest.mark.parametrize("absent", [("mtf", "dataValidity"), ("ddpi",)])
async def test_section_4_2_fields_that_may_be_absent(
    absent: tuple[str, ...], broker: BaseBroker, server: ScriptedServer
) -> None:
    short = {name: value for name, value in wire.profile().items() if name not in absent}
    server.on("GET", "/v2/profile", wire.text(short))

    assert await broker.validate() is True


async def test_section_4_2_without_the_data_plan_one_is_connected_and_prices_are_missing(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    broker = make_broker()
    server.on("GET", "/v2/profile", wire.text(wire.profile(dataPlan="Deactive")))

    assert await broker.connect(credentials) is True

    assert broker.missing[Ability.QUOTES].kind == "not_subscribed"


async def test_section_4_2_with_the_data_plan_nothing_is_missing(broker: BaseBroker) -> None:
    assert Ability.QUOTES not in broker.missing


async def test_section_6_2_a_806_leaves_one_connected_with_prices_missing(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    for path in QUOTE_PATHS:
        server.on("POST", path, wire.text(wire.quote_failure("806")), status=401)

    await refusal(broker.get_quotes([("RELIANCE", Exchange.NSE)]))

    assert broker.missing[Ability.QUOTES].kind == "not_subscribed"
    assert await broker.validate() is True


# ------------------------------------------------------------------ the three answers


@pytest.mark.parametrize(("status", "body"), [(400, DEAD), (401, UNAUTHORISED), (401, "")])
async def test_section_2_5_a_dead_token_is_a_no(
    status: int, body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/profile", body if body == "" else wire.text(body), status=status)

    assert await broker.validate() is False
    assert broker.refusal is not None
    assert broker.refusal.kind == "session_expired"


@pytest.mark.parametrize(("status", "body"), [(400, DEAD), (401, UNAUTHORISED)])
async def test_section_2_5_connecting_with_a_dead_token_is_a_no(
    status: int, body: Any, make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("GET", "/v2/profile", wire.text(body), status=status)

    assert await make_broker().connect(credentials) is False


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_prevents_an_answer_is_no_answer(status: int, broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", "/v2/profile", "", status=status, content_type=None)

    assert (await refusal(broker.validate())).kind in {"rate_limited", "broker_down"}


async def test_section_6_2_the_profile_of_another_client_is_refused(
    make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    server.on("GET", "/v2/profile", wire.text(wire.profile(dhanClientId="1100009999")))

    assert (await refusal(make_broker().connect(credentials))).kind == "wrong_account"


async def test_section_2_5_a_pasted_token_of_another_client_never_connects(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    foreign = wire.jwt("sig", dhanClientId="1100009999")
    server.on("GET", "/v2/profile", wire.text(wire.profile(dhanClientId="1100009999")))
    credentials = Credentials(Secret(), Secret(), Secret(foreign), client_id=wire.CLIENT)

    assert (await refusal(make_broker().connect(credentials))).kind == "wrong_account"


async def test_the_server_stays_the_judge_of_a_token_that_is_no_jwt(
    make_broker: MakeBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/profile", wire.text(wire.profile()))
    credentials = Credentials(Secret(), Secret(), Secret("opaque"), client_id=wire.CLIENT)

    assert await make_broker().connect(credentials) is True


async def test_section_2_4_there_is_no_logout(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await refusal(broker.revoke())).kind == "unsupported"
    assert server.requests == []


# ------------------------------------------------------------------ section 4.3


async def test_section_4_3_the_misspelt_balance_is_what_is_available(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/fundlimit", wire.text(wire.funds()))

    funds = await broker.get_funds()

    assert (funds.available, funds.used) == (Decimal(98440), Decimal(15202))
    assert (funds.opening, funds.collateral) == (Decimal(113642), Decimal(0))


async def test_section_4_3_the_right_spelling_is_taken_too(broker: BaseBroker, server: ScriptedServer) -> None:
    body = {name: value for name, value in wire.funds().items() if name != "availabelBalance"}
    server.on("GET", "/v2/fundlimit", wire.text(body | {"availableBalance": 77.5}))

    assert (await broker.get_funds()).available == Decimal("77.5")


async def test_section_4_3_every_digit_is_kept(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", "/v2/fundlimit", wire.text(wire.funds(availabelBalance=Decimal("-12.07"), utilizedAmount=0)))

    funds = await broker.get_funds()

    assert (funds.available, funds.used) == (Decimal("-12.07"), Decimal(0))


async def test_section_4_3_the_raw_rows_are_kept_for_a_tooltip(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", "/v2/fundlimit", wire.text(wire.funds()))

    assert (await broker.get_funds()).raw["withdrawableBalance"] == Decimal(98310)


@pytest.mark.parametrize("change", [{"availabelBalance": None}, {"availabelBalance": "98440"}, {"utilizedAmount": []}])
async def test_section_4_3_an_amount_that_is_no_number_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/fundlimit", wire.text(wire.funds(**change)))

    assert (await refusal(broker.get_funds())).kind == "wire_surprise"
