"""What is held and traded: positions, holdings, trades, prices; one frozen row each."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from app.domain.orders import Exchange, OrderSide, Product
from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """One net position as the broker reports it; closed rows (quantity 0) keep their booked P&L.

    `symbol` is Kunji's name of the instrument, `broker_symbol` the broker's; `quantity` signed, in units
    also where the broker counts lots (of `multiplier` units each); `average_price` and `last_price` per unit in
    rupees, `last_price` None when the broker gives none; `pnl`, `realised` and `unrealised` in rupees, so that
    pnl = realised + (last_price - average_price) x quantity. `price_is_derived` says that the broker sent no price with
    the position and `last_price` was worked out from its P&L. Identity: (exchange, broker_symbol, product).
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
    price_is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One share in the demat account; quantities in units, prices a unit in rupees.

    `free` can be sold now (settled, not pledged, less today's sales), `t1` was bought and is not settled, `pledged` is
    given as collateral, `used_today` was sold today. `last_price`, `close_price`: None when the broker gives none.
    `pnl_told` is the broker's own figure, rupees, None where it tells none; `pnl` is ours (`domain/reckoning.py`).
    """

    symbol: str
    exchange: Exchange
    isin: str
    free: int
    t1: int
    pledged: int
    used_today: int
    average_price: Decimal
    last_price: Decimal | None
    close_price: Decimal | None
    broker_symbol: str
    pnl_told: Decimal | None = None

    @property
    def quantity(self) -> int:
        """What is owned: free, unsettled and pledged."""
        return self.free + self.t1 + self.pledged

    @property
    def pnl(self) -> Decimal | None:
        """Gain since it was bought, rupees; None without a price."""
        return None if self.last_price is None else (self.last_price - self.average_price) * self.quantity


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill: `quantity` units at `price` rupees. `traded_at` is None when the broker gives no full time."""

    trade_id: str
    order_id: str
    symbol: str
    exchange: Exchange
    product: Product
    side: OrderSide
    quantity: int
    price: Decimal
    traded_at: datetime | None
    broker_symbol: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The last traded price of one instrument, rupees; the day's figures where the broker gives them.

    `band_low` and `band_high` are the lowest and the highest price that the exchange takes today.
    """

    last_price: Decimal
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Quotes:
    """Prices by the (symbol, exchange) asked for; what the broker has no price of stands in `missing`, by name."""

    found: Mapping[tuple[str, Exchange], Quote]
    missing: tuple[tuple[str, Exchange], ...] = ()
