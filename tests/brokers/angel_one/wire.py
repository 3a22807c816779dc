"""The bodies of the protocol sheet, each with the section it was typed from. Decimals keep their own digits."""

from decimal import Decimal
from typing import Any, Final

from tests.brokers.zerodha.wire import Raw, text

__all__ = ["Raw", "text"]

# Planted secrets: none of them may ever turn up in a log, an error or a printed object.
API_KEY: Final = "canarykey7c1d"
PIN: Final = "739164"
SEED: Final = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
TOKEN: Final = "eyJhbGciOiJIUzUxMiJ9.canarytoken7n8o9p0q.sig"
ISSUED: Final = "eyJhbGciOiJIUzUxMiJ9.canaryissued1g2h3i4.sig"
REFRESH: Final = "canaryrefresh8x9y0z1a2b3c"
FEED: Final = "canaryfeed3q4r5s6t7u8v"
CANARIES: Final = (API_KEY, SEED, TOKEN, ISSUED, REFRESH, FEED, "canarytoken7n8o", "canaryissued1g2h")
CLIENT: Final = "K123456"

SECURE: Final = "/rest/secure/angelbroking"
LOGIN: Final = "/rest/auth/angelbroking/user/v1/loginByPassword"
LOGOUT: Final = f"{SECURE}/user/v1/logout"
PROFILE: Final = f"{SECURE}/user/v1/getProfile"
FUNDS: Final = f"{SECURE}/user/v1/getRMS"
HOLDINGS: Final = f"{SECURE}/portfolio/v1/getHolding"
POSITIONS: Final = f"{SECURE}/order/v1/getPosition"
BOOK: Final = f"{SECURE}/order/v1/getOrderBook"
TRADES: Final = f"{SECURE}/order/v1/getTradeBook"
QUOTES: Final = (f"{SECURE}/market/v1/quote/", f"{SECURE}/market/v1/quote")
PLACE: Final = f"{SECURE}/order/v1/placeOrder"
ORDER_ID: Final = "201020000000080"
UNIQUE_ID: Final = "05ebf91b-bea4-4a1d-b0f2-4259606570e3"
DETAILS: Final = f"{SECURE}/order/v1/details/{UNIQUE_ID}"
MASTER: Final = "/OpenAPI_File/files/OpenAPIScripMaster.json"


# ------------------------------------------------------------------ section 6.1, the envelopes


def good(data: Any) -> dict[str, Any]:
    """The standard shape."""
    return {"status": True, "message": "SUCCESS", "errorcode": "", "data": data}


def good_at_gateway(data: Any) -> dict[str, Any]:
    """The other spelling of a success."""
    return {"success": True, "message": "SUCCESS", "errorCode": "", "data": data}


def standard(code: str, message: str = "Said in words") -> dict[str, Any]:
    """Business and login errors."""
    return {"status": False, "message": message, "errorcode": code, "data": None}


def gateway(code: str, message: str = "Said in words") -> dict[str, Any]:
    """Token, key and internet address problems."""
    return {"success": False, "message": message, "errorCode": code, "data": ""}


def partial(code: str, message: str = "Said in words") -> dict[str, Any]:
    """Message and code only."""
    return {"message": message, "errorcode": code}


def in_words(code: str, message: str = "Said in words") -> dict[str, Any]:
    """The words "false" and "null" where a flag and nothing should stand."""
    return {"status": "false", "message": message, "errorcode": code, "data": "null"}


# ------------------------------------------------------------------ section 2 and 4, data


def issued(**changes: Any) -> dict[str, Any]:
    """Section 2.1, the reply of flow A."""
    return {"jwtToken": ISSUED, "refreshToken": REFRESH, "feedToken": FEED, "state": None} | changes


def profile(**changes: Any) -> dict[str, Any]:
    """Section 4.3, as on the wire in 2026."""
    return {
        "clientcode": CLIENT,
        "name": "ASHA RAO",
        "email": "",
        "mobileno": "",
        "exchanges": ["nse_cm", "nse_fo", "bse_cm", "bse_fo", "mcx_fo", "cde_fo", "ncx_fo"],
        "products": ["MARGIN", "MIS", "NRML", "CNC", "CO", "BO"],
        "lastlogintime": "",
        "broker": "",
    } | changes


def funds(**changes: Any) -> dict[str, Any]:
    """Section 4.3: decimal texts, and null where unused."""
    return {
        "net": "9999.9900",
        "availablecash": "10500.5000",
        "availableintradaypayin": "0.0000",
        "availablelimitmargin": "0.0000",
        "collateral": "1200.0000",
        "m2munrealized": "0.0000",
        "m2mrealized": "0.0000",
        "utiliseddebits": "500.5100",
        "utilisedspan": None,
        "utilisedoptionpremium": None,
        "utilisedholdingsales": None,
        "utilisedexposure": None,
        "utilisedturnover": None,
        "utilisedpayout": "0.0000",
    } | changes


