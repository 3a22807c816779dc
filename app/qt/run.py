"""Starts the window: the frame is painted first, then asyncio, the services and all that is heavy are loaded.

Nothing is imported here at module level but what the frame is made of: start-up is measured against a bare window.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

os.environ.setdefault("QT_API", "pyside6")  # another binding may be installed beside ours

from PySide6.QtWidgets import QApplication

from app.domain.tongue import speak
from app.qt.as_of import known
from app.qt.painted import paint_first
from app.qt.session_end import Application
from app.qt.theme import Theme
from app.qt.widgets.focus import FocusRing
from app.qt.window import Window
from app.qt.window_state import WindowState
from app.system.early import EarlyFile

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from app.domain import Clock
    from app.qt.demo import DemoControls
    from app.qt.life import OnReady, OpenServices
    from app.qt.mending import MendingPort
    from app.qt.notices import Notifier
    from app.services.events import Events
    from app.system.crash import CrashNet
    from app.system.paths import Profile


class Frame(NamedTuple):
    """What was painted first, before anything else was loaded. `early` is None where there is no profile."""

    app: QApplication
    window: Window
    early: EarlyFile | None
    place: WindowState | None


def first_paint(
    profile: Profile | None, *, demo: DemoControls | None = None, now: datetime | None = None, hidden: bool = False
) -> Frame:
    """Show the frame where it was and, of `now`, the accounts as they last stood; returns when it was painted.

    A `hidden` one waits in the tray, as `app.qt.in_sight` allows.
    """
    app = QApplication.instance() or Application(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("there is a Qt application without widgets in this process")
    set_up(app)
    early = EarlyFile(profile.early_path) if profile is not None else None
    theme = Theme(app)
    theme.start(early.get("look") or "system" if early is not None else "system")
    window = Window(theme, demo=demo)
    place = WindowState(window, early) if early is not None else None
    if place is not None:
        place.restore()
        window.placed.connect(place.touched)
    stood = known(early) if early is not None else None
    if stood is not None:
        window.sidebar.show_known(stood, now or stood.at)
    if not hidden:
        paint_first(window)
    FocusRing(app, theme)
    return Frame(app, window, early, place)


def run_window(
    frame: Frame,
    open_services: OpenServices,
    *,
    on_ready: OnReady | None = None,
    events: Events | None = None,
    give_up: asyncio.Event | None = None,
    crash_net: CrashNet | None = None,
    clock: Clock | None = None,
    desktop: Notifier | None = None,
    mending: MendingPort | None = None,
) -> int:
    """Let the window live until the user quits; returns the exit code.

    `open_services` is awaited now, and again when the user tries again; a `VaultError` of it becomes
    a page. `on_ready` runs once with the window and the services, and is cancelled at the end. `events` and `give_up`
    tell of a keychain that is slow while the services are being opened, and that the user does not want to wait.
    """
    from app.qt.life import Options, live  # after the first paint: start-up

    options = Options(on_ready, events, give_up, crash_net, clock, desktop, frame.early, frame.place, mending)
    return live(frame.app, frame.window, open_services, options)


def set_up(app: QApplication) -> None:
    """What holds for the whole application."""
    app.setApplicationName("kunji")
    app.setDesktopFileName("kunji")
    app.setQuitOnLastWindowClosed(False)
    speak(lambda text: app.translate("Kunji", text))
