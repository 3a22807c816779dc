"""Demo brokers: local servers that answer like the real ones, books and faults included.

They share no code with the adapters, so that one mistake cannot hide in both. Only the demo and the tests use them.
"""

from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.demo import DEMO, DemoUser, demo_users
from app.simulators.dhan.server import DhanSimulator
from app.simulators.faults import FAULTS, NETWORK_FAULTS, ODD_ANSWERS
from app.simulators.fyers.server import FyersSimulator
from app.simulators.seen import Seen
from app.simulators.threads import ThreadedSimulator, in_thread
from app.simulators.zerodha.server import ZerodhaSimulator

__all__ = [
    "DEMO",
    "FAULTS",
    "NETWORK_FAULTS",
    "ODD_ANSWERS",
    "AngelOneSimulator",
    "DemoUser",
    "DhanSimulator",
    "FyersSimulator",
    "Seen",
    "ThreadedSimulator",
    "ZerodhaSimulator",
    "demo_users",
    "in_thread",
]
