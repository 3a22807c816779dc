"""The front door: reads the words of the command line, builds the objects once, hands them to a face.

Where a broker is, no word, variable or file can say: only code can hand in another one (`Parts`), as the demo and the
tests do. Nothing is imported before it is needed: `--version` and a second start need almost nothing.
"""

import gc
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any

from app.cli.options import parse
from app.parts import Parts

if TYPE_CHECKING:
    from app.domain import TradingError
    from app.qt.window import Window
    from app.services.core import Services
    from app.services.diagnostics import Diagnostics
    from app.services.reception import Reception
    from app.system.crash import CrashNet
    from app.system.paths import Profile


def main(arguments: Sequence[str] | None = None, parts: Parts | None = None) -> int:
    """Run `kunji` with `arguments` (by default the program's own) and return the exit code."""
    options = parse(arguments)
    from app.domain import TradingError  # --version and --help need nothing of ours

    try:
        return _run(options, parts or Parts())
    except TradingError as error:
        from app.cli.run import refuse  # as above

        return refuse(options, error)


def _run(options: Namespace, parts: Parts) -> int:
    from app.system import crash, masking, paths  # as above

    masking.install()
    net = crash.install()
    if options.command == "demo":
        from app.demo import demo_parts  # the user's own window does not need it

        return _window(paths.open_demo_profile(options.profile_dir), lambda: demo_parts(options.port, options.at), net)
    if options.command is None:
        profile = paths.open_real_profile(options.profile_dir)
        return _window(profile, lambda: nullcontext(parts), net, hidden=options.hidden)
    from app.cli.run import run  # the window does not need it

    profile = paths.Profile(options.profile_dir or paths.default_profile_dir())
    if options.command == "restore":
        from app.cli.restore import restore  # as above

        return restore(options, profile, parts.clock)
    if options.command == "doctor":
        from app.cli.doctor import doctor  # as above

        return doctor(options, profile, lambda silent: _diagnostics(profile, parts, silent), parts.clock)
    attended = bool(sys.stdin and sys.stdin.isatty())
    return run(options, profile, lambda: open_services(profile, parts, attended=attended), parts.clock)


async def open_services(profile: "Profile", parts: Parts, **build: Any) -> "Services":
    """The services of `profile`, not started yet. Raises a `VaultError` for trouble with its files."""
    from app.domain import SystemClock  # as above
    from app.services.core import build_services  # vault and database come after the first paint

    return await build_services(profile, **{"clock": parts.clock or SystemClock(), **build, **parts.build})


def _diagnostics(profile: "Profile", parts: Parts, silent: "TradingError | None" = None) -> "Diagnostics":
    """What looks at `profile` without services; `silent`: why its owner was not asked."""
    from app.domain import SystemClock  # as above
    from app.services.diagnostics import diagnostics_of  # as above

    return diagnostics_of(profile, parts.clock or SystemClock(), silent=silent, **parts.build)


# ------------------------------------------------------------------ the window


def _window(
    profile: "Profile",
    make_parts: Callable[[], AbstractContextManager[Parts]],
    net: "CrashNet",
    *,
    hidden: bool = False,
) -> int:
    """Be the owner of the profile and show the window, or show the window of the owner; a `hidden` start shows none."""
    from app.system import logs  # as above
    from app.system.fault import FaultFile  # as above
    from app.system.instance import InstanceLock  # as above
    from app.system.screen import check_screen  # as above

    with ExitStack() as stack:
        lock = stack.enter_context(InstanceLock(profile))
        if not lock.acquire():
            from app.cli.run import show_window  # only a second start needs it

            code = show_window(profile, lock, hidden=hidden)
            if code is not None:
                return code
        check_screen()
        stack.callback(logs.start(profile).stop)
        fault = stack.enter_context(FaultFile(profile))
        net.log_dir = profile.log_dir
        net.report_earlier(fault.earlier)
        parts = stack.enter_context(make_parts())
        net.clock = parts.clock or net.clock
        gc.disable()  # nothing is garbage yet; from the first paint on the window collects (app/qt/garbage.py)
        from app.domain import SystemClock  # as above
        from app.qt.imports import plain_imports  # a second start must not load Qt

        plain_imports()
        from app.qt.run import first_paint, run_window  # as above

        frame = first_paint(profile, demo=parts.demo, now=(parts.clock or SystemClock()).now(), hidden=hidden)
        from app.services import calendar  # after the first paint, as asyncio and all that follows

        calendar.load(profile)
        from app.services.mending import Mending  # as above

        house = _House(profile, parts)
        ports: dict[str, Any] = {"events": house.events, "give_up": house.give_up, "crash_net": net}
        ports["mending"] = Mending(profile, parts.clock or SystemClock())
        return run_window(frame, house.open, clock=parts.clock, on_ready=house.ready, **ports)


class _House:
    """The window's services, and the door at which the command line knocks."""

    def __init__(self, profile: "Profile", parts: Parts) -> None:
        import asyncio  # as above

        from app.services.events import Events  # as above

        self.events = Events()
        self.give_up = asyncio.Event()
        self._profile = profile
        self._parts = parts
        self._reception: Reception | None = None
        self._services: Services | None = None

    async def open(self) -> "Services":
        """Open the door, then the services; asked for again after trouble."""
        from app.domain import TradingError  # as above

        reception = self._door()
        try:
            build = {"events": self.events, "give_up": self.give_up, "shown_first": True}
            self._services = await open_services(self._profile, self._parts, **build)
        except TradingError as error:
            reception.refuse(error)
            raise
        return self._services

    async def ready(self, window: "Window", _services: object) -> None:
        """Answer commands until the window ends this."""
        from app.services.commands import Commands  # as above

        if self._services is not None:
            await self._door().attend(Commands(self._services, window.come_forward))

    def _door(self) -> "Reception":
        from app.services.reception import Reception  # after the first paint

        if self._reception is None:
            self._reception = Reception(self._profile, _diagnostics(self._profile, self._parts))
            self._reception.open_door()
        return self._reception
