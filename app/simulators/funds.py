"""The margin that orders and positions need, and a segment's money by the names of the wire (sheet section 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.simulators.legs import DELIVERY, ZERO, Leg
from app.simulators.listing import Contract, Sort

_SPAN: Final = Decimal("0.11")
_EXPOSURE: Final = Decimal("0.02")
_INTRADAY: Final = Decimal("0.20")


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


def margins_of(
    legs: Sequence[Leg], last: Mapping[tuple[str, str], Decimal], opening: Decimal, pending: Decimal
) -> Margins:
    """The money of a segment that holds `legs`; `pending` is what open orders block."""
    priced = [(leg, last[leg.contract.key]) for leg in legs]
    return Margins(
        opening=opening,
        span=sum((_span(leg, price) for leg, price in priced), ZERO),
        exposure=sum((_exposure(leg, price) for leg, price in priced), ZERO) + pending,
        option_premium=sum((_premium(leg) for leg in legs), ZERO),
        delivery=sum((_delivery(leg) for leg in legs), ZERO),
        realised=sum((_booked(leg, price) for leg, price in priced), ZERO),
        unrealised=sum((_at_risk(leg, price) for leg, price in priced), ZERO),
    )


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
