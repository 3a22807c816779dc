"""A demo day that began before anybody looked: orders that made the day's positions, one that waits, one refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from app.domain import IST
from app.simulators.baskets import opened_today
from app.simulators.books import Account
from app.simulators.hours import session
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master
from app.simulators.order_states import Ticket
from app.simulators.prices import on_tick

_AT_LEAST: Final = timedelta(minutes=40)
_BELOW: Final = Decimal("0.97")
_WAITS: Final = ("TCS", 5)
_NOT_OWNED: Final = ("WIPRO", 50)


@dataclass(frozen=True, slots=True)
class Customs:
    """How one broker's tickets look, and its words for shares that are not there (client id, quantity)."""

    no_shares: Callable[[str, int], str]
    variety: str = "regular"
    meta: Mapping[str, dict[str, int]] = field(default_factory=dict)


class Done(NamedTuple):
    """An order of this morning, filled at one price."""

    contract: Contract
    product: str
    side: str
    quantity: int
    price: Decimal


def begin_day(account: Account, master: Master, customs: Customs) -> None:
    """Write the morning's orders into a book; nothing in it moves a position or money but what waits."""
    done = list(_done(account, master))
    times = _times(account.market.now(), len(done) + 2)
    for one, at in zip(done, times, strict=False):
        account.book.recall(_ticket(one, customs), at, filled=True)
    name, quantity = _NOT_OWNED
    share = master.find(name, Sort.CASH)
    refused = Done(share, "CNC", "SELL", quantity, account.prices.last(share))
    why = customs.no_shares(account.user.client_id, quantity)
    account.book.recall(_ticket(refused, customs), times[-2], refusal=why)
    name, quantity = _WAITS
    share = master.find(name, Sort.CASH)
    low = on_tick(account.prices.last(share) * _BELOW, share.tick)
    account.book.recall(_ticket(Done(share, "CNC", "BUY", quantity, low), customs), times[-1])


def _done(account: Account, master: Master) -> Iterator[Done]:
    """One order for each way into today's positions, and one for each way out."""
    for contract, product, first in opened_today(account, master):
        leg = account.ledger.legs[*contract.key, product]
        bought = Done(contract, product, "BUY", leg.day_buys, leg.day_buy_value)
        sold = Done(contract, product, "SELL", leg.day_sells, leg.day_sell_value)
        for one in (bought, sold) if first == "BUY" else (sold, bought):
            if one.quantity:
                yield one._replace(price=one.price / one.quantity / contract.units)


def _times(now: datetime, number: int) -> list[datetime]:
    """So many moments since the market opened, or of the last minutes when that was just now."""
    hours = session("NSE", now.astimezone(IST).date())
    start = min(hours[0] if hours else now, now - _AT_LEAST)
    return [start + (now - start) * place / (number + 1) for place in range(1, number + 1)]


def _ticket(one: Done, customs: Customs) -> Ticket:
    return Ticket(
        contract=one.contract,
        variety=customs.variety,
        side=one.side,
        order_type="LIMIT",
        product=one.product,
        quantity=one.quantity,
        price=on_tick(one.price, one.contract.tick),
        trigger=Decimal(0),
        validity="DAY",
        meta=dict(customs.meta),
    )
