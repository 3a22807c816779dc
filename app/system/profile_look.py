"""The rights of a profile's folder and files (promise D4), and the room on its disk. Blocks; changes nothing."""

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from app.domain.records import dataclass
from app.system.paths import Profile

_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class ProfileLooked:
    """`open_to_others` names what others may look into; None where the system has no such rights (Windows)."""

    directory: Path
    open_to_others: tuple[str, ...] | None
    writable: bool
    free: int  # bytes


def look(profile: Profile) -> ProfileLooked:
    """The folder as it stands. Raises `OSError`."""
    folder = profile.directory
    parts = None if os.name == "nt" else tuple(_open_to_others(folder))
    return ProfileLooked(folder, parts, os.access(folder, os.W_OK), shutil.disk_usage(folder).free)


def _open_to_others(folder: Path) -> list[str]:
    found = []
    for path in (folder, *sorted(folder.rglob("*"))):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:  # an owner replaces files while we look
            continue
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            found.append("." if path == folder else str(path.relative_to(folder)))
    return found
