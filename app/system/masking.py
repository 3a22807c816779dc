"""Hides every known secret in every log record, by value, before any handler of the process sees it (promise L4).

It stands where records are made, not at one handler: a library that brings its own handler gets masked records too.
It fails closed: a record that cannot be masked is replaced by a notice that it was.
"""

import logging
import threading
import traceback
from typing import Any, Final

from app.domain import redact

UNMASKABLE: Final = "a log record could not be masked and is left out"
STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_PLAIN: Final = (int, float, type(None))
_installing: Final = threading.Lock()
_make_record = logging.Logger.makeRecord


def install() -> None:
    """Mask all records of this process from now on; more than once is the same as once."""
    with _installing:
        if logging.Logger.makeRecord is _make_record:
            logging.Logger.makeRecord = _make_masked  # type: ignore[method-assign]  # the record factory never sees `extra`


def remove() -> None:
    """Undo `install`, for tests."""
    with _installing:
        logging.Logger.makeRecord = _make_record  # type: ignore[method-assign]  # gives back what was there


def mask(record: logging.LogRecord) -> bool:
    """Mask `record` in place; always True, so that it serves as a handler's filter for records made by hand."""
    try:
        _mask(record)
    except Exception:  # noqa: BLE001 - whatever a foreign __str__ raises, the text must not come out unmasked
        _blank(record)
    return True


def _make_masked(self: logging.Logger, *args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _make_record(self, *args, **kwargs)
    mask(record)
    return record


def _mask(record: logging.LogRecord) -> None:
    message = redact(record.getMessage())
    record.msg, record.args = message.replace("\r", "\\r").replace("\n", "\\n"), ()  # one record, one line
    if record.exc_info:
        record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        record.exc_info = None  # no handler can format it again from the live objects
    for name, value in record.__dict__.items():
        if not isinstance(value, _PLAIN) and name != "args":
            record.__dict__[name] = redact(value if isinstance(value, str) else str(value))


def _blank(record: logging.LogRecord) -> None:
    for name in record.__dict__.keys() - STANDARD:
        del record.__dict__[name]
    record.msg, record.args = UNMASKABLE, ()
    record.exc_info = record.exc_text = record.stack_info = None
