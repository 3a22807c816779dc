"""The broker's operations: from a call to an answer. No sockets here."""

from collections.abc import Callable, Mapping
from typing import Final

from app.simulators.angel_one import wire
from app.simulators.angel_one.answers import success
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.calls import WRITES, Call
from app.simulators.angel_one.errors import Refusal, Refusals, standard
from app.simulators.angel_one.quoting import Quoting
from app.simulators.angel_one.sessions import Sessions
from app.simulators.angel_one.tokens import Login
from app.simulators.angel_one.trading import Trading
from app.simulators.answers import JSON, Answer
from app.simulators.books import SEGMENTS, Account
from app.simulators.legs import Holding
from app.simulators.seen import UNKNOWN

Handler = Callable[[Call, Account], Answer]
_OF_A_SESSION: Final = frozenset({"session", "renew", "logout"})


class Api:
    """Answers calls from the broker's books."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker
        sessions, self._quoting = Sessions(broker.desk), Quoting(broker)
        self._sessions: Mapping[str, Callable[[Call], Answer]] = {
            "session": sessions.session,
            "renew": sessions.renew,
            "logout": sessions.logout,
        }
        self._private = self._handlers(Trading(broker))

    def answer(self, call: Call) -> Answer:
        """The broker's answer; a refusal is an answer, too."""
        try:
            if call.operation == UNKNOWN:
                raise Refusals.no_such_path()
            if call.operation == "instruments":
                return self._quoting.instruments(call)
            self._check_headers(call)
            if call.operation in _OF_A_SESSION:
                self._broker.limits.take(call.operation, self.client_of(call))
                return self._sessions[call.operation](call)
            return self._for_client(call)
        except Refusal as refusal:
            return refusal.answer

    def client_of(self, call: Call) -> str:
        """The client code behind a request, as far as it is known."""
        try:
            login, _ = self._broker.desk.check(call.token)
        except Refusal:
            named = str(call.body.get("clientcode", ""))
            return named if named in self._broker.accounts else ""
        return login.user.client_id

    def _check_headers(self, call: Call) -> None:
        """Section 3: the addresses and the MAC are not checked, the rest is."""
        if call.method == "POST" and not call.headers.get("content-type", "").startswith(JSON):
            raise Refusals.no_type()
        if not self._broker.desk.known_key(call.api_key):
            raise Refusals.wrong_key()
        if call.headers.get("x-usertype") != "USER":
            raise standard("AB1005", "User Type Must Be USER")

    def _for_client(self, call: Call) -> Answer:
        login, _ = self._broker.desk.check(call.token)
        client = login.user.client_id
        if call.api_key != login.user.api_key:
            raise Refusals.wrong_key()
        self._broker.limits.take(call.operation, client)
        if call.operation in WRITES and call.remote not in self._broker.allowed_ips:
            raise Refusals.foreign_ip()
        if call.operation == "profile":
            return self._profile(login)
        books = self._broker.accounts[client]
        books.settle()
        return self._private[call.operation](call, books)

    def _profile(self, login: Login) -> Answer:
        return success(wire.profile(login.user, login.at))

    def _holdings(self, _: Call, books: Account) -> Answer:
        """getHolding: an empty list, not null, when nothing is held (section 4.3)."""
        return success([self._holding(row) for row in books.ledger.holdings.values()])

    def _all_holdings(self, _: Call, books: Account) -> Answer:
        held = [(row, self._broker.prices.last(row.contract)) for row in books.ledger.holdings.values()]
        rows = [self._holding(row) for row, _ in held]
        return success({"holdings": rows, "totalholding": wire.holdings_total(held)})

    def _holding(self, row: Holding) -> wire.Row:
        prices = self._broker.prices
        last, close = prices.last(row.contract), prices.close(row.contract)
        return wire.holding(row, last, close, short=self._broker.short_products)

    def _positions(self, _: Call, books: Account) -> Answer:
        """getPosition: null when there is none; closed ones stay."""
        prices, short = self._broker.prices, self._broker.short_products
        rows = [
            wire.position(leg, prices.last(leg.contract), prices.close(leg.contract), short=short)
            for leg in books.ledger.legs.values()
        ]
        return success(rows or None)

    def _handlers(self, trading: Trading) -> Mapping[str, Handler]:
        """What needs a live token, by operation."""
        return {
            "funds": lambda _, books: success(wire.funds([books.margins(name) for name in SEGMENTS])),
            "holdings": self._holdings,
            "all_holdings": self._all_holdings,
            "positions": self._positions,
            "orders": trading.orders,
            "order": trading.order,
            "trades": trading.trades,
            "place_order": trading.place,
            "modify_order": trading.modify,
            "cancel_order": trading.cancel,
            "quotes": self._quoting.quotes,
            "ltp": self._quoting.ltp,
            "search": self._quoting.search,
        }
