"""Sheet section 4, market data: GET /quote/ltp; section 14 for the coding of its keys."""

from decimal import Decimal

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal


def _priced(server: ScriptedServer, key: str, price: object) -> None:
    server.on("GET", "/quote/ltp", wire.success({key: {"instrument_token": 738561, "last_price": price}}))


async def test_section_4_ltp_row_asks_for_exchange_and_symbol(broker: BaseBroker, server: ScriptedServer) -> None:
    _priced(server, "NSE:RELIANCE", 1450)

    await broker.get_ltp("RELIANCE", Exchange.NSE)

    assert server.only("GET", "/quote/ltp").query == {"i": ["NSE:RELIANCE"]}


async def test_section_4_ltp_row_is_a_decimal_digit_by_digit(broker: BaseBroker, server: ScriptedServer) -> None:
    _priced(server, "NSE:RELIANCE", Decimal("1440.4500000000001"))

    price = await broker.get_ltp("RELIANCE", Exchange.NSE)

    assert isinstance(price, Decimal)
    assert str(price) == "1440.4500000000001"


@pytest.mark.parametrize(
    ("exchange", "asked", "key"),
    [
        (Exchange.NSE, "M&M", "NSE:M&M"),
        (Exchange.NSE, "BAJAJ-AUTO", "NSE:BAJAJ-AUTO"),
        (Exchange.NSE, "NIFTY 50", "NSE:NIFTY 50"),
        (Exchange.NSE, "S&SPOWER", "NSE:S&SPOWER-BE"),
        (Exchange.NSE, "S&SPOWER-BE", "NSE:S&SPOWER-BE"),
        (Exchange.NFO, "NIFTY 02DEC25 26050 CE", "NFO:NIFTY25D0226050CE"),
        (Exchange.NFO, "NIFTY25D0226050CE", "NFO:NIFTY25D0226050CE"),
        (Exchange.NFO, "NIFTY 30DEC25 FUT", "NFO:NIFTY25DECFUT"),
    ],
)
async def test_section_4_ltp_row_takes_kunjis_name_or_the_brokers(
    exchange: Exchange, asked: str, key: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    _priced(server, key, Decimal("12.05"))

    price = await broker.get_ltp(asked, exchange)

    assert price == Decimal("12.05")
    assert server.only("GET", "/quote/ltp").query == {"i": [key]}


@pytest.mark.parametrize(("key", "coded"), [("M&M", "NSE%3AM%26M"), ("NIFTY 50", "NSE%3ANIFTY+50")])
async def test_section_14_ltp_codes_ampersand_blank_and_colon(
    key: str, coded: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    _priced(server, f"NSE:{key}", 1)

    await broker.get_ltp(key, Exchange.NSE)

    assert server.only("GET", "/quote/ltp").target.replace("%20", "+") == f"/quote/ltp?i={coded}"


async def test_section_4_a_key_without_data_is_absent_and_so_not_found(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/quote/ltp", wire.success({}))

    error = await refusal(broker.get_ltp("RELIANCE", Exchange.NSE))

    assert error.kind == "not_found"


async def test_section_4_another_key_than_asked_is_never_taken(broker: BaseBroker, server: ScriptedServer) -> None:
    _priced(server, "NSE:INFY", 1581)

    error = await refusal(broker.get_ltp("RELIANCE", Exchange.NSE))

    assert error.kind in {"not_found", "wire_surprise"}


async def test_section_4_the_personal_plan_has_no_quotes(broker: BaseBroker, server: ScriptedServer) -> None:
    refused = wire.failure("PermissionException", "Insufficient permission for that call.")
    server.on("GET", "/quote/ltp", refused, status=403)

    error = await refusal(broker.get_ltp("RELIANCE", Exchange.NSE))

    assert error.kind == "not_subscribed"


@pytest.mark.parametrize("price", ["1450", wire.Raw("NaN"), wire.Raw("-Infinity"), True, [], {}])
async def test_section_4_ltp_that_is_no_number_is_a_surprise(
    price: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    _priced(server, "NSE:RELIANCE", price)

    error = await refusal(broker.get_ltp("RELIANCE", Exchange.NSE))

    assert error.kind == "wire_surprise"


@pytest.mark.parametrize("data", [{"NSE:RELIANCE": None}, {"NSE:RELIANCE": 1450}, {"NSE:RELIANCE": []}, []])
async def test_section_4_ltp_row_of_another_shape_is_a_surprise(
    data: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/quote/ltp", wire.success(data))

    error = await refusal(broker.get_ltp("RELIANCE", Exchange.NSE))

    assert error.kind == "wire_surprise"
