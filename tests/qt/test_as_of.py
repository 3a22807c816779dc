"""The accounts as they last stood: kept without amounts, shown in the first paint, grey and with their time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.qt.as_of import Keeper, Known, KnownAccount, known
from app.qt.theme import Theme
from app.qt.widgets.sidebar import Sidebar
from app.services.views import AccountChanged, AccountRemoved, AccountState
from app.system.early import EarlyFile
from tests.fakes.clock import ManualClock
from tests.qt.fakes import account

STOOD = KnownAccount("usr_1", "HUF · Zerodha", "blue", "ready")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "early.json"


@pytest.fixture
def keeper(path: Path, clock: ManualClock, qtbot: QtBot) -> Iterator[Keeper]:
    made = Keeper(EarlyFile(path), clock)
    yield made
    made.close()
    made.deleteLater()


def stood(path: Path) -> Known:
    found = known(EarlyFile(path))
    assert found is not None
    return found


def test_accounts_are_kept_as_they_stand_and_nothing_else_of_them(
    keeper: Keeper, path: Path, clock: ManualClock
) -> None:
    keeper.begin([account(open_positions=7777)])

    found = stood(path)

    assert found.at == clock.now()
    assert found.accounts == (KnownAccount("huf", account().title, account().colour, "ready"),)
    assert b"7777" not in path.read_bytes()
    assert account().client_id.encode() not in path.read_bytes()


def test_what_changes_is_written_behind_and_what_goes_leaves_nothing(keeper: Keeper, path: Path, qtbot: QtBot) -> None:
    keeper.begin([account(), account("self", name="Self")])
    keeper.hear(AccountRemoved("self"))
    keeper.hear(AccountChanged(account(state=AccountState.SIGNED_OUT)))

    qtbot.waitUntil(lambda: [one.state for one in stood(path).accounts] == ["signed_out"], timeout=5000)

    assert b"Self" not in path.read_bytes()


def test_at_the_end_they_stand_as_of_the_end(keeper: Keeper, path: Path, clock: ManualClock) -> None:
    keeper.begin([account()])
    clock.jump(3600)

    keeper.close()

    assert stood(path).at == clock.now()


def test_accounts_that_nobody_has_told_of_are_not_forgotten(path: Path, clock: ManualClock, qtbot: QtBot) -> None:
    """A start that ends before the services are open has learnt nothing."""
    EarlyFile(path).put("accounts", {"at": clock.now().isoformat(), "accounts": [list(STOOD)]})

    Keeper(EarlyFile(path), clock).close()

    assert stood(path).accounts == (STOOD,)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        [],
        {"at": "2026-11-18T10:00:00+00:00"},
        {"at": "2026-11-18T10:00:00", "accounts": [list(STOOD)]},
        {"at": "yesterday", "accounts": []},
        {"at": "2026-11-18T10:00:00+00:00", "accounts": [["a", "b", "c"]]},
        {"at": "2026-11-18T10:00:00+00:00", "accounts": [["a", "b", "c", "no such state"]]},
        {"at": "2026-11-18T10:00:00+00:00", "accounts": [["a", 5, "c", "ready"]]},
    ],
)
def test_what_cannot_be_read_is_as_good_as_never_written(path: Path, kept: Any) -> None:
    EarlyFile(path).put("accounts", kept)

    assert known(EarlyFile(path)) is None


def test_the_sidebar_shows_them_with_their_time_and_nothing_moves_when_the_services_come(
    theme: Theme, qtbot: QtBot, clock: ManualClock
) -> None:
    sidebar = Sidebar(theme)
    qtbot.addWidget(sidebar)
    sidebar.resize(208, 700)
    view = account()
    sidebar.show_known(Known(clock.now(), (KnownAccount(view.user_id, view.title, view.colour, "ready"),)), clock.now())
    sidebar.show()
    entry = sidebar.entries[view.user_id]
    before = (entry.geometry(), entry.accessibleName())

    sidebar.show_accounts([view], 1, clock.now())

    assert before == (entry.geometry(), f"{view.title}, as of 09:14")
    assert sidebar.entries[view.user_id] is entry
    assert entry.accessibleName() != before[1]


def test_of_another_day_they_say_so(theme: Theme, qtbot: QtBot, clock: ManualClock) -> None:
    sidebar = Sidebar(theme)
    qtbot.addWidget(sidebar)

    sidebar.show_known(Known(clock.now() - timedelta(days=1), (STOOD,)), clock.now())

    assert sidebar.entries["usr_1"].accessibleName() == "HUF · Zerodha, as of 09:14 yesterday"
