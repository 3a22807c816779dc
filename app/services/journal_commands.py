"""`kunji journal`: what was to be sent and what came of it, on the screen or into a file."""

import errno
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.domain import IST, DiskFull, InvalidRequest, ReadOnly, Worker
from app.domain.intents import Record
from app.domain.tongue import tr
from app.services.command_views import Json, success
from app.services.journal_views import HEAD, record_json, table
from app.system.csv_file import as_csv, write_csv
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.account_reads import Command
    from app.services.core import Services

_SHOWN: Final = 7  # days
_FIRST: Final = date(2000, 1, 1)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class JournalCommands:
    """The commands over one set of services."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self.commands: Mapping[str, Command] = MappingProxyType({"journal": self.journal})

    async def journal(self, request: Message, _talk: Talk) -> Json:
        """What was written down in the last `days`, today being one; with `export` into that file instead."""
        file, days = str(request.get("export") or ""), request.get("days")
        records = await self._services.journal.since(self._since(int(days or (0 if file else _SHOWN))))
        if not file:
            return success(journal=[record_json(record) for record in records])
        worker = Worker("kunji-journal-export")
        try:
            await worker.run(lambda: export(Path(file), records))
        finally:
            worker.stop()
        return success(file=file, count=len(records))

    def _since(self, days: int) -> datetime:
        """The beginning of the Indian day; 0: of everything."""
        today = self._services.clock.now().astimezone(IST).date()
        first = today - timedelta(days=days - 1) if days else _FIRST
        return datetime.combine(first, time(), IST)


def export(path: Path, records: Sequence[Record]) -> None:
    """Write them in place of an earlier export, never of anything else. Blocks: for a thread.

    Raises `InvalidRequest` (field `file`) for another file, `DiskFull` or `ReadOnly`.
    """
    if path.exists() and not _is_ours(path):
        title = tr("{file} is something else", file=path.name)
        raise InvalidRequest(title=title, next_step=tr("Choose another name. Nothing was written."), field="file")
    try:
        write_csv(path, table(records))
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        title = tr("{file} cannot be written", file=path.name)
        raise ReadOnly(str(error.strerror), title=title, next_step=tr("Choose another folder.")) from error


def _is_ours(path: Path) -> bool:
    head = as_csv([HEAD]).strip()
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(len(head)) == head
    except (OSError, ValueError):
        return False
