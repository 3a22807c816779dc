"""Live values on their way into a table: of each row the newest is kept; they go in at most 60 times a second."""

from collections.abc import Callable, Hashable, Iterable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject

from app.qt.tables.pacing import Pace
from app.qt.tables.rows import Row

R = TypeVar("R")

_FRAME_MS: Final = 17  # just under 60 a second


class Feed(Generic[R]):
    """`put` as often as values come; the newest value of every row is always the one that is handed on."""

    def __init__(self, parent: QObject, take: Callable[[Iterable[Row[R]]], None]) -> None:
        self._take = take
        self._newest: dict[Hashable, Row[R]] = {}
        self._pace = Pace(parent, _FRAME_MS, self.flush)

    @property
    def waits(self) -> bool:
        """Whether a value is still to be handed on."""
        return bool(self._newest)

    def put(self, row: Row[R]) -> None:
        """A newer value of a row that the table holds; one that it does not hold is dropped."""
        if not self._newest:
            self._pace.ask()
        self._newest[row.key] = row

    def flush(self) -> None:
        """Hand on now what waits."""
        if self._newest:
            newest, self._newest = self._newest, {}
            self._take(newest.values())

    def drop(self) -> None:
        """Everything was read anew: what waits is older."""
        self._newest = {}
