"""The bodies of the protocol sheet, each with the section it was typed from. Decimals keep their own digits."""

import base64
import json
from typing import Any, Final

from tests.brokers.zerodha.wire import Raw, text

__all__ = ["Raw", "text"]

# Planted secrets: none of them may ever turn up in a log, an error or a printed object.
APP_ID: Final = "canaryapp7c1d"
APP_SECRET: Final = "canarysecret4d5e6f7g8h9i"
PIN: Final = "739164"
SEED: Final = "KRSXG5CTMVRXEZLU"
TOKEN_ID: Final = "canaryid-ba9c6b16-3c01-4fe1-8a6e-3ab1ab2a6a2a"
CLIENT: Final = "1100003626"


def jwt(mark: str, **claims: Any) -> str:
    """Section 2.5: a token with claims; nobody verifies what stands for its signature."""
    told = {"iss": "dhan", "dhanClientId": CLIENT, "partnerId": "", "tokenConsumerType": "APP"} | claims
    parts = [{"typ": "JWT", "alg": "HS512"}, told]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, mark])


TOKEN: Final = jwt("canarytoken7n8o9p0q1r2s3t4u5v6w7")
ISSUED: Final = jwt("canaryissued1g2h3i4j5k6l7m8n9o0p")
CANARIES: Final = (APP_ID, APP_SECRET, PIN, SEED, TOKEN_ID, TOKEN, ISSUED, "canarytoken7n8o", "canaryissued1g2h")


def profile(**changes: Any) -> dict[str, Any]:
    """Section 4.2."""
    return {
        "dhanClientId": CLIENT,
        "tokenValidity": "19/11/2026 10:30",
        "activeSegment": "E, D, C, M, ",
        "ddpi": "Active",
        "mtf": "Deactive",
        "dataPlan": "Active",
        "dataValidity": "2026-12-05 09:37:52.0",
    } | changes


def funds(**changes: Any) -> dict[str, Any]:
    """Section 4.3, the misspelt name included."""
    return {
        "dhanClientId": CLIENT,
        "availabelBalance": 98440.0,
        "sodLimit": 113642,
        "collateralAmount": 0.0,
        "receiveableAmount": 0,
        "utilizedAmount": 15202.0,
        "blockedPayoutAmount": 0.0,
        "withdrawableBalance": 98310.0,
    } | changes


def holding(**changes: Any) -> dict[str, Any]:
    """Section 4.4."""
    return {
        "exchange": "ALL",
        "tradingSymbol": "HDFCBANK",
        "securityId": "1333",
        "isin": "INE040A01034",
        "totalQty": 1000,
        "dpQty": 900,
        "t1Qty": 100,
        "mtf_t1_qty": 0,
        "mtf_qty": 0,
        "availableQty": 1000,
        "collateralQty": 0,
        "avgCostPrice": 1655.0,
        "lastTradedPrice": 1780.05,
    } | changes


def position(**changes: Any) -> dict[str, Any]:
    """Section 4.5: every field."""
    return {
        "dhanClientId": CLIENT,
        "tradingSymbol": "TCS",
        "securityId": "11536",
        "positionType": "LONG",
        "exchangeSegment": "NSE_EQ",
        "productType": "CNC",
        "buyAvg": 3345.8,
        "buyQty": 40,
        "costPrice": 3215.0,
        "sellAvg": 0,
        "sellQty": 0,
        "netQty": 40,
        "realizedProfit": 0.0,
        "unrealizedProfit": 6122.0,
        "rbiReferenceRate": 1.0,
        "multiplier": 1,
        "carryForwardBuyQty": 0,
        "carryForwardSellQty": 0,
        "carryForwardBuyValue": 0.0,
        "carryForwardSellValue": 0.0,
        "dayBuyQty": 40,
        "daySellQty": 0,
        "dayBuyValue": 133832.0,
        "daySellValue": 0.0,
        "drvExpiryDate": "0001-01-01",
        "drvOptionType": None,
        "drvStrikePrice": 0.0,
        "crossCurrency": False,
    } | changes


