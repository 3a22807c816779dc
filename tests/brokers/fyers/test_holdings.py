"""Sheet section 4.3: holdings."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Holding
from tests.brokers.fyers.rows import holding
from tests.brokers.fyers.support import API, FyersServer

OVERALL = {
    "count_total": 1,
    "total_investment": Decimal("120035.0"),
    "total_current_value": Decimal(145000),
    "total_pl": Decimal("24965.0"),
    "pnl_perc": Decimal("20.7981"),
}


async def _one(broker: BaseBroker, server: FyersServer, **changes: Any) -> Holding:
    server.ok(f"{API}/holdings", holdings=[holding(**changes)], overall=OVERALL)
    [row] = await broker.get_holdings()
    return row


async def test_section_4_3_a_share_in_demat(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server)

    assert (row.symbol, row.broker_symbol, row.exchange) == ("RELIANCE", "NSE:RELIANCE-EQ", Exchange.NSE)
    assert (row.isin, row.average_price, row.last_price) == ("INE002A01018", Decimal("1200.35"), Decimal(1450))


async def test_section_4_3_free_is_what_remains_after_todays_sales(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server)

    assert (row.free, row.used_today, row.t1, row.pledged) == (100, 20, 0, 0)


async def test_section_4_3_bought_and_not_delivered_is_t1_not_free(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, holdingType="T1", quantity=10, remainingQuantity=10, qty_t1=10)

    assert (row.free, row.t1, row.quantity) == (0, 10, 10)


async def test_section_4_3_pledged_shares(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, collateralQuantity=30, remainingPledgeQuantity=30)

    assert row.pledged == 30


@pytest.mark.parametrize("token", [10100000002885, "10100000002885"])
async def test_section_4_3_fy_token_is_a_number_or_a_text(
    token: int | str, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await _one(broker, server, fyToken=token)).symbol == "RELIANCE"


async def test_section_4_3_of_the_other_exchange(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, symbol="BSE:RELIANCE-A", exchange=12, fyToken="1210000000500325")

    assert (row.symbol, row.exchange, row.broker_symbol) == ("RELIANCE", Exchange.BSE, "BSE:RELIANCE-A")


async def test_section_4_3_a_share_that_the_master_does_not_know_is_not_dropped(
    broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, symbol="NSE:NEWCO-SM", fyToken="101000000099999")

    assert (row.symbol, row.broker_symbol, row.free) == ("NSE:NEWCO-SM", "NSE:NEWCO-SM", 100)


async def test_section_4_3_series_stays_out_of_the_name(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, symbol="NSE:BAJAJ-AUTO-EQ")).symbol == "BAJAJ-AUTO"


async def test_section_4_3_every_row_is_shown(broker: BaseBroker, server: FyersServer) -> None:
    shares = [holding(id=1), holding(id=2, symbol="NSE:INFY-EQ"), holding(id=3, holdingType="T1", qty_t1=120)]
    server.ok(f"{API}/holdings", holdings=shares, overall=OVERALL)

    assert [row.symbol for row in await broker.get_holdings()] == ["RELIANCE", "INFY", "RELIANCE"]


@pytest.mark.parametrize("field", ["ltp", "marketVal", "pl", "remainingPledgeQuantity", "id", "isin"])
async def test_section_4_3_what_is_absent_is_not_made_up(field: str, broker: BaseBroker, server: FyersServer) -> None:
    row = {name: value for name, value in holding().items() if name != field}
    server.ok(f"{API}/holdings", holdings=[row], overall=OVERALL)

    [found] = await broker.get_holdings()

    assert (found.free, found.average_price) == (100, Decimal("1200.35"))
    assert found.last_price == (None if field == "ltp" else Decimal(1450))


async def test_section_4_3_no_holdings(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(f"{API}/holdings", holdings=[], overall=OVERALL | {"count_total": 0})

    assert await broker.get_holdings() == []


async def test_section_4_3_the_sums_may_be_missing(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(f"{API}/holdings", holdings=[holding()])

    assert len(await broker.get_holdings()) == 1
