"""What a test or the demo can make this broker do. Nothing here awaits; every effect is there on return."""

from collections.abc import Callable
from typing import Literal

from app.domain import Clock
from app.simulators.addresses import loopback
from app.simulators.dhan.api import refused
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import OPERATIONS
from app.simulators.dhan.errors import Refusal, coded
from app.simulators.dhan.tokens import Consumer
from app.simulators.faults import FaultPlan
from app.simulators.orders import Filling
from app.simulators.switches import Switches
from app.simulators.totp import code


class Controls(Switches):
    """Time, tokens, faults, plans and books of a running simulator.

    Operations are "consent", "login" (the page), "session" (the exchange of the tokenId), "token" (PIN and TOTP),
    "renew", "profile", "funds", "holdings", "positions", "orders", "order", "order_by_tag", "place_order",
    "slice_order", "modify_order", "cancel_order", "trades", "order_trades", "ltp", "ohlc", "quote", "ip",
    "kill_switch", "instruments", or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    def __init__(self, broker: DemoBroker, clock: Clock, faults: FaultPlan, changed: Callable[[], None]) -> None:
        super().__init__(OPERATIONS, faults, changed)
        self._broker = broker
        self._clock = clock

    # ------------------------------------------------------------------ tokens

    def expire(self, client_id: str) -> None:
        """The token of the client dies now."""
        self._broker.desk.end(self._broker.desk.logins[client_id])

    def replace_token(self, client_id: str, consumer: Consumer = "APP") -> str:
        """A token is made elsewhere ("SELF": on the broker's pages): the old one dies; returns the new one."""
        return self._broker.desk.issue(self._broker.desk.logins[client_id], consumer)

    def token_id(self, client_id: str) -> str:
        """What the login page would send back with the redirect."""
        return self._broker.desk.token_id(client_id)

    def totp(self, client_id: str) -> str:
        """What the client's authenticator shows now."""
        return code(self._broker.desk.logins[client_id].user.totp_seed, self._clock.now())

    def is_live(self, client_id: str) -> bool:
        """Whether the client has a live token."""
        dies_at = self._broker.desk.logins[client_id].dies_at
        return dies_at is not None and self._clock.now() < dies_at

    # ------------------------------------------------------------------ other answers

    def answer(
        self, operation: str, status: int, code: str, message: str, *, times: int | None = None, lands: bool = False
    ) -> None:
        """Refuse `operation` with this errorCode and message instead of answering it."""
        self.refuse(operation, coded(status, "Order_Error", code, message), times=times, lands=lands)

    def refuse(self, operation: str, refusal: Refusal, *, times: int | None = None, lands: bool = False) -> None:
        """The same with any body."""
        self.say(operation, refused(refusal), times=times, lands=lands)

    # ------------------------------------------------------------------ the broker's rules

    def data_plan(self, client_id: str, *, yes: bool) -> None:
        """Whether the client pays for prices."""
        self._broker.plans[client_id] = yes

    def register(self, client_id: str, redirect_url: str) -> None:
        """The redirect address of the client's app; ValueError unless it is of this machine."""
        self._broker.desk.logins[client_id].redirect_url = loopback(redirect_url)

    def allow_ips(self, *addresses: str, code: Literal["DH-905", "DH-911"] = "DH-905") -> None:
        """The addresses from which orders are taken; all others are refused with `code`."""
        self._broker.allowed_ips = frozenset(addresses)
        self._broker.ip_code = code

    def authorised(self, client_id: str, *, yes: bool) -> None:
        """Whether the depository lets the client's holdings go (ddpi)."""
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
        """Pretend that the client sent so many orders today."""
        self._broker.limits.set_orders(client_id, number)

    # ------------------------------------------------------------------ the books

    def no_price(self, segment: str, security_id: int, *, as_zero: bool = False) -> None:
        """There is no price of it: its id is left out of quotes, or answered with 0 (section 4.9)."""
        self._broker.unpriced[segment, security_id] = as_zero

    def empty_holdings(self, client_id: str) -> None:
        """The client owns no shares."""
        self._broker.accounts[client_id].ledger.holdings.clear()

    def filling(self, client_id: str, how: Filling) -> None:
        """How orders are filled: "walk" in two parts, "at-once", only the first "partial" one, or "never"."""
        self._broker.accounts[client_id].book.filling = how

    def hold_order(self, client_id: str, order_id: str, status: str, *, filled: int = 0) -> None:
        """Put an order into a state, in any word, and keep it there."""
        self._broker.accounts[client_id].book.hold(order_id, status, filled, self._clock.now())
