"""The brokers behind one port. Importing this imports no broker library: each adapter loads its own on first use."""

from typing import TYPE_CHECKING, Any, Final

from app.brokers.base import BaseBroker, BrokerPorts, BrokerSpec
from app.brokers.registry import SPECS
from app.domain import CallCounts, Clock, Instruments, MemoryCallCounts, MemoryInstruments, SystemClock

if TYPE_CHECKING:
    from app.brokers.angel_one.broker import AngelOneBroker
    from app.brokers.dhan.broker import DhanBroker
    from app.brokers.fyers.broker import FyersBroker
    from app.brokers.limiter import Limits
    from app.brokers.wires import Wires
    from app.brokers.zerodha.broker import ZerodhaBroker

SUPPORTED_BROKERS: Final[tuple[str, ...]] = tuple(spec.key for spec in SPECS)
"""The keys of the brokers that work."""

__all__ = [
    "SUPPORTED_BROKERS",
    "AngelOneBroker",
    "BaseBroker",
    "BrokerSpec",
    "DhanBroker",
    "FyersBroker",
    "ZerodhaBroker",
    "broker_spec",
    "create_broker",
    "is_supported_broker",
    "specs",
]


def specs() -> tuple[BrokerSpec, ...]:
    """What every supported broker declares of itself, in the order a person is shown them."""
    return SPECS


def is_supported_broker(broker_type: str) -> bool:
    """Whether `broker_type` is the key of a broker that works."""
    return broker_type in SUPPORTED_BROKERS


def broker_spec(broker_type: str) -> BrokerSpec:
    """What the broker declares. Raises `ValueError` that names the supported ones."""
    for spec in SPECS:
        if spec.key == broker_type:
            return spec
    raise ValueError(f"unknown broker {broker_type!r}; supported: {', '.join(SUPPORTED_BROKERS)}")


def create_broker(
    broker_type: str,
    *,
    base_url: str | None = None,
    clock: Clock | None = None,
    calls: CallCounts | None = None,
    instruments: Instruments | None = None,
    ca_file: str | None = None,
    wires: "Wires | None" = None,
    limits: "Limits | None" = None,
) -> BaseBroker:
    """A new adapter, not connected yet. Raises `ValueError` for an unknown broker.

    The ports default to ones that live as long as the process. `base_url` replaces scheme, host and port of every
    endpoint and keeps the paths; it and `ca_file` exist for code alone. `wires` and `limits` are shared by all adapters
    that are handed the same ones, and closed by whoever made them; without them an adapter has its own.
    """
    spec = broker_spec(broker_type)
    return spec.make(
        BrokerPorts(
            clock=clock or SystemClock(),
            calls=calls or MemoryCallCounts(),
            instruments=instruments or MemoryInstruments(),
            base_url=base_url,
            ca_file=ca_file,
            wires=wires,
            limits=limits,
        )
    )


def __getattr__(name: str) -> Any:  # a class each, written out: the packager finds imports by reading them
    if name == "ZerodhaBroker":
        from app.brokers.zerodha.broker import ZerodhaBroker  # loaded on first use: start-up

        return ZerodhaBroker
    if name == "DhanBroker":
        from app.brokers.dhan.broker import DhanBroker  # as above

        return DhanBroker
    if name == "FyersBroker":
        from app.brokers.fyers.broker import FyersBroker  # as above

        return FyersBroker
    if name == "AngelOneBroker":
        from app.brokers.angel_one.broker import AngelOneBroker  # as above

        return AngelOneBroker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
