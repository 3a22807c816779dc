"""A large text answer kept packed in memory until it is read: a master of 40 MB takes some 5 MB.

Written on the event loop chunk by chunk (a millisecond each), read from another thread as often as one likes. Nothing
lies on the disk, so there is nothing to clean up and no disk that can be full.
"""

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from app.brokers.gauge import Gauge

_QUICK: Final = 1  # the quickest level: the rows of a master repeat themselves, more effort gains little
_STEP: Final = 64 * 1024


class Packed:
    """Bytes that were written once and can be read many times; `size` counts them unpacked."""

    def __init__(self, gauge: "Gauge | None" = None) -> None:
        """`gauge` is told what has come over the wire."""
        self.size = 0
        self._gauge = gauge
        self._pack = zlib.compressobj(_QUICK)
        self._chunks: list[bytes] = []

    def write(self, chunk: bytes) -> None:
        """Append `chunk`."""
        self.size += len(chunk)
        self._keep(self._pack.compress(chunk))

    def begin(self, length: str) -> None:
        """Something will come, `length` bytes on the wire as its header says, empty without one."""
        if self._gauge is not None:
            self._gauge.begin(length)

    def reach(self, size: int) -> None:
        """So many bytes have come over the wire."""
        if self._gauge is not None:
            self._gauge.reach(size)

    def finish(self) -> None:
        """Nothing more comes; from now on it can be read."""
        self._keep(self._pack.flush())
        if self._gauge is not None:
            self._gauge.end()

    def open(self) -> io.BufferedReader:
        """All of it from the beginning, as a file."""
        return io.BufferedReader(_Unpacked(self._chunks), _STEP)

    def _keep(self, packed: bytes) -> None:
        if packed:
            self._chunks.append(packed)


class _Unpacked(io.RawIOBase):
    def __init__(self, chunks: list[bytes]) -> None:
        super().__init__()
        self._pieces = _pieces(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _pieces(chunks: list[bytes]) -> Iterator[bytes]:
    """The unpacked bytes, never more than a step at once."""
    unpack = zlib.decompressobj()
    for chunk in chunks:
        yield unpack.decompress(chunk, _STEP)
        while unpack.unconsumed_tail:
            yield unpack.decompress(unpack.unconsumed_tail, _STEP)
    yield unpack.flush()
