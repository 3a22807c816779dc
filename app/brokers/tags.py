"""Client tags: what finds one order again in a broker's book, whatever became of the answer to it."""

import secrets
import string
from typing import Final

_PREFIX: Final = "KJ"
_BASE_36: Final = string.digits + string.ascii_uppercase  # every broker takes these


def fresh(longest: int) -> str:
    """A tag of `longest` characters that no other order has."""
    return _PREFIX + "".join(secrets.choice(_BASE_36) for _ in range(longest - len(_PREFIX)))
