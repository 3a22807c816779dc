"""`kunji demo`: the window on a broker of this very process, with invented people, money and prices.

The adapter finds that broker because it is handed its address as an object; nothing that a user can set does that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from app.brokers import create_broker, specs
from app.brokers.base import BaseBroker, BrokerSpec
from app.domain import MemoryCallCounts, MemoryInstruments, PortTaken, SystemClock
from app.main import Parts
from app.services.broker_service import BrokerService
from app.services.sessions import Desk
from app.simulators import DEMO, ThreadedSimulator, ZerodhaSimulator, in_thread

if TYPE_CHECKING:
    from app.services.core import Services

LABEL: Final = (
    "Demo: broker, people and money are invented and live in this window. The form under Add account is filled in."
)
_FILLED_IN: Final = {
    "client_id": DEMO.client_id,
    "api_key": DEMO.api_key,
    "api_secret": DEMO.api_secret,
    "redirect_url": DEMO.redirect_url,
}


@dataclass(frozen=True, slots=True)
class DemoBand:
    """Fulfils `app.qt.demo.DemoControls`."""

    broker: ThreadedSimulator
    label: str = LABEL

    def expire_now(self) -> None:
        """End every session at the demo broker."""
        self.broker.controls.expire(DEMO.client_id)


@contextmanager
def demo_parts(port: int) -> Iterator[Parts]:
    """The demo broker on `port` of 127.0.0.1 (0: any), and what connects the window to it. Raises `PortTaken`."""
    broker = in_thread(ZerodhaSimulator(clock=SystemClock()))
    try:
        broker.start(port=port)
    except OSError as error:
        raise PortTaken(
            str(error), title=f"Another program uses port {port}", next_step="Choose another one with --port."
        ) from error
    try:
        make = _maker(broker.base_url)
        yield Parts({"make_broker": make, "quiet_hours": None}, partial(_fill_in, make), DemoBand(broker))
    finally:
        broker.stop()


def _maker(base_url: str) -> Callable[[str], BaseBroker]:
    """Makes adapters that speak to `base_url` and share what they know for as long as the window is open."""
    calls, instruments = MemoryCallCounts(), MemoryInstruments()
    return lambda broker_type: create_broker(broker_type, base_url=base_url, calls=calls, instruments=instruments)


def filled_in(spec: BrokerSpec) -> BrokerSpec:
    """What the broker declares, with the demo user's values in its form."""
    fields = (replace(field, default=_FILLED_IN.get(field.name, field.default)) for field in spec.fields)
    return replace(spec, fields=tuple(fields))


def _fill_in(make: Callable[[str], BaseBroker], services: "Services") -> None:
    """Let the forms know the demo user's values."""
    desk = Desk(services.vault, services.clock, services.events, make)
    declared = [filled_in(spec) for spec in specs()]
    services.brokers = BrokerService(desk, services.accounts, services.sign_ins, declared)
