"""An Angel One adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from app.brokers.angel_one.spec import SPEC
from app.brokers.base import BaseBroker, BrokerSpec
from app.domain import IST, Credentials, Secret
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import load_master
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import ScriptedServer

NOW = datetime(2026, 11, 18, 10, 30, 12, tzinfo=IST)  # a Wednesday, the market is open


@pytest.fixture(autouse=True)
def _as_at_every_sheet(no_secret_in_any_log: None, nobody_waits_for_long: None) -> None:
    """See `tests/brokers/conftest.py`."""


@pytest.fixture(autouse=True)
def _no_pin_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """So few digits may stand by chance in what a record has besides its words."""
    yield
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert not any(wire.PIN in record.getMessage() for record in records)


@pytest.fixture
def secrets() -> tuple[str, ...]:
    return wire.CANARIES


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def spec() -> BrokerSpec:
    return SPEC


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(Secret(wire.API_KEY), Secret(), Secret(wire.TOKEN), client_id=wire.CLIENT)


@pytest.fixture
async def fresh(make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials) -> BaseBroker:
    """Connected, before any instrument master was loaded."""
    made = make_broker()
    server.on("GET", wire.PROFILE, wire.text(wire.good(wire.profile())))
    assert await made.connect(credentials) is True
    server.requests.clear()
    return made


@pytest.fixture
async def broker(fresh: BaseBroker, server: ScriptedServer) -> BaseBroker:
    """Connected and with the master loaded; the server has forgotten how it came to that."""
    await load_master(fresh, server)
    server.requests.clear()
    return fresh
