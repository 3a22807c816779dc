"""Runs one command: asks the owner of the profile, or is the owner for as long as the command takes."""

import argparse
import asyncio
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Final, TextIO

from app.cli import render
from app.cli.terminal import Terminal
from app.domain import Busy, Clock, LoginCancelled, NotFound, SystemClock, TradingError
from app.services.command_views import failure, own_mistake
from app.system import ipc
from app.system.channel import Channel
from app.system.instance import InstanceLock
from app.system.paths import Profile
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.core import Services

_log: Final = logging.getLogger(__name__)
_PATIENCE: Final = 5.0  # seconds for an owner to answer: it may still be starting
_WAY_PATIENCE: Final = 10.0  # seconds for an owner without a window to let everything go
_SHOW_PATIENCE: Final = 1.5  # seconds: a second start leaves within two (promise I1)
OpenServices = Callable[[], Awaitable["Services"]]
"""Builds the services; nothing is started."""


def run(options: argparse.Namespace, profile: Profile, open_services: OpenServices, clock: Clock | None = None) -> int:
    """Run the command that `options` name, print what came of it, return the exit code."""
    request = {
        name: value for name, value in vars(options).items() if name not in ("command", "profile_dir", "json", "port")
    }
    request["op"] = options.command
    if options.command == "watch":
        from app.cli.watch import watch  # it stands on this module

        return watch(request, profile, open_services, as_json=options.json)
    with Terminal() as terminal:
        answer = ended(_answered(profile, request, terminal, open_services))
    return show(options, answer, clock)


def ended(work: Coroutine[None, None, Message]) -> Message:
    """The answer of `work`; whatever ends it becomes one."""
    try:
        return asyncio.run(_until_told_to_end(work))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return failure(LoginCancelled(title="Cancelled", next_step="Nothing was changed after that."))
    except TradingError as error:
        return failure(error)
    except Exception:  # noqa: BLE001 - a mistake of ours has an exit code of its own; the masked log holds it whole
        _log.exception("command failed")
        return own_mistake()


async def _until_told_to_end(work: Coroutine[None, None, Message]) -> Message:
    """A terminal that is closed, or a machine that shuts down, ends a command as cleanly as Ctrl+C does."""
    task = asyncio.ensure_future(work)
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def show(options: argparse.Namespace, answer: Message, clock: Clock | None = None) -> int:
    """Print `answer` as the options ask and return its exit code."""
    if options.json:
        return printed([json.dumps(answer, indent=2)], [], answer)
    lines = render.lines(options.command, answer, (clock or SystemClock()).now())
    return printed(lines, render.complaint(answer), answer)


def printed(lines: list[str], complaints: list[str], answer: Message) -> int:
    """Print, also where a sign cannot be shown; the answer's code, or that of a mistake when the disk is full."""
    for stream, texts in ((sys.stdout, lines), (sys.stderr, complaints)):
        if not texts or stream is None:  # a closed stream is None
            continue
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        try:
            print("\n".join(texts), file=stream, flush=True)
        except BrokenPipeError:  # whoever reads has read enough
            _silence(stream)
        except OSError:
            _silence(stream)
            return int(own_mistake()["code"])
    return int(answer["code"])


def _silence(stream: TextIO) -> None:
    """Let what could not be written go nowhere, or Python would try it once more at its end and say so."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, no path
        os.dup2(nowhere.fileno(), stream.fileno())


async def _answered(profile: Profile, request: Message, talk: Talk, open_services: OpenServices) -> Message:
    with InstanceLock(profile) as lock:
        channel = await find_owner(profile, lock)
        if channel is not None:
            return await ipc.call(channel, request, talk)
        return await as_owner(profile, request, talk, open_services)


async def find_owner(profile: Profile, lock: InstanceLock) -> Channel | None:
    """A channel to the owner, or None when we are it now. Raises `Busy` for one that does not answer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE
    while profile.is_demo or not lock.acquire():
        left = deadline - loop.time()
        try:
            return await ipc.connect(profile, patience=min(1.0, max(0.1, left)))
        except Busy:
            if left <= 0:
                raise
            if profile.is_demo and lock.acquire():
                raise _demo_is_closed() from None
    return None


def _demo_is_closed() -> NotFound:
    return NotFound(title="The demo is not open", next_step="kunji demo opens it.")


async def as_owner(profile: Profile, request: Message, talk: Talk, open_services: OpenServices) -> Message:
    """Answer one request on the profile, whose owner we are for as long as it takes."""
    from app.services.commands import Commands  # an owner elsewhere makes it needless
    from app.system import logs  # as above

    log = logs.start(profile)
    try:
        services = await open_services()
        try:
            return await Commands(services).handle(request, talk)
        finally:
            await services.close()
    finally:
        log.stop()


def refuse(options: argparse.Namespace, error: TradingError) -> int:
    """Say why a command, or the window, cannot begin; return the exit code."""
    return show(options, failure(error))


def show_window(profile: Profile, lock: InstanceLock, *, hidden: bool = False) -> int | None:
    """Bring the window of the profile's owner to the front: what a second start of Kunji does instead of its own.

    A `hidden` one leaves the window as it is.

    None when the owner is none that has a window and has given way: then `lock` holds the profile.
    """
    with Terminal() as terminal:
        answer = ended(_shown(profile, lock, terminal, hidden=hidden))
    return None if lock.held else printed([], render.complaint(answer), answer)


async def _shown(profile: Profile, lock: InstanceLock, talk: Talk, *, hidden: bool) -> Message:
    channel = await ipc.connect(profile, patience=_SHOW_PATIENCE)
    answer = await ipc.call(channel, {"op": "show", "hidden": hidden}, talk)
    deadline = asyncio.get_running_loop().time() + _WAY_PATIENCE
    while answer.get("gives_way") and not lock.acquire():
        if asyncio.get_running_loop().time() > deadline:
            raise Busy
        await asyncio.sleep(0.05)
    return answer
