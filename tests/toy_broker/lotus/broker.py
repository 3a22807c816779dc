"""Lotus behind Kunji's port: what is asked of whom, and what comes of it."""

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Final, TypeVar

from app.brokers.base import (
    Ability,
    AskText,
    BrokerPorts,
    BrokerSpec,
    Issued,
    SignIn,
    Step,
    StepAnswer,
    Typed,
    wrong_account,
)
from app.brokers.frameless import frameless
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Http, Request
from app.brokers.limiter import Limit, Urgency, divided
from app.brokers.session import SessionBroker, demand
from app.domain import (
    BadCredentials,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instrument,
    InvalidRequest,
    IpNotRegistered,
    NotSubscribed,
    OnProgress,
    Order,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    OrderStatus,
    OutcomeUnknown,
    Position,
    Profile,
    Quotes,
    Secret,
    SessionExpired,
    Token,
    Trade,
    Unsupported,
    WireSurprise,
)

from . import instruments, mapping
from .errors import Asked, judge
from .spec import CODE_FIELD, KEY, SPEC, token_dies

ROOTS: Final = MappingProxyType({"api": "https://api.lotus.example"})
LIMITS: Final = MappingProxyType({"api": divided(Limit(100, 1.0))})
_ORDER_ID: Final = re.compile(r"[0-9]{1,32}")
_TAG: Final = "KJ"
T = TypeVar("T")
Pair = tuple[str, Exchange]


