"""The commands that read accounts: holdings, funds, orders, trades. Every account gives an answer of its own.

All accounts are asked side by side; one that fails is told beside the others and is never an empty list.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from app.brokers.base import Ability, BaseBroker
from app.domain import TradingError, Unsupported
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.book_views import Book
from app.services.books import READINGS
from app.services.command_views import Json
from app.services.read_views import (
    AccountAnswer,
    funds_json,
    history_json,
    holdings_json,
    orders_json,
    together,
    trades_json,
)
from app.services.views import AccountView
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.core import Services

NAMES: Final = 5.0  # seconds that newer masters have, from which the names of contracts come
_LATE: Final = (
    "Lists of instruments take long to come: contracts may stand under the brokers' own symbols."
    " kunji instruments refresh fetches them"
)
Command = Callable[[Message, Talk], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Need:
    """An ability that a reading takes, and what a broker without it is said to do."""

    ability: Ability
    lacking: str
    next_step: str = Unsupported.next_step


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of an account: the question, the picture of its answer at `key`; no need: every broker has it."""

    key: str
    ask: Callable[[BaseBroker], Awaitable[Any]]
    picture: Callable[[Any], Json]
    need: Need | None = None
    named: bool = True  # instruments stand in it: their names come from the masters


def _of(book: Book, picture: Callable[[Any], Json], *, named: bool = True) -> Reading:
    """The reading of a book as `books.READINGS` has it."""
    known = READINGS[book]
    need = Need(known.ability, known.lacking) if known.ability is not None else None
    return Reading(book.value, known.ask, picture, need, named)


_ORDERS: Final = _of(Book.ORDERS, orders_json)
_READINGS: Final = (
    _of(Book.HOLDINGS, holdings_json),
    _of(Book.FUNDS, funds_json, named=False),
    _of(Book.TRADES, trades_json),
)
_HISTORY: Final = Need(
    Ability.ORDER_HISTORY, "{broker} keeps no history of an order", "kunji orders shows how the order stands now."
)


def _history(order_id: str) -> Reading:
    return Reading("history", lambda broker: broker.get_order_history(order_id), history_json, _HISTORY)


class AccountReads:
    """The commands over one set of services."""

    def __init__(self, services: "Services", find: Callable[[Message], AccountView]) -> None:
        """`find` gives the one account that a request means, or raises."""
        self._services = services
        self._find = find
        readings = {reading.key: partial(self._read, reading) for reading in _READINGS}
        self.commands: Mapping[str, Command] = MappingProxyType(readings | {"orders": self._orders})

    async def _orders(self, request: Message, talk: Talk) -> Json:
        """The order book of one account or of all; with `history` the states of one order of one account."""
        order_id = str(request.get("history") or "").strip()
        if not order_id:
            return await self._read(_ORDERS, request, talk)
        return await self._asked(_history(order_id), [self._find(request)], talk)

    async def _read(self, reading: Reading, request: Message, talk: Talk) -> Json:
        one = request.get("account")
        wanted = [self._find(request)] if one else list(self._services.brokers.accounts())
        return await self._asked(reading, wanted, talk)

    async def _asked(self, reading: Reading, wanted: Sequence[AccountView], talk: Talk) -> Json:
        hindrances = await asyncio.gather(*(hindrance(self._services, view, reading.need) for view in wanted))
        if reading.named:
            await names(self._services, talk)
        pairs = zip(wanted, hindrances, strict=True)
        answers = await asyncio.gather(*(self._answer(view, reading, error) for view, error in pairs))
        return together(answers, reading.key, reading.picture)

    async def _answer(self, view: AccountView, reading: Reading, error: TradingError | None) -> AccountAnswer:
        if error is not None:
            return AccountAnswer(view, error=error)
        try:
            found = await self._services.accounts.find(view.user_id).call(reading.ask, kind=reading.key)
        except TradingError as refusal:
            return AccountAnswer(view, error=refusal)
        return AccountAnswer(view, self._services.clock.now(), found)


async def names(services: "Services", talk: Talk) -> None:
    """Let the masters come as far as they come soon; else the brokers' own symbols stand in the rows, which is told."""
    try:
        async with asyncio.timeout(NAMES):
            await services.masters.look()
    except TimeoutError:
        await talk.emit({"kind": "progress", "says": tr(_LATE)})


async def hindrance(services: "Services", view: AccountView, need: Need | None) -> TradingError | None:
    """What keeps an account from being asked at all: its broker cannot do it, or its session is not to be had."""
    spec = next((spec for spec in services.brokers.specs() if spec.key == view.broker_type), None)
    if spec is not None and need is not None and need.ability not in spec.abilities:
        return Unsupported(title=tr(need.lacking, broker=spec.label), next_step=need.next_step)
    try:
        await services.accounts.find(view.user_id).ready()
    except TradingError as error:
        return error
    return None
