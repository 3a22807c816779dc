"""What the brokers' servers answer in the benchmarks: rows with every field that each of them documents.

Strings, numbers and envelopes stand as each broker sends them; only the symbols differ from row to row.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

Answers = dict[str, Any]
"""What is answered, by path."""

_KITE_POSITION: Final = {
    "tradingsymbol": "S", "exchange": "NFO", "instrument_token": 738561, "product": "NRML", "quantity": 75,
    "overnight_quantity": 0, "multiplier": 1, "average_price": 1440.05, "close_price": 1432.8, "last_price": 1450.1,
    "value": -108003.75, "pnl": 753.7499999999, "m2m": 753.75, "unrealised": 753.75, "realised": 0,
    "buy_quantity": 75, "buy_price": 1440.05, "buy_value": 108003.75, "buy_m2m": 108003.75, "sell_quantity": 0,
    "sell_price": 0, "sell_value": 0, "sell_m2m": 0, "day_buy_quantity": 75, "day_buy_price": 1440.05,
    "day_buy_value": 108003.75, "day_sell_quantity": 0, "day_sell_price": 0, "day_sell_value": 0,
}  # fmt: skip
_KITE_ORDER: Final = {
    "account_id": "AB1234", "placed_by": "AB1234", "order_id": "1993231240000000001",
    "exchange_order_id": "1300000001234567", "parent_order_id": None, "status": "COMPLETE", "status_message": None,
    "status_message_raw": None, "order_timestamp": "2026-11-20 10:31:05",
    "exchange_update_timestamp": "2026-11-20 10:31:05", "exchange_timestamp": "2026-11-20 10:31:05",
    "variety": "regular", "modified": False, "exchange": "NFO", "tradingsymbol": "S", "instrument_token": 738561,
    "order_type": "LIMIT", "transaction_type": "BUY", "validity": "DAY", "validity_ttl": 0, "product": "NRML",
    "quantity": 75, "disclosed_quantity": 0, "price": 1440.5, "trigger_price": 0, "average_price": 1440.05,
    "filled_quantity": 75, "pending_quantity": 0, "cancelled_quantity": 0, "market_protection": 0, "meta": {},
    "tag": None, "guid": "01XTeZP4iDb9Tj1",
}  # fmt: skip
_KITE_SEGMENT: Final = {
    "enabled": True, "net": 99725.05, "available": {
        "adhoc_margin": 0, "cash": 245431.6, "opening_balance": 245431.6, "live_balance": 99725.05, "collateral": 0,
        "intraday_payin": 0,
    }, "utilised": {
        "debits": 145706.55, "exposure": 38981.25, "m2m_realised": 761.7, "m2m_unrealised": 0, "option_premium": 0,
        "payout": 0, "span": 101989, "holding_sales": 0, "turnover": 0, "liquid_collateral": 0,
        "stock_collateral": 0, "delivery": 0,
    },
}  # fmt: skip
_DHAN_POSITION: Final = {
    "dhanClientId": "1000000003", "tradingSymbol": "S", "securityId": "1", "positionType": "LONG",
    "exchangeSegment": "NSE_FNO", "productType": "MARGIN", "buyAvg": 1440.05, "buyQty": 75, "costPrice": 1440.05,
    "sellAvg": 0.0, "sellQty": 0, "netQty": 75, "realizedProfit": 0.0, "unrealizedProfit": 753.75,
    "rbiReferenceRate": 1.0, "multiplier": 1, "carryForwardBuyQty": 0, "carryForwardSellQty": 0,
    "carryForwardBuyValue": 0.0, "carryForwardSellValue": 0.0, "dayBuyQty": 75, "daySellQty": 0,
    "dayBuyValue": 108003.75, "daySellValue": 0.0, "drvExpiryDate": "2026-12-29 14:30:00", "drvOptionType": "CALL",
    "drvStrikePrice": 26000.0, "crossCurrency": False,
}  # fmt: skip
_DHAN_ORDER: Final = {
    "dhanClientId": "1000000003", "orderId": "112111182198", "exchangeOrderId": "1100000012345678",
    "correlationId": "KJ0123456789abcdef", "orderStatus": "TRADED", "transactionType": "BUY",
    "exchangeSegment": "NSE_FNO", "productType": "MARGIN", "orderType": "LIMIT", "validity": "DAY",
    "tradingSymbol": "S", "securityId": "1", "quantity": 75, "disclosedQuantity": 0, "price": 1440.5,
    "triggerPrice": 0.0, "afterMarketOrder": False, "boProfitValue": 0.0, "boStopLossValue": 0.0, "legName": "NA",
    "createTime": "2026-11-20 10:06:59", "updateTime": "2026-11-20 10:07:01", "exchangeTime": "2026-11-20 10:07:01",
    "drvExpiryDate": "2026-12-29", "drvOptionType": "CALL", "drvStrikePrice": 26000.0, "omsErrorCode": "0",
    "omsErrorDescription": "CONFIRMED", "algoId": "0", "remainingQuantity": 0, "averageTradedPrice": 1440.05,
    "filledQty": 75,
}  # fmt: skip
_DHAN_FUNDS: Final = {
    "dhanClientId": "1000000003", "availabelBalance": 98440.0, "sodLimit": 113642.0, "collateralAmount": 0.0,
    "receiveableAmount": 0.0, "utilizedAmount": 15202.0, "blockedPayoutAmount": 0.0, "withdrawableBalance": 98310.0,
}  # fmt: skip
_FYERS_POSITION: Final = {
    "symbol": "S", "id": "S-MARGIN", "fyToken": "101126122956789", "productType": "MARGIN", "side": 1, "netQty": 75,
    "qty": 75, "netAvg": 1440.05, "avgPrice": 1440.05, "buyQty": 75, "buyAvg": 1440.05, "buyVal": 108003.75,
    "sellQty": 0, "sellAvg": 0, "sellVal": 0, "cfBuyQty": 0, "cfSellQty": 0, "dayBuyQty": 75, "daySellQty": 0,
    "realized_profit": 0, "unrealized_profit": 753.7499999999, "pl": 753.7499999999, "ltp": 1450.1, "exchange": 10,
    "segment": 11, "crossCurrency": "N", "rbiRefRate": 1, "qtyMulti_com": 1, "slNo": 0,
}  # fmt: skip
_FYERS_ORDER: Final = {
    "clientId": "XA00001", "id": "26111800000123", "id_fyers": "8bbd9e21-1b3f-4c0e-9d4e-0c1d2e3f4a5b",
    "exchOrdId": "1300000012345678", "exchange": 10, "segment": 11, "symbol": "S", "ex_sym": "NIFTY",
    "description": "NIFTY 29 Dec 26 CE", "fyToken": "101126122956789", "instrument": 14, "qty": 75,
    "remainingQuantity": 0, "filledQty": 75, "disclosedQty": 0, "discloseQty": 0, "dqQtyRem": 0, "type": 1, "side": 1,
    "status": 2, "limitPrice": 1440.5, "stopPrice": 0, "tradedPrice": 1440.05, "takeProfit": 0, "stopLoss": 0,
    "productType": "MARGIN", "orderValidity": "DAY", "source": "API", "orderDateTime": "20-Nov-2026 10:29:07",
    "offlineOrder": False, "message": "", "orderTag": "2:Untagged", "orderNumStatus": "26111800000123:2",
    "lp": 1450.1, "ch": 17.2, "chp": 1.2, "slNo": 1, "pan": "XXXXX1234X",
}  # fmt: skip
_FYERS_FUNDS: Final = (
    "Total Balance", "Utilized Amount", "Clear Balance", "Realized Profit and Loss", "Collaterals", "Fund Transfer",
    "Receivables", "Adhoc Limit", "Limit at start of the day", "Available Balance",
)  # fmt: skip
_ANGEL_POSITION: Final = {
    "exchange": "NFO", "symboltoken": "49081", "producttype": "CARRYFORWARD", "tradingsymbol": "S",
    "symbolname": "NIFTY", "instrumenttype": "OPTIDX", "priceden": "1.00", "pricenum": "1.00", "genden": "1.00",
    "gennum": "1.00", "precision": "2", "multiplier": "-1", "boardlotsize": "1", "buyqty": "75", "sellqty": "0",
    "buyamount": "108003.75", "sellamount": "0.00", "symbolgroup": "", "strikeprice": "26000.0", "optiontype": "CE",
    "expirydate": "29DEC2026", "lotsize": "75", "cfbuyqty": "0", "cfsellqty": "0", "cfbuyamount": "0.00",
    "cfsellamount": "0.00", "buyavgprice": "1440.05", "sellavgprice": "0.00", "avgnetprice": "1440.05",
    "netvalue": "- 108003.75", "netqty": "75", "totalbuyvalue": "108003.75", "totalsellvalue": "0.00",
    "cfbuyavgprice": "0.00", "cfsellavgprice": "0.00", "totalbuyavgprice": "1440.05", "totalsellavgprice": "0.00",
    "netprice": "1440.05", "pnl": "753.75", "realised": "0.00", "unrealised": "753.75", "ltp": "1450.10",
    "close": "1432.80",
}  # fmt: skip
_ANGEL_ORDER: Final = {
    "variety": "NORMAL", "ordertype": "LIMIT", "producttype": "CARRYFORWARD", "duration": "DAY",
    "transactiontype": "BUY", "exchange": "NFO", "tradingsymbol": "S", "symboltoken": "49081", "price": 1440.5,
    "triggerprice": 0.0, "squareoff": 0.0, "stoploss": 0.0, "trailingstoploss": 0.0, "averageprice": 1440.05,
    "strikeprice": 26000.0, "quantity": "75", "disclosedquantity": "0", "lotsize": "75", "cancelsize": "0",
    "filledshares": "75", "unfilledshares": "0", "orderid": "201020000000080",
    "uniqueorderid": "34reqfachdfih", "exchangeorderid": "1100000012345678", "algoID": "", "status": "complete",
    "orderstatus": "complete", "text": "", "updatetime": "20-Nov-2026 10:29:07",
    "exchtime": "20-Nov-2026 10:29:07", "exchorderupdatetime": "20-Nov-2026 10:29:07", "fillid": "", "filltime": "",
    "parentorderid": "", "instrumenttype": "OPTIDX", "optiontype": "CE", "expirydate": "29DEC2026", "ordertag": "",
}  # fmt: skip
_ANGEL_FUNDS: Final = {
    "net": "98440.0000", "availablecash": "98440.0000", "availableintradaypayin": "0.0000",
    "availablelimitmargin": "0.0000", "collateral": "0.0000", "m2munrealized": "0.0000", "m2mrealized": "0.0000",
    "utiliseddebits": "15202.0000", "utilisedspan": None, "utilisedoptionpremium": None,
    "utilisedholdingsales": None, "utilisedexposure": None, "utilisedturnover": None, "utilisedpayout": "0.0000",
}  # fmt: skip
_ANGEL: Final = "/rest/secure/angelbroking"


def _many(row: Mapping[str, Any], count: int, symbol: str, number: str = "") -> list[dict[str, Any]]:
    """`count` times `row`, each under a symbol of its own and, where it has one, with a number of its own."""
    rows = [{**row, symbol: row[symbol] + f"26DEC{20_000 + 50 * each}CE"} for each in range(count)]
    return [row | {number: f"{40_000_000 + each}"} for each, row in enumerate(rows)] if number else rows


def _zerodha(rows: int) -> Answers:
    data = {
        "/user/profile": {"user_id": "AB1234", "user_name": "A"},
        "/portfolio/positions": {"net": _many(_KITE_POSITION, rows, "tradingsymbol"), "day": []},
        "/orders": _many(_KITE_ORDER, rows, "tradingsymbol", "order_id"),
        "/user/margins": {"equity": _KITE_SEGMENT, "commodity": _KITE_SEGMENT},
    }
    return {path: {"status": "success", "data": each} for path, each in data.items()}


def _dhan(rows: int) -> Answers:
    return {
        "/v2/profile": {"dhanClientId": "1000000003", "activeSegment": "E, D", "dataPlan": "Active"},
        "/v2/positions": _many(_DHAN_POSITION, rows, "tradingSymbol", "securityId"),
        "/v2/orders": _many(_DHAN_ORDER, rows, "tradingSymbol", "orderId"),
        "/v2/fundlimit": _DHAN_FUNDS,
    }


def _fyers(rows: int) -> Answers:
    positions = _many(_FYERS_POSITION | {"symbol": "NSE:NIFTY"}, rows, "symbol")
    funds = [
        {"id": number, "title": title, "equityAmount": 98440.07, "commodityAmount": 0}
        for number, title in enumerate(_FYERS_FUNDS, start=1)
    ]
    totals = {"pl_total": 753.75, "pl_realized": 0, "pl_unrealized": 753.75}
    data = {
        "/profile": {"data": {"fy_id": "XA00001", "name": "A"}},
        "/positions": {
            "netPositions": [row | {"id": row["symbol"] + "-MARGIN"} for row in positions],
            "overall": {"count_total": rows, "count_open": rows} | totals,
        },
        "/orders": {"orderBook": _many(_FYERS_ORDER | {"symbol": "NSE:NIFTY"}, rows, "symbol", "id")},
        "/funds": {"fund_limit": funds},
    }
    return {f"/api/v3{path}": {"s": "ok", "code": 200, "message": ""} | each for path, each in data.items()}


def _angel_one(rows: int) -> Answers:
    data = {
        "/user/v1/getProfile": {"clientcode": "A123456", "name": "A", "exchanges": ["nse_cm"], "products": ["CNC"]},
        "/order/v1/getPosition": _many(_ANGEL_POSITION, rows, "tradingsymbol"),
        "/order/v1/getOrderBook": _many(_ANGEL_ORDER, rows, "tradingsymbol", "orderid"),
        "/user/v1/getRMS": _ANGEL_FUNDS,
    }
    return {
        _ANGEL + path: {"status": True, "message": "SUCCESS", "errorcode": "", "data": each}
        for path, each in data.items()
    }


_MAKERS: Final = MappingProxyType({"zerodha": _zerodha, "dhan": _dhan, "fyers": _fyers, "angel_one": _angel_one})


def answers(broker: str, rows: int) -> dict[str, bytes]:
    """The JSON that `broker` answers by path, its books with `rows` rows each."""
    return {path: json.dumps(answer, separators=(",", ":")).encode() for path, answer in _MAKERS[broker](rows).items()}
