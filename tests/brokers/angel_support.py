"""What the unit tests of the Angel One adapter share: a broker at a scripted server, and rows typed from the sheet."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.brokers import wire
from app.brokers.angel_one.broker import AngelOneBroker
from app.brokers.angel_one.spec import KEY
from app.brokers.base import BrokerPorts
from app.brokers.http import Deadlines
from app.domain import IST, Credentials, Instrument, Kind, MemoryCallCounts, MemoryInstruments, Secret
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

NOW: Final = datetime(2026, 11, 18, 10, 30, 12, tzinfo=IST)
CLIENT: Final = "K123456"
API_KEY: Final = "canary-api-key-5b1e"
TOKEN: Final = "canary-jwt-90d2"
PIN: Final = "4829"
SEED: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the ASCII key of RFC 6238's test vectors, in base 32
ORDER_ID: Final = "201020000000080"
UNIQUE_ID: Final = "34reqfachdfih"

SECURE: Final = "/rest/secure/angelbroking"
LOGIN: Final = "/rest/auth/angelbroking/user/v1/loginByPassword"
LOGOUT: Final = f"{SECURE}/user/v1/logout"
PROFILE: Final = f"{SECURE}/user/v1/getProfile"
FUNDS: Final = f"{SECURE}/user/v1/getRMS"
POSITIONS: Final = f"{SECURE}/order/v1/getPosition"
HOLDINGS: Final = f"{SECURE}/portfolio/v1/getHolding"
BOOK: Final = f"{SECURE}/order/v1/getOrderBook"
TRADES: Final = f"{SECURE}/order/v1/getTradeBook"
DETAILS: Final = f"{SECURE}/order/v1/details/{UNIQUE_ID}"
QUOTE: Final = f"{SECURE}/market/v1/quote/"
PLACE: Final = f"{SECURE}/order/v1/placeOrder"
MASTER_FILE: Final = "/OpenAPI_File/files/OpenAPIScripMaster.json"


def good(data: object) -> dict[str, Any]:
    """The standard envelope of a success (section 6.1)."""
    return {"status": True, "message": "SUCCESS", "errorcode": "", "data": data}


def bad(code: str, message: str = "") -> dict[str, Any]:
    """The standard envelope of a refusal."""
    return {"status": False, "message": message, "errorcode": code, "data": None}


def gateway(code: str, message: str = "") -> dict[str, Any]:
    """The gateway's envelope: token, key, internet address."""
    return {"success": False, "message": message, "errorCode": code, "data": ""}


