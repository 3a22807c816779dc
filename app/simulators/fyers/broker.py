"""The demo broker as a whole: its apps, its exchange, the books of its clients."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from app.domain import IST, Clock
from app.simulators.baskets import fill
from app.simulators.books import Account, Numbers
from app.simulators.demo import DemoUser
from app.simulators.fyers.auth import Desk
from app.simulators.fyers.files import Files
from app.simulators.fyers.limits import Limits
from app.simulators.fyers.symbols import Symbols
from app.simulators.hours import Market
from app.simulators.master import Master
from app.simulators.prices import Prices


class OrderNumbers(Numbers):
    """`yymmdd` and 8 digits (sheet section 14), each only once."""

    def __init__(self) -> None:
        super().__init__()
        self._next = count(1)

    def __call__(self, at: datetime) -> str:
        """The next one."""
        return f"{at.astimezone(IST):%y%m%d}{next(self._next):08d}"


class DemoBroker:
    """Everything that outlives a connection."""

    def __init__(self, clock: Clock, seed: int, users: Sequence[DemoUser], rows: int) -> None:
        self.market = Market(clock)
        self.prices = Prices(self.market, seed)
        self.desk = Desk(clock, tuple(users))
        self.limits = Limits(clock)
        self.allowed_ips: frozenset[str] = frozenset({"127.0.0.1", "::1"})
        self._numbers = OrderNumbers()
        self._rows = rows
        self._symbols = Symbols(self.market.today)
        self._files = Files(self._symbols, rows=rows)
        self.accounts = {user.client_id: self._account(user) for user in users}

    @property
    def symbols(self) -> Symbols:
        """What is listed on the business day."""
        if self._symbols.day != self.market.today:
            self._symbols = Symbols(self.market.today)
            self._files = Files(self._symbols, rows=self._rows)
        return self._symbols

    @property
    def master(self) -> Master:
        """The contracts behind the symbols."""
        return self.symbols.master

    @property
    def files(self) -> Files:
        """The symbol files of the business day."""
        assert self.symbols.day == self.market.today  # noqa: S101 - asking renews both
        return self._files

    def _account(self, user: DemoUser) -> Account:
        master = self._symbols.master
        return Account(user, self.market, self.prices, self._numbers, lambda account: fill(account, master))
