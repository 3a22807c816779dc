"""Fyers behind Kunji's port."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, Final

from app.brokers import tags
from app.brokers.base import Ability, BrokerPorts, BrokerSpec
from app.brokers.fits import check_open
from app.brokers.freeze import only
from app.brokers.fyers import details, feed, instruments, jwt, mapping, plan, ticket, words
from app.brokers.fyers.client import QUOTES_A_CALL, FyersClient, Keys
from app.brokers.fyers.login import FyersSignIn
from app.brokers.fyers.rows import success
from app.brokers.fyers.spec import KEY, SPEC
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Reply, answered
from app.brokers.limiter import Limit
from app.brokers.pushes import Feed
from app.brokers.session import SessionBroker, demand, demand_order_id
from app.domain import (
    BadCredentials,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instrument,
    IpNotRegistered,
    NotFound,
    NotSubscribed,
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
    Trade,
    WireSurprise,
)

_LACKING: Final = (IpNotRegistered, NotSubscribed, PermissionDenied)  # an app has the permissions it was made with
_ORDERS_A_DAY: Final = Limit(10_000, 86_400)  # place, modify and cancel together (section 7); 80 % is ours
_CANCELS_A_DAY: Final = Limit(12_500, 86_400)  # 80 % of it are Fyers' 10,000: the last ones are for taking risk off

Pair = tuple[str, Exchange]


class FyersBroker(SessionBroker):
    """One Fyers account."""

    spec: ClassVar[BrokerSpec] = SPEC
    order_families: ClassVar[frozenset[str]] = frozenset({"orders", "api"})
    families_of_all: ClassVar[frozenset[str]] = frozenset({"api"})  # all calls of an app together
    orders_a_day: ClassVar[Limit | None] = _ORDERS_A_DAY
    no_session = (SessionExpired, BadCredentials, PermissionDenied)

    def __init__(self, ports: BrokerPorts, *, deadlines: Deadlines | None = None) -> None:
        """`deadlines` is for tests of faults: shorter ones."""
        self._client = FyersClient(ports, deadlines or Deadlines())
        super().__init__(ports, self._client)

    # ---------------------------------------------------------------- session

    async def connect(self, credentials: Credentials) -> bool:
        """See `BaseBroker.connect`. Raises `InvalidRequest` for an empty App ID or token: nothing is asked then."""
        demand(credentials, "api_key", "access_token")
        self._client.belongs_to(app_id=credentials.api_key)
        return await self._begin(credentials, credentials.client_id)

    def _belongs_to(self, client_id: str) -> None:
        super()._belongs_to(client_id)
        self._client.belongs_to(client_id=client_id)

    def sign_in(self, credentials: Credentials) -> FyersSignIn:
        """See `BaseBroker.sign_in`."""
        self._client.belongs_to(app_id=credentials.api_key)
        return FyersSignIn(credentials, self._client, self._ports.clock, self._ports.base_url)

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`: the token of this app ends, web and mobile go on. A dead one is as good as ended."""
        try:
            success(await self._client.logout(self._keys()))
        except SessionExpired:
            return

    # ---------------------------------------------------------------- reads

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`; only it proves that a token lives, and it needs the least permission."""
        keys = self._keys()
        return replace(
            mapping.profile(await self._client.profile(keys)), session_ends_at=jwt.expires_at(keys.access_token)
        )

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        with self._learning(Ability.FUNDS, *_LACKING):
            return mapping.funds(await self._client.funds(self._keys()))

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`."""
        with self._learning(Ability.HOLDINGS, *_LACKING):
            answer = await self._client.holdings(self._keys())
        known = await self._known(mapping.contracts(answer, mapping.HOLDINGS))
        return mapping.holdings(answer, _names(known))

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`. Fyers counts contracts of commodities and currencies; these are units."""
        with self._learning(Ability.POSITIONS, *_LACKING):
            answer = await self._client.positions(self._keys())
        rows = mapping.positions(answer)
        return mapping.named(rows, _names(await self._known_of(rows)))

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`. Of commodities and currencies Fyers counts contracts; these are units."""
        return await self._ours(mapping.orders(await self._client.orders(self._keys())))

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`. The book forgets its orders overnight: one of yesterday is not found."""
        keys = self._keys()
        demand_order_id(order_id)
        [order] = await self._ours([mapping.order(await self._client.order(keys, order_id), order_id)])
        return order

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`."""
        with self._learning(Ability.TRADES, *_LACKING):
            answer = await self._client.tradebook(self._keys())
        known = await self._known(mapping.contracts(answer, mapping.TRADES))
        return mapping.in_units(mapping.trades(answer, _names(known)), _units(known))

    async def get_quotes(self, wanted: Collection[Pair]) -> Quotes:
        """See `BaseBroker.get_quotes`. What is neither in the master nor a ticker is missing without being asked."""
        keys = self._keys()
        tickers = {pair: await self._ticker(*pair) for pair in dict.fromkeys(wanted)}
        every = list(dict.fromkeys(ticker for ticker in tickers.values() if ticker))
        prices: dict[str, Quote] = {}
        with self._learning(Ability.QUOTES, *_LACKING):
            for start in range(0, len(every), QUOTES_A_CALL):
                prices |= await self._prices(keys, every[start : start + QUOTES_A_CALL])
        found = {pair: prices[ticker] for pair, ticker in tickers.items() if ticker in prices}
        return Quotes(MappingProxyType(found), tuple(pair for pair in tickers if pair not in found))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`: all segments or none; none of the files needs a session."""
        lists = {f"{name}.csv": name for name in instruments.FILES}
        more = {details.FILE.format(name): name for name in details.FILES}
        spare = [details.FILE.format(name) for name in details.SPARE]
        with Gauge(progress, files=len(lists) + len(more)) as gauge:
            files = await self._client.masters([*lists, *more], gauge, spare=spare)
            beside = {name: files[file] for file, name in more.items() if file in files}
            rows = gauge.rows(instruments.parse([(name, files[file]) for file, name in lists.items()], beside))
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
        self._count_order(_ORDERS_A_DAY, "order calls")
        with self._learning(Ability.ORDERS, *_LACKING):
            reply = await self._client.place(keys, body, tag=tag)
        return OrderResponse(
            order_id=_order_id(reply, f"tag {tag}"),
            status=OrderStatus.PENDING,  # acceptance is not execution (section 4.5)
            symbol=instrument.symbol,
            quantity=order.quantity,
            side=order.side,
            price=order.price,
        )

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`. Fyers keeps the validity as it is."""
        keys = self._keys()
        instrument = await self._instrument_of_order(order.broker_symbol, order.exchange)
        plan.check_changed(order, change, instrument)
        body = ticket.change_form(order, change, instrument)
        self._count_order(_ORDERS_A_DAY, "order calls")
        with self._learning(Ability.ORDERS, *_LACKING):
            _check_echo(await self._client.modify(keys, body, order_id=order.order_id), order)

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`."""
        keys = self._keys()
        check_open(order)
        self._count_order(_CANCELS_A_DAY, "order calls")
        with self._learning(Ability.ORDERS, *_LACKING):
            _check_echo(await self._client.cancel(keys, order.order_id), order)

    # ---------------------------------------------------------------- helpers

    def _feed(self) -> Feed:
        return feed.feed(self._keys())

    def _keys(self) -> Keys:
        credentials = self._connected()
        return Keys(credentials.api_key, credentials.access_token)

    async def _planned(self, order: OrderRequest) -> tuple[Instrument, OrderPlan]:
        instrument = await self._instrument_of_order(order.symbol, order.exchange)
        if instrument is None:
            raise plan.unknown(order.symbol, order.exchange)
        return instrument, plan.plan(order, instrument, self._client_id)

    async def _ticker(self, symbol: str, exchange: Exchange) -> str:
        """The ticker of that name; empty when there is none: it is looked up or given, never built (section 8)."""
        instrument = await self._instrument(symbol, exchange)
        if instrument is not None:
            return instrument.broker_symbol
        return symbol if symbol.startswith(f"{words.PREFIXES.get(exchange)}:") and "," not in symbol else ""

    async def _ours(self, rows: list[Order]) -> list[Order]:
        """`rows`, ours alone, under Kunji's names and in units."""
        known = await self._known_of(rows)
        return mapping.in_units(mapping.named(rows, _names(known)), _units(known))

    async def _known_of(self, rows: Sequence[Order] | Sequence[Position]) -> Mapping[str, Instrument]:
        return await self._known({(row.exchange.value, row.broker_symbol) for row in rows})

    async def _known(self, contracts: Collection[tuple[str, str]]) -> Mapping[str, Instrument]:
        """What the master knows of (exchange, ticker), by ticker."""
        known = await self._ports.instruments.by_broker_symbol(KEY, contracts)
        return {instrument.broker_symbol: instrument for instrument in known.values()}

    async def _prices(self, keys: Keys, tickers: list[str]) -> dict[str, Quote]:
        """Prices of a batch. A refused one is halved until the bad ticker stands alone, which then has none."""
        try:
            return mapping.quotes(await self._client.quotes(keys, tickers))
        except NotFound:
            if len(tickers) == 1:
                return {}
        half = len(tickers) // 2
        return await self._prices(keys, tickers[:half]) | await self._prices(keys, tickers[half:])


def _names(known: Mapping[str, Instrument]) -> mapping.Names:
    return {ticker: instrument.symbol for ticker, instrument in known.items()}


def _units(known: Mapping[str, Instrument]) -> Mapping[str, int]:
    """Units of a contract by ticker, where it is not one or not known."""
    return {ticker: int(row.multiplier) for ticker, row in known.items() if row.multiplier not in (0, 1)}


def _order_id(reply: Reply, about: str) -> str:
    """The id of an order that was taken; raises `OutcomeUnknown` when the answer does not say so for certain."""
    try:
        order_id = mapping.accepted(answered(reply))
    except WireSurprise as surprise:
        raise OutcomeUnknown(f"{surprise.detail} ({about})") from None
    if not order_id:
        raise OutcomeUnknown(f"sent, but not acknowledged by the exchange's side ({about})")
    return order_id


def _check_echo(reply: Reply, order: Order) -> None:
    """Raise `OutcomeUnknown` unless the answer confirms a change to this very order."""
    about = f"order {order.order_id}"
    if _order_id(reply, about) != order.order_id:
        raise OutcomeUnknown(f"another order was confirmed ({about})")
