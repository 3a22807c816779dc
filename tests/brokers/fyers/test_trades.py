"""Sheet section 4.7, trade book row."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, OrderSide, Product, Trade
from tests.brokers.fyers.rows import ORDER_ID, trade
from tests.brokers.fyers.support import API, FyersServer

BOOK = f"{API}/tradebook"


async def _one(broker: BaseBroker, server: FyersServer, **changes: Any) -> Trade:
    server.ok(BOOK, tradeBook=[trade(**changes)])
    [row] = await broker.get_trades()
    return row


async def test_section_4_7_a_trade(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server)

    assert (row.trade_id, row.order_id) == (f"{ORDER_ID}-52605023", ORDER_ID)
    assert (row.symbol, row.broker_symbol, row.exchange) == ("RELIANCE", "NSE:RELIANCE-EQ", Exchange.NSE)
    assert (row.product, row.side, row.quantity, row.price) == (Product.CNC, OrderSide.BUY, 50, Decimal("1440.5"))


@pytest.mark.parametrize("text", ["18-Nov-2026 10:29:08", "18-11-2026 10:29:08"])
async def test_section_4_7_both_ways_to_write_the_day(text: str, broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, orderDateTime=text)

    assert row.traded_at == datetime(2026, 11, 18, 10, 29, 8, tzinfo=IST)


@pytest.mark.parametrize("text", ["18-Nov-2026", "18-11-2026"])
async def test_section_4_7_a_day_alone_is_no_full_time(text: str, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, orderDateTime=text)).traded_at is None


async def test_section_4_7_a_sale_of_a_contract(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, side=-1, symbol="NSE:NIFTY26DECFUT", segment=11, productType="MARGIN")

    assert (row.symbol, row.exchange) == ("NIFTY 29DEC26 FUT", Exchange.NFO)
    assert (row.side, row.product) == (OrderSide.SELL, Product.NRML)


async def test_section_4_7_a_contract_that_the_master_does_not_know_is_not_dropped(
    broker: BaseBroker, server: FyersServer
) -> None:
    assert (await _one(broker, server, symbol="NSE:NEWCO-SM")).symbol == "NSE:NEWCO-SM"


async def test_section_4_7_two_fills_of_one_order_are_two_trades(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(BOOK, tradeBook=[trade(tradedQty=20), trade(tradedQty=30, tradeNumber=f"{ORDER_ID}-52605024")])

    assert [row.quantity for row in await broker.get_trades()] == [20, 30]


async def test_section_4_7_no_trades(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(BOOK, tradeBook=[])

    assert await broker.get_trades() == []
