"""A heartbeat in the window's loop: says how long the loop did not turn, and where the program was meanwhile.

Installed by the tests' launchers, never by the product. A block is the time between two beats beyond their interval,
without the time in which the machine had no core for the thread, divided by how much slower than usual the machine is
at that moment. Each one above the limit is a line of the program's output; `blocks` reads them. `own` is what of it the
program computed, in the same measure: for the rest it waited for others, the X server or the bus, without a core.

Where the program is, its own thread says, asked by a signal: another thread that looks at its frames
(`sys._current_frames`) has ended Python 3.11 with a segmentation fault.
"""

import json
import signal
import sys
import threading
import time
import traceback
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final

LIMIT: Final = 50.0  # milliseconds: what is told, and the most that the program itself may compute
BESIDE: Final = 100.0  # with what it waits for others, where a second desktop or other work has the cores
OLDER_TRAY: Final = 500.0  # Qt itself waits for the X server when it puts its icon into an XEmbed tray
LOOK: Final = 150.0  # where another look or size of text is put on: every widget is dressed anew
_DRESSING: Final = "app/qt/theme.py"
_BEAT: Final = 10  # milliseconds
_LOOK: Final = 0.02  # seconds between two looks at the heart
_MADE: Final = 12_000
_USUAL: Final = 0.003  # seconds
_BEGUN: Final = "heartbeat begun"
_BLOCK: Final = "heartbeat block "


class Heartbeat:
    """Beats in the loop of the thread that makes it, from now on."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer  # the program decides when Qt is loaded

        self._thread = threading.get_ident()
        self._waits = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._last, self._waited, self._ran = time.perf_counter(), self._without_core(), time.thread_time()
        self._asked = 0.0
        self._seen: tuple[float, list[str]] = (0.0, [])
        signal.signal(signal.SIGUSR1, self._on_asked)
        signal.siginterrupt(signal.SIGUSR1, False)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(_BEAT)
        threading.Thread(target=self._look_on, name="heartbeat", daemon=True).start()
        _tell(_BEGUN)

    def _beat(self) -> None:
        last, waited, ran = self._last, self._waited, self._ran
        self._last, self._waited, self._ran = time.perf_counter(), self._without_core(), time.thread_time()
        block, own = (self._last - last - (self._waited - waited)) * 1000 - _BEAT, (self._ran - ran) * 1000
        if block > LIMIT:
            by_clock, computing = _slowness()
            self._last, self._ran = time.perf_counter(), time.thread_time()  # the look at the machine took time, too
            where = self._seen[1] if self._seen[0] == last else []
            told = {"ms": block / by_clock, "wall": block, "own": own / computing}
            _tell(_BLOCK + json.dumps({name: round(one, 1) for name, one in told.items()} | {"where": where}))

    def _without_core(self) -> float:
        """Seconds for which this thread could have run and had no core (proc(5), schedstat)."""
        return int(self._waits.read_text().split()[1]) / 1e9

    def _look_on(self) -> None:
        """Ask where the program stands when a beat is overdue; once a beat, late enough to be in the block."""
        while True:
            time.sleep(_LOOK)  # a clock, not a wait: it looks on for as long as the program lives
            last = self._last
            if time.perf_counter() - last > LIMIT / 1000 and self._asked != last:
                self._asked = last
                signal.pthread_kill(self._thread, signal.SIGUSR1)

    def _on_asked(self, _number: int, frame: FrameType | None) -> None:
        """Note it, in the thread of the loop, before the next line of Python; what is in Qt says so after it."""
        lines = [line for line in traceback.format_stack(frame) if "importlib" not in line]  # who imports tells more
        dressing = [line for line in lines[:-6] if _DRESSING in line][-1:]
        self._seen = (self._asked, [" ".join(line.split()) for line in (*dressing, *lines[-6:])])


def install() -> None:
    """Beat from the window's first paint on. Qt is not loaded for it: a second start must not need it."""
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Puts the heart into `app.qt.run` once that is loaded."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "app.qt.run":
            return None
        sys.meta_path.remove(self)
        found = find_spec(name)
        if found is not None and found.loader is not None:
            load = found.loader.exec_module

            def load_and_watch(module: ModuleType) -> None:
                load(module)
                _watch(module)

            found.loader.exec_module = load_and_watch  # type: ignore[method-assign]  # of this one loader
        return found


def _watch(run: Any) -> None:
    live = run.run_window

    def watched(*parts: Any, **more: Any) -> int:
        heart = Heartbeat()
        try:
            return int(live(*parts, **more))
        finally:
            heart._timer.stop()

    run.run_window = watched


def has_begun(output: str) -> bool:
    """Whether a heart beat in the program of that output; in one that ended before its window there was none."""
    return _BEGUN in output


def blocks(output: str, limit: float = LIMIT) -> list[str]:
    """The blocks above `limit` ms in the output of a program, and those that computed for more than `LIMIT`.

    Raises LookupError when no heart beat in it.
    """
    if _BEGUN not in output:
        raise LookupError("no heartbeat")
    found = [json.loads(line.removeprefix(_BLOCK)) for line in output.splitlines() if line.startswith(_BLOCK)]
    above = [one for one in found if one["ms"] > _allowed(one, limit) or one["own"] > _allowed(one, LIMIT)]
    return [f"{one['ms']} ms ({one['wall']} by the clock, own {one['own']}) at {one['where']}" for one in above]


def _allowed(block: dict[str, Any], limit: float) -> float:
    return LOOK if _is_dressing(block) else limit


def _is_dressing(block: dict[str, Any]) -> bool:
    return any(_DRESSING in line for line in block["where"])


def _slowness() -> tuple[float, float]:
    """How many times slower than usual small objects are made at this moment, which is what building a page is.

    By the clock, and in time of a core.
    """
    began, ran = time.perf_counter(), time.thread_time()
    made = {f"key {number}": (number, str(number)) for number in range(_MADE)}
    took, computed = time.perf_counter() - began, time.thread_time() - ran
    return (max(1.0, took / _USUAL), max(1.0, computed / _USUAL)) if made else (1.0, 1.0)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
