"""Sheet section 4.3: positions, a flat list in which everything is text; the arithmetic of the note below the table."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Position, Product
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

WIRE_ONLY = ("pnl", "realised", "unrealised", "ltp", "close")
SHORT = {
    "buyqty": "0",
    "sellqty": "75",
    "netqty": "-75",
    "totalbuyavgprice": "0.00",
    "totalsellavgprice": "110.00",
    "avgnetprice": "110.00",
    "netvalue": "8250.00",
    "pnl": "-750.00",
    "realised": "0.00",
    "unrealised": "-750.00",
}
CLOSED = {
    "sellqty": "150",
    "netqty": "0",
    "totalsellavgprice": "110.00",
    "avgnetprice": "0.00",
    "netvalue": "1500.00",
    "pnl": "1500.00",
    "realised": "1500.00",
    "unrealised": "0.00",
}
CARRIED = {"cfbuyqty": "150", "cfbuyavgprice": "100.00", "buyqty": "0", "buyavgprice": "0.00"}


async def _positions(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Position]:
    server.on("GET", wire.POSITIONS, wire.text(wire.good(list(rows))))
    return await broker.get_positions()


async def _one(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Position:
    [position] = await _positions(broker, server, wire.position(**changes))
    return position


async def test_section_4_3_the_identity_of_a_row(broker: BaseBroker, server: ScriptedServer) -> None:
    position = await _one(broker, server)

    assert (position.symbol, position.broker_symbol) == ("NIFTY 24NOV26 26000 CE", "NIFTY24NOV2626000CE")
    assert (position.exchange, position.product) == (Exchange.NFO, Product.NRML)


async def test_section_4_3_a_long_row(broker: BaseBroker, server: ScriptedServer) -> None:
    position = await _one(broker, server)

    assert (position.quantity, position.average_price) == (75, Decimal(100))  # not 90, the price of the net cash
    assert (position.realised, position.unrealised, position.pnl) == (Decimal(750), Decimal(1500), Decimal(2250))
    assert (position.last_price, position.close_price) == (Decimal(120), Decimal("98.5"))


async def test_section_4_3_a_short_row_has_the_average_of_its_sales(broker: BaseBroker, server: ScriptedServer) -> None:
    position = await _one(broker, server, **SHORT)

    assert (position.quantity, position.average_price) == (-75, Decimal(110))
    assert (position.realised, position.unrealised, position.pnl) == (Decimal(0), Decimal(-750), Decimal(-750))


async def test_section_4_3_a_closed_row_stays_with_its_booked_profit(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    position = await _one(broker, server, **CLOSED)

    assert (position.quantity, position.realised, position.pnl) == (0, Decimal(1500), Decimal(1500))


async def test_section_4_3_a_carried_row_counts_its_total(broker: BaseBroker, server: ScriptedServer) -> None:
    position = await _one(broker, server, **CARRIED)

    assert (position.quantity, position.average_price) == (75, Decimal(100))


@pytest.mark.parametrize(
    ("name", "sent", "value"),
    [
        ("pnl", "- 12.50", Decimal("-12.50")),
        ("pnl", "-12.50", Decimal("-12.50")),
        ("pnl", " 12.50 ", Decimal("12.50")),
        ("realised", "- 1500.05", Decimal("-1500.05")),
        ("unrealised", "- 0.05", Decimal("-0.05")),
    ],
)
async def test_section_4_3_blanks_in_numbers_are_stripped(
    *, name: str, sent: str, value: Decimal, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert getattr(await _one(broker, server, **{name: sent}), name) == value


async def test_section_4_3_a_blank_after_the_sign_of_the_quantity(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _one(broker, server, **SHORT | {"netqty": "- 75"})).quantity == -75


async def test_section_4_3_every_digit_is_kept(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _one(broker, server, ltp="83.412500")).last_price == Decimal("83.4125")


@pytest.mark.parametrize("changes", [{}, SHORT, CLOSED])
async def test_section_4_3_the_docs_have_no_prices_and_the_row_is_still_shown(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    row = {name: value for name, value in wire.position(**changes).items() if name not in WIRE_ONLY}

    [position] = await _positions(broker, server, row)

    assert (position.symbol, position.last_price) == ("NIFTY 24NOV26 26000 CE", None)


async def test_section_4_3_booked_profit_is_computed_where_it_is_not_told(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = {name: value for name, value in wire.position().items() if name not in WIRE_ONLY}

    [position] = await _positions(broker, server, row)

    assert position.realised == Decimal(750)  # (110 - 100) x 75


@pytest.mark.parametrize(
    ("word", "product"),
    [
        ("DELIVERY", Product.CNC),
        ("CNC", Product.CNC),
        ("CARRYFORWARD", Product.NRML),
        ("NRML", Product.NRML),
        ("INTRADAY", Product.MIS),
        ("MIS", Product.MIS),
        ("MARGIN", Product.MTF),
        ("BO", Product.BO),
    ],
)
async def test_section_5_both_spellings_of_every_product(
    word: str, product: Product, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server, producttype=word)).product is product


@pytest.mark.parametrize(
    ("exchange", "symbol", "token", "expected"),
    [
        ("NSE", "M&M-EQ", "2031", "M&M"),
        ("NSE", "BAJAJ-AUTO-EQ", "16669", "BAJAJ-AUTO"),
        ("BSE", "RELIANCE", "500325", "RELIANCE"),
        ("NFO", "NIFTY24NOV26FUT", "35001", "NIFTY 24NOV26 FUT"),
        ("BFO", "SENSEX26NOVFUT", "871001", "SENSEX 26NOV26 FUT"),
        ("MCX", "CRUDEOIL19NOV26FUT", "477169", "CRUDEOIL 19NOV26 FUT"),
        ("CDS", "USDINR26NOV26FUT", "10093", "USDINR 26NOV26 FUT"),
    ],
)
async def test_section_8_instruments_of_every_exchange(
    *, exchange: str, symbol: str, token: str, expected: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    position = await _one(broker, server, exchange=exchange, tradingsymbol=symbol, symboltoken=token)

    assert (position.symbol, position.exchange) == (expected, Exchange(exchange))


async def test_section_14_a_commodity_counts_units(broker: BaseBroker, server: ScriptedServer) -> None:
    row = {"exchange": "MCX", "tradingsymbol": "CRUDEOIL19NOV26FUT", "symboltoken": "477169", "lotsize": "100"}

    assert (await _one(broker, server, **row, netqty="100")).quantity == 100


async def test_a_contract_that_the_master_does_not_know_keeps_the_brokers_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server, tradingsymbol="ODD99", symboltoken="77")).symbol == "ODD99"


async def test_positions_are_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    assert (await _one(fresh, server)).symbol == "NIFTY24NOV2626000CE"


@pytest.mark.parametrize("data", [None, []])
async def test_section_4_3_no_positions_are_null(data: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.POSITIONS, wire.text(wire.good(data)))

    assert await broker.get_positions() == []


async def test_section_4_3_rows_of_one_contract_in_two_products_stay_apart(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    found = await _positions(broker, server, wire.position(), wire.position(producttype="INTRADAY"))

    assert [position.product for position in found] == [Product.NRML, Product.MIS]


@pytest.mark.parametrize(
    "change",
    [
        {"netqty": None},
        {"netqty": ""},
        {"netqty": "7.5"},
        {"pnl": "NaN"},
        {"ltp": "x"},
        {"realised": []},
        {"producttype": "OTHER"},
        {"exchange": "XXX"},
        {"totalbuyavgprice": "1e400"},
    ],
)
async def test_a_row_that_cannot_be_read_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.POSITIONS, wire.text(wire.good([wire.position(**change)])))

    assert (await refusal(broker.get_positions())).kind == "wire_surprise"
