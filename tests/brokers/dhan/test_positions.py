"""Sheet section 4.5: GET /positions."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Position, Product
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/v2/positions"
WEEKLY = {"exchangeSegment": "NSE_FNO", "productType": "MARGIN", "tradingSymbol": "NIFTY-Dec2026-26000-CE"}
CALL = {"drvOptionType": "CALL", "drvStrikePrice": 26000.0}
CRUDE: dict[str, Any] = {
    "exchangeSegment": "MCX_COMM",
    "productType": "MARGIN",
    "tradingSymbol": None,
    "securityId": "477169",
    "multiplier": 100,
    "netQty": -1,
    "buyQty": 0,
    "sellQty": 1,
    "sellAvg": 5235.0,
    "costPrice": 5235.0,
    "positionType": "SHORT",
    "unrealizedProfit": 2500.0,
}


async def _positions(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Position]:
    server.on("GET", PATH, wire.text(list(rows)))
    return await broker.get_positions()


async def _one(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Position:
    [position] = await _positions(broker, server, wire.position(**changes))
    return position


async def test_section_4_5_a_long_position(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server)

    assert (one.symbol, one.exchange, one.product, one.quantity) == ("TCS", Exchange.NSE, Product.CNC, 40)
    assert (one.average_price, one.realised, one.unrealised, one.pnl) == tuple(map(Decimal, (3215, 0, 6122, 6122)))


async def test_section_4_5_a_short_position_is_negative(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, netQty=-40, positionType="SHORT", buyQty=0, sellQty=40, sellAvg=3345.8, buyAvg=0)

    assert one.quantity == -40


async def test_section_4_5_a_closed_row_stays_with_its_booked_result(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = {"netQty": 0, "sellQty": 40, "positionType": "CLOSED", "realizedProfit": -1250.55, "unrealizedProfit": 0}

    one = await _one(broker, server, **row)

    assert (one.quantity, one.realised, one.pnl) == (0, Decimal("-1250.55"), Decimal("-1250.55"))
    assert one.last_price is None


async def test_section_4_5_a_carried_row_takes_the_actual_cost(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, carryForwardBuyQty=40, dayBuyQty=0, costPrice=3100.25, buyAvg=3345.8)

    assert one.average_price == Decimal("3100.25")


async def test_section_4_5_both_results_make_the_whole(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, realizedProfit=Decimal("100.10"), unrealizedProfit=Decimal("-0.3"))

    assert one.pnl == Decimal("99.80")


async def test_section_4_5_there_is_no_last_price_but_one_can_be_derived(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    """avg + unrealised / (net * multiplier): 3215 + 6122 / 40 (section 4.5, inferred)."""
    one = await _one(broker, server)

    assert one.last_price in {None, Decimal("3368.05"), Decimal("3368.10")}
    assert one.price_is_derived is (one.last_price is not None)


async def test_section_4_5_the_multiplier_of_a_commodity(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, **CRUDE)

    assert (one.multiplier, one.quantity, one.pnl) == (Decimal(100), -100, Decimal(2500))
    assert one.last_price in {None, Decimal(5210)}


async def test_section_4_5_a_symbol_that_is_null_is_looked_up_by_id(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, **CRUDE)

    assert (one.symbol, one.exchange) == ("CRUDEOIL 19NOV26 FUT", Exchange.MCX)


async def test_section_4_5_a_symbol_that_is_null_and_unknown_is_shown_by_its_id(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    one = await _one(broker, server, **CRUDE | {"securityId": "999999"})

    assert "999999" in one.symbol
    assert one.quantity == -100


async def test_an_unknown_contract_keeps_the_brokers_symbol(broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, tradingSymbol="NEWCO", securityId="77")

    assert one.symbol == "NEWCO"


async def test_positions_are_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    one, crude = await _positions(fresh, server, wire.position(), wire.position(**CRUDE))

    assert (one.symbol, one.quantity) == ("TCS", 40)
    assert "477169" in crude.symbol


TWO_WEEKS = (
    wire.position(**WEEKLY | CALL, securityId="52001", drvExpiryDate="2026-12-01"),
    wire.position(**WEEKLY | CALL, securityId="52002", drvExpiryDate="2026-12-08"),
)


async def test_section_8_two_weeklies_of_one_trading_symbol_have_names_of_their_own(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    positions = await _positions(broker, server, *TWO_WEEKS)

    assert [one.symbol for one in positions] == ["NIFTY 01DEC26 26000 CE", "NIFTY 08DEC26 26000 CE"]
    assert len({(one.exchange, one.broker_symbol, one.product) for one in positions}) == 2


async def test_section_8_two_weeklies_stay_two_positions_before_any_master_is_loaded(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    positions = await _positions(fresh, server, *TWO_WEEKS)

    assert len({(one.exchange, one.broker_symbol, one.product) for one in positions}) == 2


async def test_section_8_an_id_means_another_thing_in_another_segment(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    one = await _one(broker, server, tradingSymbol="ABB", securityId="13")

    assert one.symbol == "ABB"


@pytest.mark.parametrize(
    ("segment", "exchange"),
    [
        ("NSE_EQ", Exchange.NSE),
        ("NSE_FNO", Exchange.NFO),
        ("NSE_CURRENCY", Exchange.CDS),
        ("BSE_EQ", Exchange.BSE),
        ("MCX_COMM", Exchange.MCX),
        ("BSE_CURRENCY", Exchange.BCD),
        ("BSE_FNO", Exchange.BFO),
        ("NSE_COMM", Exchange.NCO),  # listed by the portal
    ],
)
async def test_section_5_every_segment(
    segment: str, exchange: Exchange, broker: BaseBroker, server: ScriptedServer
) -> None:
    one = await _one(broker, server, exchangeSegment=segment, securityId="424242")

    assert one.exchange is exchange


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
async def test_section_5_every_product(word: str, product: Product, broker: BaseBroker, server: ScriptedServer) -> None:
    one = await _one(broker, server, productType=word)

    assert one.product is product


@pytest.mark.parametrize("change", [{"drvOptionType": "NA"}, {"drvExpiryDate": None}, {"drvOptionType": None}])
async def test_section_4_5_sentinels_of_cash_are_no_trouble(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _one(broker, server, **change)).symbol == "TCS"


async def test_section_4_5_nothing_is_an_empty_list(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _positions(broker, server) == []


@pytest.mark.parametrize(
    "change",
    [
        {"netQty": "40"},
        {"netQty": 40.5},
        {"costPrice": None},
        {"unrealizedProfit": "6122"},
        {"exchangeSegment": "MARS_EQ"},
        {"productType": "NEW"},
        {"securityId": 11536},
        {"multiplier": "1"},
    ],
)
async def test_a_row_that_cannot_be_understood_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text([wire.position(**change)]))

    assert (await refusal(broker.get_positions())).kind == "wire_surprise"
