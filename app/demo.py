"""`kunji demo`: the window on brokers of this very process, with invented people, money and prices.

The adapters find these brokers because they are handed their addresses as objects; nothing that a user can set does
that, and a broker that is not played here is not offered.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from app.brokers import specs
from app.brokers.base import BrokerSpec
from app.domain import IST, Clock, PortTaken, ShiftedClock, SystemClock
from app.parts import Parts
from app.simulators import (
    DEMO,
    AngelOneSimulator,
    DemoUser,
    DhanSimulator,
    FyersSimulator,
    ZerodhaSimulator,
    in_thread,
)
from app.simulators.angel_one.people import angel_one_users
from app.simulators.dhan.people import dhan_users
from app.simulators.fyers.people import fyers_users
from app.simulators.threads import Threaded

LABEL: Final = (
    "Demo: brokers, people and money are invented and live in this window. The form under Add account is filled in."
)
# one person a broker, each with a portfolio of his own
_DHAN: Final = dhan_users(redirect_url=f"{DEMO.redirect_url}dhan")[1:2]
_FYERS: Final = fyers_users(redirect_url=f"{DEMO.redirect_url}fyers")[2:3]
_ANGEL_ONE: Final = angel_one_users(4)[3:]


class Stage(NamedTuple):
    """A broker that is played, and the client whose figures stand in its form."""

    key: str
    broker: Threaded[Any]
    user: DemoUser
    more: Mapping[str, str]

    @property
    def form(self) -> Mapping[str, str]:
        """What is filled in, by field."""
        user = self.user
        keys = {"client_id": user.client_id, "api_key": user.api_key, "api_secret": user.api_secret}
        return keys | {"redirect_url": user.redirect_url} | dict(self.more)


def _stages(clock: Clock) -> tuple[Stage, ...]:
    angel = _ANGEL_ONE[0]
    return (
        Stage("zerodha", in_thread(ZerodhaSimulator(clock=clock)), DEMO, {}),
        Stage("dhan", in_thread(DhanSimulator(clock=clock, users=_DHAN)), _DHAN[0], {}),
        Stage("fyers", in_thread(FyersSimulator(clock=clock, users=_FYERS)), _FYERS[0], {}),
        Stage(
            "angel_one",
            in_thread(AngelOneSimulator(clock=clock, users=_ANGEL_ONE)),
            angel,
            {"pin": angel.pin, "totp_secret": angel.totp_seed},  # one click, as for a user who keeps both
        ),
    )


@dataclass(frozen=True, slots=True)
class DemoBand:
    """Fulfils `app.qt.demo.DemoControls`."""

    stages: Sequence[Stage]
    label: str = LABEL

    def expire_now(self) -> None:
        """End every session at every demo broker."""
        for stage in self.stages:
            stage.broker.controls.expire(stage.user.client_id)


@contextmanager
def demo_parts(port: int, at: dt.time | None = None) -> Iterator[Parts]:
    """The demo brokers, Zerodha's on `port` of 127.0.0.1 (0: any), and what connects the window to them.

    They and the window live at the machine's time, or as if it were `at` in India now. Raises `PortTaken`.
    """
    clock = SystemClock() if at is None else _clock_at(at)
    stages = _stages(clock)
    with ExitStack() as running:
        for number, stage in enumerate(stages):
            _start(stage, 0 if number else port)
            running.callback(stage.broker.stop)
            stage.broker.controls.market("open")  # whatever the hour: prices move, orders are taken
            stage.broker.controls.begin_day(stage.user.client_id)
        urls = {stage.key: stage.broker.base_url for stage in stages}
        forms = {stage.key: stage.form for stage in stages}
        declared = [filled_in(spec, forms[spec.key]) for spec in specs() if spec.key in forms]
        yield Parts({"base_url": urls, "declared": declared, "quiet_hours": None}, DemoBand(stages), clock)


def _clock_at(time: dt.time) -> ShiftedClock:
    today = SystemClock().now().astimezone(IST).date()
    return ShiftedClock.at(dt.datetime.combine(today, time, IST))


def _start(stage: Stage, port: int) -> None:
    try:
        stage.broker.start(port=port)
    except OSError as error:
        raise PortTaken(
            str(error), title=f"Another program uses port {port}", next_step="Choose another one with --port."
        ) from error


def filled_in(spec: BrokerSpec, form: Mapping[str, str]) -> BrokerSpec:
    """What the broker declares, with the demo user's values in its form."""
    fields = (replace(field, default=form.get(field.name, field.default)) for field in spec.fields)
    return replace(spec, fields=tuple(fields))
