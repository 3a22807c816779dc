"""What a test or the demo can make every demo broker do with its market, its rules, its books and its order sockets."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Generic, Literal, Protocol, TypeVar

from app.simulators import order_calls
from app.simulators.books import Account
from app.simulators.faults import FaultPlan
from app.simulators.feeds import UPDATES, Frame
from app.simulators.hours import Market
from app.simulators.house_clock import HouseClock
from app.simulators.master import Master
from app.simulators.morning import Customs, begin_day
from app.simulators.order_calls import Booked
from app.simulators.order_walk import Filling
from app.simulators.prices import Prices
from app.simulators.sockets import OrderSockets
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
    def prices(self) -> Prices:
        """What is paid there."""
        ...

    @property
    def master(self) -> Master:
        """What is listed there."""
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
    """Market, limits, addresses, books and sockets. An unknown client raises KeyError. Effects are there on return."""

    customs: ClassVar[Customs]
    """How its tickets look in the books."""
    offered: ClassVar[Collection[str]]
    """The broker's operations; the handshake of the order socket is "order_updates" at every one."""

    def __init__(
        self, broker: H, clock: HouseClock, faults: FaultPlan, changed: Callable[[], None], sockets: OrderSockets
    ) -> None:
        super().__init__({*self.offered, UPDATES}, faults, changed)
        self._broker = broker
        self._clock = clock
        self._sockets = sockets

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
        book = self._broker.accounts[client_id].book
        book.filling = how
        book.wake()

    def begin_day(self, client_id: str) -> None:
        """As if the client had traded since the morning: the orders of today's positions, one waiting, one refused."""
        begin_day(self._broker.accounts[client_id], self._broker.master, self.customs)

    def booked(self, client_id: str) -> tuple[Booked, ...]:
        """The client's orders at this moment, oldest first."""
        books = self._broker.accounts[client_id]
        books.settle()
        return tuple(order_calls.booked(client_id, order) for order in books.book)

    def forget_orders(self, client_id: str) -> None:
        """The client's book of orders is empty; what was filled stays in his positions."""
        self._broker.accounts[client_id].forget_orders()

    def cash(self, client_id: str, rupees: int) -> None:
        """The client has so much in each of his purses."""
        purses = self._broker.accounts[client_id].ledger.cash
        purses.update(dict.fromkeys(purses, Decimal(rupees)))

    def fix_price(self, exchange: str, symbol: str, price: Decimal | None) -> None:
        """Let a contract, by its name in the books (`Booked`), stand at `price`; None lets it walk again."""
        self._broker.prices.fix((exchange, symbol), price)
        for books in self._broker.accounts.values():
            books.book.wake()

    def fill_order(self, client_id: str, order_id: str, quantity: int) -> None:
        """So much of an order is traded now; ValueError when there is not so much left. KeyError for a stranger."""
        self._broker.accounts[client_id].book.fill(order_id, quantity, self._clock.now())

    def refuse_later(self, client_id: str, *reasons: str) -> None:
        """Take the client's next orders and reject them afterwards, each for its reason, in these words."""
        self._broker.accounts[client_id].book.refusals.extend(reasons)

    def hold_order(self, client_id: str, order_id: str, status: str, *, filled: int = 0) -> None:
        """Put an order into a state, in any word of the books or of the wire, and keep it there."""
        self._broker.accounts[client_id].book.hold(order_id, status, filled, self._clock.now())

    # ------------------------------------------------------------------ the order sockets

    def listening(self, client_id: str) -> int:
        """How many connections hear of the client's orders."""
        return self._sockets.listening(client_id)

    def cut_sockets(self, how: Literal["reset", "close"] = "reset") -> None:
        """End every order socket: by a reset, or with a close frame (1001)."""
        self._sockets.cut(how)

    def push(self, frame: Frame) -> None:
        """Send a text or bytes of any kind over every order socket."""
        self._sockets.push(frame)

    def mute_sockets(self, *, yes: bool) -> None:
        """Keep the order sockets open and dead: no news (they are lost), no heartbeat, no answer to a ping."""
        self._sockets.muted = yes

    def muddle_sockets(self, *, yes: bool) -> None:
        """Tell news that came together twice, the first time in the wrong order."""
        self._sockets.muddled = yes

    def heartbeat(self, seconds: float) -> None:
        """After so much silence a socket that has a heartbeat sends one."""
        self._sockets.heartbeat_seconds = seconds
