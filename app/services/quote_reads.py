"""The command that reads prices: one account gives them, the first that can."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.brokers.base import Ability
from app.domain import InvalidRequest, NotFound, Quote, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.account_reads import NAMES, Command, Need, hindrance
from app.services.command_views import Json, failure, success
from app.services.read_views import AccountAnswer, asked_json, quote_json, what_failed
from app.services.sessions import again
from app.services.symbols import Pair, listed_as, pair_of
from app.services.views import AccountView
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.core import Services

_MOST: Final = 1000  # instruments a command
_NEED: Final = Need(Ability.QUOTES, "{broker} tells no prices")


@dataclass(frozen=True, slots=True)
class _Prices:
    """Prices by what was asked for. `trouble` kept the broker's master away: what is missing may exist all the same."""

    found: Mapping[Pair, Quote]
    missing: Sequence[Pair]
    trouble: TradingError | None


class QuoteReads:
    """The command over one set of services."""

    def __init__(self, services: "Services", find: Callable[[Message], AccountView]) -> None:
        """`find` gives the one account that a request means, or raises."""
        self._services = services
        self._find = find
        self.commands: Mapping[str, Command] = MappingProxyType({"ltp": self._ltp})

    async def _ltp(self, request: Message, talk: Talk) -> Json:
        """Last prices of `symbols`: of the account that is named, else of the first that has them."""
        wanted = _wanted(request)
        refused: list[AccountAnswer] = []
        for view in self._sources(request):
            try:
                prices = await self._prices(view, wanted, talk)
            except TradingError as error:
                refused.append(AccountAnswer(view, error=error))
            else:
                return _told(AccountAnswer(view, self._services.clock.now()), prices, refused)
        nobody = NotFound(title=tr("No account is connected"), next_step=tr("kunji connect connects one."))
        return failure(what_failed(refused) or nobody, **_content(None, None, refused))

    def _sources(self, request: Message) -> Sequence[AccountView]:
        """The accounts to ask, those first that are known to be connected; else in the user's order."""
        if request.get("account"):
            return [self._find(request)]
        views = self._services.brokers.accounts()
        return sorted(views, key=lambda view: not self._services.accounts.find(view.user_id).is_connected)

    async def _prices(self, view: AccountView, wanted: Sequence[Pair], talk: Talk) -> _Prices:
        error = await hindrance(self._services, view, _NEED)
        if error is not None:
            raise again(error)
        trouble = await self._master(view, talk)
        store, broker_type = self._services.store.instruments, view.broker_type
        names = {pair: await listed_as(store, broker_type, pair) for pair in wanted}
        asked = list(dict.fromkeys(names.values()))
        quotes = await self._services.accounts.find(view.user_id).call(
            lambda broker: broker.get_quotes(asked), kind="quotes"
        )
        found = {pair: quotes.found[name] for pair, name in names.items() if name in quotes.found}
        return _Prices(found, [pair for pair in wanted if pair not in found], trouble)

    async def _master(self, view: AccountView, talk: Talk) -> TradingError | None:
        """Wait for the broker's master where there is none yet; what keeps it away."""
        if not self._services.accounts.find(view.user_id).is_able(Ability.INSTRUMENTS):
            return None
        if await self._services.store.instruments.loaded_on(view.broker_type) is None:
            await talk.emit(
                {
                    "kind": "progress",
                    "says": tr("Fetching {broker_label}'s list of instruments", broker_label=view.broker_label),
                }
            )
        with suppress(TimeoutError):  # there is an older one, or the next line waits
            async with asyncio.timeout(NAMES):
                await self._services.masters.look()
        try:
            await self._services.masters.need(view.broker_type)
        except TradingError as error:
            return error
        return None


def _wanted(request: Message) -> list[Pair]:
    texts = request.get("symbols")
    if not isinstance(texts, list) or not 0 < len(texts) <= _MOST:
        raise InvalidRequest(
            f"symbols: 1 to {_MOST} of them", title=tr("Which instrument?"), next_step=tr("Name one."), field="symbols"
        )
    return list(dict.fromkeys(pair_of(str(text)) for text in texts))


def _told(answer: AccountAnswer, prices: _Prices, refused: Sequence[AccountAnswer]) -> Json:
    content = _content(answer, prices, refused)
    if not prices.missing:
        return success(**content)
    names = ", ".join(f"{exchange}:{symbol}" for symbol, exchange in prices.missing)
    error = prices.trouble or NotFound(
        title=tr("{broker_label} has no price of {names}", broker_label=answer.view.broker_label, names=names),
        next_step=tr("kunji search finds how an instrument is written."),
        field="symbols",
    )
    return failure(error, **content)


def _content(answer: AccountAnswer | None, prices: _Prices | None, refused: Sequence[AccountAnswer]) -> Json:
    found, missing = (prices.found, prices.missing) if prices else ({}, [])
    return {
        "account": asked_json(answer) if answer else None,
        "quotes": [quote_json(*pair, quote) for pair, quote in found.items()] if prices else None,
        "missing": [{"symbol": symbol, "exchange": exchange.value} for symbol, exchange in missing] if prices else None,
        "refused": [asked_json(one) for one in refused],
    }
