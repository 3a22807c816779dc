"""What a fatal signal leaves behind: the lines of code that every thread was at, written by Python's own fault handler.

The file has file names, line numbers and function names; no values, so no secret. It is opened private before anything
can fail, and taken away at a good end: one that is found with words in it is told at the next start.
"""

import contextlib
import faulthandler
import os
from typing import IO, Final, Self

from app.domain import redact
from app.system.paths import Profile, make_private

_NAME: Final = "fault.txt"
_LONGEST: Final = 20_000  # bytes that are read of what an earlier run left


class FaultFile:
    """`with FaultFile(profile) as fault:` while this process owns the profile; `earlier` is what the last one left."""

    def __init__(self, profile: Profile) -> None:
        """Nothing is touched before the block begins."""
        self._path = profile.log_dir / _NAME
        self._file: IO[bytes] | None = None
        self.earlier = ""

    def __enter__(self) -> Self:
        """Begin; a disk that refuses costs the file and nothing else."""
        with contextlib.suppress(OSError):
            make_private(self._path.parent)
            self.earlier = self._left()
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            faulthandler.enable(self._file, all_threads=True)
        return self

    def __exit__(self, *_: object) -> None:
        """A good end leaves nothing."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _left(self) -> str:
        """What an earlier run came to; empty after a good end."""
        try:
            with self._path.open("rb") as file:
                return redact(file.read(_LONGEST).decode("utf-8", "replace")).strip()
        except FileNotFoundError:
            return ""
