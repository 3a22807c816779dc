"""The demo broker that speaks Lotus' protocol: one port, one table of routes, the books of its clients."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Final, Literal

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.answers import Answer, encode
from app.simulators.baskets import fill
from app.simulators.books import Account, Numbers
from app.simulators.demo import DemoUser, demo_users
from app.simulators.faults import FaultPlan
from app.simulators.hours import Market
from app.simulators.legs import DELIVERY, ZERO
from app.simulators.master import Master
from app.simulators.order_states import Ticket
from app.simulators.prices import Prices, on_tick
from app.simulators.routes import Routes
from app.simulators.seen import UNKNOWN
from app.simulators.serving import BrokerServer
from app.simulators.switches import Switches

from . import books as rows
from .odd import ODDITIES, refused

CODE: Final = "246810"
"""What the client's phone shows."""
_LIFE: Final = timedelta(hours=12)
_A_SECOND: Final = 100
_PROTECTION: Final = Decimal("0.03")
_ROUTES: Final = Routes(
    ("POST", "/session", "session"),
    ("DELETE", "/session", "logout"),
    ("GET", "/instruments", "instruments"),
    ("GET", "/me", "profile"),
    ("GET", "/money", "funds"),
    ("GET", "/positions", "positions"),
    ("GET", "/holdings", "holdings"),
    ("GET", "/orders", "orders"),
    ("GET", r"/orders/(?P<id>[0-9]+)", "order"),
    ("GET", "/trades", "trades"),
    ("GET", "/prices", "quotes"),
    ("POST", "/orders", "place_order"),
)
OPERATIONS: Final = _ROUTES.operations


@dataclass(frozen=True, slots=True)
class Call:
    """What arrived."""

    operation: str
    method: str
    path: str
    where: Mapping[str, str]
    query: Mapping[str, str]
    remote: str
    key: str = field(repr=False)
    token: str = field(repr=False)
    body: Mapping[str, object] = field(repr=False)


class Refused(Exception):
    """Lotus says no."""

    def __init__(self, word: str, status: int = 400, text: str = "") -> None:
        super().__init__(word)
        self.answer = refused(word, status, text)


@dataclass(slots=True)
class Client:
    """One client, his books and his one session."""

    user: DemoUser
    books: Account
    token: str = ""
    dies_at: datetime | None = None
    has_prices: bool = True


class Lotus:
    """Everything that outlives a connection."""

    def __init__(self, clock: Clock, seed: int, users: tuple[DemoUser, ...]) -> None:
        self.market = Market(clock)
        self.master = Master(self.market.today)
        self.addresses = frozenset({"127.0.0.1", "::1"})
        self.limited = True
        self._counted: Counter[str] = Counter()
        self._tokens = count(1)
        prices, numbers = Prices(self.market, seed), Numbers()
        self.clients = {
            user.client_id: Client(
                user, Account(user, self.market, prices, numbers, lambda one: fill(one, self.master))
            )
            for user in users
        }

    def issue(self, client: Client) -> str:
        """A new token; the old one is dead."""
        client.token = f"lotustoken{client.user.client_id}{next(self._tokens):06d}"
        client.dies_at = self.market.now() + _LIFE
        return client.token

    def client_of(self, call: Call) -> Client:
        """Whose session it is; raises the refusal."""
        by_key = next((one for one in self.clients.values() if one.user.api_key == call.key), None)
        if by_key is None:
            raise Refused("wrong_key", 403)
        if not self.is_live(by_key) or by_key.token != call.token:
            raise Refused("no_session", 401)
        self._count(f"{call.key} {self.market.now():%F %T}")
        return by_key

    def is_live(self, client: Client) -> bool:
        """Whether the client has a token that lives."""
        return client.dies_at is not None and self.market.now() < client.dies_at

    def _count(self, second: str) -> None:
        self._counted = Counter({second: self._counted[second] + 1})
        if self.limited and self._counted[second] > _A_SECOND:
            raise Refused("too_many", 429)

    def session(self, call: Call) -> object:
        """POST /session."""
        client = self.clients.get(str(call.body.get("client")).upper())
        if client is None or client.user.api_key != call.body.get("key"):
            raise Refused("wrong_key", 403)
        if call.body.get("code") != CODE:
            raise Refused("wrong_code", 403)
        return {"token": self.issue(client), "client": client.user.client_id}

    def logout(self, _: Call, client: Client) -> object:
        """DELETE /session."""
        client.dies_at = None
        return {"ended": True}

    def order(self, call: Call, client: Client) -> object:
        """GET /orders/<id>."""
        found = client.books.book.get(call.where["id"])
        if found is None:
            raise Refused("not_found", 404)
        return rows.order(found)

    def prices(self, call: Call, client: Client) -> object:
        """GET /prices."""
        if not client.has_prices:
            raise Refused("no_prices", 403)
        return rows.prices(client.books, self.master, call.query.get("of", ""))

    def place(self, call: Call, client: Client) -> object:
        """POST /orders."""
        if call.remote not in self.addresses:
            raise Refused("address", 403)
        ticket = self._ticket(call.body, client.books)
        if not self.market.is_open(ticket.contract.exchange):
            raise Refused("closed")
        held = client.books.ledger.saleable(ticket.contract, ticket.product)
        if ticket.side == "SELL" and ticket.product in DELIVERY and ticket.quantity > held:
            raise Refused("refused", text=f"{held} to sell")
        if client.books.missing(ticket) is not None:
            raise Refused("no_money")
        return {"id": client.books.book.place(ticket, self.market.now()).order_id}

    def _ticket(self, body: Mapping[str, object], books: Account) -> Ticket:
        """The order of a request, a market order with the price that protects it."""
        contract = self.master.get(str(body.get("ex")), str(body.get("sym")))
        quantity, kind, side = body.get("qty"), str(body.get("type")), str(body.get("side"))
        if (
            contract is None
            or not isinstance(quantity, int)
            or quantity <= 0
            or quantity % (contract.lot * contract.units)
        ):
            raise Refused("bad_request")
        price, trigger = (Decimal(str(body.get(name) or 0)) for name in ("price", "trigger"))
        at_market = kind in {"MARKET", "SL-M"}
        if at_market:
            sign = 1 if side == "BUY" else -1
            price = on_tick((trigger or books.prices.last(contract)) * (1 + sign * _PROTECTION), contract.tick)
        return Ticket(
            contract=contract,
            variety="regular",
            side=side,
            order_type="LIMIT" if kind == "MARKET" else kind,
            product=str(body.get("product")),
            quantity=quantity // contract.units,
            price=price,
            trigger=trigger,
            validity="DAY",
            protection=_PROTECTION if at_market else ZERO,
            tag=str(body.get("tag", "")),
        )


