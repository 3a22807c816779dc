"""What a test or the demo can make this broker do. Nothing here awaits; every effect is there on return."""

from typing import Literal

from app.simulators.addresses import loopback
from app.simulators.dhan.api import refused
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import OPERATIONS
from app.simulators.dhan.errors import Refusal, coded
from app.simulators.dhan.tokens import Consumer
from app.simulators.house_controls import HouseControls
from app.simulators.morning import Customs
from app.simulators.totp import code


class Controls(HouseControls[DemoBroker]):
    """Time, tokens, faults, plans and books of a running simulator.

    Operations are "consent", "login" (the page), "session" (the exchange of the tokenId), "token" (PIN and TOTP),
    "renew", "profile", "funds", "holdings", "positions", "orders", "order", "order_by_tag", "place_order",
    "slice_order", "modify_order", "cancel_order", "trades", "order_trades", "ltp", "ohlc", "quote", "ip",
    "kill_switch", "instruments", or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    offered = OPERATIONS
    customs = Customs(lambda _, __: "RMS:Insufficient holdings to sell")

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

    def orders_today(self, client_id: str, number: int) -> None:
        """Pretend that the client sent so many orders today."""
        self._broker.limits.set_orders(client_id, number)

    # ------------------------------------------------------------------ the books

    def no_price(self, segment: str, security_id: int, *, as_zero: bool = False) -> None:
        """There is no price of it: its id is left out of quotes, or answered with 0 (section 4.9)."""
        self._broker.unpriced[segment, security_id] = as_zero

    def pascal_case(self, *, yes: bool) -> None:
        """Whether order news spell their keys as documented (OrderNo) instead of as seen live (orderNo; 9.2)."""
        self._broker.pascal_case = yes
