"""The demo broker as a whole: its apps, its exchange, the books of its clients."""

from collections.abc import Sequence

from app.domain import Clock
from app.simulators.baskets import fill
from app.simulators.books import Account, Numbers
from app.simulators.demo import DemoUser
from app.simulators.hours import Market
from app.simulators.prices import Prices
from app.simulators.zerodha.auth import Desk
from app.simulators.zerodha.instruments import CsvMaster
from app.simulators.zerodha.limits import Limits


class DemoBroker:
    """Everything that outlives a connection."""

    def __init__(self, clock: Clock, seed: int, users: Sequence[DemoUser], rows: int) -> None:
        self.market = Market(clock)
        self.prices = Prices(self.market, seed)
        self.desk = Desk(clock, tuple(users))
        self.limits = Limits(clock)
        self.allowed_ips: frozenset[str] = frozenset({"127.0.0.1", "::1"})
        self._numbers = Numbers()
        self._rows = rows
        self._master = CsvMaster(self.market.today, rows=rows)
        self.accounts = {user.client_id: self._account(user) for user in users}

    @property
    def master(self) -> CsvMaster:
        """The instrument master of the business day."""
        if self._master.day != self.market.today:
            self._master = CsvMaster(self.market.today, rows=self._rows)
        return self._master

    def number(self) -> str:
        """A fresh id."""
        return self._numbers(self.market.now())

    def _account(self, user: DemoUser) -> Account:
        return Account(user, self.market, self.prices, self._numbers, lambda account: fill(account, self._master))
