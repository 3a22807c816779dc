"""Copies of a database beside it: one a day and one before each migration, and how one is put back (promises D1, D5).

A copy is taken of a file that was found sound, through SQLite's own backup, so that it is whole also while somebody
writes. What was removed must not live on in copies: `renew` erases the earlier ones.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.domain import NotFound, VaultError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.store import files

FOLDER: Final = "copies"
_KEPT: Final = 3
_TIME: Final = "%Y%m%dT%H%M%SZ"
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy; `at` is when it was taken, aware."""

    path: Path
    at: datetime


class Copies:
    """The copies of the database at `path`. Everything here touches the disk: call it on the database's thread."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._folder = path.parent / FOLDER

    def all(self) -> list[Copy]:
        """Newest first."""
        found = [Copy(one, at) for one in self._folder.glob(f"{self._path.stem}-*.db") if (at := _taken(one))]
        return sorted(found, key=lambda copy: copy.at, reverse=True)

    def take(self, source: sqlite3.Connection, *, anyhow: bool = False) -> None:
        """Copy what `source` has open unless that was done today already. A full disk costs the copy, nothing else."""
        now = self._now().astimezone(UTC)
        try:
            copies = self.all()
            if copies and copies[0].at.date() >= now.date() and not anyhow:
                return
            self._make(source, now)
            for copy in self.all()[_KEPT:]:
                copy.path.unlink(missing_ok=True)
        except (OSError, sqlite3.Error, VaultError) as error:
            _log.warning("no copy made of=%s error=%s", self._path.name, type(error).__name__)

    def renew(self, source: sqlite3.Connection) -> None:
        """Something was erased: drop every earlier copy, then take another one."""
        for copy in self.all():
            with suppress(OSError):  # the disk may be read only: then nothing was erased in the file either
                copy.path.unlink(missing_ok=True)
        self.take(source, anyhow=True)

    def put_back(self, copy: Copy) -> Path | None:
        """Put `copy` in the database's place; the damaged original is kept among the copies, its path is returned.

        Nobody may have the database open. Raises a `VaultError` for trouble with the disk.
        """
        try:
            fresh = self._path.with_name(f"{self._path.name}.new")
            fresh.unlink(missing_ok=True)
            _write_private(fresh, copy.path.read_bytes())
            aside = self._set_aside()
            fresh.replace(self._path)
        except OSError as error:
            raise files.of_os_error(error) from error
        return aside

    def _make(self, source: sqlite3.Connection, now: datetime) -> None:
        """Made under another name first: a crash leaves no half copy that looks like a whole one."""
        fresh = self._folder / f"{self._path.stem}.new"
        fresh.unlink(missing_ok=True)
        files.prepare(fresh)
        with closing(sqlite3.connect(f"{fresh.as_uri()}?mode=rw", uri=True, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode=OFF")  # a copy that fails is thrown away whole
            source.backup(target)
        _on_disk(fresh)
        fresh.replace(self._folder / f"{self._path.stem}-{now:{_TIME}}.db")

    def _set_aside(self) -> Path | None:
        journal = self._path.with_name(f"{self._path.name}-journal")
        if not self._path.exists():
            return None
        aside = self._folder / f"{self._path.stem}-damaged-{self._now().astimezone(UTC):{_TIME}}"
        self._path.replace(aside)
        if journal.exists():  # it belongs to the original: rolled back into the copy it would damage that one, too
            journal.replace(aside.with_name(f"{aside.name}-journal"))
        return aside


def sound(path: Path, application_id: int, newest: int) -> bool:
    """Whether `path` holds a whole database of ours up to version `newest`; it is only read."""
    try:
        if not path.stat().st_size:
            return False
        files.recognise(path, application_id=application_id, newest=newest)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except (OSError, VaultError, sqlite3.Error):
        return False


def none_left(name: str) -> NotFound:
    """The error for a file of which there is no sound copy."""
    return NotFound(
        name,
        title=tr("There is no copy of {name} that could be put back", name=name),
        next_step=tr("Nothing was touched. Move the file away and start again: what was in it is entered anew."),
    )


def _taken(path: Path) -> datetime | None:
    with suppress(ValueError):
        found = datetime.fromisoformat(path.stem.rpartition("-")[2])  # strptime would load two modules more
        return found if found.tzinfo is not None else None
    return None


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _on_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
