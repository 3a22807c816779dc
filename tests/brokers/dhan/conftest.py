"""A Dhan adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

from datetime import datetime

import pytest

from app.brokers.base import BaseBroker, BrokerSpec
from app.brokers.dhan.spec import SPEC
from app.domain import IST, Credentials, Secret
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import load_master
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.server import ScriptedServer

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=IST)  # a Wednesday, the market is open


@pytest.fixture(autouse=True)
def _as_at_every_sheet(no_secret_in_any_log: None, nobody_waits_for_long: None) -> None:
    """See `tests/brokers/conftest.py`."""


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
    return Credentials(Secret(wire.APP_ID), Secret(wire.APP_SECRET), Secret(wire.TOKEN), client_id=wire.CLIENT)


@pytest.fixture
async def fresh(make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials) -> BaseBroker:
    """Connected, before any instrument master was loaded."""
    made = make_broker()
    server.on("GET", "/v2/profile", wire.text(wire.profile()))
    assert await made.connect(credentials) is True
    server.requests.clear()
    return made


@pytest.fixture
async def broker(fresh: BaseBroker, server: ScriptedServer) -> BaseBroker:
    """Connected and with the master loaded; the server has forgotten how it came to that."""
    await load_master(fresh, server)
    server.requests.clear()
    return fresh
