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
from tests.brokers.angel_one import wire as sheet
from tests.brokers.angel_one.wire import CLIENT, PROFILE, good
from tests.brokers.sheets import let_time_pass
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

NOW: Final = datetime(2026, 11, 18, 10, 30, 12, tzinfo=IST)
API_KEY: Final = "canary-api-key-5b1e"
TOKEN: Final = "canary-jwt-90d2"
PIN: Final = "4829"
SEED: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the ASCII key of RFC 6238's test vectors, in base 32
UNIQUE_ID: Final = "34reqfachdfih"
QUOTE: Final = sheet.QUOTES[0]
DETAILS: Final = f"{sheet.SECURE}/order/v1/details/{UNIQUE_ID}"


def bad(code: str, message: str = "") -> dict[str, Any]:
    """The standard envelope of a refusal, by default without words."""
    return sheet.standard(code, message)


def gateway(code: str, message: str = "") -> dict[str, Any]:
    """The gateway's envelope, by default without words."""
    return sheet.gateway(code, message)


def profile(client: str = CLIENT) -> dict[str, Any]:
    """A client with three exchanges."""
    return sheet.profile(clientcode=client, name="ASHA", exchanges=["nse_cm", "nse_fo", "mcx_fo"])


@dataclass(frozen=True, slots=True)
class Desk:
    """A broker, the server that it talks to, and what it was handed."""

    broker: AngelOneBroker
    server: ScriptedServer
    clock: ManualClock
    instruments: MemoryInstruments

    def answers(self, method: str, path: str, body: object, **more: Any) -> None:
        """Script `body`, as JSON unless it is text already."""
        self.server.on(method, path, body if isinstance(body, str) else sheet.text(body), **more)

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
        flow = asyncio.create_task(let_time_pass(clock))
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


def credentials(**changes: Any) -> Credentials:
    """What opens the account; `extras` as plain text."""
    extras = {name: Secret(text) for name, text in changes.pop("extras", {}).items()}
    plain = {"api_key": API_KEY, "access_token": TOKEN, "client_id": CLIENT} | changes
    return Credentials(Secret(plain["api_key"]), Secret(), Secret(plain["access_token"]), plain["client_id"], extras)


def order_row(**changes: Any) -> dict[str, Any]:
    """An order of the book without a token and without a tag (section 4.2)."""
    own = {"producttype": "DELIVERY", "price": Decimal("1450.5"), "symboltoken": None, "uniqueorderid": UNIQUE_ID}
    return sheet.order(**own | {"exchtime": "", "exchorderupdatetime": "", "ordertag": ""} | changes)


def position_row(**changes: Any) -> dict[str, Any]:
    """A position (section 4.3): bought 75 at 100, sold 25 at 110, the last price is 120."""
    bought = {"buyqty": "75", "buyamount": "7500.00", "totalbuyvalue": "7500.00"}
    sold = {"sellqty": "25", "sellamount": "2750.00", "totalsellvalue": "2750.00"}
    net = {"netqty": "50", "lotsize": "25", "avgnetprice": "95.00", "netprice": "95.00", "netvalue": "- 4750.00"}
    return sheet.position(
        **bought | sold | net | {"pnl": "1250.00", "realised": "250.00", "unrealised": "1000.00"} | changes
    )


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
    return wire.decode(sheet.text(row).encode())


def at_ist(text: str) -> datetime:
    """A moment in Indian time."""
    return datetime.fromisoformat(text).replace(tzinfo=IST)
