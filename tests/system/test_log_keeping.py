"""The log over days: what is too old goes, what is written meanwhile stays, and its level changes while it runs."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.system import logs
from app.system.log_keeping import prune, set_level
from app.system.paths import Profile

BEFORE = datetime(2026, 11, 10, tzinfo=UTC)
OLD = "2026-11-09T23:59:59.999Z INFO app old\n"
NEW = "2026-11-10T00:00:00.000Z INFO app new\n"


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    """With its log open."""
    level = logging.getLogger().level
    profile = Profile(tmp_path / "profile")
    log = logs.start(profile)
    yield profile
    log.stop()
    logging.getLogger().setLevel(level)


def current(profile: Profile) -> Path:
    return profile.log_dir / "kunji.log"


def test_old_lines_go_with_what_follows_them_and_newer_ones_stay(profile: Profile) -> None:
    current(profile).write_text(f"{OLD}  its traceback\n{NEW}  and this one's\n")

    prune(profile.log_dir, BEFORE)

    assert current(profile).read_text() == f"{NEW}  and this one's\n"


def test_what_is_written_afterwards_follows_at_the_end(profile: Profile) -> None:
    current(profile).write_text(OLD + NEW)
    prune(profile.log_dir, BEFORE)

    logging.getLogger("app").warning("later")

    lines = current(profile).read_text().splitlines()
    assert (lines[0] + "\n", lines[1].split()[1:]) == (NEW, ["WARNING", "app", "later"])


def test_an_earlier_file_that_is_all_old_is_gone(profile: Profile) -> None:
    (profile.log_dir / "kunji.log.1").write_text(NEW)
    (profile.log_dir / "kunji.log.2").write_text(OLD * 3)

    prune(profile.log_dir, BEFORE)

    assert sorted(path.name for path in profile.log_dir.iterdir()) == ["kunji.log", "kunji.log.1"]


def test_a_new_level_holds_at_once_and_libraries_stay_silent(profile: Profile) -> None:
    set_level("debug")
    logging.getLogger("app").debug("each step")
    logging.getLogger("asyncio").debug("a library's step")
    set_level("warning")
    logging.getLogger("app").info("what happens")

    assert [line.split(maxsplit=3)[3] for line in current(profile).read_text().splitlines()] == ["each step"]


def test_without_a_log_the_level_is_left_alone() -> None:
    before = logging.getLogger().level

    set_level("debug")

    assert logging.getLogger().level == before
