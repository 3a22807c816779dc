"""The window's life after its first paint: open the services, follow them, and let everything go within three seconds.

The loop is Qt's own under asyncio (qasync); Qt never ends it by itself: closing hides or asks for the end, and the end
is one ordered task (desktop-session notes, section 7).
"""

import asyncio
import gc
import importlib
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import qasync
from PySide6.QtWidgets import QApplication

from app.domain import Clock, SystemClock
from app.domain.records import dataclass
from app.qt import qt_log
from app.qt.bridge import Runner
from app.qt.face import face
from app.qt.garbage import collected_here
from app.qt.notices import Notifier
from app.qt.ports import ServicesPort
from app.qt.session_end import Application, SessionEnd
from app.qt.window import Window
from app.services.events import Events
from app.services.views import Event, VaultWaiting

if TYPE_CHECKING:
    from app.qt.as_of import Keeper
    from app.qt.at_home import AtHome
    from app.qt.mending import MendingPort
    from app.qt.window_state import WindowState
    from app.system.crash import CrashNet
    from app.system.early import EarlyFile

_log: Final = logging.getLogger(__name__)
_END: Final = 2.8  # seconds for everything to be let go (security-promises I3: 3 s with the process)
_TURN: Final = 0.008  # seconds
_SERVICES: Final = ("app.services.views", "app.services.words", "app.services.sign_ins", "app.services.core")
_FIRST: Final = (
    "app.services.words",
    "app.qt.desk",
    "app.qt.repairs",
    "app.qt.walks",
    "app.qt.notices",
    "app.qt.tray",
    "app.qt.errands",
    "app.qt.panels.overview",
    "app.qt.panels.first_run",
)
_REST: Final = (  # what nobody sees before they go there; parts before what is made of them: each is one turn
    "app.qt.tables.view",
    "app.qt.tables.page",
    "app.qt.panels.positions",
    "app.qt.panels.holdings",
    "app.qt.panels.orders",
    "app.qt.panels.funds",
    "app.qt.panels.status",
)
_LAST: Final = (
    "app.qt.panels.settings",
    "app.qt.dialogs.reconnect",
    "app.qt.dialogs.walk",
    "app.qt.panels.connect",
    "app.qt.panels.help",
    "app.qt.tables.export",
    "app.qt.finder",
    "app.services.read_commands",
    "app.services.commands",
)
OpenServices = Callable[[], Awaitable[ServicesPort]]
OnReady = Callable[[Window, ServicesPort], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever starts the window may hand in."""

    on_ready: OnReady | None = None
    events: Events | None = None  # told of a slow keychain while the services are still being opened
    give_up: asyncio.Event | None = None  # set when the user does not want to wait for the keychain any longer
    crash_net: "CrashNet | None" = None
    clock: Clock | None = None
    desktop: "Notifier | None" = None
    early: "EarlyFile | None" = None  # keeps the accounts for the next first paint
    place: "WindowState | None" = None
    mending: "MendingPort | None" = None  # puts copies of damaged files back


def live(app: QApplication, window: Window, open_services: OpenServices, options: Options) -> int:
    """Run the loop until the window has let go of everything; returns the exit code."""
    with qt_log.followed(), asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        life = Life(window, open_services, options)
        SessionEnd(life.save).watch(app)
        if isinstance(app, Application):
            app.end_wanted.connect(window.quit_wanted)
            if app.asked_to_end:
                window.quit_wanted.emit()
        return runner.run(life.run())


async def _load(names: tuple[str, ...]) -> None:
    """Load modules one by one, so that the loop turns between them: not after each, for a turn takes time, too.

    What is loaded stays: no collection of cycles needs to look at it again.
    """
    began = time.perf_counter()
    for name in names:
        importlib.import_module(name)
        if time.perf_counter() - began > _TURN:
            await asyncio.sleep(0)
            began = time.perf_counter()
    await asyncio.sleep(0)
    gc.freeze()


class Life:
    """From the first paint to the last close."""

    def __init__(self, window: Window, open_services: OpenServices, options: Options) -> None:
        self.window = window
        self._open_services, self._options = open_services, options
        self._run = Runner()
        self._clock = options.clock or SystemClock()
        self._services: ServicesPort | None = None
        self._desktop: Notifier | None = None
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] | None = None
        self._keeper: Keeper | None = None
        self._home: AtHome | None = None
        window.give_up = options.give_up.set if options.give_up is not None else None
        window.quit_wanted.connect(self._ended.set)
        window.try_again.connect(self._open)

    async def run(self) -> int:
        """Open, wait for the end, let go."""
        gc.freeze()  # as after each loading below
        with collected_here():
            self.window.begin(self._clock, self._run)
            self._watch()
            self._open()
            await self._ended.wait()
            await self._close()
        return 0

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        if self._options.crash_net is not None:
            self._options.crash_net.watch(loop)
            self.window.log_dir = self._options.crash_net.log_dir
            self._options.crash_net.follow(self.window.crashed.emit)
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.add_signal_handler(number, self._ended.set)

    def _open(self) -> None:
        """Open the services; may be asked for again after trouble."""
        self.window.show_opening()
        self._at_home()  # from now on: also a window whose services never open must be within reach
        if self._options.events is not None and self._unsubscribe is None:
            self._unsubscribe = self._options.events.subscribe(self._on_event)
        self._keep(self._open_and_attach())

    def _keep(self, coroutine: "Awaitable[None]") -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open_and_attach(self) -> None:
        try:
            await _load(_SERVICES)
            services, _ = await asyncio.gather(self._opened(), _load(_FIRST))  # files are waited for
            self._stop_listening()
            await self._attach(services)
        except Exception as error:  # noqa: BLE001 - whatever prevents a start must be seen by a person
            _log.warning("not shown kind=%s", getattr(error, "kind", type(error).__name__), exc_info=error)
            self.window.show_trouble(error)
            if self._services is None:  # else what was opened is closed at the end
                self._offer_copy(error)
        finally:
            self._stop_listening()

    async def _opened(self) -> ServicesPort:
        """The services, ours to close from the moment on in which they are open."""
        self._services = await self._open_services()
        return self._services

    async def _attach(self, services: ServicesPort) -> None:
        self.window.pages.in_turns = True
        desktop, home = await self._find_desktop(), self._at_home()
        self.window.attach(services, desktop, home.begin(services))
        home.follow()
        services.events.subscribe(home.hear)
        services.diagnostics.face = partial(face, self.window, desktop)
        self._keep_early(services)
        await _load(_REST)
        await services.start()  # not before: what was known is shown first, then asked about
        await _load(_LAST)
        if self._options.on_ready is not None:
            self._run(self.window, self._options.on_ready(self.window, services))

    def _offer_copy(self, error: Exception) -> None:
        from app.qt.mending import offer_copy  # only after trouble

        if self._options.mending is not None:
            offer_copy(self._options.mending, self.window.pages.trouble, error, self._run, self._open)

    def _at_home(self) -> "AtHome":
        from app.qt.at_home import AtHome  # as the panels: after the first paint

        if self._home is None:
            self._home = AtHome(self.window, self._options.early, self._options.place)
        return self._home

    def save(self) -> None:
        """The user's session may end: what is not on the disk yet gets there."""
        if self._home is not None:
            self._home.save()
        if self._services is not None:
            self._keep(self._services.ui_state.flush())

    def _keep_early(self, services: ServicesPort) -> None:
        from app.qt.as_of import Keeper  # as the panels: after the first paint

        if self._options.early is not None:
            self._keeper = Keeper(self._options.early, self._clock)
            self._keeper.begin(services.brokers.accounts())
            services.events.subscribe(self._keeper.hear)

    async def _find_desktop(self) -> "Notifier | None":
        from app.system.notifications import DesktopNotifier  # loaded on first use: start-up

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
        if self._home is not None:
            self._home.close()
        if self._keeper is not None:
            self._keeper.close()
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
