"""What Qt says goes into the log and passes its mask, as what every other library says does (promise L6).

Otherwise it would go past the mask to standard error, where nobody reads it and a report does not have it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log: Final = logging.getLogger("Qt")
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@contextmanager
def followed() -> Iterator[None]:
    """Hear Qt; at the end of the program it speaks for itself again."""
    qInstallMessageHandler(_say)
    try:
        yield
    finally:
        qInstallMessageHandler(None)


def _say(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = context.category or "default"
    _log.log(_LEVELS.get(kind, logging.WARNING), "%s category=%s", message, category)
