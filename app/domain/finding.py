"""What a trader types to find an instrument, as words to look for.

Dates and strikes are taken apart where they are written together ("30dec26", "24000ce"), as the texts that are
searched have them in parts.
"""

import re
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DATE: Final = re.compile(rf"(\d{{1,2}})?({_MONTHS})(?:20)?(\d{{2}})?")
_DAY: Final = re.compile(rf"\b(\d) ({_MONTHS})\b")
_OPTION: Final = re.compile(r"(\d+(?:\.\d+)?)(CE|PE)")
_SAME: Final = {"CALL": "CE", "CALLS": "CE", "PUT": "PE", "PUTS": "PE", "FUTURE": "FUT", "FUTURES": "FUT"}
_LONGEST: Final = 100  # characters of what is typed; more is no name of anything
_MANY: Final = 10


@dataclass(frozen=True, slots=True)
class Terms:
    """The words looked for, in capitals, as they were typed."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Terms":
        """The words of what was typed; none for blanks."""
        typed = _DAY.sub(r"0\1 \2", " ".join(text[:_LONGEST].upper().split()))
        return cls(tuple(part for word in typed.split() for part in _parts(word))[:_MANY])

    def fit(self, text: str, *, anchored: bool) -> bool:
        """Whether every word is in `text` (words between blanks), at the beginning of a word when `anchored`."""
        folded = text.upper()
        blank = " " if anchored else ""
        return bool(self.words) and all(blank + word in folded for word in self.words)

    def name(self, name: str) -> bool:
        """Whether the first words are exactly `name`."""
        return f"{' '.join(self.words)} ".startswith(f"{name} ")

    def begins(self, name: str) -> bool:
        """Whether `name` begins as what was typed does."""
        return bool(self.words) and name.startswith(self.words[0])


def _parts(word: str) -> tuple[str, ...]:
    word = _SAME.get(word, word)
    for shape in (_DATE, _OPTION):
        if found := shape.fullmatch(word):
            return tuple(_two(part) if shape is _DATE else part for part in found.groups() if part)
    return (word,)


def _two(part: str) -> str:
    return part.zfill(2)
