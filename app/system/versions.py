"""What this program is made of and runs on, in words: the first thing that whoever helps wants to know."""

import os
import platform
import sys
from contextlib import suppress
from functools import cache

from app import __version__


def versions() -> dict[str, str]:
    """Version by name, Kunji's first; "not known" where nobody says."""
    import sqlite3  # loaded on first use: start-up
    import ssl  # as above

    return {
        "Kunji": f"{__version__}, packaged" if getattr(sys, "frozen", False) else __version__,
        "Python": platform.python_version(),
        "Qt": _qt(),
        "OpenSSL": ssl.OPENSSL_VERSION.removeprefix("OpenSSL "),
        "SQLite": sqlite3.sqlite_version,
        "System": _system(),
    }


def versions_line() -> str:
    """The same in one line: "Kunji 0.1.0, Python 3.11.7, Qt 6.11.3, ..."."""
    found = versions()
    system = found.pop("System")
    return ", ".join([*(f"{name} {version}" for name, version in found.items()), system])


def desktop_name() -> str:
    """The desktop and the kind of its session, "XFCE, x11"; empty where it does not say."""
    said = os.environ.get("XDG_CURRENT_DESKTOP", ""), os.environ.get("XDG_SESSION_TYPE", "")
    return ", ".join(part[:80] for part in said if part)


def _qt() -> str:
    """Qt's own word where it is loaded, for here nothing of it is; else that of what is installed."""
    loaded = sys.modules.get("PySide6.QtCore")
    if loaded is not None:
        return str(loaded.qVersion())
    from importlib import metadata  # as above

    with suppress(metadata.PackageNotFoundError):
        return metadata.version("PySide6_Essentials")
    return "not known"


@cache
def _system() -> str:
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    with suppress(OSError):
        return f"{platform.freedesktop_os_release().get('PRETTY_NAME', 'Linux')}, {kernel}"
    return kernel
