"""What a test or the demo can make the broker do. Nothing here awaits; every effect is there on return."""

from app.simulators.addresses import loopback
from app.simulators.answers import HTML, Answer
from app.simulators.demo import Plan
from app.simulators.fyers import tickets
from app.simulators.fyers.answers import refused, success
from app.simulators.fyers.auth import MARKET_DATA, PERMISSIONS
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import OPERATIONS
from app.simulators.fyers.errors import Refusal, Refusals
from app.simulators.fyers.words import LIMIT
from app.simulators.house_controls import HouseControls
from app.simulators.morning import Customs


class Controls(HouseControls[DemoBroker]):
    """Time, tokens, faults, rights and books of a running simulator.

    Operations are "profile", "funds", "positions", "holdings", "orders", "order" (the book asked for one id),
    "trades", "place_order", "modify_order", "cancel_order", "quotes", "depth", "market_status", "instruments",
    "session" (the exchange), "logout", "login" (the page), or "*". An unknown one raises ValueError, an unknown client
    KeyError.
    """

    offered = OPERATIONS
    customs = Customs(tickets.no_shares, meta={tickets.KIND: {tickets.KIND: LIMIT}})

    # ------------------------------------------------------------------ tokens

    def expire(self, client_id: str) -> None:
        """The token of the client counts as past its end from now on (-8 at the profile)."""
        self._broker.desk.expire(self._broker.desk.of(client_id))

    def revoke(self, client_id: str) -> None:
        """The token dies while its `exp` lies ahead (-16 everywhere)."""
        self._broker.desk.revoke(self._broker.desk.of(client_id))

    def false_alarm(self, client_id: str, times: int = 1) -> None:
        """The next calls are answered 401 although the token lives (sheet section 2, the outage of 2024)."""
        self._broker.desk.of(client_id).false_alarms = times

    def replace_token(self, client_id: str) -> str:
        """A sign-in without the page: the old token dies; returns the new one."""
        return self._broker.desk.issue(self._broker.desk.of(client_id))

    def auth_code(self, client_id: str) -> str:
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
        code: object,
        message: str,
        *,
        times: int | None = None,
        lands: bool = False,
    ) -> None:
        """Refuse `operation` in these words instead of answering it."""
        self.say(operation, refused(Refusal(status, code, message)), times=times, lands=lands)

    def unconfirmed(self, operation: str, *, times: int | None = None) -> None:
        """Carry orders out and answer 201: sent, not acknowledged, no id (sheet section 4.5)."""
        self.say(operation, success(code=201, message="Order sent"), times=times, lands=True)

    def lost_in_the_oms(self, operation: str, *, times: int | None = None) -> None:
        """Carry orders out and answer HTTP 500, -99."""
        self.say(operation, refused(Refusals.down()), times=times, lands=True)

    def no_json(self, operation: str, *, times: int | None = None, lands: bool = True) -> None:
        """Carry the call out and answer with a page (sheet section 6: about 160 cases in logs)."""
        self.say(operation, Answer(b"<html></html>", 200, HTML), times=times, lands=lands)

    # ------------------------------------------------------------------ the broker's rules

    def permit(self, client_id: str, *permissions: str) -> None:
        """What the client's app may do besides the basics: "orders", "market_data", "transactions"."""
        if not PERMISSIONS.issuperset(permissions):
            raise ValueError(f"no such permission: {permissions}")
        self._broker.desk.of(client_id).permissions = frozenset(permissions)

    def plan(self, client_id: str, plan: Plan) -> None:
        """By the words of the demo: a personal app has no market data."""
        kept = PERMISSIONS - {MARKET_DATA} if plan == "personal" else PERMISSIONS
        self.permit(client_id, *kept)

    def register(self, client_id: str, redirect_url: str) -> None:
        """The redirect address of the client's app; ValueError unless it is of this machine."""
        self._broker.desk.of(client_id).redirect_url = loopback(redirect_url)

    def block_for_the_day(self, client_id: str) -> None:
        """As if the minute limit had been broken once too often."""
        self._broker.limits.block(self._broker.desk.of(client_id).app_id)
