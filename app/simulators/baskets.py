"""What demo clients hold when the demo begins: contracts near the clock's date, prices near the last ones."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from app.simulators.books import Account, begin
from app.simulators.expiries import TUESDAY, monthly_expiry, weekly_expiries
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master
from app.simulators.prices import on_tick


class Held(NamedTuple):
    """One position: which contract, in what product, carried and of today, how far from the price it was opened."""

    name: str
    sort: Sort
    product: str
    carried: int
    today: int
    percent: str
    when: str = ""  # "week" or "month" of an option, "next" month of a future
    strike: str = "0"
    closed_at: str | None = None  # percent of the price at which it was closed again


_BASKETS: Final = (
    (
        Held("RELIANCE", Sort.CASH, "CNC", 0, 120, "-1.91"),
        Held("INFY", Sort.CASH, "MIS", 0, -200, "0.57"),
        Held("SBIN", Sort.CASH, "MIS", 0, 400, "-0.62", closed_at="0.48"),
        Held("NIFTY", Sort.CALL, "NRML", 150, 0, "-6.05", "month", "26000"),
        Held("NIFTY", Sort.PUT, "NRML", 0, -75, "-8.38", "week", "25900"),
        Held("BANKNIFTY", Sort.FUTURE, "NRML", 35, 0, "0.29"),
        Held("CRUDEOIL", Sort.FUTURE, "NRML", -1, 0, "0.48"),
    ),
    (
        Held("HDFCBANK", Sort.CASH, "MIS", 0, 300, "-0.34"),
        Held("NIFTY", Sort.CALL, "NRML", 75, 0, "-4.28", "month", "26000"),
        Held("RELIANCE", Sort.CASH, "MIS", 0, -50, "0.27"),
        Held("TATASTEEL", Sort.CASH, "CNC", 0, 1500, "-1.55"),
    ),
    (
        Held("ICICIBANK", Sort.CASH, "CNC", 0, 200, "-0.32"),
        Held("M&M", Sort.CASH, "MIS", 0, 40, "0.21"),
        Held("BAJAJ-AUTO", Sort.CASH, "CNC", 0, 10, "-2.1"),
        Held("GOLDM", Sort.FUTURE, "NRML", 1, 0, "0.22"),
        Held("NIFTY", Sort.CALL, "NRML", -150, 0, "3.7", "month", "26250"),
    ),
    (
        Held("BHARTIARTL", Sort.CASH, "MIS", 0, 150, "-0.44"),
        Held("TITAN", Sort.CASH, "CNC", 0, 60, "1.12"),
        Held("SENSEX", Sort.FUTURE, "NRML", 20, 0, "-0.35"),
        Held("NATURALGAS", Sort.FUTURE, "NRML", 0, 1, "-0.9"),
        Held("ITC", Sort.CASH, "MIS", 0, -800, "0.31", closed_at="-0.22"),
    ),
)
_HOLDINGS: Final = (("TCS", 40, 0, "-4.2"), ("ITC", 600, 100, "1.7"), ("NIFTYBEES", 250, 0, "-8.9"))


def fill(account: Account, master: Master) -> None:
    """Give a fresh account its basket."""
    begin(account, _positions(account, master))
    for symbol, settled, unsettled, percent in _HOLDINGS:
        contract = master.get("NSE", symbol)
        assert contract is not None, symbol  # noqa: S101 - the catalogue lists it
        account.hold(contract, settled, _near(account, contract, percent), unsettled=unsettled)


def opened_today(account: Account, master: Master) -> Iterator[tuple[Contract, str, str]]:
    """What of the account's basket was opened today: contract, product and the side that came first."""
    for held in _BASKETS[account.user.basket % len(_BASKETS)]:
        if held.today:
            yield _contract(held, master), held.product, "BUY" if held.today > 0 else "SELL"


def _positions(account: Account, master: Master) -> Iterator[tuple[Contract, str, int, int, Decimal, Decimal | None]]:
    for held in _BASKETS[account.user.basket % len(_BASKETS)]:
        contract = _contract(held, master)
        closed = None if held.closed_at is None else _near(account, contract, held.closed_at)
        yield contract, held.product, held.carried, held.today, _near(account, contract, held.percent), closed


def _contract(held: Held, master: Master) -> Contract:
    if held.sort is Sort.CASH:
        return master.find(held.name, held.sort)
    expiry = None
    if held.when == "month":
        expiry = monthly_expiry(master.day, 1)
    elif held.when == "week":
        months = {monthly_expiry(master.day), monthly_expiry(master.day, 1)}
        expiry = next(day for day in weekly_expiries(master.day, TUESDAY, 3) if day not in months)
    return master.find(held.name, held.sort, expiry=expiry, near=Decimal(held.strike))


def _near(account: Account, contract: Contract, percent: str) -> Decimal:
    """A price so many percent from the last one."""
    return on_tick(account.prices.last(contract) * (100 + Decimal(percent)) / 100, contract.tick)
