"""Random tickets that a broker can take, for the promise that the wire says what the ticket says (O4)."""

import random
import string
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import pytest

from app.domain import Exchange, Instrument, Order, OrderChange, OrderRequest, OrderSide, OrderType, Product, Validity
from app.domain.calls import CallCounts
from tests.fakes.orders import row

NUMBERS: Final = (2_000, pytest.param(100_000, marks=(pytest.mark.slow, pytest.mark.timeout(900))))
"""Tickets a broker: a sample, and what the promise names."""

CASH: Final = frozenset({"NSE", "BSE"})
COMMODITIES: Final = frozenset({"MCX", "NCO", "NCDEX"})
_MOST_LOTS: Final = 40
_LETTERS: Final = string.ascii_letters + string.digits


class NoCap(CallCounts):
    """Counts nothing: whatever a broker allows a day, a promise is measured in one go."""

    def count(self, *_: object) -> int:
        return 0

    def add(self, *_: object) -> None:
        return


def fresh_seed() -> int:
    """Another one each time, printed."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - whoever sees it fail can play it again
    return seed


def resting(asked: OrderRequest, order_id: str, broker_symbol: str) -> Order:
    """`asked` in the book, nothing of it filled; what rests is good for the day, however it was asked."""
    validity = Validity.DAY
    return row(asked, order_id=order_id, raw_status="open", broker_symbol=broker_symbol, validity=validity)


class Tickets:
    """Tickets for what `master` lists; the `longest` tag in letters, and whether there is an after-market mark."""

    def __init__(self, seed: int, master: Sequence[Instrument], *, longest: int = 20, amo: bool = True) -> None:
        self._dice = random.Random(seed)
        self._master = master
        self._named = {(row.exchange, name): row for row in master for name in (row.symbol, row.broker_symbol)}
        self._longest = longest
        self._amo = amo

    def take(self, number: int) -> Iterator[OrderRequest]:
        """So many tickets."""
        return (self.one() for _ in range(number))

    def what(self, asked: OrderRequest) -> Instrument:
        """What `asked` is about."""
        return self._named[asked.exchange.value, asked.symbol]

    def one(self) -> OrderRequest:
        """One ticket: any type at any of its prices, whole lots, whatever the exchange takes."""
        dice, what = self._dice, self._dice.choice(self._master)
        is_cash = what.exchange in CASH
        quantity = self._quantity(what)
        validity = Validity.DAY if what.exchange in COMMODITIES else dice.choice((Validity.DAY, Validity.IOC))
        return OrderRequest(
            symbol=dice.choice((what.symbol, what.broker_symbol)),
            exchange=Exchange(what.exchange),
            product=dice.choice(
                (Product.CNC, Product.MIS, Product.MTF) if is_cash else (Product.MIS, Product.NRML),
            ),
            quantity=quantity,
            validity=validity,
            disclosed_quantity=dice.choice((0, dice.randint(1, quantity))) if is_cash else 0,
            tag="".join(dice.choices(_LETTERS, k=dice.randint(1, self._longest))) if dice.random() < 0.8 else "",
            amo=self._amo and dice.random() < 0.2,
            **self._prices(what, side := dice.choice((OrderSide.BUY, OrderSide.SELL))),
            side=side,
        )

    def change(self, asked: OrderRequest) -> OrderChange:
        """What `asked` may become: another size, another price, of the same sort."""
        what = self.what(asked)
        kinds = [kind for kind in OrderType if kind.needs_trigger is asked.order_type.needs_trigger]
        prices = self._prices(what, asked.side, self._dice.choice(kinds))
        return OrderChange(quantity=self._quantity(what), validity=Validity.DAY, **prices)

    def _quantity(self, what: Instrument) -> int:
        return self._dice.randint(1, _MOST_LOTS) * what.lot_size

    def _prices(self, what: Instrument, side: OrderSide, kind: OrderType | None = None) -> dict[str, Any]:
        """Type and prices that go together: a stop is on the far side of its limit."""
        order_type = kind or self._dice.choice(list(OrderType))
        low, high = sorted((self._price(what), self._price(what)))
        price, trigger = (high, low) if side is OrderSide.BUY else (low, high)
        if price == trigger and order_type is OrderType.SL:
            price += what.tick_size if side is OrderSide.BUY else 0
            trigger += what.tick_size if side is OrderSide.SELL else 0
        return {
            "order_type": order_type,
            "price": price if order_type.needs_price else None,
            "trigger_price": trigger if order_type.needs_trigger else None,
        }

    def _price(self, what: Instrument) -> Decimal:
        """A multiple of the tick, printed with more or fewer zeros behind the point."""
        price = what.tick_size * self._dice.choice((self._dice.randint(1, 99), self._dice.randint(100, 2_000_000)))
        return self._dice.choice((price, price.quantize(Decimal("0.0001")), price.normalize()))
