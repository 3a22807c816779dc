"""Whole answers as a server prints them, with keys that nobody reads, floats with noise, nulls and rows of all sorts.

Values are invented. Each is asked for twice: the second time positions are decoded quickly.
"""

from decimal import Decimal as D  # noqa: N817 - figures stand in columns here
from typing import Final

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderStatus, Product, SubState
from tests.brokers.fyers.support import API, ORDERS, PROFILE, QUOTES, FyersServer

_PROFILE: Final = """{"s":"ok","code":200,"message":"","data":{"name":"ASHA RAO","image":null,"display_name":null,
"email_id":"a**@example.com","PAN":"XXXXX1234X","fy_id":"XA00001","pin_change_date":"23-02-2026 14:55:00",
"mobile_number":"XXXXXX1234","totp":true,"pwd_change_date":null,"pwd_to_expire":-3,"ddpi_enabled":false,
"mtf_enabled":false,"plan":{"id":7}}}"""
_FUNDS: Final = """{"code":200,"message":"","s":"ok","fund_limit":[
{"id":1,"title":"Total Balance","equityAmount":-58.15999999999997,"commodityAmount":0},
{"id":2,"title":"Utilized Amount","equityAmount":1.4210854715202004e-14,"commodityAmount":0.0},
{"id":3,"title":"Clear Balance","equityAmount":-58.16,"commodityAmount":0},
{"id":5,"title":"Collaterals","equityAmount":0,"commodityAmount":0},
{"id":9,"title":"Limit at start of the day","equityAmount":100,"commodityAmount":0},
{"id":10,"title":"Available Balance","equityAmount":-58.15999999999997,"commodityAmount":null},
{"id":11,"title":"Something new","equityAmount":null}]}"""
_HOLDINGS: Final = """{"code":200,"message":"","s":"ok","overall":{"count_total":3,"pnl_perc":-1.5489,
"total_current_value":43.15,"total_investment":43.83,"total_pl":-0.68},"holdings":[
{"costPrice":1200.3499999999999,"id":1,"fyToken":10100000002885,"symbol":"NSE:RELIANCE-EQ","isin":"INE002A01018",
"quantity":120,"exchange":10,"segment":10,"qty_t1":0,"remainingQuantity":100,"collateralQuantity":0,
"remainingPledgeQuantity":-1,"holdingType":"HLD","marketVal":145000,"pl":24965,"ltp":1450},
{"costPrice":1455,"id":2,"fyToken":"10100000002885","symbol":"NSE:RELIANCE-EQ","isin":"INE002A01018","quantity":10,
"exchange":10,"segment":10,"qty_t1":10,"remainingQuantity":10,"collateralQuantity":0,"remainingPledgeQuantity":0,
"holdingType":"T1","marketVal":14500.0,"pl":-50.0,"ltp":1450.0},
{"costPrice":0,"id":3,"fyToken":"1210000000512345","symbol":"BSE:DELISTED-Z","isin":"","quantity":5,"exchange":12,
"segment":10,"qty_t1":0,"remainingQuantity":5,"collateralQuantity":0,"remainingPledgeQuantity":5,"holdingType":"HLD",
"marketVal":0,"pl":0,"ltp":0}]}"""
_POSITIONS: Final = """{"s":"ok","code":200,"message":"","netPositions":[
{"netQty":-75,"qty":75,"avgPrice":102.5,"netAvg":102.5,"side":-1,"productType":"MARGIN","realized_profit":0,
"unrealized_profit":-187.49999999999974,"pl":-187.49999999999974,"ltp":105,"buyQty":0,"buyAvg":0,"buyVal":0,
"sellQty":75,"sellAvg":102.5,"sellVal":7687.5,"slNo":0,"fyToken":"101126122912345","crossCurrency":"",
"rbiRefRate":1,"qtyMulti_com":1,"segment":11,"symbol":"NSE:NIFTY26DEC26050CE","id":"NSE:NIFTY26DEC26050CE-MARGIN",
"cfBuyQty":0,"cfSellQty":75,"dayBuyQty":0,"daySellQty":0,"exchange":10,"takeProfit":null},
{"netQty":0,"qty":0,"avgPrice":0,"netAvg":0.0,"side":0,"productType":"INTRADAY","realized_profit":-12.5,
"unrealized_profit":0.0,"pl":-12.5,"ltp":1450.05,"buyQty":10,"buyAvg":1451.25,"buyVal":14512.5,"sellQty":10,
"sellAvg":1450.0,"sellVal":14500.0,"slNo":0,"fyToken":"10100000002885","crossCurrency":"N","rbiRefRate":1.0,
"qtyMulti_com":1.0,"segment":10,"symbol":"NSE:RELIANCE-EQ","id":"NSE:RELIANCE-EQ-INTRADAY","cfBuyQty":0,
"cfSellQty":0,"dayBuyQty":10,"daySellQty":10,"exchange":10,"takeProfit":0},
{"netQty":2,"qty":2,"avgPrice":5190.0,"netAvg":5190.0,"side":1,"productType":"MARGIN","realized_profit":0.0,
"unrealized_profit":2000.0,"pl":2000.0,"ltp":5200.0,"buyQty":2,"buyAvg":5190.0,"buyVal":1038000.0,"sellQty":0,
"sellAvg":0.0,"sellVal":0.0,"slNo":0,"fyToken":"1120261218472784","crossCurrency":"N","rbiRefRate":1.0,
"qtyMulti_com":100.0,"segment":20,"symbol":"MCX:CRUDEOIL26DECFUT","id":"MCX:CRUDEOIL26DECFUT-MARGIN","cfBuyQty":2,
"cfSellQty":0,"dayBuyQty":0,"daySellQty":0,"exchange":10,"takeProfit":null}],
"overall":{"count_total":3,"count_open":2,"pl_total":1800.0,"pl_realized":-12.5,"pl_unrealized":1812.5}}"""
_ORDER: Final = """{"clientId":"XA00001","id":"26111800000012","exchOrdId":"1100000001089341","qty":10,
"remainingQuantity":10,"filledQty":0,"discloseQty":0,"disclosedQty":0,"dqQtyRem":0,"limitPrice":1450.5,"stopPrice":0,
"tradedPrice":0,"type":1,"fyToken":"10100000002885","exchange":10,"segment":10,"symbol":"NSE:RELIANCE-EQ",
"instrument":0,"message":"","offlineOrder":false,"orderDateTime":"18-Nov-2026 09:34:46","orderValidity":"DAY",
"pan":"","productType":"CNC","side":1,"status":6,"source":"ITS","ex_sym":"RELIANCE","description":"RELIANCE",
"ch":-0.1,"chp":-1.44,"lp":1449.9,"slNo":1,"orderNumStatus":"26111800000012:6","orderTag":"1:KJ1","id_fyers":"u-1",
"takeProfit":0,"stopLoss":0}"""


