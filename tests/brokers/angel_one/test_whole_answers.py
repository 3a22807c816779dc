"""Whole answers with rows of all sorts side by side, keys that nobody knows among them. Values are invented.

Each list is asked for twice: the second time positions are decoded quickly.
"""

from decimal import Decimal as D  # noqa: N817 - figures stand in columns here

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderStatus, OrderType, Product, SubState
from tests.brokers.angel_one import wire
from tests.brokers.zerodha.server import ScriptedServer

DOCUMENTED_ORDER = """{"variety":"NORMAL","ordertype":"LIMIT","producttype":"INTRADAY","duration":"DAY",
"price":"194.00","triggerprice":"0","quantity":"1","disclosedquantity":"0","squareoff":"0","stoploss":"0",
"trailingstoploss":"0","tradingsymbol":"SBIN-EQ","transactiontype":"BUY","exchange":"NSE","symboltoken":null,
"instrumenttype":"","strikeprice":"-1","optiontype":"","expirydate":"","lotsize":"1","cancelsize":"1",
"averageprice":"0","filledshares":"0","unfilledshares":"1","orderid":201020000000081,"text":"","status":"cancelled",
"orderstatus":"cancelled","updatetime":"20-Oct-2020 13:10:59","exchtime":"","exchorderupdatetime":"","fillid":"",
"filltime":"","parentorderid":""}"""
DOCUMENTED_POSITION = """{"exchange":"NSE","symboltoken":"2885","producttype":"DELIVERY",
"tradingsymbol":"RELIANCE-EQ","symbolname":"RELIANCE","instrumenttype":"","priceden":"1","pricenum":"1","genden":"1",
"gennum":"1","precision":"2","multiplier":"-1","boardlotsize":"1","buyqty":"1","sellqty":"0","buyamount":"2235.80",
"sellamount":"0","symbolgroup":"EQ","strikeprice":"-1","optiontype":"","expirydate":"","lotsize":"1","cfbuyqty":"0",
"cfsellqty":"0","cfbuyamount":"0","cfsellamount":"0","buyavgprice":"2235.80","sellavgprice":"0",
"avgnetprice":"2235.80","netvalue":"- 2235.80","netqty":"1","totalbuyvalue":"2235.80","totalsellvalue":"0",
"cfbuyavgprice":"0","cfsellavgprice":"0","totalbuyavgprice":"2235.80","totalsellavgprice":"0","netprice":"2235.80"}"""


