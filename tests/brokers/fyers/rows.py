"""Rows of positions, holdings, orders and trades with every field that the sheet names (sections 4.3 to 4.7)."""

from decimal import Decimal
from typing import Any, Final

ORDER_ID: Final = "26111800000123"
RELIANCE: Final = "NSE:RELIANCE-EQ"


def position(**changes: Any) -> dict[str, Any]:
    """Section 4.4: 50 RELIANCE bought today at 1,440.05, now at 1,450."""
    return {
        "symbol": RELIANCE,
        "id": "NSE:RELIANCE-EQ-INTRADAY",
        "fyToken": "10100000002885",
        "productType": "INTRADAY",
        "side": 1,
        "netQty": 50,
        "qty": 50,
        "netAvg": Decimal("1440.05"),
        "avgPrice": Decimal("1440.05"),
        "buyQty": 50,
        "buyAvg": Decimal("1440.05"),
        "buyVal": Decimal("72002.5"),
        "sellQty": 0,
        "sellAvg": 0,
        "sellVal": 0,
        "cfBuyQty": 0,
        "cfSellQty": 0,
        "dayBuyQty": 50,
        "daySellQty": 0,
        "realized_profit": 0,
        "unrealized_profit": Decimal("497.5"),
        "pl": Decimal("497.5"),
        "ltp": 1450,
        "exchange": 10,
        "segment": 10,
        "crossCurrency": "N",
        "rbiRefRate": 1,
        "qtyMulti_com": 1,
        "slNo": 0,
    } | changes


def short(**changes: Any) -> dict[str, Any]:
    """50 INFY sold today: `qty` is the absolute value, only `netQty` has the sign (section 12, number 8)."""
    return (
        position(
            symbol="NSE:INFY-EQ",
            id="NSE:INFY-EQ-INTRADAY",
            fyToken="10100000001594",
            side=-1,
            netQty=-50,
            netAvg=Decimal("1500.5"),
            avgPrice=0,
            buyQty=0,
            buyAvg=0,
            buyVal=0,
            sellQty=50,
            sellAvg=Decimal("1500.5"),
            sellVal=Decimal(75025),
            dayBuyQty=0,
            daySellQty=50,
            unrealized_profit=Decimal("-474.5"),
            pl=Decimal("-474.5"),
            ltp=Decimal("1509.99"),
        )
        | changes
    )


def holding(**changes: Any) -> dict[str, Any]:
    """Section 4.3: 120 RELIANCE in demat, 20 of them sold today."""
    return {
        "costPrice": Decimal("1200.35"),
        "id": 0,
        "fyToken": 10100000002885,
        "symbol": RELIANCE,
        "isin": "INE002A01018",
        "quantity": 120,
        "exchange": 10,
        "segment": 10,
        "qty_t1": 0,
        "remainingQuantity": 100,
        "collateralQuantity": 0,
        "remainingPledgeQuantity": -1,
        "pl": Decimal("24965.0"),
        "ltp": 1450,
        "marketVal": Decimal(145000),
        "holdingType": "HLD",
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """Section 4.7: a limit order for 50 RELIANCE that rests."""
    return {
        "clientId": "XA00001",
        "id": ORDER_ID,
        "id_fyers": "8bbd9e21-1b3f-4c0e-9d4e-0c1d2e3f4a5b",
        "exchOrdId": "1300000012345678",
        "exchange": 10,
        "segment": 10,
        "symbol": RELIANCE,
        "ex_sym": "RELIANCE",
        "description": "RELIANCE INDUSTRIES LTD",
        "fyToken": "10100000002885",
        "instrument": 0,
        "qty": 50,
        "remainingQuantity": 50,
        "filledQty": 0,
        "disclosedQty": 0,
        "discloseQty": 0,
        "dqQtyRem": 0,
        "type": 1,
        "side": 1,
        "status": 6,
        "limitPrice": Decimal("1440.5"),
        "stopPrice": 0,
        "tradedPrice": 0,
        "takeProfit": 0,
        "stopLoss": 0,
        "productType": "CNC",
        "orderValidity": "DAY",
        "source": "API",
        "orderDateTime": "18-Nov-2026 10:29:07",
        "offlineOrder": False,
        "message": "",
        "orderTag": "2:Untagged",
        "orderNumStatus": f"{ORDER_ID}:6",
        "lp": 1450,
        "ch": Decimal("17.2"),
        "chp": Decimal("1.2"),
        "slNo": 1,
        "pan": "XXXXX1234X",
    } | changes


def trade(**changes: Any) -> dict[str, Any]:
    """Section 4.7: 50 RELIANCE bought."""
    return {
        "clientId": "XA00001",
        "tradeNumber": f"{ORDER_ID}-52605023",
        "orderNumber": ORDER_ID,
        "exchangeOrderNo": "1300000012345678",
        "symbol": RELIANCE,
        "fyToken": "10100000002885",
        "productType": "CNC",
        "orderTag": "1:mine",
        "tradedQty": 50,
        "tradePrice": Decimal("1440.5"),
        "tradeValue": Decimal(72025),
        "side": 1,
        "orderType": 1,
        "exchange": 10,
        "segment": 10,
        "orderDateTime": "18-Nov-2026 10:29:08",
        "row": 1,
    } | changes
