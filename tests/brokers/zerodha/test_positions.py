"""Sheet section 4, portfolio: GET /portfolio/positions, the position row; section 8 for the names."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Position, Product
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.rows import closed_position, portfolio, position
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal


async def _positions(
    broker: BaseBroker, server: ScriptedServer, *net: dict[str, Any], day: list[dict[str, Any]] | None = None
) -> list[Position]:
    server.on("GET", "/portfolio/positions", wire.success(portfolio(*net, day=day)))
    return await broker.get_positions()


async def _one(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Position:
    [only] = await _positions(broker, server, position(**changes))
    return only


async def test_section_4_position_row_of_a_long_bought_today(broker: BaseBroker, server: ScriptedServer) -> None:
    row = await _one(broker, server)

    assert (row.symbol, row.broker_symbol, row.exchange, row.product) == (
        "RELIANCE",
        "RELIANCE",
        Exchange.NSE,
        Product.MIS,
    )
    assert (row.quantity, row.average_price, row.last_price) == (50, Decimal("1440.05"), Decimal(1450))
    assert (row.pnl, row.realised, row.unrealised) == (Decimal("497.5"), Decimal(0), Decimal("497.5"))
    assert (row.close_price, row.multiplier) == (Decimal("1432.8"), Decimal(1))


async def test_section_4_position_row_prices_keep_their_float_noise(broker: BaseBroker, server: ScriptedServer) -> None:
    row = await _one(broker, server, average_price=Decimal("1440.0500000000002"))

    assert str(row.average_price) == "1440.0500000000002"


async def test_section_4_position_row_money_is_decimal(broker: BaseBroker, server: ScriptedServer) -> None:
    row = await _one(broker, server)

    money = (row.average_price, row.last_price, row.pnl, row.realised, row.unrealised, row.multiplier)
    assert [type(amount) for amount in money] == [Decimal] * 6


async def test_section_4_position_row_of_a_short_is_negative(broker: BaseBroker, server: ScriptedServer) -> None:
    short = {"quantity": -50, "value": 72500, "pnl": 0, "unrealised": 0, "average_price": 1450}

    row = await _one(broker, server, **short)

    assert (row.quantity, row.pnl) == (-50, Decimal(0))


async def test_section_4_position_row_closed_stays_with_its_booked_pnl(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    [row] = await _positions(broker, server, closed_position())

    assert (row.symbol, row.quantity) == ("INFY", 0)
    assert (row.pnl, row.realised, row.unrealised) == (Decimal(801), Decimal(801), Decimal(0))


async def test_section_4_position_row_carried_from_yesterday_is_there_without_a_day_row(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    carried = position(product="NRML", overnight_quantity=50, day_buy_quantity=0, day_buy_price=0, day_buy_value=0)

    [row] = await _positions(broker, server, carried, day=[])

    assert (row.quantity, row.product) == (50, Product.NRML)


async def test_section_4_net_shows_a_closed_carried_long_as_0_where_day_shows_it_short(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    day = position(quantity=-10, tradingsymbol="INFY")

    [row] = await _positions(broker, server, closed_position(), day=[day])

    assert (row.symbol, row.quantity) == ("INFY", 0)


async def test_section_4_day_rows_are_never_positions(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _positions(broker, server, day=[position()]) == []


async def test_section_4_an_empty_account_gives_two_empty_lists(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _positions(broker, server) == []


async def test_section_4_a_sale_from_holdings_is_a_negative_delivery_position(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = await _one(broker, server, product="CNC", quantity=-50)

    assert (row.product, row.quantity) == (Product.CNC, -50)


async def test_section_4_row_key_same_symbol_under_three_products_and_two_exchanges(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    products = [position(product=product) for product in ("CNC", "MIS", "MTF")]

    answer = await _positions(broker, server, *products, position(exchange="BSE", product="CNC"))

    assert [(row.exchange, row.product) for row in answer] == [
        (Exchange.NSE, Product.CNC),
        (Exchange.NSE, Product.MIS),
        (Exchange.NSE, Product.MTF),
        (Exchange.BSE, Product.CNC),
    ]


async def test_section_4_multiplier_of_a_commodity_is_in_the_pnl(broker: BaseBroker, server: ScriptedServer) -> None:
    """Value = (sell_value - buy_value), already times the multiplier; pnl = value + quantity x last x multiplier."""
    lead = position(
        tradingsymbol="LEADMINI25DECFUT",
        exchange="MCX",
        product="NRML",
        quantity=1,
        multiplier=1000,
        average_price=Decimal("161.05"),
        last_price=Decimal("161.35"),
        value=-161050,
        pnl=300,
        unrealised=300,
    )

    [row] = await _positions(broker, server, lead)

    assert (row.pnl, row.unrealised, row.symbol) == (Decimal(300), Decimal(300), "LEADMINI 31DEC25 FUT")
    assert row.quantity * row.multiplier == 1000


@pytest.mark.parametrize("exchange", ["NSE", "BSE", "NFO", "BFO", "CDS", "BCD", "MCX", "MF", "NCO", "GLOBAL", "NSEIX"])
async def test_section_5_every_exchange_is_known(exchange: str, broker: BaseBroker, server: ScriptedServer) -> None:
    row = await _one(broker, server, exchange=exchange, tradingsymbol="SOMETHING")

    assert row.exchange == exchange


@pytest.mark.parametrize("product", ["CNC", "MIS", "NRML", "MTF"])
async def test_section_5_every_product_is_known(product: str, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _one(broker, server, product=product)).product == product


@pytest.mark.parametrize(
    ("exchange", "broker_symbol", "symbol"),
    [
        ("NFO", "NIFTY25D0226050CE", "NIFTY 02DEC25 26050 CE"),  # weekly
        ("NFO", "NIFTY25DEC26050CE", "NIFTY 30DEC25 26050 CE"),  # monthly
        ("NFO", "NIFTY25DECFUT", "NIFTY 30DEC25 FUT"),
        ("NSE", "BAJAJ-AUTO", "BAJAJ-AUTO"),  # a plain name with a dash
        ("NSE", "S&SPOWER-BE", "S&SPOWER"),  # the name that the master gives, here the port's
        ("NSE", "M&M", "M&M"),
        ("NSE", "NOTINTHEMASTER-BE", "NOTINTHEMASTER-BE"),  # unknown: the broker's symbol, never cut
        ("BSE", "INFY", "INFY"),  # known on another exchange only
    ],
)
async def test_section_8_symbols_come_from_the_instrument_master(
    exchange: str, broker_symbol: str, symbol: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = await _one(broker, server, exchange=exchange, tradingsymbol=broker_symbol)

    assert (row.symbol, row.broker_symbol) == (symbol, broker_symbol)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "50"),
        ("quantity", Decimal("1.5")),
        ("quantity", True),
        ("quantity", None),
        ("average_price", "1440.05"),
        ("average_price", wire.Raw("NaN")),
        ("pnl", wire.Raw("Infinity")),
        ("pnl", None),
        ("realised", "0"),
        ("unrealised", True),
        ("last_price", "1450"),
        ("multiplier", "1"),
        ("product", "XYZ"),
        ("product", None),
        ("exchange", "MOON"),
        ("exchange", 5),
        ("tradingsymbol", None),
        ("tradingsymbol", ""),
    ],
)
async def test_section_4_position_row_with_a_wrong_value_is_a_surprise_never_defaulted(
    field: str, value: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await refusal(_positions(broker, server, position(), position(**{field: value})))

    assert error.kind == "wire_surprise"


@pytest.mark.parametrize("field", ["tradingsymbol", "exchange", "product", "quantity", "average_price", "pnl"])
async def test_section_4_position_row_without_a_field_is_a_surprise(
    field: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = position()
    del row[field]

    assert (await refusal(_positions(broker, server, row))).kind == "wire_surprise"


@pytest.mark.parametrize(
    "data", [{}, {"day": []}, {"net": None, "day": []}, {"net": {}}, {"net": [None]}, {"net": [[]]}]
)
async def test_section_4_positions_without_a_net_list_are_a_surprise_never_empty(
    data: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/portfolio/positions", wire.success(data))

    assert (await refusal(broker.get_positions())).kind == "wire_surprise"
