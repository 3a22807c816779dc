"""The demo broker as a whole: its logins, its exchange, the books of its clients."""

from collections.abc import Sequence
from typing import Final

from app.domain import Clock
from app.simulators.baskets import fill
from app.simulators.books import Account, Numbers
from app.simulators.dhan.limits import Limits
from app.simulators.dhan.master import DhanMaster
from app.simulators.dhan.people import DhanUser
from app.simulators.dhan.tokens import Desk
from app.simulators.hours import Market
from app.simulators.prices import Prices


class DemoBroker:
    """Everything that outlives a connection."""

    def __init__(self, clock: Clock, seed: int, users: Sequence[DhanUser], rows: int) -> None:
        self.market = Market(clock)
        self.prices = Prices(self.market, seed)
        self.desk = Desk(clock, users)
        self.limits = Limits(clock)
        self.allowed_ips: frozenset[str] = frozenset({"127.0.0.1", "::1"})
        self.ip_code = "DH-905"
        self.plans = {user.client_id: user.data_plan for user in users}
        self.killed: set[str] = set()
        self.pascal_case = False  # whether order news spell their keys as documented instead of as seen live
        self.unpriced: dict[tuple[str, int], bool] = {}  # (segment, id) -> answered as 0 instead of left out
        self._numbers: Final = Numbers()
        self._rows = rows
        self._master = DhanMaster(self.market.today, rows=rows)
        self.accounts = {user.client_id: self._account(user) for user in users}

    @property
    def master(self) -> DhanMaster:
        """The instrument master of the business day."""
        if self._master.day != self.market.today:
            self._master = DhanMaster(self.market.today, rows=self._rows)
        return self._master

    def _account(self, user: DhanUser) -> Account:
        account = Account(user, self.market, self.prices, self._numbers, lambda one: fill(one, self._master))
        account.authorised = user.ddpi
        return account
