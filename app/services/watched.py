"""The adapter as other code gets it: every call goes through the account's coordinator and is learnt from."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from app.brokers.base import Ability, BaseBroker, BrokerSpec, SignIn
from app.domain import (
    AccountError,
    Credentials,
    Exchange,
    Funds,
    Holding,
    OnProgress,
    Order,
    OrderAddresses,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    Position,
    Profile,
    Quotes,
    Token,
    Trade,
    TradingError,
    Unsupported,
)
from app.domain.calls import LimitUse
from app.domain.tongue import tr
from app.services.sessions import Coordinator, again

T = TypeVar("T")


class WatchedBroker(BaseBroker):
    """One connected account. It outlives every token of the account and is closed by its owner, not by its users."""

    def __init__(self, coordinator: Coordinator, spec: BrokerSpec) -> None:
        self._coordinator = coordinator
        vars(self)["spec"] = spec  # declared once a class by adapters; this one speaks for whichever it stands before

    @property
    def coordinator(self) -> Coordinator:
        """Whose session it is."""
        return self._coordinator

    async def connect(self, credentials: Credentials) -> bool:  # noqa: ARG002 - the port's signature
        """Refused: tokens of a stored account are changed by the service's operations alone."""
        raise Unsupported("connect", next_step=tr("Use connect_broker or update_broker_token."))

    async def validate(self) -> bool:
        """See `BaseBroker.validate`."""
        error = await self._coordinator.check()
        self.refusal = error
        if error is None or isinstance(error, AccountError):
            return error is None
        raise again(error)

    def sign_in(self, credentials: Credentials) -> SignIn:  # noqa: ARG002 - the port's signature
        """Refused: a sign-in of a stored account is run by `SignIns`."""
        raise Unsupported("sign_in", next_step=tr("Use Reconnect."))

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        """See `BaseBroker.missing`."""
        return self._coordinator.missing

    @property
    def granted(self) -> frozenset[Ability]:
        """See `BaseBroker.granted`."""
        return self._coordinator.granted

    @property
    def session_ends_at(self) -> datetime | None:
        """See `BaseBroker.session_ends_at`."""
        return self._coordinator.session_ends_at

    @property
    def limits_used(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.limits_used`."""
        return self._coordinator.limits_used

    @property
    def order_limits(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.order_limits`."""
        return self._coordinator.order_limits

    @property
    def clock_behind(self) -> float | None:
        """See `BaseBroker.clock_behind`."""
        return self._coordinator.clock_behind

    async def get_order_addresses(self) -> OrderAddresses | None:
        """See `BaseBroker.get_order_addresses`."""
        return await self._coordinator.call(
            lambda broker: broker.get_order_addresses(), kind="addresses", evidence=False
        )

    async def get_profile(self) -> Profile:
        """See `BaseBroker.get_profile`."""
        return await self._call("profile", lambda broker: broker.get_profile())

    async def get_funds(self) -> Funds:
        """See `BaseBroker.get_funds`."""
        return await self._call("funds", lambda broker: broker.get_funds())

    async def get_positions(self) -> list[Position]:
        """See `BaseBroker.get_positions`."""
        return await self._call("positions", lambda broker: broker.get_positions())

    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        """See `BaseBroker.get_ltp`."""
        return await self._call("quotes", lambda broker: broker.get_ltp(symbol, exchange))

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`."""
        return self._coordinator.fresh_tag()

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """See `BaseBroker.plan_order`; nothing is asked, so nothing is learnt of the session."""
        return await self._coordinator.call(lambda broker: broker.plan_order(order), kind="plan", evidence=False)

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """See `BaseBroker.modify_order`."""
        await self._call("order", lambda broker: broker.modify_order(order, change))

    async def cancel_order(self, order: Order) -> None:
        """See `BaseBroker.cancel_order`."""
        await self._call("order", lambda broker: broker.cancel_order(order))

    async def find_orders(self, tag: str) -> list[Order]:
        """See `BaseBroker.find_orders`."""
        return await self._call("orders", lambda broker: broker.find_orders(tag))

    async def follow_orders(self, heard: Callable[[str], None]) -> None:
        """See `BaseBroker.follow_orders`; a connection that lasts says nothing about the session."""
        await self._coordinator.call(lambda broker: broker.follow_orders(heard), kind="push", evidence=False)

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """See `BaseBroker.place_order`."""
        response = await self._call("order", lambda broker: broker.place_order(order))
        self._coordinator.orders_taken()
        return response

    async def get_order(self, order_id: str) -> Order:
        """See `BaseBroker.get_order`."""
        return await self._call("order_state", lambda broker: broker.get_order(order_id))

    async def get_holdings(self) -> list[Holding]:
        """See `BaseBroker.get_holdings`."""
        return await self._call("holdings", lambda broker: broker.get_holdings())

    async def get_orders(self) -> list[Order]:
        """See `BaseBroker.get_orders`."""
        return await self._call("orders", lambda broker: broker.get_orders())

    async def get_order_history(self, order_id: str) -> list[Order]:
        """See `BaseBroker.get_order_history`."""
        return await self._call("order_state", lambda broker: broker.get_order_history(order_id))

    async def get_trades(self) -> list[Trade]:
        """See `BaseBroker.get_trades`."""
        return await self._call("trades", lambda broker: broker.get_trades())

    async def get_quotes(self, wanted: Collection[tuple[str, Exchange]]) -> Quotes:
        """See `BaseBroker.get_quotes`."""
        return await self._call("quotes", lambda broker: broker.get_quotes(wanted))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """See `BaseBroker.load_instruments`."""
        return await self._coordinator.call(
            lambda broker: broker.load_instruments(progress), kind="instruments", evidence=False
        )

    async def renew(self) -> Token:
        """Refused, as `connect` is: a token that is not stored would be lost."""
        raise Unsupported("renew", next_step=tr("Use Reconnect."))

    async def revoke(self) -> None:
        """See `BaseBroker.revoke`; the account is signed out from then on."""
        await self._coordinator.revoke()
        await self._coordinator.check()

    async def close(self) -> None:
        """Nothing: the coordinator owns the adapter and closes it."""

    async def _call(self, kind: str, use: Callable[[BaseBroker], Awaitable[T]]) -> T:
        return await self._coordinator.call(use, kind=kind)
