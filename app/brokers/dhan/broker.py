"""Dhan behind Kunji's port."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Final

from app.brokers import tags
from app.brokers.base import Ability, BrokerPorts, BrokerSpec
from app.brokers.changes import Changes
from app.brokers.dhan import book, feed, instruments, jwt, mapping, quotes, ticket, words
from app.brokers.dhan.catalogue import Catalogue, security
from app.brokers.dhan.client import COMPACT, DETAILED, DhanClient, Keys
from app.brokers.dhan.errors import NO_HOLDINGS
from app.brokers.dhan.login import DhanSignIn, issued
from app.brokers.dhan.spec import KEY, SPEC
from app.brokers.fits import check_alive, check_change
from app.brokers.freeze import only
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Reply, answered
from app.brokers.limiter import Limit
from app.brokers.pushes import Feed
from app.brokers.rows import Row, an_object
from app.brokers.session import SessionBroker, demand, demand_order_id
from app.brokers.totp import attempts_of
from app.domain import (
    BadCredentials,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instrument,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotSubscribed,
    OnProgress,
    Order,
    OrderAddresses,
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
    WireSurprise,
    WrongAccount,
)
from app.domain.orders import changed

_ORDERS_A_DAY: Final = Limit(7000, 86_400)  # place, modify and cancel together (section 7); 80 % is ours
_CANCELS_A_DAY: Final = Limit(8750, 86_400)  # 80 % of it are Dhan's 7,000: the last ones are for taking risk off
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9]{0,32}")  # it becomes a header
_RENEW_AT_DHAN: Final = "Only a token that was made at web.dhan.co can be renewed. Sign in again."
_NO_PLAN: Final = "the Data API plan is not active"

Pair = tuple[str, Exchange]


class DhanBroker(SessionBroker):
    """One Dhan account."""

    spec: ClassVar[BrokerSpec] = SPEC
    orders_a_day: ClassVar[Limit | None] = _ORDERS_A_DAY
    no_session = (SessionExpired, BadCredentials, PermissionDenied)

    def __init__(self, ports: BrokerPorts, *, deadlines: Deadlines | None = None) -> None:
        """`deadlines` is for tests of faults: shorter ones."""
        self._client = DhanClient(ports, deadlines or Deadlines())
        super().__init__(ports, self._client)
        self._catalogue = Catalogue(ports.instruments)
        self._attempts = attempts_of(ports)
        self._changes = Changes(SPEC.label)

    # ---------------------------------------------------------------- session

    async def connect(self, credentials: Credentials) -> bool:
        """See `BaseBroker.connect`. Raises `InvalidRequest` for an empty token: nothing is asked then."""
        demand(credentials, "access_token")
        if not _CLIENT_ID.fullmatch(credentials.client_id):
            raise InvalidRequest("client_id: letters and digits", field="client_id")
        client_id = credentials.client_id or jwt.Claims(credentials.access_token).client_id
        return await self._begin(credentials, client_id)

    def _belongs_to(self, client_id: str) -> None:
        super()._belongs_to(client_id)
        self._client.belongs_to(client_id)

    def sign_in(self, credentials: Credentials) -> DhanSignIn:
        """See `BaseBroker.sign_in`. The client id is needed: Dhan opens a sign-in for one client only."""
        self._client.belongs_to(credentials.client_id)
        return DhanSignIn(credentials, self._client, self._ports, self._attempts)

    async def renew(self) -> Token:
        """See `BaseBroker.renew`: 24 hours more for a living token that was made at Dhan (section 2.4)."""
        keys = self._keys()
        if not jwt.Claims(keys.access_token).is_renewable:
            raise Unsupported("not a token that can be renewed", next_step=_RENEW_AT_DHAN)
        token = issued(an_object(await self._client.renew_token(keys), "token"), self._ports.clock.now())
        if keys.client_id and token.client_id != keys.client_id:
            raise WrongAccount(f"the token belongs to {token.client_id}, not to {keys.client_id}", field="client_id")
        self._credentials = replace(self._connected(), access_token=token.access_token)
        self._ends_at = token.expires_at
        return token

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`: Dhan has no such call."""
        raise Unsupported("Dhan ends a token only by issuing another; this one lives on until it expires")

    # ---------------------------------------------------------------- reads

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`; it also says whether prices are paid for."""
        answer = await self._client.profile(self._keys())
        profile = mapping.profile(answer)
        exp = jwt.Claims(self._keys().access_token).expires_at
        profile = replace(profile, session_ends_at=_earliest(exp, profile.session_ends_at, self._ports.clock.now()))
        match mapping.has_data_plan(answer):
            case True:
                self._has(Ability.QUOTES)
            case False:
                self._lacks(Ability.QUOTES, NotSubscribed(_NO_PLAN))
        return profile

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        return mapping.funds(await self._client.fundlimit(self._keys()))

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`; Dhan answers 500 when there are none."""
        try:
            rows = mapping.holdings(await self._client.holdings(self._keys()))
        except NotFound as none:
            if none.broker_code != NO_HOLDINGS:
                raise
            return []
        return await self._catalogue.held(rows)

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`. Quantities are units everywhere; `last_price` is derived from the P&L."""
        rows = mapping.positions(await self._client.positions(self._keys()))
        return await self._catalogue.named([(row, (words.SEGMENTS[row.exchange], number)) for row, number in rows])

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`."""
        return await self._catalogue.named(book.orders(await self._client.orders(self._keys())))

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`. The book forgets its orders overnight: one of yesterday is not found."""
        keys = self._keys()
        demand_order_id(order_id)
        row = book.order(await self._client.order(keys, order_id), order_id)
        return (await self._catalogue.named([row]))[0]

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`."""
        return await self._catalogue.named(book.trades(await self._client.trades(self._keys())))

    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        """See `BaseBroker.get_ltp`."""
        found = (await self._quoted([(symbol, exchange)], "ltp")).found
        if (symbol, exchange) not in found:
            raise NotFound(f"no price of {symbol} on {exchange}", field="symbol")
        return found[symbol, exchange].last_price

    async def get_quotes(self, wanted: Collection[Pair]) -> Quotes:
        """See `BaseBroker.get_quotes`."""
        return await self._quoted(wanted, "quote")

    async def get_order_addresses(self) -> OrderAddresses:
        """See `BaseBroker.get_order_addresses`."""
        return mapping.order_addresses(await self._client.addresses(self._keys()))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`. The detailed file where there is one; neither needs a session."""
        with Gauge(progress) as gauge:
            try:
                master = await self._client.master(DETAILED, gauge)
            except NotFound:
                master = await self._client.master(COMPACT, gauge)
            with master.open() as file:
                rows = gauge.rows(instruments.parse(file))
                return await self._ports.instruments.replace(KEY, rows, day=self._today())

    # ---------------------------------------------------------------- orders

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`."""
        return tags.fresh(ticket.TAG_LONGEST)

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """See `BaseBroker.plan_order`."""
        plan, _ = await self._planned(order)
        return plan

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """See `BaseBroker.place_order`. The detail of `OutcomeUnknown` names the tag to look for in the book."""
        keys = self._keys()
        plan, instrument = await self._planned(order)
        one, tag = only(plan.orders), order.tag or self.fresh_tag()
        self._count_order(_ORDERS_A_DAY, "order calls")
        form = ticket.form(one, *security(instrument), client_id=self._client_id, tag=tag)
        with self._learning(Ability.ORDERS, IpNotRegistered):
            reply = await self._client.place(keys, form, tag=tag)
        order_id, status = _registered(reply, f"tag {tag}")
        return OrderResponse(
            order_id=order_id,
            status=status,
            symbol=instrument.symbol,
            quantity=one.quantity,
            side=one.side,
            price=one.price,
        )

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`."""
        keys = self._keys()
        demand_order_id(order.order_id)
        plan, instrument = await self._planned(changed(order, change))
        check_change(order, change, instrument)  # `plan` would slice what is too much: a resting order stays one
        form = ticket.change_form(only(plan.orders), order.order_id, self._client_id)
        self._changes.count(order.order_id)
        self._count_order(_ORDERS_A_DAY, "order calls")
        with self._learning(Ability.ORDERS, IpNotRegistered):
            _is_about(order, await self._client.modify(keys, order.order_id, form))

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`. It counts among the calls of the day; the last of these are kept for it."""
        keys = self._keys()
        demand_order_id(order.order_id)
        check_alive(order)
        self._count_order(_CANCELS_A_DAY, "order calls")
        with self._learning(Ability.ORDERS, IpNotRegistered):
            _is_about(order, await self._client.cancel(keys, order.order_id))

    async def find_orders(self, tag: str) -> list[Order]:
        """See `BaseBroker.find_orders`. No answer by the tag proves nothing (section 10): then the book is asked."""
        try:
            found = book.tagged(await self._client.orders_by_tag(self._keys(), tag), tag)
        except NotFound:
            found = []
        return await self._catalogue.named(found) if found else await super().find_orders(tag)

    async def _planned(self, order: OrderRequest) -> tuple[OrderPlan, Instrument]:
        instrument = await self._instrument_of_order(order.symbol, order.exchange)
        if instrument is None:
            raise NotFound(f"{order.symbol} on {order.exchange} is not in Dhan's master", field="symbol")
        return ticket.plan(order, instrument), instrument

    # ---------------------------------------------------------------- prices

    async def _quoted(self, wanted: Collection[Pair], kind: str) -> Quotes:
        """Prices of `wanted` in as few calls as Dhan takes; who has none is named."""
        keys = self._keys()
        asked = {pair: await self._instrument(*pair) for pair in dict.fromkeys(wanted)}
        known = {pair: instrument for pair, instrument in asked.items() if instrument is not None}
        rows = await self._priced(keys, list(dict.fromkeys(map(security, known.values()))), kind)
        found: dict[Pair, Quote] = {}
        for pair, instrument in known.items():
            row = rows.get(security(instrument))
            quote = None if row is None else quotes.quote(row, instrument)
            if quote is not None:
                found[pair] = quote
        return Quotes(MappingProxyType(found), tuple(pair for pair in asked if pair not in found))

    async def _priced(self, keys: Keys, securities: Sequence[quotes.Key], kind: str) -> dict[quotes.Key, Row]:
        rows: dict[quotes.Key, Row] = {}
        for body in quotes.batches(securities):
            with self._learning(Ability.QUOTES, NotSubscribed):
                rows |= quotes.quotes(await self._client.marketfeed(keys, kind, body))
        return rows

    # ---------------------------------------------------------------- helpers

    def _feed(self) -> Feed:
        return feed.feed(self._client_id, self._connected().access_token)

    def _keys(self) -> Keys:
        return Keys(self._client_id, self._connected().access_token)


def _registered(reply: Reply, about: str) -> tuple[str, OrderStatus]:
    """The order that `reply` names, and where it stands; without one nobody knows what became of the call."""
    try:
        return book.placed(answered(reply))
    except WireSurprise as surprise:
        raise OutcomeUnknown(f"an answer without an order id: {surprise.detail} ({about})") from None


def _is_about(order: Order, reply: Reply) -> None:
    """Raise `OutcomeUnknown` unless `reply` confirms a call about this very order."""
    about = f"order {order.order_id}"
    if _registered(reply, about)[0] != order.order_id:
        raise OutcomeUnknown(f"another order was named ({about})")


def _earliest(exp: datetime | None, validity: datetime | None, now: datetime) -> datetime | None:
    """The end that the token or the server names first; a validity of the same minute only repeats the token.

    The server has just said yes: a validity that is over says nothing.
    """
    if validity is None or validity <= now:
        return exp
    return exp if exp is not None and exp - validity < timedelta(minutes=1) else validity