def _changed(row: str, **values: str) -> str:
    """A printed row with other printed values."""
    for name, value in values.items():
        before, _, rest = row.partition(f'"{name}":')
        after = rest[min(at for at in (rest.find(","), rest.find("}")) if at >= 0) :]
        row = f'{before}"{name}":{value}{after}'
    return row


async def test_a_profile_with_masked_and_unset_fields(broker: BaseBroker, server: FyersServer) -> None:
    server.on("GET", PROFILE, _PROFILE)
    found = await broker.get_profile()
    assert (found.client_id, found.name, found.email) == ("XA00001", "ASHA RAO", "a**@example.com")


async def test_funds_below_zero_with_noise_and_a_row_of_the_future(broker: BaseBroker, server: FyersServer) -> None:
    server.on("GET", f"{API}/funds", _FUNDS)
    found = await broker.get_funds()
    assert (found.available, found.used) == (D("-58.16"), D(0))
    assert (found.collateral, found.opening) == (D(0), D(100))


async def test_holdings_in_two_rows_with_a_share_that_has_no_price(broker: BaseBroker, server: FyersServer) -> None:
    server.on("GET", f"{API}/holdings", _HOLDINGS)
    rows = await broker.get_holdings()
    assert [(row.symbol, row.free, row.t1, row.pledged, row.used_today) for row in rows] == [
        ("RELIANCE", 100, 0, 0, 20),
        ("RELIANCE", 0, 10, 0, 0),
        ("BSE:DELISTED-Z", 5, 0, 0, 0),
    ]
    assert [row.last_price for row in rows] == [D(1450), D(1450), None]


