"""Files of ours before and below the database: made private from the first byte, recognised before anything writes.

SQLite rolls back a foreign file's journal as soon as it opens the file, so what a file is gets read from its first
100 bytes by hand (https://www.sqlite.org/fileformat2.html, section 1.3), and a wrong file is never opened at all.
"""

import errno
import os
import sqlite3
import stat
from pathlib import Path
from typing import Final

from app.domain import Busy, DiskFull, ReadOnly, VaultDamaged, VaultError, VaultForeign, VaultNewer

_MAGIC: Final = b"SQLite format 3\x00"
_HEADER_SIZE: Final = 100
_ROLLBACK_FORMAT: Final = b"\x01\x01"  # bytes 18 and 19; 2 means WAL, which no file of ours ever uses
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_BUSY: Final = (errno.EBUSY, errno.EAGAIN)


def prepare(path: Path) -> None:
    """Make the folder (0700) and an empty file (0600) where they are missing, whatever the umask.

    An existing folder keeps its rights: it may be shared with others, and the profile's own folder is made by its
    owner. Raises `DiskFull`, `ReadOnly` or, for a dangling link, `VaultForeign`.
    """
    try:
        _make_folder(path.parent)
        if not path.exists():
            _make_file(path)
    except FileExistsError as error:
        raise VaultForeign(str(error)) from error
    except OSError as error:
        raise of_os_error(error) from error


def recognise(path: Path, *, application_id: int, newest: int) -> None:
    """Return when `path` is empty or a database of ours up to version `newest`; else refuse it untouched.

    Raises `VaultForeign`, `VaultDamaged` or `VaultNewer`; the file is read, never written.
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):  # a pipe would block at open, a folder is no file
            raise VaultForeign("not a regular file")
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except OSError as error:
        raise of_os_error(error) from error
    if header:
        _judge(header, info.st_size, application_id, newest)


def keep_private(path: Path) -> None:
    """Take the rights of others off a file that was recognised as ours."""
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise of_os_error(error) from error


def of_os_error(error: OSError) -> VaultError:
    """The error of ours for one of the operating system's."""
    if error.errno in _FULL:
        return DiskFull(error.strerror or "")
    if error.errno in _BUSY:
        return Busy(error.strerror or "")
    return ReadOnly(error.strerror or str(error))


def of_sqlite_error(error: sqlite3.Error) -> VaultError:
    """The error of ours for one of SQLite's; the first byte of its code names the family."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    detail = f"{name}: {error}" if name else str(error)
    return _family(name)(detail)


def _family(name: str) -> type[VaultError]:
    if name == "SQLITE_FULL":
        return DiskFull
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return Busy
    # a folder that is gone or closed shows as CANTOPEN (its journal cannot be made) or as a failed write
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_IOERR")):
        return VaultDamaged if name.startswith("SQLITE_IOERR_READ") else ReadOnly
    return VaultDamaged


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if os.name == "posix":
        folder.chmod(0o700)  # an umask of 0777 would have left nothing for ourselves


def _make_file(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if os.name == "posix":
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _judge(header: bytes, size: int, application_id: int, newest: int) -> None:
    if len(header) < _HEADER_SIZE or not header.startswith(_MAGIC):
        raise VaultForeign("not an SQLite file")
    if int.from_bytes(header[68:72], "big") != application_id:
        raise VaultForeign("another program's database")
    if int.from_bytes(header[60:64], "big") > newest:
        raise VaultNewer(f"format {int.from_bytes(header[60:64], 'big')}, this version reads up to {newest}")
    if header[18:20] != _ROLLBACK_FORMAT:
        raise VaultDamaged("the header was changed")
    if size % 512:  # every page size is a multiple of it
        raise VaultDamaged("the file ends in the middle of a page")
