"""`kunji demo`: the window on a broker of this very process, with invented people, money and prices.

The adapter finds that broker because it is handed its address as an object; nothing that a user can set does that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from app.brokers import specs
from app.brokers.base import BrokerSpec
from app.domain import PortTaken, SystemClock
from app.parts import Parts
from app.simulators import DEMO, ThreadedSimulator, ZerodhaSimulator, in_thread

PLAYED: Final = "zerodha"
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
        broker.controls.market("open")  # whatever the hour: prices move, orders are taken
        declared = [filled_in(spec) for spec in specs() if spec.key == PLAYED]
        yield Parts({"base_url": broker.base_url, "declared": declared, "quiet_hours": None}, DemoBand(broker))
    finally:
        broker.stop()


def filled_in(spec: BrokerSpec) -> BrokerSpec:
    """What the broker declares, with the demo user's values in its form."""
    fields = (replace(field, default=_FILLED_IN.get(field.name, field.default)) for field in spec.fields)
    return replace(spec, fields=tuple(fields))
