"""CSV files for spreadsheets: texts that none takes for a formula, written whole or not at all."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # with what a spreadsheet's formula may begin
_BOM: Final = "utf-8-sig"  # without it spreadsheets take the file for an 8-bit one and break the rupee sign


def safe(said: str) -> str:
    """A text that a spreadsheet shows and never runs, in one line."""
    line = " ".join(said.split())
    return "'" + line if line.startswith(_RUNS) else line


def as_csv(table: Iterable[Sequence[str]]) -> str:
    """Comma-separated lines as RFC 4180 has them."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(table)
    return made.getvalue()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def write_csv(path: Path, table: Iterable[Sequence[str]]) -> None:
    """Write a file that spreadsheets read as UTF-8, whole or not at all, for this user alone.

    Raises `OSError`. Blocks: for a thread.
    """
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "w", encoding=_BOM, newline="", opener=_private) as file:
            file.write(as_csv(table))
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
