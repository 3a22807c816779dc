"""At home on the machine: the window is found again as it was left, starts hidden, and comes when it is wanted."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.desktop.desktop import SCREEN, Desktop, Setting, until
from tests.desktop.eyes import Node
from tests.desktop.program import kunji, kunji_at
from tests.desktop.window import APP, Window
from tests.end2end.conftest import Home, MakeHome
from tests.fakes.clock import SHIFT

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(200)]

FLAT = 0.5  # between the darkest of a light window and the lightest of a dark one


def place(window: Window, x: int, y: int, width: int, height: int) -> None:
    """Put the window there, as a person does with the pointer."""
    find = ["xdotool", "search", "--onlyvisible", "--name", f"^{APP}"]
    steps = ["windowsize", "--sync", str(width), str(height), "windowmove", "--sync", str(x), str(y)]
    assert window.desktop.call([*find, *steps]).returncode == 0


def frame(window: Window) -> Node:
    return window.see("the window", role="frame", name=APP)


def brightness(window: Window, folder: Path) -> float:
    """Of the empty part of the sidebar, 0 to 1."""
    x, y, _, height = frame(window).box
    spot = f"20x20+{x + 14}+{y + height - 140}"
    picture = window.desktop.screenshot(folder / "screen.png")
    asked = ["convert-im6.q16", str(picture), "-crop", spot, "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"]
    return float(window.desktop.call(asked).stdout)


def hidden(home: Home, name: str) -> Window:
    """The program, started as at login."""
    command = kunji_at(home.broker.base_url, os.environ[SHIFT], "--hidden")
    window = Window(home.desktop, home.profile, command, name)
    words = [*command, "--profile-dir", str(home.profile)]
    window.process = home.desktop.run(words, name)
    return window


def second_start(desktop: Desktop, window: Window, *words: str) -> subprocess.CompletedProcess[str]:
    command = [word for word in window.command if word != "--hidden"]
    return desktop.call([*command, *words, "--profile-dir", str(window.profile)])


def test_the_window_is_found_again_as_it_was_left_and_starts_hidden(home: Home, tmp_path: Path) -> None:
    window = home.open()
    window.see("the empty start", name="Connect your first account")
    place(window, 90, 110, 1030, 650)
    light = brightness(window, tmp_path)
    window.desktop.key("ctrl+comma")
    window.click("As the system", role="combo box")
    window.desktop.key("Down", "Down", "Return")
    until(lambda: brightness(window, tmp_path) < FLAT, 10, "the dark look")
    left = frame(window).box
    assert window.quit() == 0

    again = home.open("kunji-again")
    found, dark = frame(again).box, brightness(again, tmp_path)
    assert again.quit() == 0
    at_login = hidden(home, "kunji-hidden")
    until(home.desktop.tray_items, 30, "an item in the tray")
    answering = [*kunji("status"), "--profile-dir", str(home.profile)]
    until(lambda: home.desktop.call(answering).returncode == 0, 30, "an answer")
    shown = home.desktop.call(["xdotool", "search", "--onlyvisible", "--name", f"^{APP}"]).stdout
    quiet = second_start(home.desktop, at_login, "--hidden").returncode
    still = home.desktop.call(["xdotool", "search", "--onlyvisible", "--name", f"^{APP}"]).stdout
    raised = second_start(home.desktop, at_login).returncode

    assert (found, light > FLAT, dark < FLAT) == (left, True, True)
    assert (shown, quiet, still, raised) == ("", 0, "", 0)
    assert frame(at_login).box == left
    assert at_login.quit() == 0


def test_a_hidden_start_without_a_tray_is_within_reach_and_a_lost_place_is_brought_back(make_home: MakeHome) -> None:
    home = make_home(Setting(tray="none"))
    early = home.profile / "early.json"
    home.profile.mkdir(mode=0o700)
    early.write_text('{"window": {"x": 5000, "y": 4000, "width": 900, "height": 600, "maximized": false}}')
    window = hidden(home, "kunji-hidden")

    found = ["xdotool", "search", "--name", f"^{APP}$"]
    until(lambda: home.desktop.call([*found, "getwindowname"]).stdout, 40, "a window that is minimized")
    raised = second_start(home.desktop, window).returncode

    x, y, width, height = frame(window).box
    assert raised == 0
    assert (0 <= x <= SCREEN[0] - width, 0 <= y <= SCREEN[1] - height) == (True, True)
    assert window.quit() == 0
