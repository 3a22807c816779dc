"""Sheet sections 4.1 and 4.2: the profile and the ten rows of funds."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Funds, Profile
from tests.brokers.fyers import wire
from tests.brokers.fyers.support import API, PROFILE, FyersServer, refusal

FUNDS = f"{API}/funds"


async def _profile(broker: BaseBroker, server: FyersServer, **changes: Any) -> Profile:
    server.ok(PROFILE, data=wire.profile(**changes))
    return await broker.get_profile()


async def _funds(broker: BaseBroker, server: FyersServer, *rows: dict[str, Any]) -> Funds:
    server.ok(FUNDS, fund_limit=list(rows))
    return await broker.get_funds()


def _changed(number: int, **amounts: Any) -> list[dict[str, Any]]:
    """The ten rows, one of them changed."""
    return [row | amounts if row["id"] == number else row for row in wire.FUNDS]


async def test_section_4_1_profile_says_who_the_session_belongs_to(broker: BaseBroker, server: FyersServer) -> None:
    profile = await _profile(broker, server)

    assert (profile.client_id, profile.name, profile.email) == ("XA00001", "ASHA RAO", "a****@example.com")


@pytest.mark.parametrize("field", ["display_name", "image", "pwd_change_date", "pin_change_date"])
@pytest.mark.parametrize("value", [None, "text"])
async def test_section_4_1_profile_fields_that_are_text_or_null(
    field: str, value: str | None, broker: BaseBroker, server: FyersServer
) -> None:
    profile = await _profile(broker, server, **{field: value})

    assert profile.client_id == "XA00001"


@pytest.mark.parametrize("fy_id", [None, "", 7, []])
async def test_section_4_1_profile_without_a_client_id_is_a_surprise(
    fy_id: object, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await refusal(_profile(broker, server, fy_id=fy_id))).kind == "wire_surprise"


async def test_section_4_2_available_is_row_10(broker: BaseBroker, server: FyersServer) -> None:
    funds = await _funds(broker, server, *wire.FUNDS)

    assert funds.available == Decimal("99725.05")


async def test_section_4_2_used_collateral_and_opening_are_rows_2_5_and_9(
    broker: BaseBroker, server: FyersServer
) -> None:
    funds = await _funds(broker, server, *wire.FUNDS)

    assert (funds.used, funds.collateral) == (Decimal("145706.55"), Decimal("50000.25"))
    assert funds.opening == Decimal("244669.90")


async def test_section_4_2_rows_are_found_by_id_not_by_position(broker: BaseBroker, server: FyersServer) -> None:
    funds = await _funds(broker, server, *reversed(wire.FUNDS))

    assert (funds.available, funds.used) == (Decimal("99725.05"), Decimal("145706.55"))


async def test_section_4_2_rows_are_found_by_id_not_by_title(broker: BaseBroker, server: FyersServer) -> None:
    funds = await _funds(broker, server, *_changed(10, title="available  balance"))

    assert funds.available == Decimal("99725.05")


@pytest.mark.parametrize(
    ("sent", "paise"), [("0.1", "0.10"), ("1.0000000000000002", "1.00"), ("-12.349999999999994", "-12.35"), ("7", "7")]
)
async def test_section_4_2_raw_floats_are_rounded_to_paise(
    sent: str, paise: str, broker: BaseBroker, server: FyersServer
) -> None:
    funds = await _funds(broker, server, *_changed(10, equityAmount=Decimal(sent)))

    assert funds.available == Decimal(paise)


async def test_section_4_2_money_of_the_commodity_segment_is_not_lost(broker: BaseBroker, server: FyersServer) -> None:
    without = await _funds(broker, server, *wire.FUNDS)

    funds = await _funds(broker, server, *_changed(10, commodityAmount=Decimal("1000.5")))

    assert funds.available - without.available == Decimal("1000.5")


async def test_section_4_2_raw_rows_are_kept_for_the_tooltip(broker: BaseBroker, server: FyersServer) -> None:
    funds = await _funds(broker, server, *wire.FUNDS)

    assert any("Clear Balance" in name for name in funds.raw)
    assert Decimal("195431.35") in funds.raw.values()


@pytest.mark.parametrize("number", [2, 10])
async def test_section_4_2_a_missing_row_is_never_zero(number: int, broker: BaseBroker, server: FyersServer) -> None:
    kept = [row for row in wire.FUNDS if row["id"] != number]

    assert (await refusal(_funds(broker, server, *kept))).kind == "wire_surprise"


@pytest.mark.parametrize("amount", [None, "99725.05", True, [], wire.Raw("1e400")])
async def test_section_4_2_an_amount_that_is_no_number_is_never_zero(
    amount: object, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await refusal(_funds(broker, server, *_changed(10, equityAmount=amount)))).kind == "wire_surprise"


async def test_section_4_2_unknown_rows_are_no_harm(broker: BaseBroker, server: FyersServer) -> None:
    funds = await _funds(broker, server, *wire.FUNDS, wire.fund(11, "Something new", 5))

    assert funds.available == Decimal("99725.05")
