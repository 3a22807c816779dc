"""The broker's operations: from a call to an answer. No sockets here."""

from collections.abc import Callable, Mapping
from typing import Final

from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.fyers import wire
from app.simulators.fyers.answers import refused, success
from app.simulators.fyers.auth import MARKET_DATA, TRANSACTIONS, App
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import DATA_CALLS, ORDER_CALLS, Call
from app.simulators.fyers.errors import Refusal, Refusals
from app.simulators.fyers.portfolio import Portfolio
from app.simulators.fyers.quoting import Quoting
from app.simulators.fyers.sessions import Sessions
from app.simulators.fyers.trading import Trading
from app.simulators.seen import UNKNOWN

_DEFAULT_AGENT: Final = "Python-urllib/"
_QUOTES: Final = frozenset({"quotes", "depth"})
_NOBODY: Final = Answer(b"404 page not found", 404, "text/plain")
_BARE: Final = Answer(b"", 403, None)

Handler = Callable[[Call, Account], Answer]


class Api:
    """Answers calls from the broker's books."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker
        sessions, quoting = Sessions(broker), Quoting(broker)
        self._open: Mapping[str, Callable[[Call], Answer]] = {
            "login": sessions.login,
            "session": sessions.session,
            "logout": sessions.logout,
            "instruments": quoting.instruments,
        }
        self._private = _private(Portfolio(broker), Trading(broker), quoting)

    def answer(self, call: Call) -> Answer:
        """The broker's answer; a refusal is an answer too. The edge turns a library's own agent away (section 3)."""
        if call.agent.startswith(_DEFAULT_AGENT):
            return _BARE
        if call.operation == UNKNOWN:
            return _NOBODY
        try:
            if call.operation in self._open:
                return self._open[call.operation](call)
            return self._for_client(call)
        except Refusal as refusal:
            return refused(refusal)

    def client_of(self, call: Call) -> str:
        """The client id behind a request, as far as its App ID is known."""
        desk = self._broker.desk
        named = call.form.get("client_id") or call.query.get("client_id", "")
        app = desk.claimed(call.authorization) or desk.apps.get(named)
        if app is None and call.operation == "session" and isinstance(call.body, dict):
            app = desk.by_hash(str(call.body.get("appIdHash", "")))
        return app.user.client_id if app else ""

    def _for_client(self, call: Call) -> Answer:
        data, order = call.operation in DATA_CALLS, call.operation in ORDER_CALLS
        app = self._checked(call, data=data)
        self._broker.limits.take(app.app_id, data=data, order=order)
        if app.false_alarms:
            app.false_alarms -= 1
            raise Refusals.dead_token(data=data)
        self._check_rights(app, call, order=order)
        books = self._broker.accounts[app.user.client_id]
        books.settle()
        return self._private[call.operation](call, books)

    def _checked(self, call: Call, *, data: bool) -> App:
        """Whose token it is; raises the refusal of a dead one or of a wrong pair (section 14)."""
        desk, token = self._broker.desk, call.authorization.partition(":")[2]
        app = desk.claimed(call.authorization)
        if app is not None and desk.is_live(app, token):
            return app
        if call.operation == "profile":
            if app is None and token:
                raise Refusals.bad_app()
            if app is not None and desk.is_past(app, token):
                raise Refusals.expired()
        raise Refusals.dead_token(data=data)

    def _check_rights(self, app: App, call: Call, *, order: bool) -> None:
        """What the app may do, and from where (sections 11 and 13)."""
        if order:
            if not app.may_order or call.remote not in self._broker.allowed_ips:
                raise Refusals.restricted(app.app_id)
            return
        needed = MARKET_DATA if call.operation in _QUOTES else TRANSACTIONS
        if call.operation != "profile" and needed not in app.permissions:
            raise Refusals.no_permission()


def _private(portfolio: Portfolio, trading: Trading, quoting: Quoting) -> Mapping[str, Handler]:
    """What needs a live token, by operation."""
    return {
        "profile": lambda _, books: success({"data": wire.profile(books.user)}),
        "funds": portfolio.funds,
        "positions": portfolio.positions,
        "holdings": portfolio.holdings,
        "orders": trading.orders,
        "order": trading.orders,
        "trades": trading.trades,
        "place_order": trading.place,
        "modify_order": trading.modify,
        "cancel_order": trading.cancel,
        "quotes": quoting.quotes,
        "depth": quoting.depth,
        "market_status": quoting.status,
    }
