"""The broker's operations: from a call to an answer. No sockets here."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from app.simulators.books import SEGMENTS, Account
from app.simulators.ledger import Leg
from app.simulators.orders import Ticket
from app.simulators.zerodha import login_page, tickets, wire
from app.simulators.zerodha.answers import CSV, HTML, Answer, refused, success
from app.simulators.zerodha.auth import App, redirect_to
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call, check_route
from app.simulators.zerodha.errors import Refusal, Refusals
from app.simulators.zerodha.limits import MODIFICATIONS, ORDERS, OTHERS, QUOTES

_QUOTES: Final = frozenset({"ltp", "ohlc", "quote"})
_ORDERS: Final = frozenset({"place_order", "modify_order", "cancel_order"})
_BATCH: Final = {"ltp": 1000, "ohlc": 1000, "quote": 500}
_DEPTH: Final = 5

Handler = Callable[[Call, App, Account], Answer]


class Api:
    """Answers calls from the broker's books."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker
        self._open: Mapping[str, Callable[[Call], Answer]] = {
            "login": self._login,
            "session": self._session,
            "logout": self._logout,
            "instruments": self._instruments,
        }
        self._private: Mapping[str, Handler] = {
            "profile": lambda _, app, __: success(wire.profile(app.user)),
            "funds": self._funds,
            "positions": self._positions,
            "holdings": self._holdings,
            "orders": lambda _, __, books: success([wire.order(books, one) for one in books.book]),
            "order": self._order,
            "order_trades": self._order_trades,
            "trades": self._trades,
            "place_order": self._place,
            "modify_order": self._modify,
            "cancel_order": self._cancel,
            "ltp": self._quotes,
            "ohlc": self._quotes,
            "quote": self._quotes,
        }

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

    # ------------------------------------------------------------------ login and session

    def _login(self, call: Call) -> Answer:
        given = call.form if call.method == "POST" else call.query
        app = self._broker.desk.apps.get(given.get("api_key", ""))
        if app is None:
            text = "No app with this API key is registered here. Check the key in Kunji and begin again."
            return Answer(login_page.notice("Unknown API key", text), 400, HTML)
        if call.method == "GET":
            return self._form(app, call)
        if call.form.get("do") == "cancel":
            return self._back(app, call, {"status": "cancelled", "action": "login", "type": "login"})
        typed = call.form.get("user_id", "").strip().upper()
        if typed != app.user.client_id:
            return self._form(app, call, typed=typed, error="The user is not enabled on the app.")
        token = self._broker.desk.grant(app)
        done = {"request_token": token, "status": "success", "action": "login", "type": "login", "user_id": typed}
        return self._back(app, call, done)

    def _form(self, app: App, call: Call, *, typed: str | None = None, error: str = "") -> Answer:
        given = call.form if call.method == "POST" else call.query
        page = login_page.form(
            api_key=app.user.api_key,
            client_id=app.user.client_id,
            redirect_params=given.get("redirect_params", ""),
            typed=typed,
            error=error,
        )
        safe = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        }
        return Answer(page, 200 if not error else 403, HTML, safe)

    def _back(self, app: App, call: Call, pairs: dict[str, str]) -> Answer:
        address = redirect_to(app, pairs, call.form.get("redirect_params", ""))
        return Answer(b"", 302, None, {"Location": address, "Cache-Control": "no-store"})

    def _session(self, call: Call) -> Answer:
        key = call.form.get("api_key", "")
        self._broker.limits.take(OTHERS, key)
        app = self._broker.desk.exchange(key, call.form.get("request_token", ""), call.form.get("checksum", ""))
        return success(
            {
                **wire.profile(app.user),
                "api_key": app.user.api_key,
                "access_token": app.token,
                "public_token": self._broker.new_token(),
                "enctoken": self._broker.new_token(),
                "refresh_token": "",
                "silo": "",
                "login_time": wire.stamp(self._broker.market.now()),
            }
        )

    def _logout(self, call: Call) -> Answer:
        key, token = call.query.get("api_key", ""), call.query.get("access_token", "")
        if not key or not token:
            raise Refusals.no_credentials()
        self._broker.limits.take(OTHERS, key)
        self._broker.desk.end(self._broker.desk.check_pair(key, token))
        return success(True)

    def _instruments(self, call: Call) -> Answer:
        """Served without a token (sheet section 8)."""
        return Answer(self._broker.master.csv(call.where.get("exchange")), content_type=CSV)

    # ------------------------------------------------------------------ account

    def _funds(self, call: Call, _: App, books: Account) -> Answer:
        segment = call.where.get("segment")
        if segment:
            return success(wire.margins(books.margins(segment)))
        return success({name: wire.margins(books.margins(name)) for name in SEGMENTS})

    def _positions(self, _: Call, __: App, books: Account) -> Answer:
        legs = list(books.ledger.legs.values())
        today = [wire.day_of(leg) for leg in legs if leg.day_buys or leg.day_sells]
        return success({"net": self._rows(legs), "day": self._rows(today)})

    def _rows(self, legs: list[Leg]) -> list[wire.Row]:
        prices = self._broker.prices
        return [wire.position(leg, prices.last(leg.contract), prices.close(leg.contract)) for leg in legs]

    def _holdings(self, _: Call, __: App, books: Account) -> Answer:
        prices = self._broker.prices
        rows = books.ledger.holdings.values()
        return success(
            [wire.holding(row, prices.last(row.contract), prices.close(row.contract), books.authorised) for row in rows]
        )

    # ------------------------------------------------------------------ orders

    def _order(self, call: Call, _: App, books: Account) -> Answer:
        one = tickets.known(books, call)
        return success([wire.history(one, state) for state in one.states])

    def _order_trades(self, call: Call, _: App, books: Account) -> Answer:
        one = tickets.known(books, call)
        return success([wire.trade(one, fill) for fill in one.fills])

    def _trades(self, _: Call, __: App, books: Account) -> Answer:
        return success([wire.trade(one, fill) for one in books.book for fill in one.fills])

    def _place(self, call: Call, app: App, books: Account) -> Answer:
        ticket = tickets.read(call, books, self._broker.master)
        if call.form.get("autoslice") == "true":
            return success(self._slices(ticket, app, books))
        tickets.check_freeze(ticket)
        return success({"order_id": self._enter(ticket, books)})

    def _slices(self, ticket: Ticket, app: App, books: Account) -> object:
        """One parent id and a child for each slice (sheet section 4)."""
        parent = self._broker.number()
        parts = tickets.slices(ticket, parent)
        self._broker.limits.take_orders(app.user.client_id, len(parts) - 1)
        return {"order_id": parent, "children": [{"order_id": self._enter(part, books)} for part in parts]}

    def _enter(self, ticket: Ticket, books: Account) -> str:
        opens = tickets.opening(ticket, books)
        return books.book.place(ticket, books.market.now(), opens=opens).order_id

    def _modify(self, call: Call, _: App, books: Account) -> Answer:
        one = tickets.changeable(books, call)
        if one.modifications >= MODIFICATIONS:
            raise Refusals.order_refused("Maximum allowed order modifications exceeded.")
        books.book.modify(one, tickets.changed(one, call, books), books.market.now())
        return success({"order_id": one.order_id})

    def _cancel(self, call: Call, _: App, books: Account) -> Answer:
        one = tickets.changeable(books, call)
        books.book.cancel(one, books.market.now())
        return success({"order_id": one.order_id})

    # ------------------------------------------------------------------ quotes

    def _quotes(self, call: Call, _: App, __: Account) -> Answer:
        """Keys without data are absent, no error (sheet section 4)."""
        if not call.names or len(call.names) > _BATCH[call.operation]:
            raise Refusals.bad_input("Invalid `i`.")
        found = ((name, self._quote(name, call.operation)) for name in call.names)
        return success({name: row for name, row in found if row is not None})

    def _quote(self, name: str, operation: str) -> wire.Row | None:
        contract = self._broker.master.get(*name.split(":", 1)) if ":" in name else None
        if contract is None:
            return None
        prices = self._broker.prices
        last, close = prices.last(contract), prices.close(contract)
        row: wire.Row = {"instrument_token": contract.token, "last_price": float(last)}
        if operation != "ltp":
            row["ohlc"] = {
                "open": float(close),
                "high": float(max(last, close)),
                "low": float(min(last, close)),
                "close": float(close),
            }
        if operation == "quote":
            low, high = prices.band(contract)
            row |= {"lower_circuit_limit": float(low), "upper_circuit_limit": float(high)}
            row |= self._depth(last, close, contract.tick)
        return row

    def _depth(self, last: Decimal, close: Decimal, tick: Decimal) -> wire.Row:
        now = wire.stamp(self._broker.market.now())
        sides = {
            side: [
                {"price": float(last + sign * tick * step), "quantity": 75 * step, "orders": step}
                for step in range(1, _DEPTH + 1)
            ]
            for side, sign in (("buy", -1), ("sell", 1))
        }
        return {
            "timestamp": now,
            "last_trade_time": now,
            "last_quantity": 75,
            "buy_quantity": 1125,
            "sell_quantity": 1125,
            "volume": 100_000,
            "average_price": float(last),
            "oi": 0,
            "oi_day_high": 0,
            "oi_day_low": 0,
            "net_change": wire.noisy(last - close),
            "depth": sides,
        }
