"""What can be traded at a demo broker: one frozen contract a row of the instrument master."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Sort(StrEnum):
    """What a contract is."""

    CASH = "EQ"
    INDEX = "INDEX"
    FUTURE = "FUT"
    CALL = "CE"
    PUT = "PE"


@dataclass(frozen=True, slots=True)
class Contract:
    """One tradable (or an index).

    `base` is the price its walk circles around, rupees; `units` is how many units one
    of its quantity stands for (1 but on MCX and CDS, where quantity counts lots: sheet section 4); `title` is the
    master's column "name".
    """

    exchange: str
    symbol: str
    name: str
    sort: Sort
    token: int
    base: Decimal
    tick: Decimal = Decimal("0.05")
    lot: int = 1
    expiry: date | None = None
    strike: Decimal = Decimal(0)
    units: int = 1
    freeze: int = 100_000
    title: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What orders and quotes name it by."""
        return self.exchange, self.symbol

    @property
    def is_derivative(self) -> bool:
        """Future or option."""
        return self.expiry is not None

    @property
    def is_option(self) -> bool:
        """Call or put."""
        return self.sort in (Sort.CALL, Sort.PUT)
