"""The kinds of settings: how each is written and read, and what it can be. A wrong one says what to write instead.

Every setting has one written form, the same on the command line, in a field of the page, in the database and in an
exported file: "on", "08:45", "22:00-08:00", "10", "dark".
"""

import re
from datetime import time
from typing import Any, Final, Protocol

from app.domain import InvalidRequest
from app.domain.records import dataclass
from app.domain.tongue import tr

OFF: Final = "off"
ON: Final = "on"
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5]?[0-9])")


class Kind(Protocol):
    """How the values of a setting look. `name` is the setting's: an `InvalidRequest` carries it as its field."""

    def read(self, name: str, text: str) -> Any:
        """The value that `text` means, or `InvalidRequest`."""
        ...

    def write(self, value: Any) -> str:
        """What `read` takes."""
        ...

    def check(self, name: str, value: Any) -> None:
        """Raise `InvalidRequest` for a value that cannot be meant."""
        ...

    @property
    def form(self) -> str:
        """What may be written, for help and documents; not translated yet."""
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    def read(self, name: str, text: str) -> bool:
        """True for "on"."""
        if text not in (ON, OFF):
            raise wrong(name, tr("{text} is neither on nor off", text=text), tr('Write "on" or "off".'))
        return text == ON

    def write(self, value: bool) -> str:  # noqa: FBT001 - the value itself
        """As "on" or "off"."""
        return ON if value else OFF

    def check(self, name: str, value: object) -> None:
        """Both can be meant."""

    @property
    def form(self) -> str:
        """See `Kind`."""
        return "`on`, `off`"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day in India, or off."""

    def read(self, name: str, text: str) -> time | None:
        """None for "off"."""
        return None if text == OFF else _time(name, text, tr('Write it as 08:45, Indian time, or "off".'))

    def write(self, value: time | None) -> str:
        """As "08:45"."""
        return OFF if value is None else f"{value:%H:%M}"

    def check(self, name: str, value: object) -> None:
        """Every time of day can be meant."""

    @property
    def form(self) -> str:
        """See `Kind`."""
        return "`08:45`, `off`"


@dataclass(frozen=True, slots=True)
class Times:
    """From one time of day to another, in India, over midnight when the first is the later one; or off."""

    def read(self, name: str, text: str) -> tuple[time, time] | None:
        """None for "off"."""
        if text == OFF:
            return None
        hint = tr('Write them as 22:00-08:00, Indian time, or "off".')
        begin, _, end = text.partition("-")
        return _time(name, begin, hint), _time(name, end, hint)

    def write(self, value: tuple[time, time] | None) -> str:
        """As "22:00-08:00"."""
        return OFF if value is None else "-".join(f"{one:%H:%M}" for one in value)

    def check(self, name: str, value: tuple[time, time] | None) -> None:
        """They do not begin when they end."""
        if value is not None and value[0] == value[1]:
            raise wrong(name, tr("These hours begin when they end"), tr('Give two times, or "off" for none.'))

    @property
    def form(self) -> str:
        """See `Kind`."""
        return "`22:00-08:00`, `off`"


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number of `unit` (plural) from `least` to `most`."""

    least: int
    most: int
    unit: str

    def read(self, name: str, text: str) -> int:
        """Digits alone."""
        if not text.isascii() or not text.isdigit():
            said = tr("{text} is no number of {unit}", text=text, unit=tr(self.unit))
            raise wrong(name, said, tr("Write it as {number}.", number=self.least))
        return int(text[:9])  # enough digits to be too large

    def write(self, value: int) -> str:
        """In digits."""
        return str(value)

    def check(self, name: str, value: int) -> None:
        """Within the bounds."""
        if not self.least <= value <= self.most:
            bounds = {"least": self.least, "most": self.most, "unit": tr(self.unit)}
            title = tr("It goes from {least} to {most} {unit}", **bounds)
            raise wrong(name, title, tr("Write a number of {unit}.", unit=bounds["unit"]))

    @property
    def form(self) -> str:
        """See `Kind`."""
        return f"`{self.least}` to `{self.most}` {self.unit}"


@dataclass(frozen=True, slots=True)
class Cap:
    """A whole number of `unit` (plural) up to `most` above which is asked once more; or off, which 0 means too."""

    most: int
    unit: str

    def read(self, name: str, text: str) -> int | None:
        """Digits, grouped by commas or not; None for "off" and for 0."""
        digits = text.replace(",", "")
        if digits == OFF:
            return None
        if not digits.isascii() or not digits.isdigit():
            said = tr("{text} is no number of {unit}", text=text, unit=tr(self.unit))
            raise wrong(name, said, tr('Write a whole number, or "off" for none.'))
        return int(digits[:18]) or None  # enough digits to be too large

    def write(self, value: int | None) -> str:
        """In digits."""
        return OFF if value is None else str(value)

    def check(self, name: str, value: int | None) -> None:
        """Within the bounds."""
        if value is not None and not 1 <= value <= self.most:
            title = tr("It goes from 1 to {most} {unit}", most=self.most, unit=tr(self.unit))
            raise wrong(name, title, tr('Write a smaller number, or "off" for none.'))

    @property
    def form(self) -> str:
        """See `Kind`."""
        return f"`1` to `{self.most}` {self.unit}, `off`"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few: the word that is written, and what a person is shown for it."""

    choices: tuple[tuple[str, str], ...]

    def read(self, name: str, text: str) -> str:
        """One of the words."""
        self.check(name, text)
        return text

    def write(self, value: str) -> str:
        """The word itself."""
        return value

    def check(self, name: str, value: str) -> None:
        """It is one of them."""
        words = [word for word, _ in self.choices]
        if value not in words:
            raise wrong(
                name, tr("{text} cannot be chosen", text=value), tr("Choose one of {words}.", words=", ".join(words))
            )

    @property
    def form(self) -> str:
        """See `Kind`."""
        return ", ".join(f"`{word}`" for word, _ in self.choices)


def wrong(name: str, title: str, next_step: str) -> InvalidRequest:
    """What is wrong with the setting `name`."""
    return InvalidRequest(f"{name}: {title}", title=title, next_step=next_step, field=name)


def _time(name: str, text: str, hint: str) -> time:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise wrong(name, tr("{text} is no time of day", text=text), hint)
    return time(int(found[1]), int(found[2]))
