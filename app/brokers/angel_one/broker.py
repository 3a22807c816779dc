"""Angel One behind Kunji's port."""

from collections.abc import Awaitable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, Final

from app.brokers import tags
from app.brokers.angel_one import book, feed, instruments, mapping, plan, quotes, ticket
from app.brokers.angel_one.catalogue import Catalogue
from app.brokers.angel_one.client import AngelClient, Keys, bare, data_of
from app.brokers.angel_one.login import AngelSignIn, issued
from app.brokers.angel_one.spec import KEY, REFRESH_FIELD, SPEC
from app.brokers.base import Ability, BrokerPorts, BrokerSpec
from app.brokers.fits import check_open
from app.brokers.freeze import only
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Reply
from app.brokers.pushes import Feed
from app.brokers.rows import an_object
from app.brokers.session import SessionBroker, demand, demand_order_id
from app.brokers.totp import attempts_of
from app.domain import (
    BadCredentials,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instrument,
    IpNotRegistered,
    NotFound,
    OnProgress,
    Order,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    OrderStatus,
    OutcomeUnknown,
    PermissionDenied,
    Position,
    Profile,
    Quote,
    Quotes,
    SessionExpired,
    Token,
    Trade,
    Unsupported,
    UserBlocked,
    WireSurprise,
)
from app.domain.market import SEGMENTS, is_open
from app.domain.tongue import tr

_LACKING: Final = (IpNotRegistered, PermissionDenied)  # what keeps this app or address from ordering
_SENT_WITH: Final = frozenset({"NORMAL", "STOPLOSS", "ROBO"})  # an after-market order's row names none of them

Pair = tuple[str, Exchange]


