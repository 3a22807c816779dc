"""How far the fetching of an instrument master has come."""

from collections.abc import Callable

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A master on its way: first its bytes come, then its rows are read.

    `fetched` and `of` count bytes as they travel, packed where the broker packs them; `of` is None while nobody has
    said how many there will be in all. `rows` is how many were read.
    """

    fetched: int = 0
    of: int | None = None
    rows: int = 0


OnProgress = Callable[[Progress], None]
"""Hears of it on the loop's thread; must return at once."""
