"""The brokers that are offered, one line each: seen by type checkers and by the packager, found by others by key.

The adapters of Dhan, Fyers and Angel One stand beside Zerodha's and are held against their protocols in the tests. A
line each is added here when the sign-in of the window and of the command line can take the steps that they ask for.
"""

from typing import Final

from app.brokers.base import BrokerSpec
from app.brokers.zerodha.spec import SPEC as ZERODHA

SPECS: Final[tuple[BrokerSpec, ...]] = (ZERODHA,)