class AngelOneBroker(SessionBroker):
    """One Angel One account."""

    spec: ClassVar[BrokerSpec] = SPEC
    no_session = (SessionExpired, BadCredentials, PermissionDenied, UserBlocked)

    def __init__(self, ports: BrokerPorts, *, deadlines: Deadlines | None = None) -> None:
        """`deadlines` is for tests of faults: shorter ones."""
        self._client = AngelClient(ports, deadlines or Deadlines())
        super().__init__(ports, self._client)
        self._catalogue = Catalogue(ports.instruments)
        self._attempts = attempts_of(ports)
        self._unique: dict[str, str] = {}  # the key of an order's own call by its order id, as far as known
        self._varieties: dict[str, str] = {}  # with which an order was sent, likewise

    # ---------------------------------------------------------------- session

    async def connect(self, credentials: Credentials) -> bool:
        """See `BaseBroker.connect`. Raises `InvalidRequest` for an empty key or token: nothing is asked then."""
        demand(credentials, "api_key", "access_token")
        self._unique.clear()
        self._varieties.clear()
        keys = replace(credentials, access_token=bare(credentials.access_token))
        return await self._begin(keys, credentials.client_id)

    def _belongs_to(self, client_id: str) -> None:
        super()._belongs_to(client_id)
        self._client.belongs_to(client_id)

    def sign_in(self, credentials: Credentials) -> AngelSignIn:
        """See `BaseBroker.sign_in`. The client code is needed: the sign-in sends it."""
        self._client.belongs_to(credentials.client_id)
        return AngelSignIn(credentials, self._client, self._ports.clock, self._attempts)

    async def renew(self) -> Token:
        """See `BaseBroker.renew`: three new tokens for the refresh token (section 2.1, flow C).

        Whether the old ones die is not known, and what lives through midnight neither (section 14): the rule stays. A
        token that was pasted has no refresh token.
        """
        credentials, client_id = self._connected(), self._client_id
        refresh_token = credentials.extras.get(REFRESH_FIELD)
        if not refresh_token:
            raise Unsupported("there is no refresh token", next_step=tr("Sign in again."))
        row = an_object(await self._client.renew(self._keys(), refresh_token), "session")
        token = issued(row, client_id, self._ports.clock.now())
        extras = {**credentials.extras, **token.extras}
        self._credentials = replace(credentials, access_token=token.access_token, extras=extras)
        return token

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`. Calls were seen to work after it (section 2.1): the token must be forgotten too."""
        try:
            await self._client.logout(self._keys(), self._client_id)
        except SessionExpired:  # as good as ended
            return

    # ---------------------------------------------------------------- reads

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`; the cheapest call that needs a session (section 13)."""
        return mapping.profile(await self._client.profile(self._keys()))

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        return mapping.funds(await self._client.rms(self._keys()))

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`."""
        found = await _listed(self._client.holdings(self._keys()))
        return await self._catalogue.named(mapping.holdings(found))

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`. Quantities are units everywhere."""
        found = await _listed(self._client.positions(self._keys()))
        return await self._catalogue.named(mapping.positions(found))

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`."""
        found = await _listed(self._client.order_book(self._keys()))
        rows = book.orders(found)
        self._unique |= {row.order.order_id: row.unique for row in rows if row.unique}
        self._varieties |= {row.order.order_id: row.variety for row in rows if row.variety in _SENT_WITH}
        return await self._catalogue.named([row.order for row in rows])

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`. Its own call where its key is known (10 a second), else the book (1 a second).

        The book forgets its orders overnight: one of yesterday is not found.
        """
        keys = self._keys()
        demand_order_id(order_id)
        if order_id in self._unique:
            with suppress(NotFound):  # the book has the last word: a missed order must not look like none
                order = book.order(await self._client.details(keys, self._unique[order_id]), order_id)
                return (await self._catalogue.named([order]))[0]
        for order in await self.get_orders():
            if order.order_id == order_id:
                return order
        raise NotFound(f"the broker knows no order {order_id}")

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`. Trades have a time without a date."""
        found = await _listed(self._client.trade_book(self._keys()))
        return await self._catalogue.named(book.trades(found))

    async def get_quotes(self, wanted: Collection[Pair]) -> Quotes:
        """See `BaseBroker.get_quotes`. Angel One prices tokens: what the master does not know is missing."""
        keys = self._keys()
        asked = {pair: await self._instrument(*pair) for pair in dict.fromkeys(wanted)}
        tokens = {pair: _key(instrument) for pair, instrument in asked.items() if instrument is not None}
        prices = await self._prices(keys, list(dict.fromkeys(tokens.values())))
        found = {pair: prices[key] for pair, key in tokens.items() if key in prices}
        return Quotes(MappingProxyType(found), tuple(pair for pair in asked if pair not in found))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`. The file needs no session."""
        with Gauge(progress) as gauge:
            master = await self._client.master(gauge)
            with master.open() as file:
                rows = gauge.rows(instruments.parse(file))
                return await self._ports.instruments.replace(KEY, rows, day=self._today())

    # ---------------------------------------------------------------- orders

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`."""
        return tags.fresh(ticket.TAG_LONGEST)

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """See `BaseBroker.plan_order`."""
        return (await self._planned(order))[1]

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """See `BaseBroker.place_order`. The detail of `OutcomeUnknown` names the tag to look for in the book."""
        keys = self._keys()
        instrument, planned = await self._planned(order)
        tag = order.tag or self.fresh_tag()
        body = ticket.form(only(planned.orders), instrument, tag)
        with self._learning(Ability.ORDERS, *_LACKING):
            reply = await self._client.place(keys, body, tag=tag)
        return OrderResponse(
            order_id=self._registered(reply, f"tag {tag}"),
            status=OrderStatus.PENDING,  # accepted only means received (section 4.1)
            symbol=instrument.symbol,
            quantity=order.quantity,
            side=order.side,
            price=order.price,
        )

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`."""
        keys = self._keys()
        instrument = await self._instrument_of_order(order.broker_symbol, order.exchange)
        if instrument is None:
            raise plan.unknown(order.broker_symbol, order.exchange)
        plan.check_changed(order, change, instrument)
        body = ticket.change_form(order, change, instrument, self._variety(order))
        with self._learning(Ability.ORDERS, *_LACKING):
            self._check_echo(await self._client.modify(keys, body), order)

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`."""
        keys = self._keys()
        check_open(order)
        with self._learning(Ability.ORDERS, *_LACKING):
            self._check_echo(await self._client.cancel(keys, ticket.cancel_form(order, self._variety(order))), order)

    # ---------------------------------------------------------------- helpers

    async def _planned(self, order: OrderRequest) -> tuple[Instrument, OrderPlan]:
        instrument = await self._instrument_of_order(order.symbol, order.exchange)
        if instrument is None:
            raise plan.unknown(order.symbol, order.exchange)
        segment = SEGMENTS.get(order.exchange)
        now = self._ports.clock.now()
        return instrument, plan.plan(order, instrument, is_open=segment is not None and is_open([segment], now))

    def _variety(self, order: Order) -> str:
        return self._varieties.get(order.order_id) or ticket.variety(order.order_type)

    def _registered(self, reply: Reply, about: str) -> str:
        """The id that the answer to an order call names; raises `OutcomeUnknown` when it names none."""
        try:
            order_id, unique = book.placed(data_of(reply))
        except WireSurprise as surprise:
            raise OutcomeUnknown(f"an answer without an order id: {surprise.detail} ({about})") from None
        if unique:
            self._unique[order_id] = unique
        return order_id

    def _check_echo(self, reply: Reply, order: Order) -> None:
        """Raise `OutcomeUnknown` unless the answer confirms a change to this very order."""
        about = f"order {order.order_id}"
        if self._registered(reply, about) != order.order_id:
            raise OutcomeUnknown(f"another order was confirmed ({about})")

    async def _prices(self, keys: Keys, tokens: Sequence[quotes.Key]) -> dict[quotes.Key, Quote]:
        prices: dict[quotes.Key, Quote] = {}
        for body in quotes.batches(tokens):
            try:
                with self._learning(Ability.QUOTES):
                    prices |= quotes.quotes(await self._client.quote(keys, body))
            except NotFound:  # nothing for any of them
                continue
        return prices

    def _feed(self) -> Feed:
        return feed.feed(self._keys().access_token)

    def _keys(self) -> Keys:
        credentials = self._connected()
        return Keys(credentials.api_key, credentials.access_token)


async def _listed(call: Awaitable[object]) -> object:
    """What `call` answers; none when the broker says "not found", its other word for an empty book (section 6.2)."""
    try:
        return await call
    except NotFound:
        return []


def _key(instrument: Instrument) -> quotes.Key:
    return instrument.exchange, instrument.token
