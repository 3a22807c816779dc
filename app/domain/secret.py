"""A text that must not be seen, and the one list of such texts that the log filter asks.

A `Secret` cannot be printed, compared by prefix, pickled or put into JSON by accident: the only way to its text is
`reveal()`, which is easy to search for. Every value is remembered for the life of the process, so that `redact` finds
it by value wherever it turns up, also after its owner is gone (security-promises L4).
"""

import re
import threading
from typing import Any, Final, NoReturn

MASK: Final = "••••"
_SHORTEST_MASKED: Final = 4  # a shorter text would mask half of every ordinary sentence

_SAME_EVERYWHERE: Final = re.compile(r"[A-Za-z0-9_.~-]*")

_known: set[str] = set()
_known_lock: Final = threading.Lock()


class Secret:
    """One secret text; empty means "there is none"."""

    __slots__ = ("__text",)

    def __init__(self, text: "str | Secret" = "") -> None:
        """Wrap `text`; blanks and line ends around a pasted value are not part of it."""
        plain = text.reveal() if isinstance(text, Secret) else text
        if not isinstance(plain, str):
            raise TypeError("a secret is text")
        self.__text = plain.strip()
        remember(self.__text)

    def reveal(self) -> str:
        """The text itself, for the one request that needs it."""
        return self.__text

    @property
    def is_one_word(self) -> bool:
        """Whether it is empty or one word of printable ASCII, which is all that a request's head can carry."""
        return self.__text.isascii() and self.__text.isprintable() and " " not in self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # loaded on first use: start-up

        return hmac.compare_digest(self.__text.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __repr__(self) -> str:
        return f"Secret({MASK})" if self.__text else "Secret()"

    def __str__(self) -> str:
        return MASK if self.__text else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self


def remember(text: str) -> None:
    """Let `redact` hide `text` from now on."""
    if len(text) >= _SHORTEST_MASKED:
        forms = {text} if _SAME_EVERYWHERE.fullmatch(text) else _written_forms(text)
        with _known_lock:
            _known.update(forms)


def _written_forms(text: str) -> set[str]:
    """How addresses, JSON and Python's `repr` write `text`."""
    import json  # few secrets have signs that anything writes differently
    from urllib.parse import quote, quote_plus  # as above

    return {text, quote(text), quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1]}


def redact(text: str) -> str:
    """`text` with every known secret replaced by the mask."""
    with _known_lock:
        found = [secret for secret in _known if secret in text]
    for secret in sorted(found, key=len, reverse=True):  # the longest first: one secret may hold another
        text = text.replace(secret, MASK)
    return text