async def test_a_book_of_every_sort_of_order(broker: BaseBroker, server: ScriptedServer) -> None:
    rows = [
        wire.order(variety="AMO", orderid="251118f2c1ab3aAO", exchangeorderid="", exchtime="", newkey={"a": [1]}),
        wire.order(variety="STOPLOSS", ordertype="STOPLOSS_LIMIT", orderstatus="Trigger Pending", triggerprice=1500),
        wire.order(variety="ROBO", producttype="BO", orderstatus="COMPLETE", filledshares="50", averageprice=D("1.05")),
        wire.order(producttype="MARGIN", orderstatus=" rejected ", text="Insufficient Funds.", exchangeorderid=""),
        wire.order(orderstatus="", status="open", filledshares="20", unfilledshares="30", orderid=181126000000077),
        wire.order(orderstatus="cancelled", filledshares="20", algoID=None, symboltoken=None, strikeprice="-1"),
        wire.order(exchange="MCX", tradingsymbol="CRUDEOIL19NOV26FUT", producttype="NRML", transactiontype="SELL"),
        wire.order(exchange="CDS", tradingsymbol="USDINR26NOV26FUT", price="84.2575", orderstatus="frozen"),
    ]
    body = wire.text(wire.good(rows))
    server.on("GET", wire.BOOK, body[: body.rindex("]")] + f",{DOCUMENTED_ORDER}" + body[body.rindex("]") :])

    found = await broker.get_orders()

    assert [(row.status, row.sub_state) for row in found] == [
        (OrderStatus.PENDING, SubState.AMO),
        (OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        (OrderStatus.COMPLETE, SubState.NONE),
        (OrderStatus.REJECTED, SubState.NONE),
        (OrderStatus.OPEN, SubState.PARTIAL),
        (OrderStatus.CANCELLED, SubState.PARTLY_FILLED),
        (OrderStatus.OPEN, SubState.NONE),
        (None, SubState.NONE),
        (OrderStatus.CANCELLED, SubState.NONE),
    ]
    assert [found[place].product for place in (2, 3, 6)] == [Product.BO, Product.MTF, Product.NRML]
    assert (found[1].order_type, found[1].trigger_price) == (OrderType.SL, D(1500))
    assert [found[place].order_id for place in (0, 4, 8)] == ["251118f2c1ab3aAO", "181126000000077", "201020000000081"]
    assert (found[7].price, found[7].raw_status, found[7].exchange) == (D("84.2575"), "frozen", Exchange.CDS)


async def test_positions_of_every_sort(broker: BaseBroker, server: ScriptedServer) -> None:
    figures = {"realised": "0", "unrealised": "-15.0000", "pnl": "-15.0000", "ltp": "110.20", "close": ""}
    rows = [
        wire.position(netqty="-75", buyqty="0", sellqty="0", cfsellqty="75", **figures),
        wire.position(netqty="0", realised="-12.5", unrealised="0", pnl="-12.50", ltp="0", totalbuyavgprice=""),
        wire.position(exchange="MCX", tradingsymbol="CRUDEOIL19NOV26FUT", netqty="100", producttype="NRML", new=None),
        wire.position(exchange="CDS", tradingsymbol="USDINR26NOV26FUT", totalbuyavgprice="84.2575", ltp="- 0.0"),
    ]
    server.on("GET", wire.POSITIONS, wire.text(wire.good(rows)))

    found = await broker.get_positions()

    assert [(row.quantity, row.average_price, row.last_price, row.pnl) for row in found] == [
        (-75, D("110.00"), D("110.20"), D(-15)),
        (0, D(0), None, D("-12.5")),
        (100, D(100), D(120), D(2250)),
        (75, D("84.2575"), None, D(2250)),
    ]
    assert await broker.get_positions() == found


async def test_a_position_as_the_documentation_prints_it(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.POSITIONS, f'{{"status":true,"message":"","errorcode":"","data":[{DOCUMENTED_POSITION}]}}')

    [found] = await broker.get_positions()

    assert (found.symbol, found.quantity, found.average_price) == ("RELIANCE", 1, D("2235.80"))
    assert (found.last_price, found.realised, found.pnl) == (None, D(0), D(0))


async def test_holdings_of_every_sort(broker: BaseBroker, server: ScriptedServer) -> None:
    rows = [
        wire.holding(t1quantity=4, realisedquantity=10, quantity=14, new="x"),
        wire.holding(
            exchange="BSE", tradingsymbol="SBIN", collateralquantity=6, collateraltype="MF", haircut=D("0.15")
        ),
        wire.holding(realisedquantity=0, quantity=3, t1quantity=3, averageprice=0, ltp=0, close=None, isin=""),
    ]
    server.on("GET", wire.HOLDINGS, wire.text(wire.good(rows)))

    found = await broker.get_holdings()

    assert [(row.free, row.t1, row.pledged, row.used_today) for row in found] == [
        (10, 4, 0, 0),
        (4, 0, 6, 0),
        (0, 3, 0, 0),
    ]
    assert [row.last_price for row in found] == [D("1540.1"), D("1540.1"), None]


@pytest.mark.parametrize("unused", [None, "", "null", "0", "N/A"])
async def test_funds_below_zero_with_figures_that_are_not_in_use(
    unused: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    odd = wire.funds(net="-1250.3500", utilisedspan=unused, utilisedpayout=unused, new=7)
    server.on("GET", wire.FUNDS, wire.text(wire.good(odd)))

    found = await broker.get_funds()

    assert (found.available, found.used, found.collateral) == (D("-1250.35"), D("500.51"), D(1200))
