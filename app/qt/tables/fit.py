"""Which columns a width allows: figures are never cut, so the next column in the order of giving way goes. No Qt."""

from collections.abc import Sequence
from typing import Final

from app.domain.records import dataclass

_OPTIONAL_LAST: Final = 1000  # a column that the user asked for stays longer than those that stand there anyway


@dataclass(frozen=True, slots=True)
class Need:
    """What a wanted column needs: `hide` as in `ColumnSpec`; `most` is what it takes where there is room."""

    key: str
    width: int
    hide: int | None
    optional: bool = False
    most: int = 0

    @property
    def rank(self) -> int | None:
        """What goes first has the smallest one; None never goes."""
        return self.hide + _OPTIONAL_LAST if self.hide is not None and self.optional else self.hide


def fit(needs: Sequence[Need], room: int) -> dict[str, int]:
    """The width of every column that stays; what is left over is for those that can use it, then for the first."""
    staying = list(needs)
    giving = sorted((need for need in needs[1:] if need.rank is not None), key=lambda need: need.rank or 0)
    while giving and sum(need.width for need in staying) > room:
        staying.remove(giving.pop(0))
    widths = {need.key: need.width for need in staying}
    for need in staying:
        widths[need.key] += max(0, min(room - sum(widths.values()), need.most - need.width))
    if staying:
        widths[staying[0].key] += max(0, room - sum(widths.values()))
    return widths
