"""The benches of all brokers, one a broker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from app.brokers import BaseBroker
from app.domain import Instrument
from app.domain.instruments import Key
from app.simulators.tls import Tls
from tests.brokers.benches.angel_one import AngelOneBench
from tests.brokers.benches.base import Bench, without
from tests.brokers.benches.dhan import DhanBench
from tests.brokers.benches.fyers import FyersBench
from tests.brokers.benches.zerodha import ZerodhaBench
from tests.toy_broker.bench import LotusBench

__all__ = ["BENCHES", "Bench", "ZerodhaBench", "equip", "started", "without"]

BENCHES: dict[str, type[Bench]] = {
    bench.spec.key: bench for bench in (ZerodhaBench, DhanBench, FyersBench, AngelOneBench, LotusBench)
}
"""By the broker's key. The last one is invented and in no registry: it keeps the same contract (adding-a-broker.md)."""
_MASTERS: dict[str, tuple[dict[Key, Instrument], dict[Key, Instrument], date]] = {}


@asynccontextmanager
async def started(key: str, tls: Tls | None = None) -> AsyncIterator[Bench]:
    """The bench of a broker, its simulator running."""
    bench = BENCHES[key]()
    await bench.start(tls)
    try:
        yield bench
    finally:
        await bench.stop()


async def equip(bench: Bench, broker: BaseBroker) -> None:
    """Put the broker's master in place; fetched by the first test that needs it, the same for all others."""
    key, held = bench.spec.key, bench.instruments
    if key in _MASTERS:
        held._rows[key], held._names[key], held._days[key] = _MASTERS[key]
        return
    await broker.load_instruments()
    _MASTERS[key] = held._rows[key], held._names[key], held._days[key]
