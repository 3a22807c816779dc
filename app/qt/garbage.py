"""Python's cycle collector, kept on the window's thread.

The collector runs on whichever thread happens to allocate. On a worker (the vault's, a broker library's) it may destroy
widgets that were caught in a cycle, and Qt answers with a segmentation fault at some later event. So automatic
collection is off while the window lives; a timer on the window's thread takes the steps that Python would have taken.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QTimer

_BEAT: Final = 500  # milliseconds
_FIRST: Final = 5000  # while the window comes up there is no garbage, and each look would stop it for 15 ms


@contextmanager
def collected_here() -> Iterator[None]:
    """Collect cycles on this thread only, by a timer of its event loop, until the end of the block."""
    automatic = gc.isenabled()
    gc.disable()
    timer = QTimer()
    timer.timeout.connect(lambda: timer.setInterval(_BEAT))
    timer.timeout.connect(_collect)
    timer.start(_FIRST)
    try:
        yield
    finally:
        timer.stop()
        if automatic:
            gc.enable()


def _collect() -> None:
    """One step, of the oldest generation that is due."""
    for generation, (count, threshold) in reversed(
        list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
    ):
        if count > threshold:
            gc.collect(generation)
            return
