"""No exception is lost, none ends the program, none leaves a memory image behind (promises I2 and L5).

Whatever escapes a slot, a task, a thread or a destructor is written into the log, masked, and told to the one callback
that a window may set; what happened before there is a window waits for it.
"""

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from app.domain import Clock, SystemClock, TradingError, redact
from app.domain.records import dataclass

if TYPE_CHECKING:
    import asyncio

_log: Final = logging.getLogger(__name__)
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
_LONGEST: Final = 20_000  # signs of a traceback: a deep recursion repeats itself
_WAITING: Final = 50
EARLIER: Final = "last run"
"""Where a crash happened that ended the run before this one."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What escaped, as masked texts.

    `where`: "program" (a slot), "loop" (a task), "question" (one that a page asked), "thread NAME", "destructor".
    """

    at: datetime
    where: str
    summary: str
    trace: str = ""

    @property
    def fault(self) -> tuple[str, str]:
        """What makes it the same mistake as another: where, and the line of code."""
        lines = [line for line in self.trace.splitlines() if line.lstrip().startswith("File ")]
        return self.where, lines[-1] if lines else self.summary


Tell = Callable[[Crash], None]


class CrashNet:
    """The hooks. `follow` says who is told; it is called on whichever thread it happened.

    `log_dir` is where the log of this process lies, once there is one; `clock` may become another one with the demo.
    """

    def __init__(self, tell: Tell | None = None, clock: Clock | None = None) -> None:
        self.log_dir: Path | None = None
        self._tell = tell
        self.clock = clock or SystemClock()
        self._waiting: deque[Crash] = deque(maxlen=_WAITING)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable

    def remove(self) -> None:
        """Give the hooks back as they were found."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def watch(self, loop: "asyncio.AbstractEventLoop") -> None:
        """Catch what escapes the tasks and callbacks of `loop`, too."""
        loop.set_exception_handler(self._in_loop)

    def follow(self, tell: Tell) -> None:
        """Tell `tell` from now on, beginning with what nobody was told yet."""
        self._tell = tell
        while self._waiting:
            self._told(self._waiting.popleft())

    def report_earlier(self, trace: str) -> None:
        """Tell what the last run left behind when a fatal signal ended it; empty for a good end."""
        if trace:
            _log.error("the last run ended by a fatal signal\n%s", trace)
            self._told(Crash(self.clock.now(), EARLIER, "Kunji ended by itself the last time", redact(trace)))

    def report(self, where: str, error: BaseException | None, words: str = "") -> None:
        """Log `error` and tell the window. Never raises."""
        info = (type(error), error, error.__traceback__) if error is not None else None
        _log.error("uncaught where=%s %s", where, words, exc_info=info)
        self._told(crash_of(where, error, self.clock.now(), words))

    def _told(self, crash: Crash) -> None:
        if self._tell is None:
            self._waiting.append(crash)
            return
        try:
            self._tell(crash)
        except Exception:  # noqa: BLE001 - the messenger failed; the log must hold that, and nothing more may happen
            _log.exception("the callback for errors failed")

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report("program", error.with_traceback(trace))

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            name = args.thread.name if args.thread else "unknown"
            self.report(f"thread {name}", args.exc_value)

    def _unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        self.report("destructor", args.exc_value, args.err_msg or "")

    def _in_loop(self, _loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
        # "Exception in callback f('abc...xyz')": a shortened argument is half a secret, which no mask finds by value
        words, _, _ = str(context.get("message", "")).partition(" callback ")
        self.report("loop", context.get("exception"), words)


def crash_of(where: str, error: BaseException | None, at: datetime, words: str = "") -> Crash:
    """`error` as it may be shown. Never raises: a foreign exception may fail to print itself."""
    try:
        trace = "".join(traceback.format_exception(error)) if error is not None else ""
        return Crash(at, redact(where), _summary(error, words), redact(trace)[-_LONGEST:])
    except Exception:  # noqa: BLE001 - whatever its __str__ raises, its kind is known and must be told
        return Crash(at, redact(where), f"{type(error).__name__}, which cannot be printed")


def install(tell: Tell | None = None, clock: Clock | None = None) -> CrashNet:
    """Put up the net, and forbid memory images."""
    net = CrashNet(tell, clock)
    net.install()
    forbid_memory_images()
    return net


def forbid_memory_images() -> None:
    """No core file, and no other process of the user may read our memory (Linux; elsewhere what there is)."""
    if sys.platform == "win32":
        return
    import resource  # exists only on POSIX

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes  # needed for this one call

        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            _log.warning("the system did not take away the right to dump memory")


def _summary(error: BaseException | None, words: str) -> str:
    if isinstance(error, TradingError):
        return error.title
    return redact(f"{type(error).__name__}: {error}" if error is not None else words)[:200]
