"""Sign-ins that others get into: a program that forges the redirect, a network that goes, another client's session."""

import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from app.simulators.answers import Answer, encode
from tests.desktop import browser
from tests.desktop.evidence import Record, records
from tests.desktop.eyes import Match
from tests.desktop.walk import TITLE, Walk
from tests.desktop.window import Window
from tests.end2end.conftest import CLIENT, Home

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(200)]

STRANGER = "ZZ9999"


def at_the_page(home: Home) -> tuple[Window, Walk, Record]:
    """The window of an account whose session has ended, its broker's page open; and what is stored."""
    window = home.open()
    walk = home.walk(window)
    walk.take(walk.connect)
    home.end_session()
    window.click("Refresh", exact="Refresh")
    window.click("Reconnect HUF")
    home.desktop.wait_for("the broker's page", Match(browser.APP, role="push button", exact="Sign in"), 40)
    return window, walk, records(home.profile / "vault.db")[0]


def knock(home: Home) -> tuple[int, str]:
    """What another program of this computer gets that sends a redirect of its own making."""
    forged = {"request_token": "canaryforged0001", "status": "success", "action": "login", "state": "5a" * 32}
    try:
        with urllib.request.urlopen(f"{home.person.redirect_url}?{urlencode(forged)}", timeout=10) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def exchanges(home: Home) -> int:
    return sum(seen.operation == "session" for seen in home.broker.log)


def test_forged_redirect_changes_nothing_and_a_token_just_issued_outlives_the_network(home: Home) -> None:
    window, walk, old = at_the_page(home)

    status, page = knock(home)
    before = exchanges(home)
    home.broker.controls.fault("profile", "reset-before")
    walk._press_sign_in()
    new = walk._record(lambda record: record.token != old.token)
    window.see("the step it came to", words="Check it and read positions: failed")
    window.click("Close", exact="Close")
    window.see("the account, not confirmed", name=f"{TITLE}, Not confirmed")
    home.broker.controls.clear()
    window.click("Refresh", exact="Refresh")
    window.see("the account, ready", name=f"{TITLE}, Ready", seconds=40)

    assert status == 404
    assert "canaryforged0001" not in page
    assert (before, exchanges(home)) == (1, 2)
    assert not new.confirmed
    assert home.broker.controls.is_live(CLIENT)


def test_another_clients_sign_in_is_named_and_replaces_nothing(home: Home) -> None:
    window, walk, old = at_the_page(home)
    theirs = {"status": "success", "data": {"user_id": STRANGER, "access_token": "canary-of-a-stranger-1234567890"}}

    home.broker.controls.say("session", Answer(encode(theirs)))
    walk._press_sign_in()
    window.see("the step it came to", words="Take over the session: failed")
    window.see("whose it was", words=f"You signed in as {STRANGER}; this account is {CLIENT}")
    kept = records(home.profile / "vault.db")[0]
    home.broker.controls.clear()
    window.click("Start again", exact="Start again")
    walk._press_sign_in()
    window.click("Done", exact="Done")
    window.see("the account, ready", name=f"{TITLE}, Ready")

    assert kept == old
