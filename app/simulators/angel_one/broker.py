"""The demo broker as a whole: its logins, its exchange, the books of its clients."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from app.domain import IST, Clock
from app.simulators.angel_one.limits import Limits
from app.simulators.angel_one.master import AngelMaster
from app.simulators.angel_one.people import AngelOneUser
from app.simulators.angel_one.tokens import Desk
from app.simulators.baskets import fill
from app.simulators.books import Account, Numbers
from app.simulators.hours import Market
from app.simulators.prices import Prices


class OrderNumbers(Numbers):
    """Day and nine digits; the next one of an after-market order has hex digits and ends in AO (section 4.1)."""

    def __init__(self) -> None:
        super().__init__()
        self._next = count(1)
        self.after_market = False

    def __call__(self, at: datetime) -> str:
        """The next one."""
        day, serial = f"{at.astimezone(IST):%y%m%d}", next(self._next)
        if self.after_market:
            self.after_market = False
            return f"{serial:013x}AO"
        return f"{day}{serial:09d}"


class DemoBroker:
    """Everything that outlives a connection."""

    def __init__(self, clock: Clock, seed: int, users: Sequence[AngelOneUser], rows: int) -> None:
        self.market = Market(clock)
        self.prices = Prices(self.market, seed)
        self.desk = Desk(clock, users)
        self.limits = Limits(clock)
        self.allowed_ips: frozenset[str] = frozenset({"127.0.0.1", "::1"})
        self.blocked: set[str] = set()
        self.desk_says: dict[str, str] = {}  # client -> the words in which the desk rejects all his orders
        self.short_products = False
        self.spoken: dict[str, tuple[str, str]] = {}  # order id -> what `status` and `orderstatus` say instead
        self.unpriced: set[tuple[str, str]] = set()  # (exchange, token) that quotes do not fetch
        self.numbers = OrderNumbers()
        self._rows = rows
        self._master = AngelMaster(self.market.today, rows=rows)
        self.accounts = {user.client_id: self._account(user) for user in users}

    @property
    def master(self) -> AngelMaster:
        """The instrument master of the business day."""
        if self._master.day != self.market.today:
            self._master = AngelMaster(self.market.today, rows=self._rows)
        return self._master

    def _account(self, user: AngelOneUser) -> Account:
        return Account(user, self.market, self.prices, self.numbers, lambda one: fill(one, self._master))
