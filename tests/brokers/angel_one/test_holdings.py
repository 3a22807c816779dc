"""Sheet section 4.3: the list of holdings, the bare row of the docs, the empty list."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Holding
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import refusal
from tests.brokers.zerodha.server import ScriptedServer


async def _held(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Holding]:
    server.on("GET", wire.HOLDINGS, wire.text(wire.good(list(rows))))
    return await broker.get_holdings()


async def test_section_4_3_the_fields_of_a_row(broker: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(broker, server, wire.holding())

    assert (held.symbol, held.exchange, held.broker_symbol) == ("RELIANCE", Exchange.NSE, "RELIANCE-EQ")
    assert held.isin == "INE002A01018"
    assert (held.average_price, held.last_price) == (Decimal("1411.26"), Decimal("1540.1"))
    assert held.close_price == Decimal("1531.75")


async def test_section_4_3_what_is_settled_and_what_is_not(broker: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(broker, server, wire.holding(quantity=10, realisedquantity=6, t1quantity=4))

    assert (held.free, held.t1, held.pledged, held.quantity) == (6, 4, 0, 10)


async def test_section_4_3_what_is_pledged(broker: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(broker, server, wire.holding(collateralquantity=3, collateraltype="WC"))

    assert held.pledged == 3
    assert held.free <= 10


async def test_section_4_3_the_docs_print_one_bare_row(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.HOLDINGS, wire.text(wire.good(wire.holding())))

    [held] = await broker.get_holdings()

    assert (held.symbol, held.quantity) == ("RELIANCE", 10)


@pytest.mark.parametrize("envelope", [wire.good, wire.good_at_gateway])
async def test_section_4_3_no_holdings_are_an_empty_list(
    envelope: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.HOLDINGS, wire.text(envelope([])))

    assert await broker.get_holdings() == []


async def test_section_4_3_rows_keep_their_order(broker: BaseBroker, server: ScriptedServer) -> None:
    tcs = wire.holding(tradingsymbol="TCS-EQ", symboltoken="11536", isin="INE467B01029")

    assert [held.symbol for held in await _held(broker, server, tcs, wire.holding())] == ["TCS", "RELIANCE"]


async def test_section_8_the_symbol_of_bse_has_no_suffix(broker: BaseBroker, server: ScriptedServer) -> None:
    row = wire.holding(exchange="BSE", tradingsymbol="RELIANCE", symboltoken="500325")

    [held] = await _held(broker, server, row)

    assert (held.symbol, held.exchange) == ("RELIANCE", Exchange.BSE)


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": "10", "realisedquantity": "10", "averageprice": "1411.26"},
        {"averageprice": "1411.2600", "symboltoken": 2885},
        {"haircut": None, "collateraltype": ""},
    ],
)
async def test_section_13_numbers_come_as_texts_and_texts_as_numbers(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    [held] = await _held(broker, server, wire.holding(**changes))

    assert (held.quantity, held.average_price) == (10, Decimal("1411.26"))


async def test_a_share_that_the_master_does_not_know_keeps_the_brokers_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    [held] = await _held(broker, server, wire.holding(tradingsymbol="NEWCO-EQ", symboltoken="77", isin="INE999Z01011"))

    assert (held.symbol, held.isin) == ("NEWCO-EQ", "INE999Z01011")


async def test_holdings_are_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    [held] = await _held(fresh, server, wire.holding())

    assert (held.symbol, held.quantity) == ("RELIANCE-EQ", 10)


@pytest.mark.parametrize(
    "change", [{"quantity": None}, {"quantity": 1.5}, {"averageprice": "x"}, {"t1quantity": []}, {"tradingsymbol": 5}]
)
async def test_a_row_that_cannot_be_read_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.HOLDINGS, wire.text(wire.good([wire.holding(**change)])))

    assert (await refusal(broker.get_holdings())).kind == "wire_surprise"
