"""Desktops that lack something: no keychain, a locked one, no notification service, no tray, no browser."""

from pathlib import Path

import pytest

from tests.desktop.desktop import Setting, until
from tests.desktop.evidence import records
from tests.desktop.eyes import Match
from tests.desktop.walk import TITLE
from tests.end2end.conftest import MakeHome

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(200)]


def test_without_a_keychain_the_window_says_what_to_install_and_stores_nothing(make_home: MakeHome) -> None:
    home = make_home(Setting(keyring="absent"))

    window = home.open()

    window.see("what is missing", name="no keychain service")
    window.see("what to install", words="gnome-keyring")
    assert records(home.profile / "vault.db") == []


def test_locked_keychain_is_unlocked_at_its_own_prompt_and_the_account_is_back(
    make_home: MakeHome, tmp_path: Path
) -> None:
    first = make_home(Setting(home=tmp_path / "home"))
    first.connected().quit()
    first.desktop.close()

    home = make_home(Setting(home=tmp_path / "home", keyring="locked"), like=first)
    window = home.open("kunji-again")
    prompt = home.desktop.wait_for("the keychain's prompt", Match("gcr", role="password text"), 30)
    home.desktop.fill(prompt, home.desktop.env["DESKTOP_SESSION_PASSWORD"])
    home.desktop.key("Return")

    window.see("the account, ready", name=f"{TITLE}, Ready", seconds=30)


def test_without_a_notification_service_the_window_tells_and_offers_the_button(make_home: MakeHome) -> None:
    home = make_home(Setting(notify="none"))
    window = home.open()
    walk = home.walk(window)
    walk.take(walk.connect)

    walk.take(walk.expire)

    assert window.see("the message line", role="push button", name="Dismiss message").on_screen
    assert f"{TITLE} is signed out" in window.words


def test_under_the_older_tray_protocol_the_notifications_button_brings_the_account_back(make_home: MakeHome) -> None:
    home = make_home(Setting(tray="xembed"))
    window = home.open()
    walk = home.walk(window)
    for part in (walk.connect, walk.expire, walk.notification):
        walk.take(part)
    window.hide()

    for part in (walk.click_reconnect, walk.sign_in_again, walk.ready_again):
        walk.take(part)

    assert home.desktop.tray_items() == []
    assert window.process.poll() is None


def test_without_a_tray_closing_the_window_ends_the_program(make_home: MakeHome) -> None:
    home = make_home(Setting(tray="none"))
    window = home.open()
    window.see("the empty start", name="Connect your first account")

    home.desktop.key("ctrl+w")

    assert until(lambda: window.process.poll() is not None, 5, "the end of the program")
    assert window.process.returncode == 0
