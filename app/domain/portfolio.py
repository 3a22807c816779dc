"""What is held: positions, one row a contract and product."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.orders import Exchange, Product


@dataclass(frozen=True, slots=True)
class Position:
    """One net position as the broker reports it; closed rows (quantity 0) keep their booked P&L.

    `symbol` is Kunji's name of the instrument, `broker_symbol` the broker's; `quantity` signed, in units
    also where the broker counts lots (of `multiplier` units each); `average_price` and `last_price` per unit in
    rupees, `last_price` None when the broker gives none; `pnl`, `realised` and `unrealised` in rupees, so that
    pnl = realised + (last_price - average_price) x quantity. Identity: (exchange, broker_symbol, product).
    """

    symbol: str
    exchange: Exchange
    product: Product
    quantity: int
    average_price: Decimal
    last_price: Decimal | None
    pnl: Decimal
    realised: Decimal
    unrealised: Decimal
    broker_symbol: str
    close_price: Decimal | None = None  # previous close, for the day's change in per cent
    multiplier: Decimal = Decimal(1)
