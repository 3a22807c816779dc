"""A simulator on a thread and an event loop of its own, for a program whose loop has other things to do."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Generic, Protocol, Self, TypeVar, cast

from app.simulators.order_calls import OrderCall
from app.simulators.seen import Seen
from app.simulators.tls import Tls
from app.simulators.zerodha.controls import Controls

T = TypeVar("T")
K = TypeVar("K")
Controls_co = TypeVar("Controls_co", covariant=True)
_PATIENCE: Final = 10.0


class AnySimulator(Protocol[Controls_co]):
    """What every broker's simulator has."""

    @property
    def base_url(self) -> str:
        """See `BrokerServer.base_url`."""
        ...

    @property
    def log(self) -> tuple[Seen, ...]:
        """See `BrokerServer.log`."""
        ...

    @property
    def order_calls(self) -> tuple[OrderCall, ...]:
        """See `BrokerServer.order_calls`."""
        ...

    @property
    def controls(self) -> Controls_co:
        """What it can be made to do."""
        ...

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> None:
        """See `BrokerServer.start`."""
        ...

    async def stop(self) -> None:
        """See `BrokerServer.stop`."""
        ...


class Threaded(Generic[K]):
    """Starts, stops and controls a simulator from any thread; usable in a `with`."""

    def __init__(self, simulator: AnySimulator[K]) -> None:
        self._simulator = simulator
        self._running: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="demo-broker", daemon=True)
        self._ready = threading.Event()

    @property
    def base_url(self) -> str:
        """See `BrokerServer.base_url`."""
        return self.call(lambda: self._simulator.base_url)

    @property
    def log(self) -> tuple[Seen, ...]:
        """See `BrokerServer.log`."""
        return self.call(lambda: self._simulator.log)

    @property
    def order_calls(self) -> tuple[OrderCall, ...]:
        """See `BrokerServer.order_calls`."""
        return self.call(lambda: self._simulator.order_calls)

    @property
    def controls(self) -> K:
        """The controls; each call is carried out on the simulator's thread before it returns."""
        return cast("K", _Marshalled(self._simulator.controls, self.call))

    def start(self, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> None:
        """Start the thread and listen; raises what `BrokerServer.start` raises."""
        self._thread.start()
        self._ready.wait(_PATIENCE)
        started = asyncio.run_coroutine_threadsafe(self._simulator.start(host, port, tls), self._loop)
        try:
            started.result(_PATIENCE)
        except OSError:
            self._end()
            raise

    def stop(self) -> None:
        """Stop listening and end the thread."""
        asyncio.run_coroutine_threadsafe(self._simulator.stop(), self._loop).result(_PATIENCE)
        self._end()

    def call(self, act: Callable[[], T]) -> T:
        """Do `act` on the simulator's thread and give its result, or raise its error, here."""

        async def run() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_PATIENCE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        if self._running is None:
            raise RuntimeError("the simulator is not started")
        return self._running

    def _run(self) -> None:
        self._running = loop = asyncio.SelectorEventLoop()  # the listener needs add_reader, also on Windows
        asyncio.set_event_loop(loop)
        loop.call_soon(self._ready.set)
        try:
            loop.run_forever()
        finally:
            loop.close()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)


class _Marshalled:
    """Stands for an object of another thread: each method is called over there; nothing can be set."""

    __slots__ = ("_call", "_target")

    def __init__(self, target: object, call: Callable[[Callable[[], object]], object]) -> None:
        self._target = target
        self._call = call

    def __getattr__(self, name: str) -> object:
        value = getattr(self._target, name)
        if not callable(value):
            return value
        return lambda *args, **named: self._call(lambda: value(*args, **named))


ThreadedSimulator = Threaded[Controls]
"""Zerodha's simulator on a thread."""


def in_thread(simulator: AnySimulator[K]) -> Threaded[K]:
    """`simulator`, to be run on a daemon thread of its own. Needs `start` or a `with`."""
    return Threaded(simulator)