class Controls(Switches):
    """What a test can make Lotus do."""

    def __init__(self, lotus: Lotus, faults: FaultPlan, changed: Callable[[], None]) -> None:
        super().__init__(OPERATIONS, faults, changed)
        self._lotus = lotus

    def replace_token(self, client_id: str) -> str:
        """A sign-in elsewhere: the old token dies; returns the new one."""
        return self._lotus.issue(self._lotus.clients[client_id])

    def expire(self, client_id: str) -> None:
        """The client's token dies."""
        self._lotus.clients[client_id].dies_at = None

    def prices(self, client_id: str, *, yes: bool) -> None:
        """Whether the client's plan has prices."""
        self._lotus.clients[client_id].has_prices = yes

    def is_live(self, client_id: str) -> bool:
        """Whether the client has a token that lives."""
        return self._lotus.is_live(self._lotus.clients[client_id])

    def allow_ips(self, *addresses: str) -> None:
        """From where orders are taken."""
        self._lotus.addresses = frozenset(addresses)

    def enforce_limits(self, *, yes: bool) -> None:
        """Whether calls are counted."""
        self._lotus.limited = yes

    def market(self, state: Literal["open", "closed"] | None) -> None:
        """Keep the market "open" or "closed" whatever the calendar says; None follows it again."""
        self._lotus.market.forced = {"open": True, "closed": False, None: None}[state]


class Api:
    """Answers calls from Lotus' books."""

    def __init__(self, lotus: Lotus) -> None:
        self._lotus = lotus
        self._private: Final[Mapping[str, Callable[[Call, Client], object]]] = {
            "logout": lotus.logout,
            "profile": lambda _, client: {"client": client.user.client_id, "name": client.user.name},
            "funds": lambda _, client: rows.money(client.books),
            "positions": lambda _, client: rows.positions(client.books),
            "holdings": lambda _, client: rows.holdings(client.books),
            "orders": lambda _, client: [rows.order(one) for one in client.books.book],
            "order": lotus.order,
            "trades": lambda _, client: rows.trades(client.books),
            "quotes": lotus.prices,
            "place_order": lotus.place,
        }

    def answer(self, call: Call) -> Answer:
        """Lotus' answer; a refusal is an answer, too."""
        try:
            if call.operation == "instruments":
                return rows.instruments(self._lotus.master)
            return Answer(encode({"ok": True, "data": self._said(call)}))
        except Refused as no:
            return no.answer

    def client_of(self, call: Call) -> str:
        """The client behind a request, as far as its key is known."""
        by_key = {one.user.api_key: name for name, one in self._lotus.clients.items()}
        return by_key.get(call.key, "")

    def _said(self, call: Call) -> object:
        if call.operation == UNKNOWN:
            raise Refused("not_found", 404)
        if call.operation == "session":
            return self._lotus.session(call)
        client = self._lotus.client_of(call)
        client.books.settle()
        return self._private[call.operation](call, client)


class LotusSimulator(BrokerServer[Call]):
    """A broker that speaks Lotus' protocol on loopback, with books and faults on demand."""

    controls: Controls
    oddities = ODDITIES

    def __init__(self, *, clock: Clock, seed: int = 1, users: tuple[DemoUser, ...] | None = None) -> None:
        super().__init__(clock)
        lotus = Lotus(clock, seed, demo_users() if users is None else users)
        self._api = Api(lotus)
        self.controls = Controls(lotus, self._faults, self._connections.faults_changed)

    async def _read(self, request: BaseRequest) -> Call:
        operation, where = _ROUTES.find(request.method, request.path)
        try:
            body = json.loads(await request.read(), parse_float=Decimal)
        except ValueError:
            body = {}
        return Call(
            operation=operation,
            method=request.method,
            path=request.path,
            where=where,
            query=dict(request.rel_url.query),
            remote=request.remote or "",
            key=request.headers.get("X-Lotus-Key", ""),
            token=request.headers.get("X-Lotus-Token", ""),
            body=body if isinstance(body, dict) else {},
        )
