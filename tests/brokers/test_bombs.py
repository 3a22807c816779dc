"""N7: what is meant to fill the memory is noticed on its way, at every broker, for answers and for files."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from functools import cache
from threading import Event, Thread
from typing import Final, Self

import pytest

from app.brokers import http
from app.brokers.zerodha import desk
from app.domain import TradingError
from tests.brokers.bench import Bench
from tests.brokers.fuzz import MOST_MEMORY, resident
from tests.brokers.raw_server import Play, raw, raw_server

GIGABYTE: Final = 1024**3
MEGABYTE: Final = bytes(1024**2)
KINDS: Final = {"wire_surprise", "not_reachable"}


@cache
def gigabyte_of_zeros() -> bytes:
    """A gigabyte in a megabyte: one packed block, a thousand times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 1023 + packer.flush()


def bomb() -> Play:
    packed = gigabyte_of_zeros()
    return raw(head_of(len(packed), "Content-Encoding: gzip\r\n") + packed)


def endless() -> Play:
    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head_of(GIGABYTE))
        for _ in range(1024):
            writer.write(b" " * len(MEGABYTE))
            await writer.drain()

    return play


def deep(levels: int) -> Play:
    body = b'{"status":true,"s":"ok","data":' + b"[" * levels + b"]" * levels + b"}"
    return raw(head_of(len(body)) + body)


def head_of(length: int, more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{more}Content-Length: {length}\r\n\r\n".encode()


BOMBS: Final[dict[str, Callable[[], Play]]] = {
    "gzip": bomb,
    "endless": endless,
    "10,000 deep": lambda: deep(10_000),
    "a million deep": lambda: deep(1_000_000),
}


class Watch:
    """The largest memory of this process while something runs, MB more than before."""

    def __init__(self) -> None:
        self.most = self._before = resident()
        self._done = Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def more(self) -> float:
        return self.most - self._before

    def _look(self) -> None:
        while not self._done.wait(0.002):
            self.most = max(self.most, resident())


@pytest.fixture(autouse=True)
def _no_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (http, desk):
        monkeypatch.setattr(module, "_BACK_OFF", (0.0, 0.0, 0.0))


async def kind(call: Awaitable[object]) -> str:
    with pytest.raises(TradingError) as caught:
        await call
    return caught.value.kind


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_takes_no_memory_and_ends_typed(bench: Bench, name: str) -> None:
    play = BOMBS[name]()
    async with raw_server(play) as server:
        broker = bench.broker(server.base_url)
        bench.hurry(broker, 5.0, 5.0)
        with Watch() as watch:
            ends = {await kind(broker.connect(bench.live())), await kind(broker.load_instruments())}
        await broker.close()
    assert ends <= KINDS
    assert watch.more < MOST_MEMORY


def test_the_bomb_is_one() -> None:
    size, unpacker = 0, zlib.decompressobj(31)
    left = gigabyte_of_zeros()
    while left and size < 64 * len(MEGABYTE):
        size += len(unpacker.decompress(left, len(MEGABYTE)))
        left = unpacker.unconsumed_tail
    assert size >= 64 * len(MEGABYTE)
    assert len(gigabyte_of_zeros()) < 2 * len(MEGABYTE)
