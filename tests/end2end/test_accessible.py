"""The whole way through the accessibility tree alone: connect, expired, reconnect, every book, the palette.

Nothing in Kunji is clicked, typed into by keys, or looked at; only the broker's page in the browser has a pointer.
"""

import pytest

from tests.desktop.reader import STAYS_DOWN, Reader
from tests.desktop.walk import SECRET, TITLE, Walk
from tests.end2end.conftest import CLIENT, Home

pytestmark = [pytest.mark.alone, pytest.mark.desktop, pytest.mark.timeout(180)]


def sign_in(reader: Reader, walk: Walk) -> None:
    """The broker's page, then the end of the dialog."""
    walk._press_sign_in()
    reader.press("Done")
    reader.hear("the account, ready", name=f"{TITLE}, Ready", seconds=30)


def connect(reader: Reader, home: Home, walk: Walk) -> None:
    reader.press("Connect Zerodha")
    reader.write("Account name", "HUF")
    reader.write("Client id", CLIENT)
    reader.write("Redirect URL", home.person.redirect_url)
    reader.write("API key", home.person.api_key, role=SECRET)
    reader.write("API secret", home.person.api_secret, role=SECRET)
    reader.press("Connect")
    sign_in(reader, walk)


def expire(reader: Reader, home: Home) -> None:
    home.end_session()
    reader.press("Refresh")
    reader.hear("that it is signed out", name=f"{TITLE}, Signed out", seconds=30)


def read_the_other_books(reader: Reader) -> None:
    reader.press("Holdings", role=STAYS_DOWN)
    reader.read_table("TCS", "T1 100", "figures agree")
    reader.press("Funds", role=STAYS_DOWN)
    reader.read_table("Available", TITLE)
    reader.press("Orders", role=STAYS_DOWN)
    reader.hear("that there are none", role="label", exact="No orders today in 1 account.")


def test_a_dead_session_is_replaced_and_positions_are_read_without_eyes_and_pointer(home: Home) -> None:
    window = home.open()
    reader, walk = Reader(window), home.walk(window)
    connect(reader, home, walk)

    expire(reader, home)
    reader.press(f"Reconnect {TITLE}")
    sign_in(reader, walk)
    reader.press("Positions", role=STAYS_DOWN)
    reader.read_table("NIFTY", "gain", "loss")
    totals = reader.hear("the totals", name="Totals:").name
    read_the_other_books(reader)
    reader.press("Find anything")
    reader.write("Find accounts", "over")
    reader.press("Overview")
    reader.hear("the other view", role="label", exact="Overview")

    assert "P&L" in totals
    assert window.quit() == 0
