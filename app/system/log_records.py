"""The lines of the log as records: a traceback belongs to the line above it, with its level. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.records import dataclass

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_BEGINS: Final = re.compile(rf"\d{{4}}-\d\d-\d\dT\S+ ({'|'.join(LEVELS)}) ")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the place of its level in `LEVELS`, its lines, and all of them as they are searched."""

    level: int
    lines: tuple[str, ...]
    folded: str


def records(lines: Iterable[str]) -> list[Record]:
    """The records of `lines`; what stands before the first whole one is a record of its own, of the lowest level."""
    found: list[tuple[int, list[str]]] = []
    for line in lines:
        begins = _BEGINS.match(line)
        if begins is not None:
            found.append((LEVELS.index(begins[1]), [line]))
        elif found:
            found[-1][1].append(line)
        else:
            found.append((0, [line]))
    return [Record(level, tuple(parts), "\n".join(parts).casefold()) for level, parts in found]


def chosen(found: Sequence[Record], words: str, level: int = 0) -> list[str]:
    """The lines of the records at `level` and above that hold every one of `words`, in their order."""
    wanted = words.casefold().split()
    return [
        line
        for record in found
        if record.level >= level and all(word in record.folded for word in wanted)
        for line in record.lines
    ]
