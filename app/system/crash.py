"""No exception is lost, none ends the program, none leaves a memory image behind (promises I2 and L5).

Whatever escapes a slot, a task, a thread or a destructor is written into the log, masked, and told to the one callback
that a window may set.
"""

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from app.domain import TradingError, redact

if TYPE_CHECKING:
    import asyncio

_log: Final = logging.getLogger(__name__)
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
Tell = Callable[[str], None]


class CrashNet:
    """The hooks. `tell` (may be set later) gets one masked line, on whichever thread it happened."""

    def __init__(self, tell: Tell | None = None) -> None:
        self.tell = tell
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

    def report(self, where: str, error: BaseException | None, words: str = "") -> None:
        """Log `error` and tell the window. Never raises."""
        info = (type(error), error, error.__traceback__) if error is not None else None
        _log.error("uncaught where=%s %s", where, words, exc_info=info)
        if self.tell is None:
            return
        try:
            self.tell(_summary(error, words))
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
        self.report("loop", context.get("exception"), str(context.get("message", "")))


def install(tell: Tell | None = None) -> CrashNet:
    """Put up the net, and forbid memory images."""
    net = CrashNet(tell)
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
