"""What one demo client owns and owes: positions that follow fills, holdings, money. Rupees as Decimal throughout."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.simulators.funds import Margins, margins_of, segment_of
from app.simulators.legs import DELIVERY, ZERO, Holding, Leg, LegKey
from app.simulators.listing import Contract
from app.simulators.prices import Prices


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
        return margins_of(legs, last, self.cash[segment], pending)

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
