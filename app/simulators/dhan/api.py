"""The broker's operations: from a call to an answer. No sockets here."""

from collections.abc import Callable, Mapping
from typing import Final

from app.domain import IST
from app.simulators.answers import Answer, encode
from app.simulators.books import Account
from app.simulators.dhan import wire
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import QUOTES, ROUTES, WRITES, Call
from app.simulators.dhan.errors import Refusal, Refusals, quote_error
from app.simulators.dhan.limits import ORDERS, OTHERS
from app.simulators.dhan.limits import QUOTES as QUOTE_FAMILY
from app.simulators.dhan.quoting import Quoting
from app.simulators.dhan.sessions import Sessions
from app.simulators.dhan.tokens import Dead, Login
from app.simulators.dhan.trading import Trading
from app.simulators.seen import UNKNOWN

_INVALID_TOKEN: Final = frozenset({"profile", "positions", "renew"})
"""Where a dead token is 400 DH-906; at all other trading calls it is 401 DH-901 (section 2.5)."""

Handler = Callable[[Call, Account], Answer]


class Api:
    """Answers calls from the broker's books."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker
        sessions, self._quoting = Sessions(broker.desk), Quoting(broker)
        self._open: Mapping[str, Callable[[Call], Answer]] = {
            "consent": sessions.consent,
            "login": sessions.login,
            "session": sessions.session,
            "token": sessions.token,
            "renew": sessions.renew,
            "instruments": self._quoting.instruments,
        }
        self._private = self._handlers(Trading(broker))

    def answer(self, call: Call) -> Answer:
        """The broker's answer; a refusal is an answer, too."""
        try:
            if call.operation == UNKNOWN:
                raise self._no_such(call)
            if call.operation in self._open:
                return self._open[call.operation](call)
            return self._for_client(call)
        except Refusal as refusal:
            return refused(refusal)
        except Dead as dead:
            return refused(_death(call.operation, dead))

    def client_of(self, call: Call) -> str:
        """The client id behind a request, as far as it is known."""
        try:
            return self._broker.desk.check(call.token).user.client_id
        except Dead:
            named = call.query.get("client_id") or call.query.get("dhanClientId", "")
            return named if named in self._broker.accounts else ""

    def _for_client(self, call: Call) -> Answer:
        login = self._broker.desk.check(call.token)
        client = login.user.client_id
        self._broker.limits.take(_family(call.operation), client)
        if call.operation in QUOTES:
            self._check_plan(call, client)
        if call.operation in WRITES and call.remote not in self._broker.allowed_ips:
            raise Refusals.foreign_ip(self._broker.ip_code)
        books = self._broker.accounts[client]
        books.settle()
        if call.operation == "profile":
            return self._profile(login, books)
        return self._private[call.operation](call, books)

    def _check_plan(self, call: Call, client: str) -> None:
        """The quotes want the client's id beside the token, and the paid plan (sections 3 and 6.2)."""
        if call.headers.get("client-id") != client:
            raise quote_error(401, "810")
        if not self._broker.plans[client]:
            raise quote_error(401, "806")

    def _no_such(self, call: Call) -> Refusal:
        if call.path == "/v2/RenewToken":
            return Refusals.bad_input()  # POST (section 2.4)
        stamp = f"{self._broker.market.now():%Y-%m-%dT%H:%M:%S.000+00:00}"
        if ROUTES.know(call.path):
            return Refusals.gateway(call.path, stamp, 405, "Method Not Allowed")
        if not call.path.startswith("/v2") and ROUTES.know("/v2" + call.path):
            return Refusals.old_version()
        return Refusals.gateway(call.path, stamp)

    def _profile(self, login: Login, books: Account) -> Answer:
        assert login.dies_at is not None  # noqa: S101 - a living token has an end
        plan = self._broker.plans[login.user.client_id]
        return Answer(encode(wire.profile(login.user, login.dies_at, plan=plan, ddpi=books.authorised)))

    def _holdings(self, _: Call, books: Account) -> Answer:
        rows = [wire.holding(one, self._broker.prices.last(one.contract)) for one in books.ledger.holdings.values()]
        if not rows:
            raise Refusals.no_holdings()
        return Answer(encode(rows))

    def _positions(self, _: Call, books: Account) -> Answer:
        last, client = self._broker.prices.last, books.user.client_id
        return Answer(encode([wire.position(leg, last(leg.contract), client) for leg in books.ledger.legs.values()]))

    def _ip(self, call: Call, _: Account) -> Answer:
        """GET /ip/getIP, with the keys that a production client reads, too (section 4.9)."""
        allowed = sorted(self._broker.allowed_ips - {"::1"})
        matches = call.remote in self._broker.allowed_ips
        free = f"{self._broker.market.now().astimezone(IST):%F}"
        row: wire.Row = {"primaryIP": allowed[0], "modifyDatePrimary": free} if allowed else {}
        row |= {"detectedIP": call.remote, "ipMatchStatus": "MATCH" if matches else "MISMATCH"}
        return Answer(encode(row | {"ordersAllowed": matches}))

    def _kill_switch(self, call: Call, books: Account) -> Answer:
        """Only with neither an open position nor a pending order (section 4.1)."""
        client, killed = books.user.client_id, self._broker.killed
        wanted = call.query.get("killSwitchStatus")
        if call.method == "GET":
            state = "ACTIVATE" if client in killed else "DEACTIVATE"
            return Answer(encode({"dhanClientId": client, "killSwitchStatus": state}))
        if wanted not in {"ACTIVATE", "DEACTIVATE"}:
            raise Refusals.bad_input()
        busy = any(leg.quantity for leg in books.ledger.legs.values()) or any(not one.is_final for one in books.book)
        if wanted == "ACTIVATE" and busy:
            raise Refusals.bad_order("Close all positions and cancel all pending orders first")
        (killed.add if wanted == "ACTIVATE" else killed.discard)(client)
        said = f"Kill Switch has been successfully {wanted.lower()}d"
        return Answer(encode({"dhanClientId": client, "killSwitchStatus": said}))

    def _handlers(self, trading: Trading) -> Mapping[str, Handler]:
        """What needs a live token, by operation."""
        return {
            "funds": lambda _, books: Answer(encode(wire.funds(books))),
            "holdings": self._holdings,
            "positions": self._positions,
            "orders": trading.orders,
            "order": trading.order,
            "order_by_tag": trading.by_tag,
            "trades": trading.trades,
            "order_trades": trading.order_trades,
            "place_order": trading.place,
            "slice_order": trading.cut,
            "modify_order": trading.modify,
            "cancel_order": trading.cancel,
            "ip": self._ip,
            "kill_switch": self._kill_switch,
            **dict.fromkeys(QUOTES, self._quoting.quotes),
        }


def refused(refusal: Refusal) -> Answer:
    """A refusal as it goes over the wire."""
    return Answer(encode(refusal.body), refusal.status)


def _family(operation: str) -> str:
    if operation in WRITES:
        return ORDERS
    return QUOTE_FAMILY if operation in QUOTES else OTHERS


def _death(operation: str, dead: Dead) -> Refusal:
    """How a token's death shows at `operation` (section 2.5)."""
    if operation in QUOTES:
        return quote_error(401, "807" if dead.expired else "809")
    return Refusals.invalid_token() if operation in _INVALID_TOKEN else Refusals.unauthorised()
