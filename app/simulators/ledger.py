"""What one demo client owns and owes: positions that follow fills, holdings, money. Rupees as Decimal throughout."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.simulators.listing import Contract, Sort
from app.simulators.prices import Prices

ZERO: Final = Decimal(0)
DELIVERY: Final = frozenset({"CNC", "MTF"})
"""Products that end as shares in the depository."""
_SPAN: Final = Decimal("0.11")
_EXPOSURE: Final = Decimal("0.02")
_INTRADAY: Final = Decimal("0.20")

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


@dataclass(frozen=True, slots=True)
class Margins:
    """One segment's money, by the names of the wire (sheet section 4)."""

    opening: Decimal
    span: Decimal
    exposure: Decimal
    option_premium: Decimal
    delivery: Decimal
    realised: Decimal
    unrealised: Decimal

    @property
    def debits(self) -> Decimal:
        """What is not available any more: margins, premium, deliveries and losses; booked gains give back."""
        blocked = self.span + self.exposure + self.option_premium + self.delivery
        return blocked - self.realised - min(self.unrealised, ZERO)

    @property
    def net(self) -> Decimal:
        """What can be used."""
        return self.opening - self.debits


class Ledger:
    """Positions, holdings and money of one client."""

    def __init__(self, prices: Prices, equity_cash: Decimal, commodity_cash: Decimal) -> None:
        self._prices = prices
        self.cash = {"equity": equity_cash, "commodity": commodity_cash}
        self.legs: dict[LegKey, Leg] = {}
        self.holdings: dict[str, Holding] = {}

    def leg(self, contract: Contract, product: str) -> Leg:
        """The position of that contract and product, a fresh one where there is none."""
        return self.legs.setdefault((*contract.key, product), Leg(contract, product))

    def take(self, contract: Contract, product: str, side: str, quantity: int, price: Decimal) -> None:
        """Book one fill."""
        self.leg(contract, product).take(side, quantity, price)
        holding = self.holdings.get(contract.symbol)
        if side == "SELL" and product in DELIVERY and holding is not None:
            sold = min(quantity, holding.settled)
            holding.settled -= sold
            holding.sold += sold

    def saleable(self, contract: Contract, product: str) -> int:
        """How many shares the client can deliver: owned, and bought today."""
        holding = self.holdings.get(contract.symbol)
        leg = self.legs.get((*contract.key, product))
        return (holding.owned if holding else 0) + max(leg.quantity if leg else 0, 0)

    def margins(self, segment: str, pending: Decimal = ZERO) -> Margins:
        """The money of `segment`; `pending` is what open orders block."""
        legs = list(self._of(segment))
        last = {leg.contract.key: self._prices.last(leg.contract) for leg in legs}
        return Margins(
            opening=self.cash[segment],
            span=sum((_span(leg, last[leg.contract.key]) for leg in legs), ZERO),
            exposure=sum((_exposure(leg, last[leg.contract.key]) for leg in legs), ZERO) + pending,
            option_premium=sum((_premium(leg) for leg in legs), ZERO),
            delivery=sum((_delivery(leg) for leg in legs), ZERO),
            realised=sum((_booked(leg, last[leg.contract.key]) for leg in legs), ZERO),
            unrealised=sum((_at_risk(leg, last[leg.contract.key]) for leg in legs), ZERO),
        )

    def roll(self, today: date) -> None:
        """The day before `today` is over: deliveries become holdings, derivatives are carried, the rest is settled."""
        for holding in self.holdings.values():
            holding.settled, holding.unsettled, holding.sold = holding.owned, 0, 0
        legs, self.legs = self.legs, {}
        for key, leg in legs.items():
            self.cash[segment_of(leg.contract)] += _flow(leg, self._prices.close(leg.contract), today)
            if _carries(leg, today):
                self.legs[key] = Leg(leg.contract, leg.product, leg.quantity, leg.average)
            elif leg.product in DELIVERY and leg.quantity > 0:
                self._deliver(leg)

    def _deliver(self, leg: Leg) -> None:
        holding = self.holdings.setdefault(leg.contract.symbol, Holding(leg.contract, 0, 0, ZERO))
        total = holding.owned + leg.quantity
        holding.average = (holding.average * holding.owned + leg.average * leg.quantity) / total
        holding.unsettled += leg.quantity

    def _of(self, segment: str) -> Iterator[Leg]:
        return (leg for leg in self.legs.values() if segment_of(leg.contract) == segment)


def _carries(leg: Leg, today: date) -> bool:
    """Whether a position lives on as it is: a derivative that has not ended."""
    expiry = leg.contract.expiry
    return leg.product == "NRML" and leg.quantity != 0 and expiry is not None and expiry >= today


def _flow(leg: Leg, last: Decimal, today: date) -> Decimal:
    """The cash that a position moves when its day is over."""
    if leg.product in DELIVERY:
        return leg.value
    if leg.contract.is_option:
        premium = leg.day_sell_value - leg.day_buy_value
        return premium if _carries(leg, today) else premium + leg.quantity * last * leg.contract.units
    return leg.pnl(last) - (leg.open_pnl(last) if _carries(leg, today) else ZERO)


def segment_of(contract: Contract) -> str:
    """Which of the two purses a contract is paid from."""
    return "commodity" if contract.exchange == "MCX" else "equity"


def needed(contract: Contract, product: str, side: str, quantity: int, price: Decimal) -> Decimal:
    """The margin that an order blocks."""
    value = quantity * price * contract.units
    if contract.is_option and side == "BUY":
        return value
    if contract.is_derivative:
        notional = quantity * contract.units * (contract.base if contract.is_option else price)
        return notional * (_SPAN + _EXPOSURE)
    if product == "MIS":
        return value * _INTRADAY
    return value if side == "BUY" else ZERO


def _span(leg: Leg, last: Decimal) -> Decimal:
    return _notional(leg, last) * _SPAN


def _exposure(leg: Leg, last: Decimal) -> Decimal:
    if leg.product == "MIS" and not leg.contract.is_derivative:
        return abs(leg.quantity) * last * _INTRADAY
    return _notional(leg, last) * _EXPOSURE


def _notional(leg: Leg, last: Decimal) -> Decimal:
    """What a future or a sold option stands for; a bought option is paid and blocks nothing."""
    if not leg.contract.is_derivative or (leg.contract.is_option and leg.quantity > 0):
        return ZERO
    price = last if leg.contract.sort is Sort.FUTURE else leg.contract.base
    return abs(leg.quantity) * leg.contract.units * price


def _premium(leg: Leg) -> Decimal:
    """Premium of today's options: paid less received."""
    return leg.day_buy_value - leg.day_sell_value if leg.contract.is_option else ZERO


def _delivery(leg: Leg) -> Decimal:
    return leg.day_buy_value - leg.day_sell_value if leg.product in DELIVERY and leg.quantity > 0 else ZERO


def _booked(leg: Leg, last: Decimal) -> Decimal:
    """Booked P&L; that of options is in the premium already, that of deliveries in the delivery."""
    if leg.contract.is_option or (leg.product in DELIVERY and leg.quantity > 0):
        return ZERO
    return leg.pnl(last) - leg.open_pnl(last)


def _at_risk(leg: Leg, last: Decimal) -> Decimal:
    return ZERO if leg.contract.is_option or leg.product in DELIVERY else leg.open_pnl(last)
