"""An adapter at the demo broker of its protocol, on one clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.brokers.base import BaseBroker, BrokerPorts
from app.brokers.fyers.spec import SPEC
from app.domain import IST, Credentials, MemoryCallCounts, MemoryInstruments, Secret
from app.simulators.demo import DemoUser
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock

ASHA, BALA = fyers_users(2)
TEN: Final = datetime(2026, 11, 18, 10, 0, tzinfo=IST)


@dataclass(frozen=True, slots=True)
class Desk:
    """An adapter, the demo broker that it talks to, and their clock."""

    broker: BaseBroker
    sim: FyersSimulator
    clock: ManualClock
    instruments: MemoryInstruments

    def credentials(self, user: DemoUser = ASHA, *, live: bool = True) -> Credentials:
        """What opens the account of `user`."""
        token = self.sim.controls.replace_token(user.client_id) if live else ""
        extras = {"redirect_url": Secret(user.redirect_url)}
        return Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id, extras)


@asynccontextmanager
async def opened_desk(rows: int = 0) -> AsyncIterator[Desk]:
    """Not connected; everything is closed at the end."""
    clock, instruments = ManualClock(TEN), MemoryInstruments()
    sim = FyersSimulator(clock=clock, users=(ASHA, BALA), rows=rows)
    await sim.start()
    sim.controls.enforce_limits(yes=False)
    broker = SPEC.make(BrokerPorts(clock, MemoryCallCounts(), instruments, base_url=sim.base_url))
    try:
        yield Desk(broker, sim, clock, instruments)
    finally:
        await broker.close()
        await sim.stop()
