"""What the unit tests of the Dhan adapter share: a broker at a scripted server, and rows typed from the sheet."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from app.brokers.base import BrokerPorts
from app.brokers.dhan.broker import DhanBroker
from app.brokers.dhan.spec import KEY
from app.brokers.http import Deadlines
from app.domain import IST, Credentials, Instrument, Kind, MemoryCallCounts, MemoryInstruments, Secret
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

NOW: Final = datetime(2026, 11, 18, 10, 30, tzinfo=IST)
CLIENT: Final = "1100003626"
APP_ID: Final = "canary-app-id-5b1e"
APP_SECRET: Final = "canary-app-secret-77aa"
TOKEN: Final = "canary-token-90d2"
PIN: Final = "482913"
SEED: Final = "JBSWY3DPEHPK3PXP"
PROFILE: Final = {
    "dhanClientId": CLIENT,
    "tokenValidity": "19/11/2026 08:00",
    "activeSegment": "E, D, C, M, ",
    "ddpi": "Active",
    "mtf": "Deactive",
    "dataPlan": "Active",
    "dataValidity": "2026-12-05 09:37:52.0",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A broker, the server that it talks to, and what it was handed."""

    broker: DhanBroker
    server: ScriptedServer
    clock: ManualClock
    instruments: MemoryInstruments
    calls: MemoryCallCounts

    def answers(self, method: str, path: str, body: object, **more: Any) -> None:
        """Script `body`, as JSON unless it is text already, at the trading host's path."""
        self.server.on(method, path, body if isinstance(body, str) else json.dumps(body), **more)


@asynccontextmanager
async def at_desk(*, connected: bool = True) -> AsyncIterator[Desk]:
    """A desk with the small master; everything is closed at the end."""
    async with ScriptedServer() as server:
        clock, master, calls = ManualClock(NOW), MemoryInstruments(), MemoryCallCounts()
        await master.replace(KEY, MASTER, day=NOW.date())
        ports = BrokerPorts(clock, calls, master, base_url=server.base_url)
        broker = DhanBroker(ports, deadlines=Deadlines(read=2.0, attempt=1.0, exchange=2.0, order=2.0))
        desk = Desk(broker, server, clock, master, calls)
        try:
            if connected:
                desk.answers("GET", "/v2/profile", PROFILE)
                assert await broker.connect(credentials())
                server.requests.clear()
            yield desk
        finally:
            await broker.close()
        assert server.unscripted == []


def credentials(**changes: Any) -> Credentials:
    """What opens the account; `extras` as plain text."""
    extras = {name: Secret(text) for name, text in changes.pop("extras", {}).items()}
    plain = {"api_key": APP_ID, "api_secret": APP_SECRET, "access_token": TOKEN, "client_id": CLIENT} | changes
    return Credentials(
        Secret(plain["api_key"]), Secret(plain["api_secret"]), Secret(plain["access_token"]), plain["client_id"], extras
    )


def jwt(**claims: Any) -> str:
    """A token with these claims; its signature is not a signature."""
    body = base64.urlsafe_b64encode(json.dumps({"iss": "dhan", "dhanClientId": CLIENT} | claims).encode())
    return "eyJhbGciOiJIUzUxMiJ9." + body.decode().rstrip("=") + ".c2ln"


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, ist: bool = True) -> datetime:
    """A moment in Indian time, or in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=IST if ist else UTC)


def cash(number: str, name: str, exchange: str = "NSE", isin: str = "", tick: str = "0.05") -> Instrument:
    """A share of the master."""
    token = f"{exchange}_EQ:{number}"
    return Instrument(exchange, token, token, name, Kind.CASH, None, None, Decimal(tick), 1, isin)


def contract(number: str, kind: Kind, expiry: date, strike: str | None = None, lot: int = 65) -> Instrument:
    """A contract on NIFTY."""
    token = f"NSE_FNO:{number}"
    price = None if strike is None else Decimal(strike)
    return Instrument("NFO", token, token, "NIFTY", kind, expiry, price, Decimal("0.05"), lot)


MASTER: Final = (
    cash("2885", "RELIANCE", isin="INE002A01018", tick="0.10"),
    cash("500325", "RELIANCE", "BSE", isin="INE002A01018"),
    cash("2031", "M&M", isin="INE101A01026"),
    cash("13", "ABB", isin="INE117A01022"),
    Instrument("NSE", "IDX_I:13", "IDX_I:13", "NIFTY", Kind.INDEX, None, None, Decimal("0.05"), 1),
    contract("49081", Kind.CALL, date(2026, 11, 24), "26000"),
    contract("52001", Kind.CALL, date(2026, 11, 17), "26000"),
    contract("35001", Kind.FUTURE, date(2026, 11, 24)),
)
