"""What of an instrument master may be passed over: single rows that cannot be right, never many.

A master of 150,000 rows is not refused for one that lacks its tick, and what is passed over is found nowhere: nothing
is made up for it. Where more than one row in a hundred is odd the file is not what it should be, and refused.
"""

from typing import Final

from app.domain import WireSurprise

_PER_HUNDRED: Final = 1


class Sieve:
    """The odd rows of one file."""

    def __init__(self, what: str) -> None:
        """`what` names the file in errors."""
        self._what = what
        self._odd = 0
        self._first = ""

    def pass_over(self, why: Exception) -> None:
        """Leave out one row."""
        self._odd += 1
        self._first = self._first or str(why)

    def judge(self, good: int) -> None:
        """Raise `WireSurprise` when beside `good` rows too many were odd."""
        if self._odd * 100 > good * _PER_HUNDRED:
            raise WireSurprise(f"{self._what}: {self._odd} of {good + self._odd} rows cannot be right: {self._first}")
