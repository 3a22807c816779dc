"""A Fyers adapter at a scripted server, with the bodies that the protocol sheet prescribes, typed digit by digit."""

import base64
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.brokers.base import BrokerPorts
from app.brokers.fyers.broker import FyersBroker
from app.brokers.http import Deadlines
from app.domain import IST, Credentials, Instrument, Kind, MemoryCallCounts, MemoryInstruments, Secret
from tests.brokers.zerodha.server import JSON, Answer, Received, ScriptedServer
from tests.fakes.clock import ManualClock

NOW: Final = datetime(2026, 11, 18, 9, 30, tzinfo=IST)
APP_ID: Final = "CANARYAPPI-200"
SECRET_ID: Final = "CANARYSECR"
CLIENT_ID: Final = "XA00001"
QUICK: Final = Deadlines(read=1.4, attempt=0.8, exchange=1.0, order=1.0, master=5.0)


def jwt(**claims: Any) -> str:
    """Three base64url parts without padding; the middle one says `claims`."""
    parts = ({"typ": "JWT", "alg": "HS256"}, claims)
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join((*packed, "canarysignature"))


TOKEN: Final = jwt(sub="access_token", fy_id=CLIENT_ID, hsm_key="canaryhsm", exp=int(NOW.timestamp()) + 3600)
AUTH_CODE: Final = jwt(sub="auth_code")


def ok(code: int = 200, **payload: Any) -> str:
    """Section 4: the success envelope; Decimals keep their digits."""
    return text({"s": "ok", "code": code, "message": "", **payload})


def error(code: int, message: str, **more: Any) -> str:
    """Section 6: the error envelope."""
    return text({"s": "error", "code": code, "message": message, **more})


def text(value: Any) -> str:
    """`value` as JSON, Decimals as numbers with their own digits."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def profile(**changes: Any) -> str:
    """Section 4.1."""
    row = {
        "fy_id": CLIENT_ID,
        "name": "ASHA RAO",
        "display_name": None,
        "image": None,
        "email_id": "a**@example.com",
        "PAN": "ABXXXXXX1A",
        "mobile_number": "98XXXXXX01",
        "pin_change_date": "06-01-2026 10:00:00",
        "pwd_change_date": None,
        "totp": True,
        "pwd_to_expire": 42,
        "ddpi_enabled": False,
        "mtf_enabled": False,
    }
    return ok(data=row | changes)


def overall(count: int) -> dict[str, Any]:
    """What comes with holdings and positions, as far as anything depends on it."""
    return {"count_total": count, "pl_total": 0}


def position(**changes: Any) -> dict[str, Any]:
    """Section 4.4: a short future; `qty` is the absolute value."""
    return {
        "id": "NSE:NIFTY26NOVFUT-MARGIN",
        "symbol": "NSE:NIFTY26NOVFUT",
        "productType": "MARGIN",
        "fyToken": "101126112465001",
        "netQty": -150,
        "qty": 150,
        "side": -1,
        "netAvg": Decimal("26010.05"),
        "avgPrice": 0,
        "buyQty": 0,
        "buyAvg": 0,
        "buyVal": 0,
        "sellQty": 150,
        "sellAvg": Decimal("26010.05"),
        "sellVal": Decimal("3901507.5"),
        "cfBuyQty": 0,
        "cfSellQty": 0,
        "dayBuyQty": 0,
        "daySellQty": 150,
        "realized_profit": 0,
        "unrealized_profit": Decimal("1507.5000000000002"),
        "pl": Decimal("1507.5000000000002"),
        "ltp": 26000,
        "exchange": 10,
        "segment": 11,
        "crossCurrency": "",
        "rbiRefRate": 1,
        "qtyMulti_com": 1,
        "slNo": 0,
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """Section 4.7: a limit order at the exchange."""
    return {
        "id": "26111800000012",
        "id_fyers": "6a1c2d3e-0000-4000-8000-000000000001",
        "exchOrdId": "1100000009596016",
        "symbol": "NSE:SBIN-EQ",
        "ex_sym": "SBIN",
        "description": "STATE BANK OF INDIA",
        "fyToken": "10100000003045",
        "qty": 10,
        "remainingQuantity": 10,
        "filledQty": 0,
        "disclosedQty": 0,
        "dqQtyRem": 0,
        "type": 1,
        "side": 1,
        "status": 6,
        "exchange": 10,
        "segment": 10,
        "instrument": 0,
        "limitPrice": Decimal("820.5"),
        "stopPrice": 0,
        "tradedPrice": 0,
        "productType": "CNC",
        "orderValidity": "DAY",
        "source": "API",
        "orderDateTime": "18-Nov-2026 09:20:05",
        "offlineOrder": False,
        "message": "",
        "orderTag": "1:KJAB12",
        "orderNumStatus": "26111800000012:6",
    } | changes


def trade(**changes: Any) -> dict[str, Any]:
    """Section 4.7, trade book."""
    return {
        "tradeNumber": "26111800000012-52605023",
        "orderNumber": "26111800000012",
        "exchangeOrderNo": "1100000009596016",
        "symbol": "NSE:SBIN-EQ",
        "fyToken": "10100000003045",
        "productType": "CNC",
        "clientId": CLIENT_ID,
        "orderTag": "1:KJAB12",
        "tradedQty": 4,
        "side": -1,
        "orderType": 1,
        "exchange": 10,
        "segment": 10,
        "row": 1,
        "tradePrice": Decimal("820.45"),
        "tradeValue": Decimal("3281.8"),
        "orderDateTime": "18-Nov-2026 09:20:06",
    } | changes


def holding(**changes: Any) -> dict[str, Any]:
    """Section 4.3: delivered, a part sold today, a part pledged."""
    return {
        "symbol": "NSE:SBIN-EQ",
        "holdingType": "HLD",
        "quantity": 12,
        "remainingQuantity": 10,
        "qty_t1": 0,
        "collateralQuantity": 3,
        "remainingPledgeQuantity": -1,
        "costPrice": Decimal("611.2"),
        "ltp": Decimal("820.5"),
        "marketVal": 8205,
        "pl": 2093,
        "id": 0,
        "fyToken": 10100000003045,
        "exchange": 10,
        "segment": 10,
        "isin": "INE062A01020",
    } | changes


def quote(ticker: str, price: Any, **changes: Any) -> dict[str, Any]:
    """Section 4.8: one row of `d`."""
    values = {"lp": price, "open_price": 818, "high_price": Decimal("825.5"), "low_price": 815, "tt": "1795000000"}
    return {"n": ticker, "s": "ok", "v": values | {"prev_close_price": Decimal("817.9"), "symbol": ticker}} | changes


class Server(ScriptedServer):
    """A scripted server that can answer the next requests differently from those after them."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[tuple[str, str], deque[Answer]] = {}

    def first(self, method: str, path: str, *answers: tuple[int, str]) -> None:
        """Before what stands for `method` and `path`, answer with these (status, body), once each."""
        queue = self._first.setdefault((method, path), deque())
        queue.extend(Answer(status, (("Content-Type", JSON),), body.encode()) for status, body in answers)

    def _answer(self, request: Received) -> Answer:
        queue = self._first.get((request.method, request.path))
        if not queue:
            return super()._answer(request)
        self.requests.append(request)
        return queue.popleft()


