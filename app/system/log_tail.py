"""The last lines of the masked log, over its rotated files, read from their ends: its size costs nothing.

Everything here blocks on the disk: call it on a `Worker`.
"""

import os
from pathlib import Path
from typing import Final

from app.domain import redact
from app.domain.records import dataclass

NAME: Final = "kunji.log"
_PIECE: Final = 256 * 1024  # bytes read at once, from the end


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where the newest file was read; `inode` tells when another file has come in its place."""

    inode: int = 0
    offset: int = 0


def files(log_dir: Path) -> list[Path]:
    """The log's files, oldest first."""
    found = {int(path.suffix[1:]): path for path in log_dir.glob(f"{NAME}.*") if path.suffix[1:].isdecimal()}
    rotated = [path for _, path in sorted(found.items(), reverse=True)]
    newest = log_dir / NAME
    return [*rotated, *([newest] if newest.exists() else [])]


def tail(log_dir: Path, most: int) -> tuple[list[str], Place]:
    """The last `most` bytes as whole lines, oldest first, and where to go on. Raises `OSError`."""
    pieces: list[bytes] = []
    place, left = Place(), most
    for path in reversed(files(log_dir)):
        if left <= 0:
            break
        read, at = _end_of(path, left)
        if not pieces:
            place = at
        pieces.insert(0, read)
        left -= len(read)
    return _lines(b"".join(pieces)), place


def more(log_dir: Path, place: Place, most: int) -> tuple[list[str], Place] | None:
    """What was written since `place`; None when the files were turned or cut: read the tail anew. Raises `OSError`."""
    try:
        with (log_dir / NAME).open("rb") as file:
            found = _place(file.fileno())
            if found.inode != place.inode or found.offset < place.offset or found.offset - place.offset > most:
                return None
            file.seek(place.offset)
            read = file.read(found.offset - place.offset)
    except FileNotFoundError:
        return None
    whole = read.rfind(b"\n") + 1  # a line that is being written is read when it is whole
    return _lines(read[:whole]), Place(place.inode, place.offset + whole)


def _end_of(path: Path, most: int) -> tuple[bytes, Place]:
    with path.open("rb") as file:
        place = _place(file.fileno())
        begin = max(0, place.offset - most)
        file.seek(begin)
        read = file.read(place.offset - begin)
    cut = read.find(b"\n") + 1 if begin else 0  # the rest of a line says nothing
    whole = read.rfind(b"\n") + 1
    return read[cut:whole], Place(place.inode, begin + whole)


def _place(descriptor: int) -> Place:
    found = os.fstat(descriptor)
    return Place(found.st_ino, found.st_size)


def _lines(read: bytes) -> list[str]:
    """As text, masked once more: a line of an earlier version may hold what only this one knows to be secret."""
    return redact(read.decode("utf-8", "replace")).splitlines()
