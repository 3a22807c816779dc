"""What a test or the demo can make this broker do. Nothing here awaits; every effect is there on return."""

from typing import Literal

from app.simulators import totp
from app.simulators.angel_one import errors
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.calls import OPERATIONS
from app.simulators.answers import Answer, encode
from app.simulators.house_controls import HouseControls
from app.simulators.morning import Customs


class Controls(HouseControls[DemoBroker]):
    """Time, tokens, faults, rules and books of a running simulator.

    Operations are "session" (the login), "renew", "logout", "profile", "funds", "holdings", "all_holdings",
    "positions", "orders", "order", "trades", "place_order", "modify_order", "cancel_order", "quotes", "ltp"
    (getLtpData), "search", "instruments", or "*". An unknown one raises ValueError, an unknown client KeyError.
    """

    offered = OPERATIONS
    customs = Customs(lambda _, __: "Insufficient holdings to sell", "NORMAL")

    # ------------------------------------------------------------------ tokens

    def expire(self, client_id: str, code: Literal["AG8001", "AG8002"] = "AG8001") -> None:
        """Every token of the client dies now and is answered with `code`, as midnight does with AG8001."""
        login = self._broker.desk.logins[client_id]
        login.death = code
        for tokens in login.sessions:
            tokens.dies_at = self._clock.now()

    def replace_token(self, client_id: str) -> str:
        """Somebody signs in elsewhere: the old tokens die (unless several may live); returns the new one."""
        return self._broker.desk.issue(self._broker.desk.logins[client_id]).jwt

    def refresh_token(self, client_id: str) -> str:
        """The refresh token of the newest login. IndexError before one."""
        return self._broker.desk.logins[client_id].sessions[-1].refresh

    def totp(self, client_id: str) -> str:
        """What the client's authenticator shows now."""
        return totp.code(self._broker.desk.logins[client_id].user.totp_seed, self._clock.now())

    def is_live(self, client_id: str) -> bool:
        """Whether the client has a live token."""
        return self._broker.desk.is_live(self._broker.desk.logins[client_id])

    def several_sessions(self, *, yes: bool) -> None:
        """Whether a login leaves older sessions alive: the sources contradict each other (section 2.3)."""
        self._broker.desk.several = yes

    def outlive_logout(self, *, yes: bool) -> None:
        """Whether tokens go on after a logout, as users report (section 2.1)."""
        self._broker.desk.lingers = yes

    # ------------------------------------------------------------------ other answers

    def answer(
        self, operation: str, status: int, code: str, message: str, *, times: int | None = None, lands: bool = False
    ) -> None:
        """Refuse `operation` with this code: AG... in the shape of the gateway, all others in the standard one."""
        shape = errors.gateway if code.startswith("AG") else errors.standard
        self.say(operation, shape(code, message, status).answer, times=times, lands=lands)

    def throttle(self, operation: str, *, times: int | None = None) -> None:
        """The plain text of the rate limit with its 403."""
        self.say(operation, errors.TOO_MANY, times=times)

    def firewall(self, operation: str, *, times: int | None = None) -> None:
        """The firewall's page."""
        self.say(operation, errors.FIREWALL, times=times)

    def empty_400(self, operation: str, *, times: int | None = None, lands: bool = False) -> None:
        """HTTP 400 without a body."""
        self.say(operation, errors.EMPTY_400, times=times, lands=lands)

    def false_as_text(self, operation: str, *, times: int | None = None) -> None:
        """A failure whose `status` and `data` are texts (section 6.1)."""
        body = {"status": "false", "message": "Something Went Wrong", "errorcode": "AB1004", "data": "null"}
        self.say(operation, Answer(encode(body)), times=times)

    # ------------------------------------------------------------------ the broker's rules

    def authorised(self, client_id: str, *, yes: bool) -> None:
        """Whether the depository lets the client's holdings go."""
        self._broker.accounts[client_id].authorised = yes

    def blocked(self, client_id: str, *, yes: bool) -> None:
        """Whether the client is blocked for trading (AB1006)."""
        (self._broker.blocked.add if yes else self._broker.blocked.discard)(client_id)

    def reject(self, client_id: str, text: str | None) -> None:
        """The desk rejects every order of the client from now on, later and in these words; None ends it."""
        if text is None:
            self._broker.desk_says.pop(client_id, None)
        else:
            self._broker.desk_says[client_id] = text

    def short_products(self, *, yes: bool) -> None:
        """Whether books say CNC, MIS and NRML (section 5)."""
        self._broker.short_products = yes

    def orders_this_hour(self, client_id: str, number: int) -> None:
        """Pretend that the client sent so many orders in this hour, none of them in this minute."""
        self._broker.limits.set_orders(client_id, number)

    # ------------------------------------------------------------------ the books

    def no_price(self, exchange: str, token: str) -> None:
        """There is no price of it: quotes list it as not fetched."""
        self._broker.unpriced.add((exchange, token))

    def empty_positions(self, client_id: str) -> None:
        """The client has no positions, not even closed ones."""
        self._broker.accounts[client_id].ledger.legs.clear()

    def speak(self, order_id: str, *, status: str, orderstatus: str) -> None:
        """What the two status fields of an order say from now on, also against each other (section 4.2)."""
        self._broker.spoken[order_id] = (status, orderstatus)
