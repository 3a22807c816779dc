"""What is found by a few typed letters: every typed word begins a word of the entry, in any order. No Qt.

"rec huf" finds "Reconnect HUF · Zerodha", "nifty dec 26000" finds "NIFTY 30DEC26 26000 CE".
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.records import dataclass

MOST: Final = 9  # results (design.md section 11)
_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r"\d+|[^\W\d_]+")
_EDGES: Final = " \t.,;:\u00b7()[]\"'"


class Kind(StrEnum):
    """What an entry is, in the order of the results."""

    ACCOUNT = "Account"
    VIEW = "View"
    ACTION = "Action"
    HELD = "Held"
    INSTRUMENT = "Instrument"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found. `key` names it among the recent ones, `also` holds more words that find it.

    `says` is what will happen; `reason` why it cannot just now, "" when it can.
    """

    key: str
    kind: Kind
    title: str
    says: str = ""
    keys: str = ""
    reason: str = ""
    also: str = ""
    run: Callable[[], object] | None = field(default=None, compare=False)


def found(entries: Iterable[Entry], text: str, recent: Sequence[str] = ()) -> tuple[Entry, ...]:
    """The likeliest first, `MOST` at most. With nothing typed: the recent ones, then all others in their order."""
    typed = _typed(text)
    ranked = []
    for at, entry in enumerate(entries):
        rank = _rank(entry, typed)
        if rank is not None:
            used = recent.index(entry.key) if entry.key in recent else len(recent)
            ranked.append((_order(entry, rank, used, typed=bool(typed)), at, entry))
    return tuple(entry for _, _, entry in sorted(ranked, key=lambda one: one[:2])[:MOST])


def _order(entry: Entry, rank: int, used: int, *, typed: bool) -> tuple[int, ...]:
    """Words of the title before other words, what can run before what cannot, then kind, then the recent ones."""
    if not typed:
        return (used,)
    return (rank, int(bool(entry.reason)), list(Kind).index(entry.kind), used)


def _rank(entry: Entry, typed: tuple[str, ...]) -> int | None:
    """0 when all that was typed begins words of the title, 1 with the help of other words, None when it does not."""
    title = words(entry.title)
    if _begins(typed, title):
        return 0
    return 1 if _begins(typed, title + words(entry.also)) else None


def _begins(typed: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether each typed word begins a word of its own; the longest chooses first, so that none takes its only one."""
    left = list(said)
    for word in typed:
        at = next((at for at, one in enumerate(left) if one.startswith(word)), None)
        if at is None:
            return False
        del left[at]
    return True


def _typed(text: str) -> tuple[str, ...]:
    chunks = (chunk.strip(_EDGES) for chunk in fold(text).split())
    return tuple(sorted(filter(None, chunks), key=len, reverse=True))


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Every word that can be begun: as written, without signs, and cut where letters meet digits ("30DEC26")."""
    folded = fold(text)
    chunks = [chunk.strip(_EDGES) for chunk in folded.split()]
    return tuple(dict.fromkeys([*filter(None, chunks), *_WORD.findall(folded), *_PART.findall(folded)]))


def fold(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
