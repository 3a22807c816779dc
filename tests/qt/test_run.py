"""From the first paint to the last close: nothing heavy first, trouble with a way on, the end within three seconds."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.domain import ReadOnly, VaultError
from app.qt.as_of import known
from app.qt.life import Life, Options
from app.qt.ports import ServicesPort
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.events import Events
from app.services.views import VaultWaiting
from app.system.early import EarlyFile
from tests.qt.fakes import FakeNotifier, FakeServices, five
from tests.qt.waiting import until

Open = Callable[[], Awaitable[ServicesPort]]


def opener(services: FakeServices) -> Open:
    async def open_services() -> ServicesPort:
        return services

    return open_services


def begin(theme: Theme, open_services: Open, **options: object) -> tuple[Life, "asyncio.Task[int]"]:
    handed: dict[str, object] = {"desktop": FakeNotifier(available=False), **options}
    window = Window(theme)
    window.show()
    life = Life(window, open_services, Options(**handed))  # type: ignore[arg-type]  # options by name
    return life, asyncio.ensure_future(life.run())


async def test_the_frame_is_painted_before_the_services_are_opened(theme: Theme) -> None:
    services, seen = five(), list[bool]()

    async def open_services() -> ServicesPort:
        seen.append(life.window.isVisible() and life.window.pages.opening.isVisible())
        return services

    life, task = begin(theme, open_services)
    await until(lambda: services.started)

    assert seen == [True]
    assert life.window.tray is not None  # what was known is shown before anybody is asked
    life.window.quit_wanted.emit()
    assert await task == 0


async def test_how_the_accounts_stood_at_the_end_is_known_at_the_next_start(theme: Theme, tmp_path: Path) -> None:
    services, path = five(), tmp_path / "early.json"
    life, task = begin(theme, opener(services), early=EarlyFile(path))
    await until(lambda: services.started)

    life.window.quit_wanted.emit()
    assert await task == 0

    stood = known(EarlyFile(path))
    assert stood is not None
    assert [one.user_id for one in stood.accounts] == [view.user_id for view in services.brokers.accounts()]


async def test_quitting_closes_the_services(theme: Theme) -> None:
    services = five()
    life, task = begin(theme, opener(services))
    await until(lambda: life.window.tray is not None)

    life.window.quit_wanted.emit()

    assert await task == 0
    assert services.closed
    assert not life.window.isVisible()


@pytest.mark.alone
async def test_quitting_with_a_call_in_flight_takes_less_than_three_seconds(theme: Theme) -> None:
    services = five()
    services.brokers.hold = asyncio.Event()
    life, task = begin(theme, opener(services))
    await until(lambda: life.window.tray is not None)
    life.window.go("self")
    life.window.pages.status.head.check.click()
    await asyncio.sleep(0.01)

    began = time.monotonic()
    life.window.quit_wanted.emit()
    await task

    assert time.monotonic() - began < 3


@pytest.mark.alone
async def test_services_that_hang_while_closing_are_left_behind_in_time(theme: Theme) -> None:
    services = five()

    async def hang() -> None:
        await asyncio.Event().wait()

    services.close = hang  # type: ignore[method-assign]  # a hung close
    life, task = begin(theme, opener(services))
    await until(lambda: life.window.tray is not None)

    began = time.monotonic()
    life.window.quit_wanted.emit()
    await task

    assert time.monotonic() - began < 3


async def test_trouble_is_a_page_and_trying_again_goes_on(theme: Theme) -> None:
    services, errors = five(), list[VaultError]([ReadOnly("vault.db")])

    async def open_services() -> ServicesPort:
        if errors:
            raise errors.pop()
        return services

    life, task = begin(theme, open_services)
    await until(life.window.pages.trouble.isVisible)
    assert life.window.pages.trouble.title.text() == ReadOnly.title

    life.window.pages.trouble.button.click()

    await until(lambda: life.window.pages.desk is not None and life.window.pages.overview.isVisible())
    life.window.quit_wanted.emit()
    await task


async def test_an_unexpected_trouble_is_a_page_too(theme: Theme) -> None:
    async def open_services() -> ServicesPort:
        raise RuntimeError("odd")

    life, task = begin(theme, open_services)

    await until(life.window.pages.trouble.isVisible)
    life.window.quit_wanted.emit()
    assert await task == 0


async def test_services_that_cannot_be_started_are_a_page_and_are_closed_at_the_end(theme: Theme) -> None:
    services = five()

    async def fail() -> None:
        raise RuntimeError("odd")

    services.start = fail  # type: ignore[method-assign]  # a broken start
    life, task = begin(theme, opener(services))

    await until(lambda: life.window.pages.currentWidget() is life.window.pages.trouble)
    life.window.quit_wanted.emit()
    await task
    assert services.closed


async def test_quitting_while_the_services_open_ends_at_once(theme: Theme) -> None:
    async def open_services() -> ServicesPort:
        await asyncio.Event().wait()
        raise AssertionError

    life, task = begin(theme, open_services)
    await until(life.window.pages.opening.isVisible)

    life.window.quit_wanted.emit()

    async with asyncio.timeout(30):
        assert await task == 0


async def test_quitting_while_panels_are_loaded_closes_services_that_are_open_already(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, loading = five(), asyncio.Event()

    async def load(names: tuple[str, ...]) -> None:
        if "app.services.core" not in names:
            loading.set()
            await asyncio.Event().wait()

    monkeypatch.setattr("app.qt.life._load", load)
    life, task = begin(theme, opener(services))
    await loading.wait()
    await asyncio.sleep(0)

    life.window.quit_wanted.emit()

    assert (await task, services.closed) == (0, True)


async def test_before_the_session_ends_everything_arranged_is_written(theme: Theme, tmp_path: Path) -> None:
    services, early = five(), EarlyFile(tmp_path / "early.json")
    life, task = begin(theme, opener(services), early=early)
    life.save()  # before anything is there
    await until(lambda: life.window.tray is not None)
    life.window.go("positions")

    life.save()

    await until(lambda: services.ui_state.flushed == 1)
    assert services.ui_state.get("window.view") == "positions"
    life.window.quit_wanted.emit()
    await task


async def test_trouble_of_a_hidden_start_comes_within_reach(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.qt.in_sight._LOOK_MS", 20)

    async def open_services() -> ServicesPort:
        raise ReadOnly

    life, task = begin(theme, open_services)
    life.window.hide()

    await until(life.window.isVisible)
    assert life.window.isMinimized()
    assert life.window.pages.trouble.isVisibleTo(life.window)
    life.window.quit_wanted.emit()
    await task


async def test_a_slow_keychain_is_told_while_opening_and_can_be_given_up(theme: Theme) -> None:
    events, give_up = Events(), asyncio.Event()

    async def open_services() -> ServicesPort:
        events.publish(VaultWaiting(waiting=True))
        await give_up.wait()
        return five()

    life, task = begin(theme, open_services, events=events, give_up=give_up)
    await until(life.window.pages.opening.cancel.isVisible)
    assert "Waiting for your keychain" in life.window.pages.opening.more.text()

    life.window.pages.opening.cancel.click()

    await until(lambda: life.window.tray is not None)
    life.window.quit_wanted.emit()
    await task


async def test_whoever_started_it_is_told_once_it_is_ready_and_cancelled_at_the_end(theme: Theme) -> None:
    told: list[str] = []

    async def on_ready(window: Window, services: ServicesPort) -> None:
        told.append("ready")
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    life, task = begin(theme, opener(five()), on_ready=on_ready)
    await until(lambda: told == ["ready"])

    life.window.quit_wanted.emit()
    await task

    assert told == ["ready", "ended"]


async def test_a_failing_caller_is_told_in_the_window(theme: Theme) -> None:
    async def on_ready(window: Window, services: ServicesPort) -> None:
        raise OSError("socket in use")

    life, task = begin(theme, opener(five()), on_ready=on_ready)

    await until(lambda: "crashes" in life.window.__dict__ and life.window.crashes.dialog.isVisible())
    life.window.quit_wanted.emit()
    await task


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_of_the_system_ends_it_in_order(theme: Theme, number: int) -> None:
    services = five()
    life, task = begin(theme, opener(services))
    await until(lambda: life.window.tray is not None)

    os.kill(os.getpid(), number)

    assert await asyncio.wait_for(task, 30) == 0
    assert services.closed


def test_the_program_starts_without_heavy_modules_and_ends_by_itself() -> None:
    script = textwrap.dedent("""
        import asyncio, sys
        from app.qt.run import first_paint, run_window
        from tests.qt.fakes import FakeNotifier, five

        HEAVY = {"kiteconnect", "requests", "sqlalchemy", "keyring", "cryptography", "aiohttp", "jeepney", "twisted"}

        async def open_services():
            print("heavy at the first paint:", sorted(HEAVY & sys.modules.keys()))
            return five()

        async def on_ready(window, services):
            window.quit_wanted.emit()

        sys.exit(run_window(first_paint(None), open_services, on_ready=on_ready, desktop=FakeNotifier(available=False)))
    """)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "heavy at the first paint: []\n"


def test_a_hidden_start_shows_nothing_and_the_desktops_wish_for_its_end_is_followed_in_order(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from app.qt.run import first_paint, run_window
        from app.system.early import EarlyFile
        from app.system.paths import Profile
        from tests.qt.fakes import FakeNotifier, five

        profile = Profile(Path(sys.argv[1]))
        early = EarlyFile(profile.early_path)
        early.put("look", "dark")
        early.put("window", {"x": 40, "y": 30, "width": 760, "height": 500, "maximized": False})
        frame, services = first_paint(profile, hidden=True), five()
        print("seen:", frame.window.isVisible(), "dark:", frame.window.theme.dark, "width:", frame.window.width())

        async def open_services():
            return services

        async def on_ready(window, services):
            frame.app.quit()  # as a session manager that lets the session die

        code = run_window(frame, open_services, on_ready=on_ready, desktop=FakeNotifier(available=False))
        print("closed:", services.closed)
        sys.exit(code)
    """)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path / "profile")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["seen: False dark: True width: 760", "closed: True"]