@dataclass
class Scene:
    """A broker, not connected yet, and the server that it talks to."""

    broker: FyersBroker
    server: Server
    clock: ManualClock
    instruments: MemoryInstruments
    calls: MemoryCallCounts

    async def connect(self) -> FyersBroker:
        """The broker, connected; the server has forgotten how it came to that."""
        self.server.on("GET", "/api/v3/profile", profile())
        assert await self.broker.connect(credentials())
        self.server.requests.clear()
        return self.broker

    def only(self, method: str, path: str) -> Received:
        """The one request for `method` and `path`."""
        return self.server.only(method, path)


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    """Everything that was asked has to have been scripted."""
    clock, instruments, calls = ManualClock(NOW), MemoryInstruments(), MemoryCallCounts()
    await instruments.replace("fyers", MASTER, day=NOW.date())
    async with Server() as server:
        broker = FyersBroker(BrokerPorts(clock, calls, instruments, server.base_url), deadlines=QUICK)
        try:
            yield Scene(broker, server, clock, instruments, calls)
        finally:
            await broker.close()
        assert server.unscripted == []


def credentials(**changes: Any) -> Credentials:
    """A connected account's."""
    given: dict[str, Any] = {"api_key": APP_ID, "api_secret": SECRET_ID, "access_token": TOKEN, "client_id": CLIENT_ID}
    given |= changes
    for name in ("api_key", "api_secret", "access_token"):
        given[name] = Secret(given[name])
    return Credentials(**given)


MASTER: Final = (
    Instrument("NSE", "NSE:SBIN-EQ", "10100000003045", "SBIN", Kind.CASH, None, None, Decimal("0.05"), 1),
    Instrument("NSE", "NSE:M&M-EQ", "10100000002031", "M&M", Kind.CASH, None, None, Decimal("0.05"), 1),
    Instrument(
        "NFO",
        "NSE:NIFTY26NOVFUT",
        "101126112465001",
        "NIFTY",
        Kind.FUTURE,
        date(2026, 11, 24),
        None,
        Decimal("0.1"),
        75,
    ),
)
