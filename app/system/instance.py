"""One owner per profile (promise I1): an exclusive lock that the kernel drops with the process, however it ends."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain import ReadOnly
from app.domain.tongue import tr
from app.system.paths import Profile

_FILE_MODE = 0o600


class InstanceLock:
    """The right to open the files of a profile. Held until `release` or the end of the process."""

    def __init__(self, profile: Profile) -> None:
        self._path: Path = profile.lock_path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def acquire(self) -> bool:
        """Take the lock without waiting; False when another process is the owner. Raises `ReadOnly`."""
        if self._file is not None:
            return True
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _FILE_MODE)
        except OSError as error:
            raise ReadOnly(f"{self._path}: {error.strerror}", title=tr("The profile folder cannot be used")) from error
        if not _lock(file):
            os.close(file)
            return False
        self._file = file
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0) if hasattr(os, "pwrite") else None
        return True

    def owner(self) -> int | None:
        """The process number that the present owner wrote into the file, for a message; None when it is not known."""
        try:
            return int(self._path.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Let another process be the owner. The file stays: removing it would let two processes lock two files."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
