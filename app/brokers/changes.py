"""How often one order may be changed: some brokers take so many changes of it and no more, counted for each order."""

from collections import Counter
from typing import Final

from app.domain import DailyCap
from app.domain.tongue import tr

MOST: Final = 25
"""Of one order, at Zerodha as at Dhan; then it is to be cancelled and placed anew (section 7 of both sheets)."""


class Changes:
    """Those that one adapter has sent."""

    def __init__(self, label: str) -> None:
        """`label` is the broker's name."""
        self._label = label
        self._sent: Counter[str] = Counter()

    def count(self, order_id: str) -> None:
        """One more is about to be sent; raises `DailyCap` when the broker takes no more of them."""
        if self._sent[order_id] >= MOST:
            raise DailyCap(
                f"{MOST} changes of one order",
                title=tr("This order was changed as often as {broker} allows", broker=self._label),
                next_step=tr("Cancel it and place it anew. Nothing was sent."),
            )
        self._sent[order_id] += 1
