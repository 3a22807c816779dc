"""What a test or the demo can make the broker do. Nothing here awaits; every effect is there on return."""

from collections.abc import Callable
from typing import Literal

from app.domain import Clock
from app.simulators.addresses import loopback
from app.simulators.demo import Plan
from app.simulators.faults import FaultPlan
from app.simulators.orders import Filling
from app.simulators.switches import Switches
from app.simulators.zerodha.answers import refused
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import OPERATIONS
from app.simulators.zerodha.errors import Refusal


class Controls(Switches):
    """Time, tokens, faults, plans and books of a running simulator.

    Operations are "profile", "funds", "positions", "holdings", "orders", "order", "trades", "order_trades",
    "place_order", "modify_order", "cancel_order", "ltp", "ohlc", "quote", "instruments", "session" (the exchange),
    "logout", "login" (the page), or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    def __init__(self, broker: DemoBroker, clock: Clock, faults: FaultPlan, changed: Callable[[], None]) -> None:
        super().__init__(OPERATIONS, faults, changed)
        self._broker = broker
        self._clock = clock

    # ------------------------------------------------------------------ tokens

    def expire(self, client_id: str) -> None:
        """The token of the client dies now."""
        self._broker.desk.end(self._broker.desk.of(client_id))

    def replace_token(self, client_id: str) -> str:
        """Another program signs in with the same app: the old token dies; returns the new one."""
        return self._broker.desk.issue(self._broker.desk.of(client_id))

    def request_token(self, client_id: str) -> str:
        """What the login page would send back with the redirect."""
        return self._broker.desk.grant(self._broker.desk.of(client_id))

    def is_live(self, client_id: str) -> bool:
        """Whether the client has a live token."""
        dies_at = self._broker.desk.of(client_id).dies_at
        return dies_at is not None and self._clock.now() < dies_at

    # ------------------------------------------------------------------ other answers

    def answer(
        self,
        operation: str,
        status: int,
        error_type: str | None,
        message: str,
        *,
        times: int | None = None,
        lands: bool = False,
    ) -> None:
        """Refuse `operation` in these words instead of answering it."""
        self.say(operation, refused(Refusal(status, error_type, message)), times=times, lands=lands)

    # ------------------------------------------------------------------ the broker's rules

    def plan(self, client_id: str, plan: Plan) -> None:
        """The app's subscription: a personal one has no quotes, a publisher one no API."""
        self._broker.desk.of(client_id).plan = plan

    def register(self, client_id: str, redirect_url: str) -> None:
        """The redirect address of the client's app; ValueError unless it is of this machine."""
        self._broker.desk.of(client_id).redirect_url = loopback(redirect_url)

    def allow_ips(self, *addresses: str) -> None:
        """The addresses from which orders are taken; none at all means that none is registered."""
        self._broker.allowed_ips = frozenset(addresses)

    def authorised(self, client_id: str, *, yes: bool) -> None:
        """Whether the depository lets the client's holdings go."""
        self._broker.accounts[client_id].authorised = yes

    def market(self, state: Literal["open", "closed"] | None) -> None:
        """Keep the market "open" or "closed" whatever the calendar says; None follows it again."""
        self._broker.market.forced = {"open": True, "closed": False, None: None}[state]

    def enforce_limits(self, *, yes: bool) -> None:
        """Whether rate limits are applied (a test whose clock stands still may not want them)."""
        self._broker.limits.enforced = yes

    def reset_limits(self) -> None:
        """Forget what was counted so far."""
        self._broker.limits.reset()

    def orders_today(self, client_id: str, number: int) -> None:
        """Pretend that the client placed so many orders today."""
        self._broker.limits.set_orders(client_id, number)

    # ------------------------------------------------------------------ the books

    def filling(self, client_id: str, how: Filling) -> None:
        """How orders are filled: "walk" in two parts, "at-once", only the first "partial" one, or "never"."""
        self._broker.accounts[client_id].book.filling = how

    def hold_order(self, client_id: str, order_id: str, status: str, *, filled: int = 0) -> None:
        """Put an order into a state, in any word, and keep it there."""
        self._broker.accounts[client_id].book.hold(order_id, status, filled, self._clock.now())
