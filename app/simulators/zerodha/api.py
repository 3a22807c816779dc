"""The broker's operations: from a call to an answer. No sockets here."""

from collections.abc import Callable, Mapping
from typing import Final

from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.zerodha import wire
from app.simulators.zerodha.answers import refused, success
from app.simulators.zerodha.auth import App
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call, check_route
from app.simulators.zerodha.errors import Refusal, Refusals
from app.simulators.zerodha.limits import ORDERS, OTHERS, QUOTES
from app.simulators.zerodha.portfolio import Portfolio
from app.simulators.zerodha.quoting import Quoting
from app.simulators.zerodha.sessions import Sessions
from app.simulators.zerodha.trading import Trading

_QUOTES: Final = frozenset({"ltp", "ohlc", "quote"})
_ORDERS: Final = frozenset({"place_order", "modify_order", "cancel_order"})

Handler = Callable[[Call, App, Account], Answer]


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
        self._private = _private(Portfolio(broker.prices), Trading(broker), quoting)

    def answer(self, call: Call) -> Answer:
        """The broker's answer; a refusal is an answer too."""
        try:
            check_route(call)
            if call.operation in self._open:
                return self._open[call.operation](call)
            return self._for_client(call)
        except Refusal as refusal:
            return refused(refusal)

    def client_of(self, call: Call) -> str:
        """The client id behind a request, as far as its key is known."""
        key = call.form.get("api_key") or call.query.get("api_key", "")
        app = self._broker.desk.claimed(call.authorization) or self._broker.desk.apps.get(key)
        return app.user.client_id if app else ""

    def _for_client(self, call: Call) -> Answer:
        app = self._broker.desk.check(call.authorization)
        client = app.user.client_id
        if call.operation == "place_order":
            self._broker.limits.take(ORDERS, client)
            self._broker.limits.take_orders(client, 1)
        else:
            self._broker.limits.take(QUOTES if call.operation in _QUOTES else OTHERS, app.user.api_key)
        if call.operation in _QUOTES and app.plan == "personal":
            raise Refusals.not_subscribed()
        if call.operation in _ORDERS:
            self._check_address(call.remote)
        books = self._broker.accounts[client]
        books.settle()
        return self._private[call.operation](call, app, books)

    def _check_address(self, remote: str) -> None:
        allowed = self._broker.allowed_ips
        if not allowed:
            raise Refusals.no_ip()
        if remote not in allowed:
            raise Refusals.foreign_ip(remote)


def _private(portfolio: Portfolio, trading: Trading, quoting: Quoting) -> Mapping[str, Handler]:
    """What needs a live token, by operation."""
    return {
        "profile": lambda _, app, __: success(wire.profile(app.user)),
        "funds": portfolio.funds,
        "positions": portfolio.positions,
        "holdings": portfolio.holdings,
        "orders": trading.orders,
        "order": trading.order,
        "order_trades": trading.order_trades,
        "trades": trading.trades,
        "place_order": trading.place,
        "modify_order": trading.modify,
        "cancel_order": trading.cancel,
        "ltp": quoting.quotes,
        "ohlc": quoting.quotes,
        "quote": quoting.quotes,
    }
