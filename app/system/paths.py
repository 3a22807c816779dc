"""Where a profile lies. One folder holds everything Kunji keeps, so that another folder is another life.

The folder is 0700 before the first byte is written into it (promise D4). On Windows the rights come from the user's own
application data folder, which only that user and the administrators can open.
"""

import os
import stat
from pathlib import Path
from typing import Final

from app.domain import InvalidRequest, ReadOnly
from app.domain.records import dataclass
from app.domain.tongue import tr

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077
_SOCKET_PATH_LIMIT: Final = 100  # bytes; the kernel's address holds 107 (Linux) or 103 (macOS) and a final zero
_OURS: Final = frozenset(
    {
        "vault.db",
        "app.db",
        "orders.db",
        "logs",
        "owner.lock",
        "kunji.sock",
        "kunji.endpoint",
        "demo",
        "holidays.json",
        "early.json",
        "copies",
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """The files of one profile. Making it makes the folder.

    Raises `InvalidRequest` (field `profile_dir`) for a folder that is in use for other things or belongs to another
    user, `ReadOnly` when it cannot be made.
    """

    directory: Path

    def __post_init__(self) -> None:
        """Make the folder private, and take no folder that others may look into."""
        object.__setattr__(self, "directory", Path(os.path.abspath(self.directory.expanduser())))  # noqa: PTH100 - resolve() would follow links
        make_private(self.directory)

    @property
    def vault_path(self) -> Path:
        """The encrypted credentials."""
        return self.directory / "vault.db"

    @property
    def app_path(self) -> Path:
        """Settings, instruments, history: no secrets."""
        return self.directory / "app.db"

    @property
    def orders_path(self) -> Path:
        """The journal of orders, which is never put back to a copy."""
        return self.directory / "orders.db"

    @property
    def holidays_path(self) -> Path:
        """The user's own calendar of trading days, in place of the one that Kunji brings."""
        return self.directory / "holidays.json"

    @property
    def early_path(self) -> Path:
        """What the window must know before its first paint; no amounts, no secrets."""
        return self.directory / "early.json"

    @property
    def log_dir(self) -> Path:
        """The folder of the log files."""
        return self.directory / "logs"

    @property
    def lock_path(self) -> Path:
        """The file whose lock makes a process the owner of the profile."""
        return self.directory / "owner.lock"

    @property
    def endpoint_path(self) -> Path:
        """Where the owner writes its address on a system without local sockets (Windows)."""
        return self.directory / "kunji.endpoint"

    @property
    def is_demo(self) -> bool:
        """Whether the accounts in it are invented ones, which must never be sent to a real broker."""
        return self.demo_mark.exists()

    @property
    def demo_mark(self) -> Path:
        """The empty file that says so."""
        return self.directory / "demo"

    @property
    def socket_path(self) -> Path:
        """The local socket of the owner.

        A profile folder whose path is too long for a socket address gets a name made from that path in a private
        folder under /tmp: the same for every process of this user, whatever its environment says.
        """
        near = self.directory / "kunji.sock"
        if len(os.fsencode(near)) <= _SOCKET_PATH_LIMIT:
            return near
        import hashlib  # loaded on first use: start-up

        name = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:32]
        return Path(f"/tmp/kunji-{user_number()}") / f"{name}.sock"  # noqa: S108 - checked by make_private before use


def open_demo_profile(directory: Path | None) -> Profile:
    """The profile of the demo, marked as such. Raises `InvalidRequest` for a folder that holds real accounts."""
    profile = Profile(directory or default_profile_dir(demo=True))
    if not profile.is_demo and profile.vault_path.exists():
        raise InvalidRequest(
            str(profile.directory),
            title=tr("This folder holds real accounts"),
            next_step=tr("Give the demo a folder of its own."),
            field="profile_dir",
        )
    profile.demo_mark.touch(_FILE_MODE)
    return profile


def open_real_profile(directory: Path | None) -> Profile:
    """The user's own profile. Raises `InvalidRequest` for the demo's: its accounts are invented."""
    profile = Profile(directory or default_profile_dir())
    if profile.is_demo:
        raise InvalidRequest(
            str(profile.directory),
            title=tr("This folder belongs to the demo"),
            next_step=tr("kunji demo opens it."),
            field="profile_dir",
        )
    return profile


def default_profile_dir(*, demo: bool = False) -> Path:
    """The user's own profile folder, or that of the demo, which never touches the first."""
    import platformdirs  # loaded on first use: start-up

    return Path(platformdirs.user_data_dir("kunji-demo" if demo else "kunji", appauthor=False, roaming=False))


def make_private(folder: Path) -> None:
    """Make `folder` ours alone (0700), or refuse it. Raises `InvalidRequest` and `ReadOnly`."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        _check_private(folder)
    except OSError as error:
        raise ReadOnly(
            f"{folder}: {error.strerror}",
            title=tr("The profile folder cannot be used"),
            next_step=tr("Make it writable for you, or choose another one with --profile-dir."),
        ) from error


def user_number() -> int:
    """The number of the user this process runs as; 0 where there are none."""
    return os.getuid() if hasattr(os, "getuid") else 0


def _check_private(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) and not folder.is_dir():
        raise InvalidRequest(f"{folder} is not a folder", field="profile_dir")
    if os.name == "nt":
        return
    found = folder.stat()
    if found.st_uid != user_number():
        raise InvalidRequest(f"{folder} belongs to another user", field="profile_dir")
    if found.st_mode & _OTHERS:
        _close_to_others(folder)


def _close_to_others(folder: Path) -> None:
    """Take the rights of others from a folder of ours; a folder with foreign things in it is none of ours."""
    foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in _OURS)
    if foreign:
        raise InvalidRequest(
            f"{folder} is open to other users and holds other things ({foreign[0]})",
            title=tr("This folder is no profile of Kunji"),
            next_step=tr("Choose an empty or a new folder."),
            field="profile_dir",
        )
    folder.chmod(_FOLDER_MODE)
