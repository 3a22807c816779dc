"""Sheet section 4.2, the last paragraph: rows of the trade book."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderSide, Product, Trade
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import refusal
from tests.brokers.zerodha.server import ScriptedServer


async def _one(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Trade:
    server.on("GET", wire.TRADES, wire.text(wire.good([wire.trade(**changes)])))
    [trade] = await broker.get_trades()
    return trade


async def test_section_4_2_the_fields_of_a_trade(broker: BaseBroker, server: ScriptedServer) -> None:
    trade = await _one(broker, server)

    assert (trade.trade_id, trade.order_id) == ("50005750", wire.ORDER_ID)
    assert (trade.symbol, trade.exchange, trade.broker_symbol) == ("RELIANCE", Exchange.NSE, "RELIANCE-EQ")
    assert (trade.product, trade.side) == (Product.CNC, OrderSide.BUY)
    assert (trade.quantity, trade.price) == (10, Decimal("1540.1"))


async def test_section_4_2_its_time_has_no_date_and_none_is_invented(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server)).traded_at is None


@pytest.mark.parametrize(("word", "side"), [("BUY", OrderSide.BUY), ("SELL", OrderSide.SELL)])
async def test_section_4_2_both_sides(word: str, side: OrderSide, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _one(broker, server, transactiontype=word)).side is side


@pytest.mark.parametrize(
    ("word", "product"),
    [("DELIVERY", Product.CNC), ("INTRADAY", Product.MIS), ("CARRYFORWARD", Product.NRML), ("MIS", Product.MIS)],
)
async def test_section_5_both_spellings_of_products(
    word: str, product: Product, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server, producttype=word)).product is product


@pytest.mark.parametrize(
    "changes", [{"orderid": 201020000000080, "fillid": 50005750}, {"fillprice": Decimal("1540.1"), "fillsize": 10}]
)
async def test_section_13_texts_come_as_numbers(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    trade = await _one(broker, server, **changes)

    assert (trade.order_id, trade.trade_id, trade.quantity) == (wire.ORDER_ID, "50005750", 10)


async def test_section_8_an_option_is_named_by_its_contract(broker: BaseBroker, server: ScriptedServer) -> None:
    trade = await _one(broker, server, exchange="NFO", tradingsymbol="NIFTY24NOV2626000CE", producttype="CARRYFORWARD")

    assert trade.symbol == "NIFTY 24NOV26 26000 CE"


async def test_a_contract_that_the_master_does_not_know_keeps_the_brokers_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server, tradingsymbol="NEWCO-EQ")).symbol == "NEWCO-EQ"


@pytest.mark.parametrize("data", [None, []])
async def test_section_4_3_no_trades_are_null(data: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.TRADES, wire.text(wire.good(data)))

    assert await broker.get_trades() == []


@pytest.mark.parametrize(
    "change", [{"fillprice": ""}, {"fillsize": None}, {"fillsize": "1.5"}, {"orderid": None}, {"transactiontype": ""}]
)
async def test_a_row_that_cannot_be_read_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.TRADES, wire.text(wire.good([wire.trade(**change)])))

    assert (await refusal(broker.get_trades())).kind == "wire_surprise"
