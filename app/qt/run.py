"""Starts the window: frame first, then the services; and ends it: everything let go within three seconds.

Nothing heavy is imported before the first paint. The loop is Qt's own under asyncio (qasync); Qt never ends it by
itself: closing hides or asks for the end, and the end is one ordered task (desktop-session notes, section 7).
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

os.environ.setdefault("QT_API", "pyside6")  # another binding may be installed beside ours

import qasync
from PySide6.QtWidgets import QApplication

from app.domain import Clock, SystemClock
from app.qt.bridge import Runner
from app.qt.painted import first_paint
from app.qt.theme import Theme
from app.qt.widgets.focus import FocusRing
from app.qt.window import Window
from app.services.events import Events
from app.services.views import Event, VaultWaiting

if TYPE_CHECKING:
    from app.qt.demo import DemoControls
    from app.qt.notices import Notifier
    from app.qt.ports import ServicesPort
    from app.system.crash import CrashNet
    from app.system.paths import Profile

_log: Final = logging.getLogger(__name__)
_END: Final = 2.8  # seconds for everything to be let go (security-promises I3: 3 s with the process)
OpenServices = Callable[[], "Awaitable[ServicesPort]"]
OnReady = Callable[[Window, "ServicesPort"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever starts the window may hand in."""

    demo: "DemoControls | None" = None
    on_ready: OnReady | None = None
    events: Events | None = None  # told of a slow keychain while the services are still being opened
    give_up: asyncio.Event | None = None  # set when the user does not want to wait for the keychain any longer
    crash_net: "CrashNet | None" = None
    clock: Clock | None = None
    desktop: "Notifier | None" = None


def run_window(
    profile: "Profile",  # noqa: ARG001 - one profile a process: whoever opens the services has it; kept for the title
    open_services: OpenServices,
    *,
    demo: "DemoControls | None" = None,
    on_ready: OnReady | None = None,
    events: Events | None = None,
    give_up: asyncio.Event | None = None,
    crash_net: "CrashNet | None" = None,
    clock: Clock | None = None,
    desktop: "Notifier | None" = None,
) -> int:
    """Show the window until the user quits; returns the exit code.

    `open_services` is awaited after the first paint, and again when the user tries again; a `VaultError` of it becomes
    a page. `on_ready` runs once with the window and the services, and is cancelled at the end.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("there is a Qt application without widgets in this process")
    set_up(app)
    options = Options(demo, on_ready, events, give_up, crash_net, clock, desktop)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(live(app, open_services, options))


def set_up(app: QApplication) -> None:
    """What holds for the whole application."""
    app.setApplicationName("kunji")
    app.setDesktopFileName("kunji")
    app.setQuitOnLastWindowClosed(False)


async def live(app: QApplication, open_services: OpenServices, options: Options) -> int:
    """The whole life of the window."""
    theme = Theme(app)
    theme.start()
    FocusRing(app, theme)
    life = Life(theme, open_services, options)
    return await life.run()


class Life:
    """From the first paint to the last close."""

    def __init__(self, theme: Theme, open_services: OpenServices, options: Options) -> None:
        self._open_services, self._options = open_services, options
        self._run = Runner()
        self._clock = options.clock or SystemClock()
        self.window = Window(theme, self._clock, self._run, demo=options.demo)
        self._services: ServicesPort | None = None
        self._desktop: Notifier | None = None
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] | None = None

    async def run(self) -> int:
        """Show, open, wait for the end, let go."""
        self.window.quit_wanted.connect(self._ended.set)
        self.window.try_again.connect(self._open)
        self._watch()
        painted = first_paint(self.window)
        self.window.show()
        await painted
        self._open()
        await self._ended.wait()
        await self._close()
        return 0

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        if self._options.crash_net is not None:
            self._options.crash_net.watch(loop)
            self._options.crash_net.tell = self.window.crashed.emit
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._ended.set)

    def _open(self) -> None:
        """Open the services; may be asked for again after trouble."""
        self.window.show_opening()
        if self._options.events is not None and self._unsubscribe is None:
            self._unsubscribe = self._options.events.subscribe(self._on_event)
        self._keep(self._open_and_attach())

    def _keep(self, coroutine: "Awaitable[None]") -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open_and_attach(self) -> None:
        try:
            services = await self._open_services()
        except Exception as error:  # noqa: BLE001 - whatever prevents a start must be seen by a person
            _log.warning("not opened kind=%s", getattr(error, "kind", type(error).__name__), exc_info=error)
            self.window.show_trouble(error)
            return
        finally:
            self._stop_listening()
        self._services = services
        await services.start()
        self.window.attach(services, await self._find_desktop())
        if self._options.on_ready is not None:
            self._keep(self._ready(self._options.on_ready, services))

    async def _ready(self, on_ready: OnReady, services: "ServicesPort") -> None:
        try:
            await on_ready(self.window, services)
        except Exception as error:  # noqa: BLE001 - the caller's part failed; the window lives on and says so
            self._run.untaken(error)

    async def _find_desktop(self) -> "Notifier | None":
        from app.system.notifications import DesktopNotifier  # noqa: PLC0415 - loaded on first use: start-up

        found = self._options.desktop or DesktopNotifier()
        self._desktop = found if await found.start() else None
        return self._desktop

    def _on_event(self, event: Event) -> None:
        if isinstance(event, VaultWaiting):
            self.window.pages.opening.show_waiting(waiting=event.waiting, give_up=self._options.give_up)

    def _stop_listening(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def _close(self) -> None:
        """In order: nothing new comes in, questions are dropped, the desktop, the services; a hung one is left."""
        self.window.leaving = True
        self.window.release()
        self.window.close()
        try:
            async with asyncio.timeout(_END):
                await self._let_go()
        except TimeoutError:
            _log.warning("left something behind after %s s", _END)

    async def _let_go(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._run.close()
        if self._desktop is not None:
            with suppress(OSError):  # the bus may be gone before us
                await self._desktop.close()
        if self._services is not None:
            await self._services.close()
