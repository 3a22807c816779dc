"""The brokers that are offered, one line each: seen by type checkers and by the packager, found by others by key."""

from typing import Final

from app.brokers.angel_one.spec import SPEC as ANGEL_ONE
from app.brokers.base import BrokerSpec
from app.brokers.dhan.spec import SPEC as DHAN
from app.brokers.fyers.spec import SPEC as FYERS
from app.brokers.zerodha.spec import SPEC as ZERODHA

SPECS: Final[tuple[BrokerSpec, ...]] = (ZERODHA, DHAN, FYERS, ANGEL_ONE)