class LotusBroker(SessionBroker):
    """One Lotus account."""

    spec: ClassVar[BrokerSpec] = SPEC
    no_session = (SessionExpired, BadCredentials)

    def __init__(self, ports: BrokerPorts, *, deadlines: Deadlines | None = None) -> None:
        """`deadlines` is for tests of faults: shorter ones."""
        self.deadlines = deadlines or Deadlines()
        self._http = Http(ports, roots=ROOTS, limits=LIMITS, judge=judge, deadlines=self.deadlines, broker=KEY)
        super().__init__(ports, self._http)

    # ---------------------------------------------------------------- session

    async def connect(self, credentials: Credentials) -> bool:
        """See `BaseBroker.connect`."""
        demand(credentials, "api_key", "access_token")
        return await self._begin(credentials, credentials.client_id)

    def _belongs_to(self, client_id: str) -> None:
        super()._belongs_to(client_id)
        self._http.belongs_to(client_id=client_id)

    def sign_in(self, credentials: Credentials) -> SignIn:
        """See `BaseBroker.sign_in`."""
        return LotusSignIn(credentials, self)

    async def issue(self, credentials: Credentials, code: Secret) -> Token:
        """Exchange a code for a token, once."""
        issued_at = self._ports.clock.now()
        body = {"client": credentials.client_id, "key": credentials.api_key.reveal(), "code": code.reveal()}
        request = Request("POST", "/session", Asked.CALL, "api", urgency=Urgency.ORDER, body=body)
        reply = await self._http.once(request, seconds=self.deadlines.exchange)
        session = mapping.read(reply, mapping.Session)
        if credentials.client_id.casefold() != session.client.casefold():
            raise wrong_account(SPEC, session.client, credentials.client_id)
        return Token(Secret(session.token), session.client, issued_at, token_dies(issued_at))

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`; a dead session is as good as ended."""
        try:
            reply = await self._http.once(self._request("DELETE", "/session"), seconds=self.deadlines.exchange)
        except SessionExpired:
            return
        mapping.read(reply, mapping.Ended)

    # ---------------------------------------------------------------- reads

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`."""
        me = await self._read("/me", mapping.Me)
        return Profile(me.client, me.name)

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        return mapping.funds(await self._read("/money", mapping.Money))

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`."""
        rows = await self._read("/positions", list[mapping.PositionRow])
        names = await self._names(rows)
        return [row.read(names) for row in rows]

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`."""
        rows = await self._read("/holdings", list[mapping.HoldingRow])
        names = await self._names(rows)
        return [row.read(names) for row in rows]

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`."""
        rows = await self._read("/orders", list[mapping.OrderRow])
        names = await self._names(rows)
        return [row.read(names) for row in rows]

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`."""
        if not _ORDER_ID.fullmatch(order_id):
            raise InvalidRequest("order_id: digits", field="order_id")
        row = await self._read(f"/orders/{order_id}", mapping.OrderRow)
        return row.read(await self._names([row]))

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`."""
        rows = await self._read("/trades", list[mapping.TradeRow])
        names = await self._names(rows)
        return [row.read(names) for row in rows]

    async def get_quotes(self, wanted: Collection[Pair]) -> Quotes:
        """See `BaseBroker.get_quotes`; one call takes them all."""
        asked = {pair: f"{pair[1]}:{await self._symbol(*pair)}" for pair in dict.fromkeys(wanted)}
        if not asked:
            return Quotes(MappingProxyType({}))
        with self._learning(Ability.QUOTES, NotSubscribed, IpNotRegistered):
            prices = mapping.quotes(await self._read("/prices", dict[str, Decimal], of=",".join(asked.values())))
        found = {pair: prices[name] for pair, name in asked.items() if name in prices}
        return Quotes(MappingProxyType(found), tuple(pair for pair in asked if pair not in found))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`."""
        request = Request("GET", "/instruments", Asked.FILE, "api", headers={"Accept": "text/csv"})
        with Gauge(progress) as gauge:
            packed = await self._http.download(request, seconds=self.deadlines.master, gauge=gauge)
            rows = gauge.rows(instruments.parse(packed))
            return await self._ports.instruments.replace(KEY, rows, day=self._today())

    # ---------------------------------------------------------------- orders

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`."""
        return f"{_TAG}{secrets.token_hex(9)}"

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """See `BaseBroker.plan_order`; one order of any size."""
        await self._planned(order)
        return OrderPlan((replace(order, tag=""),))

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`."""
        raise Unsupported(f"Lotus changes no orders ({order.order_id} to {change.quantity})")

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`."""
        raise Unsupported(f"Lotus cancels no orders ({order.order_id})")

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """See `BaseBroker.place_order`."""
        self._connected()
        known = await self._planned(order)
        tag = order.tag or self.fresh_tag()
        body = {
            "ex": order.exchange,
            "sym": known.broker_symbol if known else order.symbol,
            "product": order.product,
            "side": order.side,
            "type": order.order_type,
            "qty": order.quantity,
            "price": order.price,
            "trigger": order.trigger_price,
            "tag": tag,
        }
        with self._learning(Ability.ORDERS, NotSubscribed, IpNotRegistered):
            reply = await self._http.write(self._request("POST", "/orders", body=body), tag=tag)
        try:
            order_id = mapping.read(reply, mapping.Accepted).id
        except WireSurprise as surprise:  # it was taken, or not: nobody knows
            raise OutcomeUnknown(f"{surprise.detail} (tag {tag})") from None
        symbol = known.symbol if known else order.symbol
        return OrderResponse(order_id, OrderStatus.PENDING, symbol, order.quantity, order.side, order.price)

    # ---------------------------------------------------------------- helpers

    def _request(self, method: str, path: str, *, body: object = None, **query: str) -> Request:
        """A call of the session. The header's words are secrets: they are revealed here and nowhere else."""
        keys = self._connected()
        headers = {"X-Lotus-Key": keys.api_key.reveal(), "X-Lotus-Token": keys.access_token.reveal()}
        urgency = Urgency.POLL if method == "GET" else Urgency.ORDER
        return Request(method, path, Asked.CALL, "api", urgency=urgency, headers=headers, query=query, body=body)

    async def _planned(self, order: OrderRequest) -> Instrument | None:
        known = await self._instrument(order.symbol, order.exchange)
        if known is not None:
            _check(order, known)
        return known

    async def _read(self, path: str, shape: type[T], **query: str) -> T:
        return mapping.read(await self._http.read(self._request("GET", path, **query)), shape)

    async def _symbol(self, symbol: str, exchange: Exchange) -> str:
        known = await self._instrument(symbol, exchange)
        return known.broker_symbol if known else symbol

    async def _names(self, rows: Iterable[mapping.Row]) -> mapping.Names:
        known = await self._ports.instruments.by_broker_symbol(KEY, {(row.ex.value, row.sym) for row in rows})
        return {key: instrument.symbol for key, instrument in known.items()}


class LotusSignIn(SignIn):
    """One sign-in in flight: a code of six digits, and the token that it is good for."""

    def __init__(self, credentials: Credentials, broker: LotusBroker) -> None:
        self._credentials = credentials
        self._broker = broker
        self._asked = False

    @frameless
    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        demand(self._credentials, "client_id", "api_key")
        asked, self._asked = self._asked, False
        if isinstance(answer, Typed) and asked:
            return await self._issued(answer.text)
        if answer is not None:
            raise InvalidRequest("not what was asked for")
        if kept := self._credentials.extras.get(CODE_FIELD):
            return await self._issued(kept)
        self._asked = True
        return AskText(CODE_FIELD, "Code", hint="From your phone", digits=6)

    async def _issued(self, code: Secret) -> Issued:
        if not re.fullmatch(r"[0-9]{6}", code.reveal()):
            raise InvalidRequest("code: six digits", field=CODE_FIELD)
        return Issued(await self._broker.issue(self._credentials, code))


def _check(order: OrderRequest, instrument: Instrument) -> None:
    if order.quantity % instrument.lot_size:
        raise InvalidRequest(f"quantity: multiples of {instrument.lot_size}", field="quantity")
    for name in ("price", "trigger_price"):
        price = getattr(order, name)
        if price is not None and price % instrument.tick_size:
            raise InvalidRequest(f"{name}: steps of {instrument.tick_size}", field=name)
