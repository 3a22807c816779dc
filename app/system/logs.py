"""The log of a profile: a few rotating files that only the user can read, masked as `masking` says.

One line a record: time (UTC), level, logger, event and `key=value` pairs; what is given as `extra` follows as pairs.
Only the owner of a profile writes its log: two processes must not rotate the same file.
"""

import logging
import os
import time
from logging.handlers import RotatingFileHandler
from typing import IO, Final

from app.system import masking
from app.system.paths import Profile, make_private

_FILE_MODE: Final = 0o600
_LARGEST: Final = 2 * 1024 * 1024  # bytes a file
_KEPT: Final = 5
_TALKATIVE: Final = (
    "kiteconnect",
    "urllib3",
    "requests",
    "aiohttp",
    "asyncio",
    "jeepney",
    "keyring",
    "qasync",
    "sqlalchemy",
)


class LogFile:
    """The open log; `stop` closes it."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler

    def stop(self) -> None:
        """Write nothing more."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()


def start(profile: Profile, *, level: int = logging.INFO) -> LogFile:
    """Write the process's log into the profile from now on. Raises `ReadOnly` when the folder cannot be made."""
    make_private(profile.log_dir)
    handler = _PrivateFile(profile.log_dir / "kunji.log", maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(_Line())
    handler.addFilter(masking.mask)
    masking.install()
    hush()
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(handler)
    return LogFile(handler)


def hush() -> None:
    """Let other libraries speak of troubles only: at DEBUG some print request headers, at INFO one prints addresses."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


class _PrivateFile(RotatingFileHandler):
    """A log file that is 0600 from its first byte, and whose troubles stop nothing."""

    def _open(self) -> IO[str]:  # type: ignore[override]  # the stubs name the concrete class, any text file serves
        file = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _FILE_MODE)
        if hasattr(os, "fchmod"):
            os.fchmod(file, _FILE_MODE)  # a file that was there before may be wider
        return os.fdopen(file, "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Drop the record: a full disk must neither end the program nor fill its standard error."""


class _Line(logging.Formatter):
    """See the module's words."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line, and the extras as pairs."""
        extras = {key: value for key, value in record.__dict__.items() if key not in masking.STANDARD}
        pairs = "".join(f" {key}={_one_line(value)}" for key, value in sorted(extras.items()))
        return super().formatMessage(record) + pairs


def _one_line(value: object) -> str:
    return str(value).replace("\r", "\\r").replace("\n", "\\n")
