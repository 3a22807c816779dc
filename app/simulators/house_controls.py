"""What a test or the demo can make every demo broker do with its market, its rules and its clients' books."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import ClassVar, Generic, Literal, Protocol, TypeVar

from app.simulators.books import Account
from app.simulators.faults import FaultPlan
from app.simulators.hours import Market
from app.simulators.house_clock import HouseClock
from app.simulators.orders import Filling
from app.simulators.switches import Switches


class Counting(Protocol):
    """Limits that can be let go."""

    enforced: bool

    def reset(self) -> None:
        """Forget what was counted."""


class House(Protocol):
    """A demo broker as a whole: its market, its limits, from where it takes orders, its clients' books."""

    allowed_ips: frozenset[str]

    @property
    def market(self) -> Market:
        """The hours of the exchange."""
        ...

    @property
    def limits(self) -> Counting:
        """The limits of calls."""
        ...

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The books by client id."""
        ...


H = TypeVar("H", bound=House)


class HouseControls(Switches, Generic[H]):
    """Market, limits, addresses and books. An unknown client raises KeyError. Every effect is there on return."""

    offered: ClassVar[Collection[str]]
    """The broker's operations."""

    def __init__(self, broker: H, clock: HouseClock, faults: FaultPlan, changed: Callable[[], None]) -> None:
        super().__init__(self.offered, faults, changed)
        self._broker = broker
        self._clock = clock

    # ------------------------------------------------------------------ the broker's rules

    def shift_clock(self, seconds: float) -> None:
        """Let this broker's clock be so far ahead of everybody else's: its dates, its tokens, the codes it takes."""
        self._clock.ahead = timedelta(seconds=seconds)

    def allow_ips(self, *addresses: str) -> None:
        """The addresses from which orders are taken; none at all means that none is registered."""
        self._broker.allowed_ips = frozenset(addresses)

    def market(self, state: Literal["open", "closed"] | None) -> None:
        """Keep the market "open" or "closed" whatever the calendar says; None follows it again."""
        self._broker.market.forced = {"open": True, "closed": False, None: None}[state]

    def enforce_limits(self, *, yes: bool) -> None:
        """Whether rate limits are applied (a test whose clock stands still may not want them)."""
        self._broker.limits.enforced = yes

    def reset_limits(self) -> None:
        """Forget what was counted so far."""
        self._broker.limits.reset()

    # ------------------------------------------------------------------ the books

    def empty_holdings(self, client_id: str) -> None:
        """The client owns no shares."""
        self._broker.accounts[client_id].ledger.holdings.clear()

    def filling(self, client_id: str, how: Filling) -> None:
        """How orders are filled: "walk" in two parts, "at-once", only the first "partial" one, or "never"."""
        self._broker.accounts[client_id].book.filling = how

    def hold_order(self, client_id: str, order_id: str, status: str, *, filled: int = 0) -> None:
        """Put an order into a state, in any word of the books or of the wire, and keep it there."""
        self._broker.accounts[client_id].book.hold(order_id, status, filled, self._clock.now())
