"""What a test or the demo can make the broker do. Nothing here awaits; every effect is there on return."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.domain import Clock
from app.simulators.demo import Plan
from app.simulators.faults import Fault, FaultPlan
from app.simulators.orders import Filling
from app.simulators.zerodha.auth import loopback
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import OPERATIONS
from app.simulators.zerodha.errors import Refusal

_EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal put into the broker's mouth; `lands`: the request is carried out all the same."""

    refusal: Refusal
    times: int | None
    lands: bool


class Controls:
    """Time, tokens, faults, plans and books of a running simulator.

    Operations are "profile", "funds", "positions", "holdings", "orders", "order", "trades", "order_trades",
    "place_order", "modify_order", "cancel_order", "ltp", "ohlc", "quote", "instruments", "session" (the exchange),
    "logout", "login" (the page), or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    def __init__(self, broker: DemoBroker, clock: Clock, faults: FaultPlan, changed: Callable[[], None]) -> None:
        self._broker = broker
        self._clock = clock
        self._changed = changed
        self._delays: dict[str, float] = {}
        self._said: dict[str, Said] = {}
        self._fuzz: dict[str, int] = {}
        self._fuzzed = 0
        self.faults: Final = faults
        self.drip_seconds = 1.0
        self.break_seconds = 0.02

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

    # ------------------------------------------------------------------ the network and odd answers

    def delay(self, operation: str, seconds: float) -> None:
        """Answer `operation` so many real seconds later; the broker has acted before the wait."""
        self._delays[_checked(operation)] = seconds

    def fault(
        self,
        operation: str,
        name: str,
        *,
        times: int | None = None,
        retry_after: int = 7,
        lands: bool | None = None,
    ) -> None:
        """Play the fault `name` for `operation`, so many times or until `clear`.

        `retry_after` is for the two 429 that name a wait, seconds. `lands` says whether the broker carries the
        request out although its answer is broken; by default only where the broker itself would have answered.
        Faults of connections (refused, dns, accept-stall, TLS) hit every operation.
        """
        self.faults.put(_checked(operation), Fault(name, retry_after, lands), times)
        self._changed()

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
        self._said[_checked(operation)] = Said(Refusal(status, error_type, message), times, lands)

    def fuzz(self, operation: str, seed: int) -> None:
        """Answer with random changes of the good answer; the same seed gives the same row of answers."""
        self._fuzz[_checked(operation)] = seed
        self._fuzzed = 0

    def clear(self) -> None:
        """No faults, delays, refusals or random changes any more."""
        self.faults.clear()
        self._delays.clear()
        self._said.clear()
        self._fuzz.clear()
        self._changed()

    def delay_of(self, operation: str) -> float:
        """Seconds that an answer waits."""
        return self._delays.get(operation, self._delays.get(_EVERY, 0.0))

    def said(self, operation: str) -> Said | None:
        """The refusal to give instead of an answer, counted down."""
        key = operation if operation in self._said else _EVERY
        said = self._said.get(key)
        if said is not None and said.times is not None:
            if said.times > 1:
                self._said[key] = replace(said, times=said.times - 1)
            else:
                del self._said[key]
        return said

    def fuzz_seed(self, operation: str) -> str | None:
        """The seed of the next answer, or None when it is to stay whole."""
        seed = self._fuzz.get(operation, self._fuzz.get(_EVERY))
        if seed is None:
            return None
        self._fuzzed += 1
        return f"{seed}/{operation}/{self._fuzzed}"

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


def _checked(operation: str) -> str:
    if operation != _EVERY and operation not in OPERATIONS:
        raise ValueError(f"no such operation: {operation}")
    return operation