def profile(client: str = CLIENT) -> dict[str, Any]:
    return {
        "clientcode": client,
        "name": "ASHA",
        "email": "",
        "mobileno": "",
        "exchanges": ["nse_cm", "nse_fo", "mcx_fo"],
        "products": ["MARGIN", "MIS", "NRML", "CNC", "CO", "BO"],
        "lastlogintime": "",
        "broker": "",
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """A broker, the server that it talks to, and what it was handed."""

    broker: AngelOneBroker
    server: ScriptedServer
    clock: ManualClock
    instruments: MemoryInstruments

    def answers(self, method: str, path: str, body: object, **more: Any) -> None:
        """Script `body`, as JSON unless it is text already."""
        self.server.on(method, path, body if isinstance(body, str) else json.dumps(body), **more)

    def body(self, path: str) -> Any:
        """What was posted there, once."""
        return json.loads(self.server.only("POST", path).body)


@asynccontextmanager
async def at_desk(*, connected: bool = True) -> AsyncIterator[Desk]:
    """A desk with the small master, where waits of the clock pass at once; everything is closed at the end."""
    async with ScriptedServer() as server:
        clock, master = ManualClock(NOW), MemoryInstruments()
        await master.replace(KEY, MASTER, day=NOW.date())
        ports = BrokerPorts(clock, MemoryCallCounts(), master, base_url=server.base_url)
        broker = AngelOneBroker(ports, deadlines=Deadlines(read=2.0, attempt=1.0, exchange=2.0, order=2.0))
        desk = Desk(broker, server, clock, master)
        flow = asyncio.create_task(_let_time_pass(clock))
        try:
            if connected:
                desk.answers("GET", PROFILE, good(profile()))
                assert await broker.connect(credentials())
                server.requests.clear()
            yield desk
        finally:
            flow.cancel()
            with suppress(asyncio.CancelledError):
                await flow
            await broker.close()
        assert server.unscripted == []


async def _let_time_pass(clock: ManualClock) -> None:
    """Half a second of the clock at a time, only while somebody waits for it."""
    while True:
        await asyncio.sleep(0.001)
        if clock.sleeping:
            await clock.advance(0.5)


def credentials(**changes: Any) -> Credentials:
    """What opens the account; `extras` as plain text."""
    extras = {name: Secret(text) for name, text in changes.pop("extras", {}).items()}
    plain = {"api_key": API_KEY, "access_token": TOKEN, "client_id": CLIENT} | changes
    return Credentials(Secret(plain["api_key"]), Secret(), Secret(plain["access_token"]), plain["client_id"], extras)


def order_row(**changes: Any) -> dict[str, Any]:
    """An order of the book as it came over the wire: prices numbers, quantities texts (section 4.2)."""
    return {
        "variety": "NORMAL",
        "ordertype": "LIMIT",
        "producttype": "DELIVERY",
        "duration": "DAY",
        "price": 1450.5,
        "triggerprice": 0.0,
        "quantity": "50",
        "disclosedquantity": "0",
        "squareoff": 0.0,
        "stoploss": 0.0,
        "trailingstoploss": 0.0,
        "tradingsymbol": "RELIANCE-EQ",
        "transactiontype": "BUY",
        "exchange": "NSE",
        "symboltoken": None,
        "instrumenttype": "",
        "strikeprice": -1.0,
        "optiontype": "",
        "expirydate": "",
        "lotsize": "1",
        "cancelsize": "0",
        "averageprice": 0.0,
        "filledshares": "0",
        "unfilledshares": "50",
        "orderid": ORDER_ID,
        "uniqueorderid": UNIQUE_ID,
        "exchangeorderid": "1100000012345678",
        "status": "open",
        "orderstatus": "open",
        "text": "",
        "updatetime": "18-Nov-2026 10:21:07",
        "exchtime": "",
        "exchorderupdatetime": "",
        "fillid": "",
        "filltime": "",
        "parentorderid": "",
        "ordertag": "",
        "algoID": "99999",
    } | changes


def position_row(**changes: Any) -> dict[str, Any]:
    """A position as it came over the wire, texts throughout (section 4.3): bought 75, sold 25."""
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
        "buyqty": "75",
        "sellqty": "25",
        "buyamount": "7500.00",
        "sellamount": "2750.00",
        "symbolgroup": "",
        "strikeprice": "26000.0",
        "optiontype": "CE",
        "expirydate": "24NOV2026",
        "lotsize": "25",
        "cfbuyqty": "0",
        "cfsellqty": "0",
        "cfbuyamount": "0.00",
        "cfsellamount": "0.00",
        "buyavgprice": "100.00",
        "sellavgprice": "110.00",
        "avgnetprice": "95.00",
        "netvalue": "- 4750.00",
        "netqty": "50",
        "totalbuyvalue": "7500.00",
        "totalsellvalue": "2750.00",
        "cfbuyavgprice": "0.00",
        "cfsellavgprice": "0.00",
        "totalbuyavgprice": "100.00",
        "totalsellavgprice": "110.00",
        "netprice": "95.00",
        "pnl": "1250.00",
        "realised": "250.00",
        "unrealised": "1000.00",
        "ltp": "120.00",
        "close": "98.50",
    } | changes


def cash(token: str, symbol: str, name: str, exchange: str = "NSE", tick: str = "0.1") -> Instrument:
    """A share of the master."""
    return Instrument(exchange, symbol, token, name, Kind.CASH, None, None, Decimal(tick), 1)


MASTER: Final = (
    cash("2885", "RELIANCE-EQ", "RELIANCE"),
    cash("500325", "RELIANCE", "RELIANCE", "BSE"),
    cash("2031", "M&M-EQ", "M&M"),
    Instrument("NSE", "Nifty 50", "99926000", "NIFTY", Kind.INDEX, None, None, Decimal(0), 1),
    Instrument(
        "NFO",
        "NIFTY24NOV2626000CE",
        "49081",
        "NIFTY",
        Kind.CALL,
        date(2026, 11, 24),
        Decimal(26000),
        Decimal("0.05"),
        75,
    ),
    Instrument("MCX", "GOLD05DEC26FUT", "440939", "GOLD", Kind.FUTURE, date(2026, 12, 5), None, Decimal(1), 100),
)


def arrived(row: object) -> Any:
    """`row` as it comes out of the strict reading of JSON: no floats."""
    return wire.decode(json.dumps(row).encode())


def at_ist(text: str) -> datetime:
    """A moment in Indian time."""
    return datetime.fromisoformat(text).replace(tzinfo=IST)
