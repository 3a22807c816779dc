"""Sheet section 4, account: GET /user/profile and the margin object."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Funds, Profile
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, refusal


async def _profile(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Profile:
    server.on("GET", "/user/profile", wire.success(wire.profile(**changes)))
    return await broker.get_profile()


async def _funds(broker: BaseBroker, server: ScriptedServer, margins: dict[str, Any]) -> Funds:
    server.on("GET", "/user/margins", wire.success(margins))
    server.on("GET", "/user/margins/equity", wire.success(margins["equity"]))
    server.on("GET", "/user/margins/commodity", wire.success(margins["commodity"]))
    return await broker.get_funds()


async def test_section_4_profile_says_who_the_session_belongs_to(broker: BaseBroker, server: ScriptedServer) -> None:
    profile = await _profile(broker, server)

    assert (profile.client_id, profile.name, profile.email) == ("AB1234", "Asha Rao", "asha@example.com")


async def test_section_4_profile_lists_exchanges_and_products(broker: BaseBroker, server: ScriptedServer) -> None:
    profile = await _profile(broker, server)

    assert profile.exchanges == ("NSE", "BSE", "NFO", "MCX")
    assert profile.products == ("CNC", "NRML", "MIS", "MTF")


@pytest.mark.parametrize("meta", [{"demat_consent": ""}, {"demat_consent": "consent"}, {"demat_consent": "physical"}])
async def test_section_4_profile_with_any_demat_consent_and_an_avatar(
    meta: dict[str, str], broker: BaseBroker, server: ScriptedServer
) -> None:
    profile = await _profile(broker, server, meta=meta, avatar_url="https://example.com/a.png")

    assert profile.client_id == "AB1234"


async def test_section_4_profile_full_is_never_called(broker: BaseBroker, server: ScriptedServer) -> None:
    await _profile(broker, server)

    assert server.sent("GET", "/user/profile/full") == []


@pytest.mark.parametrize("user_id", [wire.Raw("null"), wire.Raw('""'), 1234])
async def test_section_4_profile_without_a_user_id_is_a_surprise(
    user_id: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await refusal(_profile(broker, server, user_id=user_id))

    assert error.kind == "wire_surprise"


async def test_section_4_margins_available_is_net_not_cash(broker: BaseBroker, server: ScriptedServer) -> None:
    funds = await _funds(broker, server, wire.margins())

    assert funds.available == Decimal("99725.05000000002")


async def test_section_4_margins_used_is_debits(broker: BaseBroker, server: ScriptedServer) -> None:
    funds = await _funds(broker, server, wire.margins())

    assert funds.used == Decimal("145706.55")


async def test_section_4_margins_opening_balance_and_collateral(broker: BaseBroker, server: ScriptedServer) -> None:
    available = wire.segment()["available"] | {"collateral": Decimal("50000.25"), "live_balance": 150, "cash": 100}
    margins = wire.margins(available=available, net=150)

    funds = await _funds(broker, server, margins)

    assert (funds.opening, funds.collateral) == (Decimal("245431.6"), Decimal("50000.25"))


async def test_section_4_margins_cash_of_a_funded_account_may_be_0(broker: BaseBroker, server: ScriptedServer) -> None:
    available = wire.segment()["available"] | {"cash": 0}

    funds = await _funds(broker, server, wire.margins(available=available))

    assert funds.available == Decimal("99725.05000000002")


async def test_section_4_margins_equity_may_be_the_segment_that_is_not_enabled(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    funds = await _funds(broker, server, {"equity": wire.NO_SEGMENT, "commodity": wire.segment()})

    assert (funds.available, funds.used) == (Decimal("99725.05000000002"), Decimal("145706.55"))


async def test_section_4_margins_may_be_negative(broker: BaseBroker, server: ScriptedServer) -> None:
    available = wire.segment()["available"] | {"live_balance": Decimal("-12.35")}

    funds = await _funds(broker, server, wire.margins(net=Decimal("-12.35"), available=available))

    assert funds.available == Decimal("-12.35")


async def test_section_4_margins_are_decimals_digit_by_digit(broker: BaseBroker, server: ScriptedServer) -> None:
    funds = await _funds(broker, server, wire.margins())

    assert str(funds.available) == "99725.05000000002"
    assert all(isinstance(value, Decimal) for value in (funds.used, funds.collateral, funds.opening))


@pytest.mark.parametrize("net", ["99725.05", wire.Raw("NaN"), wire.Raw("Infinity"), True, None, [], {}])
async def test_section_4_margins_that_are_no_number_are_a_surprise_never_0(
    net: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    available = wire.segment()["available"] | {"live_balance": net}

    error = await refusal(_funds(broker, server, wire.margins(net=net, available=available)))

    assert error.kind == "wire_surprise"


async def test_section_4_margins_without_any_segment_are_a_surprise(broker: BaseBroker, server: ScriptedServer) -> None:
    READS["funds"].script(server, wire.success({}))

    error = await refusal(broker.get_funds())

    assert error.kind == "wire_surprise"
