"""The brokers that a test can play in its own process, by their keys, each with one client."""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.simulators import AngelOneSimulator, DemoUser, DhanSimulator, FyersSimulator, ZerodhaSimulator
from app.simulators.angel_one.people import angel_one_users
from app.simulators.demo import DEMO
from app.simulators.dhan.people import dhan_users
from app.simulators.fyers.people import fyers_users
from app.simulators.serving import BrokerServer
from tests.fakes.clock import going_clock

House = tuple[DemoUser, BrokerServer[Any]]
"""The client, and the broker that knows him."""


def _zerodha(redirect_url: str) -> House:
    """Every secret is a random string of its own, so that a plain search proves a leak."""
    key, secret = f"key{secrets.token_hex(12)}", f"sec{secrets.token_hex(16)}"
    user = DemoUser(DEMO.client_id, "Asha Demo", key, secret, redirect_url)
    return user, ZerodhaSimulator(clock=going_clock(), users=[user])


def _dhan(redirect_url: str) -> House:
    users = dhan_users(1, redirect_url=redirect_url)
    return users[0], DhanSimulator(clock=going_clock(), users=users)


def _fyers(redirect_url: str) -> House:
    users = fyers_users(1, redirect_url=redirect_url)
    return users[0], FyersSimulator(clock=going_clock(), users=users)


def _angel_one(_: str) -> House:
    users = angel_one_users(1)
    return users[0], AngelOneSimulator(clock=going_clock(), users=users)


HOUSES: Final[Mapping[str, Callable[[str], House]]] = MappingProxyType(
    {"zerodha": _zerodha, "dhan": _dhan, "fyers": _fyers, "angel_one": _angel_one}
)
"""Makes a broker, not started yet, whose client is sent back to the address that is given."""
