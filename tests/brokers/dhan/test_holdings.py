"""Sheet section 4.4: GET /holdings."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Holding
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/v2/holdings"
EMPTY = wire.failure("DH-1111", "No holdings available", "HOLDING_ERROR")
OLD_EMPTY = wire.failure("DH-1111", "No holdings available", "DHOLDING_ERROR")


async def _held(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Holding]:
    server.on("GET", PATH, wire.text(list(rows)))
    return await broker.get_holdings()


async def test_section_4_4_free_t1_and_pledged_add_up(broker: BaseBroker, server: ScriptedServer) -> None:
    row = wire.holding(totalQty=1000, dpQty=900, t1Qty=100, availableQty=750, collateralQty=250)

    [held] = await _held(broker, server, row)

    assert (held.free, held.t1, held.pledged) == (650, 100, 250)
    assert held.quantity == 1000


async def test_section_4_4_prices_and_isin(broker: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(broker, server, wire.holding())

    assert (held.isin, held.average_price, held.last_price) == ("INE040A01034", Decimal(1655), Decimal("1780.05"))


@pytest.mark.parametrize("absent", ["lastTradedPrice", "mtf_t1_qty", "mtf_qty"])
async def test_section_4_4_what_may_be_absent(absent: str, broker: BaseBroker, server: ScriptedServer) -> None:
    row = {name: value for name, value in wire.holding().items() if name != absent}

    [held] = await _held(broker, server, row)

    assert held.quantity == 1000


async def test_section_4_4_without_a_price_there_is_none(broker: BaseBroker, server: ScriptedServer) -> None:
    row = {name: value for name, value in wire.holding().items() if name != "lastTradedPrice"}

    [held] = await _held(broker, server, row)

    assert held.last_price is None


@pytest.mark.parametrize(
    ("number", "isin", "symbol", "exchange"),
    [
        ("1333", "INE040A01034", "HDFCBANK", Exchange.NSE),  # by id
        ("500325", "INE002A01018", "RELIANCE", Exchange.NSE),  # the id of BSE: NSE first, by ISIN
        ("13", "INE117A01022", "ABB", Exchange.NSE),  # 13 is the index NIFTY, too
    ],
)
async def test_section_4_4_the_exchange_all_resolves_to_nse_first(
    *, number: str, isin: str, symbol: str, exchange: Exchange, broker: BaseBroker, server: ScriptedServer
) -> None:
    [held] = await _held(broker, server, wire.holding(tradingSymbol=symbol, securityId=number, isin=isin))

    assert (held.symbol, held.exchange) == (symbol, exchange)


async def test_a_share_that_the_master_does_not_know_keeps_the_brokers_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    [held] = await _held(broker, server, wire.holding(tradingSymbol="NEWCO", securityId="77", isin="INE999Z01011"))

    assert (held.symbol, held.isin) == ("NEWCO", "INE999Z01011")


async def test_holdings_are_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(fresh, server, wire.holding())

    assert (held.symbol, held.quantity) == ("HDFCBANK", 1000)


@pytest.mark.parametrize("body", [EMPTY, OLD_EMPTY])
async def test_section_6_2_no_holdings_is_an_empty_list_and_is_not_asked_again(
    body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text(body), status=500)

    assert await broker.get_holdings() == []
    assert len(server.sent("GET", PATH)) == 1


async def test_section_13_the_sandbox_says_an_empty_list(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _held(broker, server) == []


async def test_another_500_is_no_empty_list(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", PATH, wire.text(wire.failure("DH-908", "Internal error")), status=500)

    assert (await refusal(broker.get_holdings())).kind == "broker_down"


@pytest.mark.parametrize(
    "change",
    [{"totalQty": "1000"}, {"avgCostPrice": None}, {"availableQty": 10.5}, {"t1Qty": []}, {"isin": 5}],
)
async def test_a_row_of_other_types_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text([wire.holding(**change)]))

    assert (await refusal(broker.get_holdings())).kind == "wire_surprise"
