"""A report file for whoever helps: versions, what escaped, the last lines of the log. Everything passes the mask."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from app.domain import IST, redact
from app.system import log_tail
from app.system.crash import Crash
from app.system.versions import desktop_name, versions

_LOG: Final = 64 * 1024  # bytes of the log's end
_TIME: Final = "%Y-%m-%d %H:%M:%S IST"


def report_text(crashes: Sequence[Crash], at: datetime, log_dir: Path | None = None, more: str = "") -> str:
    """The report; blocks on the disk for the log's end."""
    facts = [f"{name}: {version}" for name, version in versions().items()]
    parts = [f"Kunji report, {stamp(at)}", "\n".join([*facts, f"Desktop: {desktop_name() or 'not known'}"])]
    parts += [written(crash) for crash in crashes]
    parts += [part for part in (more, _log(log_dir)) if part]
    return clean("\n\n".join(parts)) + "\n"


def written(crash: Crash) -> str:
    """One crash as a report has it."""
    return f"{stamp(crash.at)}, {crash.where}: {crash.summary}\n{crash.trace}".rstrip()


def stamp(at: datetime) -> str:
    """The moment in Indian time, as the log's reader expects it."""
    return at.astimezone(IST).strftime(_TIME)


def file_name(what: str, at: datetime) -> str:
    """A name that says what and when: "kunji-report-20261118-093217.txt"."""
    return f"kunji-{what}-{at.astimezone(IST):%Y%m%d-%H%M%S}.txt"


def clean(text: str) -> str:
    """Without secrets, and without the name of the user's home folder."""
    home = str(Path.home())
    return redact(text.replace(home, "~") if len(home) > 1 else text)


def write_report(path: Path, text: str) -> None:
    """Write `text` privately (0600), in the place of a file that the user chose to replace. Raises `OSError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)  # a file that was there may be wider
        file.write(clean(text))


def _log(log_dir: Path | None) -> str:
    if log_dir is None:
        return ""
    try:
        lines, _ = log_tail.tail(log_dir, _LOG)
    except OSError as error:
        return f"The log cannot be read: {type(error).__name__}"
    return "The end of the log:\n" + "\n".join(lines)
