"""The factory and what importing it costs."""

import subprocess
import sys

import pytest

from app import brokers
from app.brokers import SUPPORTED_BROKERS, broker_spec, create_broker, is_supported_broker, specs
from app.brokers.zerodha.broker import ZerodhaBroker as TheClass


def test_importing_the_room_loads_no_broker_library() -> None:
    program = (
        "import sys, app.brokers as b; b.create_broker('zerodha'); b.ZerodhaBroker;"
        "print([m for m in ('kiteconnect', 'requests', 'urllib3', 'twisted') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_class_is_found_by_its_public_name() -> None:
    assert brokers.ZerodhaBroker is TheClass


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="UnknownBroker"):
        _ = brokers.UnknownBroker


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_a_broker_is_made_by_its_key(key: str) -> None:
    broker = create_broker(key)
    assert broker.spec is broker_spec(key)
    assert broker.refusal is None
    await broker.close()


def test_every_spec_has_its_own_key() -> None:
    assert tuple(spec.key for spec in specs()) == SUPPORTED_BROKERS
    assert len(set(SUPPORTED_BROKERS)) == len(SUPPORTED_BROKERS)


@pytest.mark.parametrize("key", ["", "ZERODHA", "robinhood", "zerodha "])
def test_an_unknown_type_is_refused_with_the_supported_ones_named(key: str) -> None:
    assert not is_supported_broker(key)
    with pytest.raises(ValueError, match="zerodha"):
        create_broker(key)


def test_a_supported_type_is_known() -> None:
    assert is_supported_broker("zerodha")
