"""Positions and holdings of one client: plain bookkeeping in rupees, every sum derived from what was booked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.simulators.listing import Contract

ZERO: Final = Decimal(0)
DELIVERY: Final = frozenset({"CNC", "MTF"})
"""Products that end as shares in the depository."""
LegKey = tuple[str, str, str]
"""(exchange, symbol, product): the key of a position row (sheet section 4)."""


@dataclass(slots=True)
class Leg:
    """One position: what came over night, what was bought and sold today. Values are quantity x price x units."""

    contract: Contract
    product: str
    overnight: int = 0
    overnight_price: Decimal = ZERO
    day_buys: int = 0
    day_buy_value: Decimal = ZERO
    day_sells: int = 0
    day_sell_value: Decimal = ZERO

    def take(self, side: str, quantity: int, price: Decimal) -> None:
        """Book one fill of today."""
        value = quantity * price * self.contract.units
        if side == "BUY":
            self.day_buys += quantity
            self.day_buy_value += value
        else:
            self.day_sells += quantity
            self.day_sell_value += value

    @property
    def quantity(self) -> int:
        """Signed net quantity."""
        return self.overnight + self.day_buys - self.day_sells

    @property
    def buys(self) -> int:
        """Bought in all, what was carried long included."""
        return max(self.overnight, 0) + self.day_buys

    @property
    def sells(self) -> int:
        """Sold in all, what was carried short included."""
        return max(-self.overnight, 0) + self.day_sells

    @property
    def buy_value(self) -> Decimal:
        """Rupees paid for `buys`."""
        return self._carried(self.overnight, self.overnight_price) + self.day_buy_value

    @property
    def sell_value(self) -> Decimal:
        """Rupees received for `sells`."""
        return self._carried(-self.overnight, self.overnight_price) + self.day_sell_value

    def buy_m2m(self, close: Decimal) -> Decimal:
        """`buy_value` with what was carried taken at the previous close."""
        return self._carried(self.overnight, close) + self.day_buy_value

    def sell_m2m(self, close: Decimal) -> Decimal:
        """`sell_value` with what was carried taken at the previous close."""
        return self._carried(-self.overnight, close) + self.day_sell_value

    @property
    def average(self) -> Decimal:
        """Average price of the open side, 0 when closed."""
        if self.quantity == 0:
            return ZERO
        value, number = (self.buy_value, self.buys) if self.quantity > 0 else (self.sell_value, self.sells)
        return value / number / self.contract.units

    @property
    def value(self) -> Decimal:
        """Sold less bought."""
        return self.sell_value - self.buy_value

    def pnl(self, last: Decimal) -> Decimal:
        """Value + quantity x last price x multiplier (sheet section 4)."""
        return self.value + self.quantity * last * self.contract.units

    def open_pnl(self, last: Decimal) -> Decimal:
        """The part of `pnl` that is still at risk."""
        return self.quantity * (last - self.average) * self.contract.units

    def _carried(self, quantity: int, price: Decimal) -> Decimal:
        return max(quantity, 0) * price * self.contract.units


@dataclass(slots=True)
class Holding:
    """Shares in the depository: settled, bought lately (`unsettled`), sold today."""

    contract: Contract
    settled: int
    unsettled: int
    average: Decimal
    sold: int = 0

    @property
    def owned(self) -> int:
        """What can be sold today."""
        return self.settled + self.unsettled
