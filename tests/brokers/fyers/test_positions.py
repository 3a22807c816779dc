"""Sheet section 4.4: positions, open and closed, long and short; section 5 for the numbers of exchanges."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Position, Product
from tests.brokers.fyers.rows import position, short
from tests.brokers.fyers.support import API, FyersServer, refusal

OVERALL = {"count_total": 1, "count_open": 1, "pl_total": 0, "pl_realized": 0, "pl_unrealized": 0}
PAISE = Decimal("0.01")


async def _all(broker: BaseBroker, server: FyersServer, *rows: dict[str, Any]) -> list[Position]:
    server.ok(f"{API}/positions", netPositions=list(rows), overall=OVERALL)
    return await broker.get_positions()


async def _one(broker: BaseBroker, server: FyersServer, row: dict[str, Any]) -> Position:
    [only] = await _all(broker, server, row)
    return only


async def test_section_4_4_a_long_bought_today(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, position())

    assert (row.symbol, row.broker_symbol, row.exchange) == ("RELIANCE", "NSE:RELIANCE-EQ", Exchange.NSE)
    assert (row.product, row.quantity, row.average_price) == (Product.MIS, 50, Decimal("1440.05"))
    assert (row.last_price, row.multiplier) == (Decimal(1450), Decimal(1))


async def test_section_4_4_profit_realised_and_not(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, position(realized_profit=Decimal("2.5"), pl=Decimal(500)))

    assert (row.realised, row.unrealised, row.pnl) == (Decimal("2.5"), Decimal("497.5"), Decimal(500))


async def test_section_4_4_a_short_is_negative_by_net_qty(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, short())

    assert (row.quantity, row.average_price, row.pnl) == (-50, Decimal("1500.5"), Decimal("-474.5"))


async def test_section_4_4_a_closed_row_stays_with_its_booked_profit(broker: BaseBroker, server: FyersServer) -> None:
    closed = position(
        side=0,
        netQty=0,
        qty=0,
        netAvg=0,
        sellQty=50,
        sellAvg=Decimal(1450),
        realized_profit=Decimal("497.5"),
        unrealized_profit=0,
    )

    row = await _one(broker, server, closed)

    assert row.quantity == 0
    assert (row.pnl, row.realised, row.unrealised) == (Decimal("497.5"), Decimal("497.5"), Decimal(0))


async def test_section_4_4_a_position_carried_forward(broker: BaseBroker, server: FyersServer) -> None:
    carried = position(
        symbol="NSE:NIFTY26DEC26050CE",
        id="NSE:NIFTY26DEC26050CE-MARGIN",
        productType="MARGIN",
        segment=11,
        netQty=150,
        qty=150,
        cfBuyQty=150,
        dayBuyQty=0,
        netAvg=Decimal("402.35"),
    )

    row = await _one(broker, server, carried)

    assert (row.symbol, row.exchange, row.product) == ("NIFTY 29DEC26 26050 CE", Exchange.NFO, Product.NRML)
    assert (row.quantity, row.average_price) == (150, Decimal("402.35"))


async def test_section_4_4_average_is_net_avg_not_the_undocumented_avg_price(
    broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, position(netAvg=Decimal("1441.1"), avgPrice=Decimal("1440.05")))

    assert row.average_price == Decimal("1441.1")


async def test_section_4_4_a_commodity_has_its_multiplier(broker: BaseBroker, server: FyersServer) -> None:
    crude = position(
        symbol="MCX:CRUDEOIL26DECFUT",
        id="MCX:CRUDEOIL26DECFUT-MARGIN",
        productType="MARGIN",
        exchange=11,
        segment=20,
        netQty=-1,
        qty=1,
        side=-1,
        qtyMulti_com=100,
        netAvg=5210,
        ltp=5200,
        pl=1000,
        unrealized_profit=1000,
    )

    row = await _one(broker, server, crude)

    assert (row.symbol, row.exchange, row.multiplier) == ("CRUDEOIL 18DEC26 FUT", Exchange.MCX, Decimal(100))
    assert (row.quantity, row.pnl) == (-100, Decimal(1000))


@pytest.mark.parametrize(
    ("numbers", "ticker", "exchange"),
    [
        ((10, 10), "NSE:INFY-EQ", Exchange.NSE),
        ((10, 11), "NSE:NIFTY26DECFUT", Exchange.NFO),
        ((10, 12), "NSE:USDINR26DECFUT", Exchange.CDS),
        ((10, 20), "NSE:GOLDM26DECFUT", Exchange.NCO),
        ((12, 10), "BSE:RELIANCE-A", Exchange.BSE),
        ((12, 11), "BSE:SENSEX26N2685200CE", Exchange.BFO),
        ((12, 12), "BSE:USDINR26DECFUT", Exchange.BCD),
        ((11, 20), "MCX:CRUDEOIL26DECFUT", Exchange.MCX),
    ],
)
async def test_section_5_exchange_and_segment(
    numbers: tuple[int, int], ticker: str, exchange: Exchange, broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, position(symbol=ticker, exchange=numbers[0], segment=numbers[1]))

    assert (row.exchange, row.broker_symbol) == (exchange, ticker)


@pytest.mark.parametrize(
    ("word", "product"),
    [
        ("CNC", Product.CNC),
        ("INTRADAY", Product.MIS),
        ("MARGIN", Product.NRML),
        ("MTF", Product.MTF),
        ("CO", Product.CO),
        ("BO", Product.BO),
    ],
)
async def test_section_5_product_types(word: str, product: Product, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, position(productType=word))).product is product


async def test_section_4_4_a_contract_that_the_master_does_not_know_is_not_dropped(
    broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, position(symbol="NSE:BANKNIFTY24JUL52000CE", segment=11))

    assert (row.symbol, row.broker_symbol, row.quantity) == (
        "NSE:BANKNIFTY24JUL52000CE",
        "NSE:BANKNIFTY24JUL52000CE",
        50,
    )


async def test_section_4_4_two_products_of_one_share_are_two_rows(broker: BaseBroker, server: FyersServer) -> None:
    found = await _all(broker, server, position(), position(productType="CNC", id="NSE:RELIANCE-EQ-CNC"))

    assert [row.product for row in found] == [Product.MIS, Product.CNC]


@pytest.mark.parametrize("number", [1450, Decimal("1450.0"), Decimal("1450.0000000000002")])
async def test_section_4_4_prices_may_be_whole_numbers_or_noisy(
    number: int | Decimal, broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, position(ltp=number))

    assert row.last_price is not None
    assert row.last_price.quantize(PAISE) == Decimal("1450.00")


async def test_section_4_4_no_positions(broker: BaseBroker, server: FyersServer) -> None:
    assert await _all(broker, server) == []


@pytest.mark.parametrize("field", ["netQty", "netAvg", "pl", "symbol", "productType"])
async def test_section_4_4_a_row_without_what_makes_it_a_position_is_a_surprise(
    field: str, broker: BaseBroker, server: FyersServer
) -> None:
    row = {name: value for name, value in position().items() if name != field}

    assert (await refusal(_all(broker, server, row))).kind == "wire_surprise"


@pytest.mark.parametrize("field", ["slNo", "rbiRefRate", "crossCurrency", "avgPrice", "qty", "cfBuyQty"])
async def test_section_4_4_a_row_without_what_nobody_needs_is_as_good(
    field: str, broker: BaseBroker, server: FyersServer
) -> None:
    row = {name: value for name, value in position().items() if name != field}

    [found] = await _all(broker, server, row)

    assert (found.quantity, found.pnl) == (50, Decimal("497.5"))