ORDER_ID: Final = "112111182198"


def order(**changes: Any) -> dict[str, Any]:
    """Section 4.7."""
    return {
        "dhanClientId": CLIENT,
        "orderId": ORDER_ID,
        "exchangeOrderId": "1100000012345678",
        "correlationId": "KJ0123456789abcdef",
        "orderStatus": "PENDING",
        "transactionType": "BUY",
        "exchangeSegment": "NSE_EQ",
        "productType": "INTRADAY",
        "orderType": "LIMIT",
        "validity": "DAY",
        "tradingSymbol": "TCS",
        "securityId": "11536",
        "quantity": 5,
        "disclosedQuantity": 0,
        "price": 3345.8,
        "triggerPrice": 0.0,
        "afterMarketOrder": False,
        "boProfitValue": 0.0,
        "boStopLossValue": 0.0,
        "legName": "NA",
        "createTime": "2026-11-18 10:06:59",
        "updateTime": "2026-11-18 10:07:01",
        "exchangeTime": "2026-11-18 10:07:01",
        "drvExpiryDate": "0001-01-01",
        "drvOptionType": "NA",
        "drvStrikePrice": 0.0,
        "omsErrorCode": "0",
        "omsErrorDescription": "CONFIRMED",
        "algoId": "0",
        "remainingQuantity": 5,
        "averageTradedPrice": 0,
        "filledQty": 0,
    } | changes


def trade(**changes: Any) -> dict[str, Any]:
    """Section 4.8."""
    return {
        "dhanClientId": CLIENT,
        "orderId": ORDER_ID,
        "exchangeOrderId": "1100000012345678",
        "exchangeTradeId": "15112111182",
        "transactionType": "BUY",
        "exchangeSegment": "NSE_EQ",
        "productType": "INTRADAY",
        "orderType": "LIMIT",
        "tradingSymbol": "TCS",
        "customSymbol": None,
        "securityId": "11536",
        "tradedQuantity": 40,
        "tradedPrice": 3345.8,
        "createTime": "2026-11-18 10:06:59",
        "updateTime": "2026-11-18 10:07:01",
        "exchangeTime": "2026-11-18 10:07:01",
        "drvExpiryDate": "0001-01-01",
        "drvOptionType": "NA",
        "drvStrikePrice": 0.0,
    } | changes


def prices(**segments: dict[str, Any]) -> dict[str, Any]:
    """Section 4.9: ids as text keys."""
    return {"data": segments, "status": "success"}


def quoted(price: Any) -> dict[str, Any]:
    """Section 4.9: one row that is good for ltp, ohlc and quote."""
    return {
        "last_price": price,
        "ohlc": {"open": price, "close": price, "high": price, "low": price},
        "average_price": price,
        "buy_quantity": 0,
        "sell_quantity": 0,
        "depth": {"buy": [], "sell": []},
        "last_quantity": 1,
        "last_trade_time": "18/11/2026 10:29:58",
        "lower_circuit_limit": price,
        "upper_circuit_limit": price,
        "net_change": 0,
        "oi": 0,
        "oi_day_high": 0,
        "oi_day_low": 0,
        "volume": 1,
    }


def issued(**changes: Any) -> dict[str, Any]:
    """Section 2.2, step 3."""
    return {
        "dhanClientId": CLIENT,
        "dhanClientName": "ASHA DEMO",
        "dhanClientUcc": "CEFE4265",
        "givenPowerOfAttorney": True,
        "accessToken": ISSUED,
        "expiryTime": "2026-11-19T10:30:00.000",
    } | changes


def failure(code: str, message: str, kind: str = "Order_Error") -> dict[str, str]:
    """Section 6.1, first row."""
    return {"errorType": kind, "errorCode": code, "errorMessage": message}


def quote_failure(code: str, message: str = "Said in words") -> dict[str, Any]:
    """Section 6.1, second row."""
    return {"data": {code: message}, "status": "failed"}
