"""What a trader types to find an instrument, as words to look for.

Dates and strikes are taken apart where they are written together ("30dec26", "24000ce"), as the texts that are
searched have them in parts.
"""

import re
from typing import Final

from app.domain.records import dataclass

_MONTHS: Final = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DATE: Final = re.compile(rf"(\d{{1,2}})?({_MONTHS})(?:20)?(\d{{2}})?")
_DAY: Final = re.compile(rf"\b(\d) ({_MONTHS})\b")
_OPTION: Final = re.compile(r"(\d+(?:\.\d+)?)(CE|PE)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d*)?")
_SAME: Final = {"CALL": "CE", "CALLS": "CE", "PUT": "PE", "PUTS": "PE", "FUTURE": "FUT", "FUTURES": "FUT"}
_KINDS: Final = ("CE", "PE", "FUT")
_LONGEST: Final = 100  # characters of what is typed; more is no name of anything
_MANY: Final = 10
_LONG: Final = 3


@dataclass(frozen=True, slots=True)
class Rest:
    """What the words leave over that a family of contracts does not say itself: a kind, the beginning of a strike."""

    kind: str = ""
    strike: str = ""

    def fits(self, kind: str, strike: str) -> bool:
        """Whether a contract of `kind` and `strike` is meant."""
        return self.kind in ("", kind) and strike.startswith(self.strike)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words looked for, in capitals; `whole` is a single word as it was typed: perhaps a broker's symbol."""

    words: tuple[str, ...]
    whole: str | None = None

    @classmethod
    def of(cls, text: str) -> "Terms":
        """The words of what was typed; none for blanks."""
        typed = " ".join(text[:_LONGEST].upper().split())
        words = tuple(part for word in _DAY.sub(r"0\1 \2", typed).split() for part in _parts(word))[:_MANY]
        return cls(words, typed if typed and " " not in typed and len(typed) >= _LONG else None)

    @property
    def names(self) -> tuple[str, ...]:
        """The words that only a name, a company or a month can hold."""
        return tuple(word for word in self.words if word not in _KINDS and not _NUMBER.fullmatch(word))

    def missing_in(self, words: str, *, anchored: bool) -> Rest | None:
        """What `words` of a family (between blanks) leave over; None when the family is not meant at all."""
        left = [word for word in self.words if piece(word, anchored=anchored) not in words]
        kinds = [word for word in left if word in _KINDS]
        strikes = [word for word in left if _NUMBER.fullmatch(word)]
        if not self.words or len(kinds) > 1 or len(strikes) > 1 or len(left) > len(kinds) + len(strikes):
            return None
        return Rest("".join(kinds), "".join(strikes))

    def name(self, name: str) -> bool:
        """Whether the first words are exactly `name`."""
        return f"{' '.join(self.words)} ".startswith(f"{name} ")

    def begins(self, name: str) -> bool:
        """Whether `name` begins as what was typed does."""
        return bool(self.words) and name.startswith(self.words[0])


def piece(word: str, *, anchored: bool) -> str:
    """`word` as it must stand in a text: behind a blank where only the beginning of a word counts.

    Numbers and words of less than three letters always begin a word: anywhere they would be everywhere.
    """
    return f" {word}" if anchored or len(word) < _LONG or _NUMBER.fullmatch(word) else word


def _parts(word: str) -> tuple[str, ...]:
    word = _SAME.get(word, word)
    if found := _DATE.fullmatch(word):
        return tuple(part.zfill(2) for part in found.groups() if part)
    if found := _OPTION.fullmatch(word):
        return tuple(found.groups())
    return (word,)
