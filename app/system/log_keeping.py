"""How much the log says and how long it is kept: both may change while it is written."""

import logging
import re
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from app.system.logs import hush

_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_FILES: Final = "kunji.log*"


def set_level(level: str) -> None:
    """Write what is at least of this `level` from now on: "debug", "info" or "warning". Without a log nothing."""
    root = logging.getLogger()
    if any(isinstance(one, RotatingFileHandler) for one in root.handlers):
        root.setLevel(level.upper())
        hush()


def prune(log_dir: Path, before: datetime) -> None:
    """Erase the lines of all log files that are older than `before`; call it where waiting for a disk hurts nobody.

    A file that cannot be read or written is left for the next time.
    """
    oldest = before.strftime("%Y-%m-%dT%H:%M:%S").encode()
    for path in sorted(log_dir.glob(_FILES)):
        handler = _writer_of(path)
        if handler is None:
            _cut(path, oldest)
            continue
        handler.acquire()  # nothing is written meanwhile
        try:
            _cut(path, oldest)
        finally:
            handler.release()


def _writer_of(path: Path) -> RotatingFileHandler | None:
    """The handler that writes into this very file."""
    handlers = (one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler))
    return next((one for one in handlers if Path(one.baseFilename) == path), None)


def _cut(path: Path, oldest: bytes) -> None:
    """Drop the lines before `oldest`, in place: whoever has the file open to append goes on at its end."""
    try:
        with path.open("r+b") as file:
            lines = file.readlines()
            kept = _from(lines, oldest)
            if kept == 0:
                return
            file.seek(0)
            file.writelines(lines[kept:])
            file.truncate()
        if kept == len(lines) and path.suffix != ".log":
            path.unlink()
    except OSError:
        return


def _from(lines: list[bytes], oldest: bytes) -> int:
    """The first line to keep; lines without a time belong to the one before them."""
    for number, line in enumerate(lines):
        stamp = _STAMP.match(line)
        if stamp is not None and stamp[0] >= oldest:
            return number
    return len(lines)
