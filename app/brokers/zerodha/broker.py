"""Zerodha behind Kunji's port."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar

from app.brokers import tags
from app.brokers.base import Ability, BrokerPorts, BrokerSpec
from app.brokers.changes import Changes
from app.brokers.fits import check_alive, check_change
from app.brokers.freeze import only
from app.brokers.gauge import Gauge
from app.brokers.limiter import Limit
from app.brokers.pushes import Feed
from app.brokers.session import SessionBroker, demand, demand_order_id
from app.brokers.zerodha import feed, instruments, listings, mapping, ticket
from app.brokers.zerodha.client import Errand, Keys, KiteClient, Work
from app.brokers.zerodha.desk import Deadlines, Desk
from app.brokers.zerodha.errors import Asked, order_outcome
from app.brokers.zerodha.learnt import Learnt
from app.brokers.zerodha.login import ZerodhaSignIn
from app.brokers.zerodha.mapping import Row
from app.brokers.zerodha.spec import KEY, SPEC
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
    NotSent,
    NotSubscribed,
    OnProgress,
    Order,
    OrderChange,
    OrderPlan,
    OrderRejected,
    OrderRequest,
    OrderResponse,
    OrderStatus,
    OutcomeUnknown,
    PermissionDenied,
    Position,
    Profile,
    Quotes,
    Secret,
    SessionExpired,
    Trade,
    TradingError,
    TwoFactorDue,
    UserBlocked,
    WireSurprise,
)
from app.domain.orders import changed

_ORDERS_A_DAY: Final = Limit(5000, 86_400)  # all segments and varieties, refused ones too (section 7); 80 % is ours
_BATCH: Final = 500  # names a quote call: 1,000 are allowed, the address gets too long before (section 4)

T = TypeVar("T")
Pair = tuple[str, Exchange]


class ZerodhaBroker(SessionBroker):
    """One Zerodha account."""

    spec: ClassVar[BrokerSpec] = SPEC
    orders_a_day: ClassVar[Limit | None] = _ORDERS_A_DAY
    no_session = (SessionExpired, BadCredentials, PermissionDenied, UserBlocked, TwoFactorDue)

    def __init__(self, ports: BrokerPorts, *, deadlines: Deadlines | None = None) -> None:
        """`deadlines` is for tests of faults: shorter ones."""
        self._desk = Desk(ports, deadlines or Deadlines())
        self._learnt = Learnt()
        self._changes = Changes(SPEC.label)
        super().__init__(ports, self._desk)

    # ---------------------------------------------------------------- session

    async def connect(self, credentials: Credentials) -> bool:
        """See `BaseBroker.connect`. Raises `InvalidRequest` for an empty key or token: nothing is asked then."""
        demand(credentials, "api_key", "access_token")
        self._desk.belongs_to(app=credentials.api_key)
        return await self._begin(credentials, credentials.client_id)

    def _belongs_to(self, client_id: str) -> None:
        super()._belongs_to(client_id)
        self._desk.belongs_to(client_id=client_id)

    def sign_in(self, credentials: Credentials) -> ZerodhaSignIn:
        """See `BaseBroker.sign_in`."""
        keys = Keys(credentials.api_key)
        self._desk.belongs_to(client_id=credentials.client_id, app=credentials.api_key)

        async def exchange(request_token: Secret, checksum: Secret) -> Any:
            return await self._desk.once(
                lambda kite: kite.session_token(keys, request_token, checksum),
                asked=Asked.EXCHANGE,
                seconds=self._desk.deadlines.exchange,
            )

        return ZerodhaSignIn(credentials, exchange, self._ports.clock, self._ports.base_url)

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`. A session that is dead already is as good as ended."""
        keys = self._keys()
        try:
            ended = await self._desk.once(
                lambda kite: kite.session_token_delete(keys), asked=Asked.READ, seconds=self._desk.deadlines.revoke
            )
        except SessionExpired:
            return
        if ended is not True:
            raise WireSurprise("the session was not said to be ended")

    # ---------------------------------------------------------------- reads

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`; the cheapest call that needs a session (section 13)."""
        keys = self._keys()
        return mapping.profile(await self._desk.read(lambda kite: kite.user_profile(keys)))

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        keys = self._keys()
        return mapping.funds(await self._desk.read(lambda kite: kite.user_margins(keys)))

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`."""
        keys = self._keys()
        rows = mapping.positions(await self._desk.read(lambda kite: kite.portfolio_positions(keys)))
        self._learnt.saw_positions(rows)
        return await self._named(rows)

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`. What was bought today is a position; it comes here the next day."""
        keys = self._keys()
        return await self._named(listings.holdings(await self._desk.read(lambda kite: kite.portfolio_holdings(keys))))

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`. A market order stands there as the limit order that Kite made of it."""
        keys = self._keys()
        rows = await self._desk.read(lambda kite: kite.orders(keys))
        book = self._learnt.in_units(mapping.orders(rows))
        self._learnt.saw_orders(rows)
        return await self._named(book)

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`."""
        keys = self._keys()
        rows = listings.trades(await self._desk.read(lambda kite: kite.trades(keys)))
        return await self._named(self._learnt.trades_in_units(rows))

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`. The book forgets its orders overnight: one of yesterday is not found."""
        rows = self._learnt.in_units([mapping.order(await self._states(order_id))])
        return (await self._named(rows))[0]

    async def get_order_history(self, order_id: str) -> list[Order]:
        """See `BaseBroker.get_order_history`. Raises `NotFound`; the book forgets its orders overnight."""
        return await self._named(self._learnt.in_units(mapping.history(await self._states(order_id))))

    async def _states(self, order_id: str) -> Any:
        keys = self._keys()
        demand_order_id(order_id)
        rows = await self._desk.read(lambda kite: kite.order_info(keys, order_id), asked=Asked.ORDER_STATE)
        self._learnt.saw_orders(rows if isinstance(rows, list) else ())
        return rows

    # ---------------------------------------------------------------- prices

    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        """See `BaseBroker.get_ltp`."""
        prices = await self.get_ltps([(symbol, exchange)])
        if (symbol, exchange) not in prices:
            raise NotFound(f"no price of {symbol} on {exchange}", field="symbol")
        return prices[symbol, exchange]

    async def get_ltps(self, wanted: Collection[Pair]) -> Mapping[Pair, Decimal]:
        """Last traded prices of many in as few calls as Kite takes; what it has no price of is absent."""
        keys = self._keys()

        def ask(names: list[str], kite: KiteClient) -> Any:
            return kite.quote_ltp(keys, names)

        return await self._priced(wanted, ask, mapping.last_prices)

    async def get_quotes(self, wanted: Collection[Pair]) -> Quotes:
        """See `BaseBroker.get_quotes`."""
        keys = self._keys()

        def ask(names: list[str], kite: KiteClient) -> Any:
            return kite.quote(keys, names)

        found = await self._priced(wanted, ask, listings.quotes)
        return Quotes(MappingProxyType(found), tuple(pair for pair in dict.fromkeys(wanted) if pair not in found))

    async def _priced(
        self, wanted: Collection[Pair], ask: Callable[[list[str], KiteClient], Any], read: Callable[[Any], dict[str, T]]
    ) -> dict[Pair, T]:
        """What `read` makes of the answers to `ask`, by the names asked for; in batches, who has none is absent."""
        names = {pair: f"{pair[1]}:{await self._broker_symbol(*pair)}" for pair in wanted}
        every = sorted(set(names.values()))
        found: dict[str, T] = {}
        for start in range(0, len(every), _BATCH):
            found |= read(await self._quoted(partial(ask, every[start : start + _BATCH])))
        return {pair: found[name] for pair, name in names.items() if name in found}

    async def _quoted(self, work: Callable[[KiteClient], Any]) -> Any:
        with self._learning(Ability.QUOTES, NotSubscribed):  # the Personal plan
            return await self._desk.read(work, asked=Asked.QUOTE)

    # ---------------------------------------------------------------- instruments

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`. The master is served without a session too (section 8)."""
        keys = self._keys() if self._credentials else Keys(Secret())
        with Gauge(progress) as gauge:
            body = await self._desk.once(
                lambda kite: kite.instruments(keys),
                asked=Asked.READ,
                seconds=self._desk.deadlines.master,
                master=gauge,
            )
            gauge.end()
            rows = gauge.rows(instruments.parse(body))
            return await self._ports.instruments.replace(KEY, rows, day=self._today())

    # ---------------------------------------------------------------- orders

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`."""
        return tags.fresh(ticket.TAG_LONGEST)

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """See `BaseBroker.plan_order`."""
        plan, _, _ = await self._planned(order)
        return plan

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """See `BaseBroker.place_order`. The detail of `OutcomeUnknown` names the tag to look for in the book."""
        keys = self._keys()
        plan, instrument, units = await self._planned(order)
        one, tag = only(plan.orders), order.tag or self.fresh_tag()
        self._count_order(_ORDERS_A_DAY, "orders")
        form = ticket.form(one, instrument.broker_symbol, tag, units)
        try:
            order_id = await self._send(Asked.ORDER, lambda kite: kite.order_place(keys, form), f"tag {tag}")
        except (InvalidRequest, OrderRejected) as refusal:
            self._learnt.refused(one.exchange, instrument.broker_symbol, one.quantity // units, refusal.detail)
            raise
        self._learnt.placed(order_id, ticket.variety_of(one))
        return OrderResponse(
            order_id=order_id,
            status=OrderStatus.PENDING,
            symbol=instrument.symbol,
            quantity=one.quantity,
            side=one.side,
            price=one.price,
        )

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`."""
        keys = self._keys()
        demand_order_id(order.order_id)
        plan, instrument, units = await self._planned(changed(order, change))
        check_change(order, change, instrument)
        one, variety = only(plan.orders), await self._variety(order)
        self._changes.count(order.order_id)
        form = ticket.change_form(one, order.order_id, variety, units)
        await self._send_for(order, Asked.CHANGE, lambda kite: kite.order_modify(keys, form))

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`."""
        keys = self._keys()
        demand_order_id(order.order_id)
        check_alive(order)
        variety = await self._variety(order)
        await self._send_for(order, Asked.CANCEL, lambda kite: kite.order_cancel(keys, variety, order.order_id))

    async def _planned(self, order: OrderRequest) -> tuple[OrderPlan, Instrument, int]:
        """The plan, the instrument in units, and how many units Kite's quantity counts in one."""
        found = await self._instrument_of_order(order.symbol, order.exchange)
        if found is None:
            raise NotFound(f"{order.symbol} on {order.exchange} is not in Zerodha's master", field="symbol")
        units = self._learnt.demand_units(order.exchange, found)
        told = self._learnt.freeze_of(found)  # in Kite's count, as its refusal names it
        listed = None if order.exchange in ticket.IN_LOTS else found.freeze_quantity
        instrument = found._replace(
            lot_size=found.lot_size * units, freeze_quantity=listed if told is None else told * units
        )
        return ticket.plan(order, instrument), instrument, units

    async def _variety(self, order: Order) -> str:
        """The variety of a resting order; of one that was never seen here Kite is asked. Raises before a byte left."""
        known = self._learnt.variety_of(order.order_id)
        if known is not None:
            return known
        try:
            await self._states(order.order_id)
        except TradingError as error:
            raise order_outcome(error, sent=False, about="") from None
        known = self._learnt.variety_of(order.order_id)
        if known is None:
            raise NotSent("an order of a variety that nobody knows")
        return known

    async def _send_for(self, order: Order, asked: Asked, work: Work) -> None:
        """A change or a cancellation of `order`; the answer means registered, and must name that order."""
        answered = await self._send(asked, work, f"order {order.order_id}")
        if answered != order.order_id:
            raise OutcomeUnknown(f"an answer for order {answered} (order {order.order_id})")

    async def _send(self, asked: Asked, work: Work, about: str) -> str:
        errand = Errand(asked, self._desk.deadlines.order)
        try:
            with self._learning(Ability.ORDERS, IpNotRegistered):
                order_id = await self._desk.order(errand, work)
        except TradingError as error:
            raise order_outcome(error, sent=errand.sent, about=about) from None
        if not isinstance(order_id, str) or not order_id:
            raise OutcomeUnknown(f"an answer without an order id ({about})")
        return order_id

    # ---------------------------------------------------------------- helpers

    def _feed(self) -> Feed:
        keys = self._keys()
        return feed.feed(keys.api_key, keys.access_token)

    def _keys(self) -> Keys:
        credentials = self._connected()
        return Keys(credentials.api_key, credentials.access_token)

    async def _broker_symbol(self, symbol: str, exchange: Exchange) -> str:
        instrument = await self._instrument(symbol, exchange)
        return instrument.broker_symbol if instrument else symbol

    async def _named(self, rows: list[Row]) -> list[Row]:
        """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
        known = await self._ports.instruments.by_broker_symbol(
            KEY, {(row.exchange.value, row.broker_symbol) for row in rows}
        )
        return mapping.named(rows, known)
