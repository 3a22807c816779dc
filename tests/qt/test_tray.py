"""The key in the tray: its bit is the worst state; menu and tooltip tell states and never amounts."""

from datetime import timedelta

import pytest

from app.qt import icons
from app.qt.theme import Theme
from app.qt.tray import Tray, shape_of
from app.services.views import AccountState
from tests.qt.fakes import NOW, account, at, five, signed_out


@pytest.mark.parametrize(
    ("state", "shape"),
    [
        (None, "ready"),
        (AccountState.READY, "ready"),
        (AccountState.SIGNING_IN, "ready"),
        (AccountState.OFFLINE, "offline"),
        (AccountState.ENDS_SOON, "expiring"),
        (AccountState.WATCH_ONLY, "expiring"),
        (AccountState.NOT_CONFIRMED, "expiring"),
        (AccountState.REFUSED, "expiring"),
        (AccountState.SIGNED_OUT, "expired"),
        (AccountState.LOCKED, "expired"),
    ],
)
def test_the_bit_of_the_key_is_the_state(state: AccountState | None, shape: str) -> None:
    assert shape_of(state) == shape


@pytest.mark.parametrize("dark", [False, True])
def test_the_four_keys_differ_on_both_panels(theme: Theme, dark: bool) -> None:  # noqa: FBT001 - a parameter of the test
    drawn = [
        icons.tray(shape, dark_panel=dark).pixmap(22, 22).toImage()
        for shape in ("ready", "offline", "expiring", "expired")
    ]

    assert all(one != other for at, one in enumerate(drawn) for other in drawn[at + 1 :])


@pytest.fixture
def tray(theme: Theme) -> Tray:
    return Tray(theme, "Kunji")


def entries(tray: Tray) -> list[str]:
    return [action.text().strip() for action in tray.menu.actions() if action.text()]


def test_the_menu_has_every_account_and_reconnect_where_it_is_due(tray: Tray) -> None:
    tray.show_accounts([account("a", name="Self"), signed_out("b")], NOW)

    assert entries(tray) == [
        "Open Kunji",
        "Self \u00b7 Zerodha: Ready",
        "HUF \u00b7 Zerodha: Signed out",
        "Reconnect HUF \u00b7 Zerodha",
        "Quit",
    ]


def test_the_menu_does_what_it_says(tray: Tray) -> None:
    tray.show_accounts([signed_out("b")], NOW)
    told: list[str] = []
    tray.repair.connect(lambda user_id: told.append(f"repair {user_id}"))
    tray.show_account.connect(lambda user_id: told.append(f"show {user_id}"))
    tray.open_wanted.connect(lambda: told.append("open"))
    tray.quit_wanted.connect(lambda: told.append("quit"))

    for action in tray.menu.actions():
        action.trigger()

    assert told == ["open", "show b", "repair b", "quit"]


def test_the_tooltip_tells_states_and_no_amount(tray: Tray) -> None:
    services = five()

    tray.show_accounts(services.brokers.accounts(), NOW)

    assert "HUF \u00b7 Zerodha: Signed out" in tray.tooltip
    assert "\u20b9" not in tray.tooltip
    assert "2,194" not in tray.tooltip


def test_the_tooltip_begins_with_how_many_are_ready_and_who_ends_next(tray: Tray) -> None:
    ends = account("a", name="Self", state=AccountState.ENDS_SOON, token_expires_at=at(9, 46))

    tray.show_accounts([ends, account("c", name="Ready"), signed_out("b")], NOW)

    assert tray.tooltip.splitlines()[:2] == ["Kunji: 2 of 3 ready", "Next: Self \u00b7 Zerodha ends at 09:46"]


def test_menu_and_tooltip_tell_an_end_as_a_clock_time_and_stay_as_they_are(tray: Tray) -> None:
    ends = account("a", name="Self", state=AccountState.ENDS_SOON, token_expires_at=at(9, 46))
    tray.show_accounts([ends], NOW)
    before = tray.menu.actions(), tray.tooltip

    tray.show_accounts([ends], NOW + timedelta(seconds=1))

    assert "Self \u00b7 Zerodha: Ends at 09:46" in entries(tray)
    assert (tray.menu.actions(), tray.tooltip) == before


def test_a_session_that_has_ended_is_not_the_next_to_end(tray: Tray) -> None:
    tray.show_accounts([signed_out("b", token_expires_at=at(10))], NOW)

    assert "Next" not in tray.tooltip


def test_several_that_need_a_sign_in_can_be_reconnected_at_once(tray: Tray) -> None:
    told: list[str] = []
    tray.reconnect_all.connect(lambda: told.append("all"))
    tray.show_accounts([signed_out("a", name="Self"), signed_out("b")], NOW)

    next(action for action in tray.menu.actions() if action.text() == "Reconnect all").trigger()

    assert told == ["all"]


def test_the_click_on_a_message_does_what_was_told_with_it_once(tray: Tray) -> None:
    told: list[str] = []
    tray.open_wanted.connect(lambda: told.append("open"))
    tray.tell("HUF", "signed out", lambda: told.append("reconnect"))

    tray._icon.messageClicked.emit()
    tray._icon.messageClicked.emit()

    assert told == ["reconnect", "open"]


def test_a_message_that_was_taken_back_only_opens_the_window(tray: Tray) -> None:
    told: list[str] = []
    tray.open_wanted.connect(lambda: told.append("open"))
    tray.tell("HUF", "signed out", lambda: told.append("reconnect"))

    tray.hush()
    tray._icon.messageClicked.emit()

    assert told == ["open"]


def test_the_menu_is_rebuilt_only_when_it_says_something_else(tray: Tray) -> None:
    tray.show_accounts([signed_out("b")], NOW)
    before = tray.menu.actions()

    tray.show_accounts([signed_out("b")], NOW)

    assert tray.menu.actions() == before


def test_where_there_is_no_tray_it_is_not_called_visible(tray: Tray) -> None:
    assert not tray.visible
    assert tray._look.isActive()
