"""What the window must know before its first paint, in one small file: no database is opened for it.

How large the window was, which look was chosen, and the last picture of the accounts without a single amount. A file
that is missing, damaged or of another version is as good as none: what stands in it is a convenience, never the truth.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_log: Final = logging.getLogger(__name__)
_LARGEST: Final = 262_144  # bytes; eight accounts need about 4,000
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class EarlyFile:
    """JSON values by name. Reading and writing take well under a millisecond, so both happen on the caller's thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = dict(_read(path))

    def get(self, name: str) -> Any:
        """The value of `name`, None when there is none. Whoever reads it checks that it is what it should be."""
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keep `value`; a disk that refuses is written to the log and costs nothing else."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        try:
            _write(self._path, json.dumps(self._values, ensure_ascii=False))
        except OSError as error:
            _log.warning("early file not written error=%s", type(error).__name__)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return _NOTHING
    return found if isinstance(found, dict) else _NOTHING


def _write(path: Path, text: str) -> None:
    """Beside it and then in its place: a crash leaves the old one. 0600 from the first byte (promise D4)."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
