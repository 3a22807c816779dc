"""Which cells have changed just now: lit for 400 ms, at most twice a second a cell, none while too much moves."""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QApplication, QStyle

Cell = tuple[Hashable, int]

LIT_MS: Final = 400
REST_MS: Final = 500  # twice a second a cell
MOST: Final = 200  # visible changes within a second
_STEP_MS: Final = 50


class Tints(QObject):
    """`went` is called with the cells whose time is over, to paint them once more."""

    def __init__(self, parent: QObject, went: Callable[[list[Cell]], None]) -> None:
        super().__init__(parent)
        self._went = went
        self._lit: dict[Cell, int] = {}
        self._began: dict[Cell, int] = {}
        self._changes: deque[tuple[int, int]] = deque()
        self._count = 0
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._expire)

    def __contains__(self, cell: Cell) -> bool:
        return cell in self._lit

    @property
    def any(self) -> bool:
        """Whether a cell is lit."""
        return bool(self._lit)

    def changed(self, cells: Sequence[Cell]) -> None:
        """These visible cells say something else now."""
        now = self._clock.elapsed()
        self._note(now, len(cells))
        if self._count > MOST or motion_is_reduced():
            return
        for cell in cells:
            if now - self._began.get(cell, -REST_MS) >= REST_MS:
                self._lit[cell] = self._began[cell] = now
        if self._lit and not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Other rows: nothing of them has changed."""
        self._lit.clear()
        self._began.clear()
        self._timer.stop()

    def _note(self, now: int, count: int) -> None:
        self._changes.append((now, count))
        self._count += count
        while self._changes and now - self._changes[0][0] > 1000:  # noqa: PLR2004 - a second
            self._count -= self._changes.popleft()[1]

    def _expire(self) -> None:
        now = self._clock.elapsed()
        over = [cell for cell, began in self._lit.items() if now - began >= LIT_MS]
        for cell in over:
            del self._lit[cell]
        if over:
            self._went(over)
        if not self._lit:
            self._timer.stop()
            self._began = {cell: began for cell, began in self._began.items() if now - began < REST_MS}


def motion_is_reduced() -> bool:
    """Whether the system asks for no animations."""
    style = QApplication.style()
    return not style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
