"""What a test or the demo can make the broker do. Nothing here awaits; every effect is there on return."""

from app.simulators.addresses import loopback
from app.simulators.demo import Plan
from app.simulators.house_controls import HouseControls
from app.simulators.morning import Customs
from app.simulators.zerodha.answers import refused
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import OPERATIONS
from app.simulators.zerodha.errors import Refusal


class Controls(HouseControls[DemoBroker]):
    """Time, tokens, faults, plans and books of a running simulator.

    Operations are "profile", "funds", "positions", "holdings", "orders", "order", "trades", "order_trades",
    "place_order", "modify_order", "cancel_order", "ltp", "ohlc", "quote", "instruments", "session" (the exchange),
    "logout", "login" (the page), or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    offered = OPERATIONS
    customs = Customs(lambda client, _: f"RMS:Rule: Check holdings for entity account-{client}")

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

    def authorised(self, client_id: str, *, yes: bool) -> None:
        """Whether the depository lets the client's holdings go."""
        self._broker.accounts[client_id].authorised = yes

    def orders_today(self, client_id: str, number: int) -> None:
        """Pretend that the client placed so many orders today."""
        self._broker.limits.set_orders(client_id, number)
