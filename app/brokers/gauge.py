"""Counts what comes of an instrument master and tells of it a few times a second.

Bytes and rows are counted where they pass, often on another thread, and a timer of the loop looks at the numbers: a
load of 200,000 rows costs no more hand-overs between threads than one that nobody follows.
"""

import asyncio
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self, TypeVar

from app.domain import OnProgress, Progress

_EVERY: Final = 0.1  # seconds, of the loop's own time
_LONGEST: Final = 15  # digits of a length

T = TypeVar("T")


class Gauge:
    """One load, followed between entering and leaving; `begin` to `end` may be called from any one thread."""

    def __init__(self, tell: OnProgress | None, *, files: int = 1) -> None:
        """`tell` hears what is new, and the last of it when the load has come to its good end."""
        self._tell = tell
        self._files = files
        self._whole = 0  # bytes of the files that are complete
        self._here = 0  # of the file under way
        self._length: int | None = None  # its own, where it says one
        self._rows = 0
        self._told = Progress()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        if self._tell is not None:
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self._look)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            if kind is None:
                self._say()

    def begin(self, length: str) -> None:
        """A file's body begins; `length` as its header says, empty without one. Of one begun before nothing counts."""
        known = length.isascii() and length.isdecimal() and len(length) <= _LONGEST
        self._here, self._length = 0, int(length) if known else None

    def reach(self, size: int) -> None:
        """So many bytes of the file are there."""
        self._here = size

    def end(self) -> None:
        """The file is complete."""
        self._files -= 1
        self._whole, self._here, self._length = self._whole + self._here, 0, None

    def rows(self, rows: Iterable[T]) -> Iterator[T]:
        """`rows`, counted."""
        for row in rows:
            self._rows += 1
            yield row

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_EVERY, self._look)
        self._say()

    def _say(self) -> None:
        now = self._progress()
        if self._tell is not None and now != self._told:
            self._told = now
            self._tell(now)

    def _progress(self) -> Progress:
        fetched, length = self._whole + self._here, self._length
        if not self._files:
            return Progress(fetched, fetched, self._rows)
        last = self._files == 1 and length is not None
        return Progress(fetched, self._whole + (length or 0) if last else None, self._rows)