def holding(**changes: Any) -> dict[str, Any]:
    """Section 4.3: numbers."""
    return {
        "tradingsymbol": "RELIANCE-EQ",
        "exchange": "NSE",
        "isin": "INE002A01018",
        "t1quantity": 0,
        "realisedquantity": 10,
        "quantity": 10,
        "authorisedquantity": 0,
        "product": "DELIVERY",
        "collateralquantity": None,
        "collateraltype": None,
        "haircut": Decimal("0.0"),
        "averageprice": Decimal("1411.26"),
        "ltp": Decimal("1540.1"),
        "symboltoken": "2885",
        "close": Decimal("1531.75"),
        "profitandloss": Decimal(1288),
        "pnlpercentage": Decimal("9.13"),
    } | changes


def position(**changes: Any) -> dict[str, Any]:
    """Section 4.3: every field a text; bought 150 at 100, sold 75 at 110, the last price is 120."""
    return {
        "exchange": "NFO",
        "symboltoken": "49081",
        "producttype": "CARRYFORWARD",
        "tradingsymbol": "NIFTY24NOV2626000CE",
        "symbolname": "NIFTY",
        "instrumenttype": "OPTIDX",
        "priceden": "1.00",
        "pricenum": "1.00",
        "genden": "1.00",
        "gennum": "1.00",
        "precision": "2",
        "multiplier": "-1",
        "boardlotsize": "1",
        "buyqty": "150",
        "sellqty": "75",
        "buyamount": "15000.00",
        "sellamount": "8250.00",
        "symbolgroup": "",
        "strikeprice": "26000.0",
        "optiontype": "CE",
        "expirydate": "24NOV2026",
        "lotsize": "75",
        "cfbuyqty": "0",
        "cfsellqty": "0",
        "cfbuyamount": "0.00",
        "cfsellamount": "0.00",
        "buyavgprice": "100.00",
        "sellavgprice": "110.00",
        "avgnetprice": "90.00",
        "netvalue": "- 6750.00",
        "netqty": "75",
        "totalbuyvalue": "15000.00",
        "totalsellvalue": "8250.00",
        "cfbuyavgprice": "0.00",
        "cfsellavgprice": "0.00",
        "totalbuyavgprice": "100.00",
        "totalsellavgprice": "110.00",
        "netprice": "90.00",
        "pnl": "2250.00",
        "realised": "750.00",
        "unrealised": "1500.00",
        "ltp": "120.00",
        "close": "98.50",
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """Section 4.2, the column of the wire."""
    return {
        "variety": "NORMAL",
        "ordertype": "LIMIT",
        "producttype": "INTRADAY",
        "duration": "DAY",
        "transactiontype": "BUY",
        "exchange": "NSE",
        "tradingsymbol": "RELIANCE-EQ",
        "symboltoken": "2885",
        "price": Decimal("1540.1"),
        "triggerprice": Decimal("0.0"),
        "squareoff": Decimal("0.0"),
        "stoploss": Decimal("0.0"),
        "trailingstoploss": Decimal("0.0"),
        "averageprice": Decimal("0.0"),
        "strikeprice": Decimal("-1.0"),
        "quantity": "50",
        "disclosedquantity": "0",
        "lotsize": "1",
        "cancelsize": "0",
        "filledshares": "0",
        "unfilledshares": "50",
        "orderid": ORDER_ID,
        "uniqueorderid": UNIQUE_ID,
        "exchangeorderid": "1100000012345678",
        "algoID": "99999",
        "status": "open",
        "orderstatus": "open",
        "text": "",
        "updatetime": "18-Nov-2026 10:21:07",
        "exchtime": "18-Nov-2026 10:21:06",
        "exchorderupdatetime": "18-Nov-2026 10:21:06",
        "ordertag": "KJ0123456789abcdef",
        "fillid": "",
        "filltime": "",
        "parentorderid": "",
        "instrumenttype": "",
        "optiontype": "",
        "expirydate": "",
    } | changes


def trade(**changes: Any) -> dict[str, Any]:
    """Section 4.2, the last paragraph: texts, no token, no tag."""
    return {
        "exchange": "NSE",
        "producttype": "DELIVERY",
        "tradingsymbol": "RELIANCE-EQ",
        "instrumenttype": "",
        "symbolgroup": "EQ",
        "strikeprice": "-1",
        "optiontype": "",
        "expirydate": "",
        "marketlot": "1",
        "precision": "2",
        "multiplier": "-1",
        "tradevalue": "15401.00",
        "transactiontype": "BUY",
        "fillprice": "1540.10",
        "fillsize": "10",
        "orderid": ORDER_ID,
        "fillid": "50005750",
        "filltime": "13:27:53",
    } | changes


def fetched(**changes: Any) -> dict[str, Any]:
    """Section 4.4, one item; it is good for LTP and OHLC."""
    return {
        "exchange": "NSE",
        "tradingSymbol": "RELIANCE-EQ",
        "symbolToken": "2885",
        "ltp": Decimal("1540.1"),
        "open": Decimal("1532.0"),
        "high": Decimal("1544.5"),
        "low": Decimal("1529.55"),
        "close": Decimal("1531.75"),
    } | changes


def unfetched(token: str, exchange: str = "NSE") -> dict[str, str]:
    """Section 4.4: an item without a price."""
    return {
        "exchange": exchange,
        "symbolToken": token,
        "message": "Symbol token cannot be empty",
        "errorCode": "AB4018",
    }


def prices(*items: dict[str, Any], no: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    """Section 4.4, the reply's data."""
    return {"fetched": list(items), "unfetched": list(no)}
