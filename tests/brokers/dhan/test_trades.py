"""Sheet section 4.8: the trades of the day."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, OrderSide, Product, Trade
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/v2/trades"


async def _trades(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Trade]:
    server.on("GET", PATH, wire.text(list(rows)))
    return await broker.get_trades()


async def test_section_4_8_the_fields_of_a_row(broker: BaseBroker, server: ScriptedServer) -> None:
    [trade] = await _trades(broker, server, wire.trade())

    assert (trade.trade_id, trade.order_id) == ("15112111182", wire.ORDER_ID)
    assert (trade.symbol, trade.exchange, trade.product) == ("TCS", Exchange.NSE, Product.MIS)
    assert (trade.side, trade.quantity, trade.price) == (OrderSide.BUY, 40, Decimal("3345.8"))


async def test_section_4_8_the_time_of_the_exchange(broker: BaseBroker, server: ScriptedServer) -> None:
    [trade] = await _trades(broker, server, wire.trade(exchangeTime="2026-11-18 10:07:02"))

    assert trade.traded_at == datetime(2026, 11, 18, 10, 7, 2, tzinfo=IST)


@pytest.mark.parametrize("unset", ["NA", "0001-01-01 00:00:00"])
async def test_section_4_8_a_row_without_any_time(unset: str, broker: BaseBroker, server: ScriptedServer) -> None:
    [trade] = await _trades(
        broker, server, wire.trade(exchangeTime=unset, createTime=unset, updateTime=unset)
    )  # fmt: skip

    assert trade.traded_at is None


@pytest.mark.parametrize("symbol", [None, ""])
async def test_section_4_8_a_missing_symbol_is_looked_up_by_id(
    symbol: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = wire.trade(tradingSymbol=symbol, exchangeSegment="NSE_FNO", securityId="52002", productType="MARGIN")

    [trade] = await _trades(broker, server, row)

    assert trade.symbol == "NIFTY 08DEC26 26000 CE"


async def test_section_4_8_trades_are_shown_before_any_master_is_loaded(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    [trade] = await _trades(fresh, server, wire.trade())

    assert trade.symbol == "TCS"


async def test_section_4_8_no_trades(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _trades(broker, server) == []


async def test_section_4_8_two_fills_of_one_order(broker: BaseBroker, server: ScriptedServer) -> None:
    rows = [wire.trade(), wire.trade(exchangeTradeId="15112111183", tradedQuantity=2)]

    assert [trade.quantity for trade in await _trades(broker, server, *rows)] == [40, 2]


@pytest.mark.parametrize("change", [{"tradedQuantity": "40"}, {"tradedPrice": None}, {"transactionType": "HOLD"}])
async def test_a_row_of_other_types_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text([wire.trade(**change)]))

    assert (await refusal(broker.get_trades())).kind == "wire_surprise"
