"""What is the same of an account at every broker: whose session it is, whether it lives, and what it lacks."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Final, Protocol

from app.brokers.base import Ability, BaseBroker, BrokerPorts
from app.brokers.freeze import with_freeze
from app.brokers.limits import Limit
from app.brokers.pushes import Feed, follow
from app.brokers.skew import Skew
from app.domain import (
    IST,
    Credentials,
    DailyCap,
    Exchange,
    Instrument,
    InvalidRequest,
    NotFound,
    NotSent,
    TradingError,
    Unsupported,
    VaultError,
    WrongAccount,
)
from app.domain.calls import LimitUse

_FELT: Final = 60.0  # seconds: nobody gives up an order for a window that is over sooner
_TO_READ: Final = 3  # one call in so many, where readings and orders are counted together
_ORDER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Line(Protocol):
    """An adapter's own way to its broker: all its calls go through it."""

    @property
    def skew(self) -> Skew:
        """How far our clock is from theirs."""

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""

    async def close(self) -> None:
        """Let go of what is in flight and of connections of our own."""


class SessionBroker(BaseBroker):
    """A broker whose session is judged by the profile; an adapter adds its calls."""

    no_session: ClassVar[tuple[type[TradingError], ...]]
    """The refusals of the profile that are a no to the session itself."""
    order_families: ClassVar[frozenset[str]] = frozenset({"orders"})
    """The limits of the adapter's line that a new order counts in."""
    families_of_all: ClassVar[frozenset[str]] = frozenset()
    """Those of them that readings count in, too."""
    orders_a_day: ClassVar[Limit | None] = None
    """The broker's figure for the orders of an Indian day; None where it has none."""

    def __init__(self, ports: BrokerPorts, line: Line) -> None:
        self._ports = ports
        self._line = line
        self._credentials: Credentials | None = None
        self._client_id = ""
        self._missing: dict[Ability, TradingError] = {}
        self._granted: set[Ability] = set()
        self._ends_at: datetime | None = None

    async def validate(self) -> bool:
        """See `BaseBroker.validate`."""
        try:
            profile = await self.get_profile()
        except self.no_session as refusal:
            self.refusal = refusal
            return False
        self.refusal = None
        self._ends_at = profile.session_ends_at
        expected = self._connected().client_id
        if expected and expected.casefold() != profile.client_id.casefold():
            raise WrongAccount(f"the session belongs to {profile.client_id}, not to {expected}", field="client_id")
        self._belongs_to(profile.client_id)
        return True

    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        """See `BaseBroker.get_ltp`: one quote."""
        found = (await self.get_quotes([(symbol, exchange)])).found
        if (symbol, exchange) not in found:
            raise NotFound(f"no price of {symbol} on {exchange}", field="symbol")
        return found[symbol, exchange].last_price

    @property
    def session_ends_at(self) -> datetime | None:
        """See `BaseBroker.session_ends_at`: what the profile of this session said last."""
        return self._ends_at

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        """See `BaseBroker.missing`."""
        return MappingProxyType(self._missing)

    @property
    def granted(self) -> frozenset[Ability]:
        """See `BaseBroker.granted`."""
        return frozenset(self._granted)

    @property
    def limits_used(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.limits_used`."""
        return self._line.used()

    @property
    def order_limits(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.order_limits`."""
        felt = (use for use in self._line.used() if use.family in self.order_families and use.window >= _FELT)
        counted = (_with_readings(use) if use.family in self.families_of_all else use for use in felt)
        a_day, family = self.orders_a_day, f"{self.spec.key}.orders"
        if a_day is None:
            return tuple(counted)
        sent = self._ports.calls.count(self._client_id, family, self._today())
        return (*counted, LimitUse(family, sent, a_day.allowed, a_day.seconds))

    @property
    def clock_behind(self) -> float | None:
        """See `BaseBroker.clock_behind`."""
        return self._line.skew.known

    async def follow_orders(self, heard: Callable[[str], None]) -> None:
        """See `BaseBroker.follow_orders`."""
        await follow(self._ports, self._feed(), heard)

    async def close(self) -> None:
        """See `BaseBroker.close`."""
        await self._line.close()

    async def _begin(self, credentials: Credentials, client_id: str) -> bool:
        """Use `credentials` from now on; `client_id` is whose they seem to be. Whether the session lives."""
        self._credentials = credentials
        self._belongs_to(client_id)
        self._missing.clear()
        self._granted.clear()
        self._ends_at = None
        return await self.validate()

    def _feed(self) -> Feed:
        """The socket on which this session's orders are pushed. Raises `Unsupported` where there is none."""
        raise Unsupported(f"{self.spec.label} pushes no orders")

    def _belongs_to(self, client_id: str) -> None:
        """Whose session this is; empty while nobody knows. An adapter tells its limits too."""
        self._client_id = client_id

    def _connected(self) -> Credentials:
        if self._credentials is None:
            raise InvalidRequest("not connected: there are no credentials yet")
        return self._credentials

    def _today(self) -> date:
        return self._ports.clock.now().astimezone(IST).date()

    async def _instrument(self, symbol: str, exchange: Exchange) -> Instrument | None:
        """The instrument of that name, the broker's or Kunji's; the broker's first, it is exact."""
        master, broker, key = self._ports.instruments, self.spec.key, (exchange.value, symbol)
        known = await master.by_broker_symbol(broker, [key])
        return known.get(key) or await master.by_symbol(broker, exchange.value, symbol)

    async def _instrument_of_order(self, symbol: str, exchange: Exchange) -> Instrument | None:
        """The same with its freeze quantity. A master that cannot be read is no lost answer: nothing was sent yet."""
        try:
            known = await self._instrument(symbol, exchange)
            return None if known is None else await with_freeze(known, self.spec.key, self._ports.instruments)
        except VaultError as error:
            raise NotSent(f"the list of instruments: {error.kind} {error.detail}") from None

    @contextmanager
    def _learning(self, ability: Ability, *lacking: type[TradingError]) -> Iterator[None]:
        """Remember whether this session has what the calls within need; one of `lacking` says that it has not."""
        try:
            yield
        except lacking as refusal:
            self._lacks(ability, refusal)
            raise
        self._has(ability)

    def _lacks(self, ability: Ability, refusal: TradingError) -> None:
        self._missing[ability] = refusal
        self._granted.discard(ability)

    def _has(self, ability: Ability) -> None:
        self._missing.pop(ability, None)
        self._granted.add(ability)

    def _count_order(self, a_day: Limit, what: str) -> None:
        """Note one more order of the day; raises `DailyCap` when there are none left. It counts before it is sent."""
        family, day = f"{self.spec.key}.orders", self._today()
        if self._ports.calls.count(self._client_id, family, day) >= a_day.allowed:
            raise DailyCap(f"{a_day.allowed} {what} a day, of the broker's {a_day.calls}")
        self._ports.calls.add(self._client_id, family, day)


def _with_readings(use: LimitUse) -> LimitUse:
    """`use` without what readings need: whoever sends orders until none is left cannot read what became of them.

    A part of what is left, for few orders need few readings: those that are kept for orders must go in any case.
    """
    return replace(use, kept=use.kept + use.left // _TO_READ)


def demand(credentials: Credentials, *names: str) -> None:
    """Raise `InvalidRequest` for the first of the fields `names` that is empty."""
    for name in names:
        if not getattr(credentials, name):
            raise InvalidRequest(f"{name}: empty", field=name)


def demand_order_id(order_id: str) -> None:
    """Raise `InvalidRequest` unless `order_id` can be one: it becomes part of a path or of a query."""
    if not _ORDER_ID.fullmatch(order_id):
        raise InvalidRequest("order_id: letters and digits", field="order_id")
