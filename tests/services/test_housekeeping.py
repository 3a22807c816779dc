"""What settings change beyond the services: it holds at once, and what is too old goes."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import ReadOnly
from app.store import AccountTrace
from app.system import logs
from app.system.autostart import Autostart
from app.system.paths import Profile
from tests.fakes.waiting import until
from tests.services.house import House
from tests.services.test_order_notices import INTENT


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test writes into the real configuration folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


async def trace(house: House, days: int) -> None:
    at = house.clock.now() - timedelta(days=days)
    await house.services.store.history.keep(AccountTrace(at, "huf", "connected", f"{days} days ago"))


async def kept(house: House) -> list[str]:
    return [one.text for one in await house.services.store.history.of_account("huf", days=400)]


async def test_start_at_login_writes_the_entry_at_once_and_takes_it_away(house: House) -> None:
    entry = Autostart(Profile(house.directory))

    await house.services.preferences.put_texts({"start_at_login": "on", "start_hidden": "on"})
    on = entry.path.read_text()
    await house.services.preferences.put_text("start_at_login", "off")

    assert "--hidden" in on
    assert not entry.path.exists()


async def test_hidden_alone_writes_nothing(house: House, config: Path) -> None:
    await house.services.preferences.put_text("start_hidden", "on")

    assert list(config.parent.glob("config*")) == []


@pytest.fixture
def unusable(config: Path) -> None:
    """A file where the configuration folder should be."""
    config.write_text("no folder")


@pytest.mark.usefixtures("unusable")
async def test_an_entry_that_cannot_be_written_leaves_the_setting_off(house: House) -> None:
    with pytest.raises(ReadOnly):
        await house.services.preferences.put_text("start_at_login", "on")

    assert not house.services.preferences.view.start_at_login


async def test_what_the_desktop_switched_off_is_shown_off_after_a_restart(house: House) -> None:
    await house.services.preferences.put_text("start_at_login", "on")
    Autostart(Profile(house.directory)).path.unlink()

    await house.restart()

    assert not house.services.preferences.view.start_at_login


async def test_a_shorter_history_erases_what_is_older_at_once(house: House) -> None:
    for days in (5, 40):
        await trace(house, days)
    await house.services.start()
    before = await kept(house)

    await house.services.preferences.put_text("keep_history", "30")

    await until(lambda: house.services.store.history.days == 30)
    await house.services.housekeeping.tidy()
    assert (before, await kept(house)) == (["40 days ago", "5 days ago"], ["5 days ago"])


async def test_orders_are_kept_for_years_and_then_go(house: House) -> None:
    journal, now = house.services.journal, house.clock.now()
    ages = {"young": 100, "old": 4 * 366, "older": 6 * 366}
    for name, days in ages.items():
        await journal.write([replace(INTENT, intent_id=name, tag=name, at=now - timedelta(days))])

    await house.services.housekeeping.tidy()

    kept = await journal.since(now - timedelta(20 * 366))
    assert [record.intent.intent_id for record in kept] == ["young", "old"]


async def test_old_lines_of_the_log_go(house: House) -> None:
    folder = Profile(house.directory).log_dir
    folder.mkdir()
    (folder / "kunji.log").write_text("2026-01-01T00:00:00.000Z INFO app long ago\n")

    await house.services.housekeeping.tidy()

    assert (folder / "kunji.log").read_text() == ""


async def test_the_level_of_the_log_holds_at_once_and_after_a_restart(house: House) -> None:
    log, root = logs.start(Profile(house.directory)), logging.getLogger()
    try:
        await house.services.preferences.put_text("log_level", "debug")
        at_once = root.level
        root.setLevel(logging.INFO)
        await house.restart()
        assert (at_once, root.level) == (logging.DEBUG, logging.DEBUG)
    finally:
        log.stop()
        root.setLevel(logging.WARNING)
