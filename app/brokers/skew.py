"""How far this computer's clock is from a broker's, from the dates that its answers carry.

A date has whole seconds and was written some time between the question and the answer: what is known is a range. Only
what lies surely beyond a few seconds is said: a code is good for half a minute, and a slow line is no wrong clock.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_RESOLUTION: Final = 1.0  # seconds that a date leaves open
_WORTH_SAYING: Final = 5.0  # seconds
_MINUTE: Final = 60
_HOUR: Final = 3600


class Skew:
    """The last answer's date against this computer's clock."""

    def __init__(self) -> None:
        self._heard: tuple[str, datetime, datetime] | None = None

    def hear(self, date: str, asked: datetime, heard: datetime) -> None:
        """Note the `Date` of an answer to what was asked at `asked` and answered at `heard`, both of our clock."""
        self._heard = (date, asked, heard)  # read when somebody asks: most answers are about no clock

    @property
    def behind(self) -> float:
        """By how many seconds our clock is behind theirs, negative when ahead; 0 when that is not worth saying."""
        least, most = self._range()
        return (least + most) / 2 if least >= _WORTH_SAYING or most <= -_WORTH_SAYING else 0.0

    @property
    def known(self) -> float | None:
        """As `behind`; None while no answer with a date was heard."""
        return None if self._heard is None or _moment(self._heard[0]) is None else self.behind

    @property
    def words(self) -> str:
        """What is wrong with our clock and what to do about it; empty when nothing is."""
        if not self.behind:
            return ""
        side = "behind" if self.behind > 0 else "ahead of"
        return f"Your clock is {_length(abs(self.behind))} {side} theirs; set it, then use the next code."

    def _range(self) -> tuple[float, float]:
        """Between how many seconds and how many our clock is behind."""
        if self._heard is None:
            return 0.0, 0.0
        date, asked, heard = self._heard
        theirs = _moment(date)
        if theirs is None or heard < asked:  # no date, or our clock was set in between
            return 0.0, 0.0
        return (theirs - heard).total_seconds(), (theirs - asked).total_seconds() + _RESOLUTION


def _length(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{round(seconds)} s"
    return f"{round(seconds / _MINUTE)} min" if seconds < 2 * _HOUR else f"{round(seconds / _HOUR)} h"


def _moment(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):  # whatever stands there, it is no date
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
