"""Which operation a verb and a path are: one table a broker, read alike by all of them."""

import re
from collections.abc import Mapping
from typing import Final

from app.simulators.seen import UNKNOWN


class Routes:
    """The paths of one broker's protocol.

    Each line is a verb, a regular expression of the whole path and an operation; the first that fits is meant.
    """

    def __init__(self, *lines: tuple[str, str, str]) -> None:
        self._lines: Final = tuple((verb, re.compile(pattern), operation) for verb, pattern, operation in lines)
        self.operations: Final = frozenset(operation for _, _, operation in lines)

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """The operation and the named parts of its path ("" where left out); ("-", {}) for an address that is none."""
        for verb, pattern, operation in self._lines:
            match = pattern.fullmatch(path)
            if match and verb == method:
                return operation, match.groupdict("")
        return UNKNOWN, {}

    def know(self, path: str) -> bool:
        """Whether some verb goes with the path."""
        return any(pattern.fullmatch(path) for _, pattern, _ in self._lines)