async def test_positions_short_closed_and_of_a_commodity(broker: BaseBroker, server: FyersServer) -> None:
    server.on("GET", f"{API}/positions", _POSITIONS)
    rows = await broker.get_positions()
    assert [(row.quantity, row.average_price, row.last_price, row.pnl) for row in rows] == [
        (-75, D("102.5"), D(105), D("-187.49999999999974")),
        (0, D(0), D("1450.05"), D("-12.5")),
        (200, D(5190), D(5200), D(2000)),
    ]
    assert [row.exchange for row in rows] == [Exchange.NFO, Exchange.NSE, Exchange.MCX]
    assert await broker.get_positions() == rows


async def test_a_book_of_every_sort_of_order(broker: BaseBroker, server: FyersServer) -> None:
    book = [
        _ORDER,
        _changed(_ORDER, id="26111800000013", status="4", exchOrdId="null", offlineOrder="true", limitPrice="1450"),
        _changed(_ORDER, type="3", stopPrice="1440", limitPrice="0", productType='"MTF"'),
        _changed(_ORDER, status="2", filledQty="10", tradedPrice="1450.4499999999998", productType='"BO"'),
        _changed(_ORDER, status="5", exchOrdId='""', message='"RED:Margin Shortfall:INR 9 Available:INR 0"'),
        _changed(_ORDER, status="7", filledQty="4", orderTag='"2:Untagged"', orderDateTime='"NA"'),
        _changed(_ORDER, status="8"),
        _changed(
            _ORDER, symbol='"MCX:CRUDEOIL26DECFUT"', segment="20", exchange="11", side="-1", productType='"MARGIN"'
        ),
    ]
    server.on("GET", ORDERS, f'{{"s":"ok","code":200,"message":"","orderBook":[{",".join(book)}]}}')
    rows = await broker.get_orders()
    assert [(row.status, row.sub_state) for row in rows] == [
        (OrderStatus.OPEN, SubState.NONE),
        (OrderStatus.PENDING, SubState.AMO),
        (OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        (OrderStatus.COMPLETE, SubState.NONE),
        (OrderStatus.REJECTED, SubState.NONE),
        (OrderStatus.CANCELLED, SubState.EXPIRED),
        (None, SubState.NONE),
        (OrderStatus.OPEN, SubState.NONE),
    ]
    assert [row.product for row in rows][2:4] == [Product.MTF, Product.BO]
    assert (rows[1].order_id, rows[5].tag, rows[5].placed_at) == ("26111800000013", "", None)


async def test_prices_of_a_share_of_an_index_and_of_nothing(broker: BaseBroker, server: FyersServer) -> None:
    rows = (
        '{"n":"NSE:RELIANCE-EQ","s":"ok","v":{"ask":0,"bid":1449.9,"chp":-0.06,"ch":-0.35,"description":"x","lp":1450,'
        '"exchange":"NSE","fyToken":"10100000002885","high_price":1460.05,"low_price":1440,"open_price":0,"tt":"1795"}},'
        '{"n":"NSE:INFY-EQ","s":"error","v":{"code":-300,"errmsg":"invalid symbol","s":"error"}}'
    )
    server.on("GET", QUOTES, f'{{"s":"ok","code":200,"d":[{rows}],"message":""}}')
    found = await broker.get_quotes([("RELIANCE", Exchange.NSE), ("INFY", Exchange.NSE)])
    quote = found.found["RELIANCE", Exchange.NSE]
    assert (quote.last_price, quote.open, quote.high) == (D(1450), None, D("1460.05"))
    assert found.missing == (("INFY", Exchange.NSE),)
