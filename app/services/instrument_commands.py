"""The commands about instruments: search the masters that are loaded, fetch them anew."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.brokers.base import Ability, BrokerSpec
from app.domain import Instrument, InvalidRequest, NoAnswer, NotFound, TradingError, Unsupported
from app.domain.tongue import tr
from app.services.account_reads import Command
from app.services.command_views import Json, failure, success
from app.services.instrument_views import Found, Master, found_json, master_json
from app.services.refresh_lines import Told
from app.services.standing import unknown_broker
from app.services.views import AccountView
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.core import Services

_LIMIT: Final = 20
_MOST: Final = 100


class InstrumentCommands:
    """The commands over one set of services."""

    def __init__(
        self,
        services: "Services",
        find: Callable[[Message], AccountView],
        find_spec: Callable[[Message], BrokerSpec],
    ) -> None:
        """`find` and `find_spec` give the one account or broker that a request means, or raise."""
        self._services = services
        self._find = find
        self._find_spec = find_spec
        self.commands: Mapping[str, Command] = MappingProxyType(
            {"search": self._search, "instruments": self._instruments}
        )

    # ---------------------------------------------------------------- searching

    async def _search(self, request: Message, _talk: Talk) -> Json:
        """What a trader means by `text`, in the masters as they lie on this computer; nothing is asked of a broker."""
        text, limit = _text(request), _limit(request)
        named = self._named(request)
        masters = [await self._master(spec) for spec in named or self._services.brokers.specs()]
        loaded = [master.spec for master in masters if master.day is not None]
        if not loaded:
            raise NoAnswer(
                title=tr("No list of instruments is loaded yet"), next_step=tr("kunji instruments refresh fetches it.")
            )
        found = await self._found(text, loaded, limit + 1, only=bool(named))
        told = [master for master in masters if master.day is not None or master.spec in self._of_accounts()]
        return success(
            instruments=[found_json(one) for one in found[:limit]],
            more=len(found) > limit,
            masters=[master_json(master, self._services.clock.now()) for master in told],
        )

    async def _found(self, text: str, loaded: Sequence[BrokerSpec], limit: int, *, only: bool) -> list[Found]:
        """The likeliest first, each contract once with everyone who lists it."""
        found: list[Found] = []
        told: set[Instrument] = set()
        for row in await self._services.store.instruments.search(loaded[0].key if only else None, text, limit):
            if row not in told:
                found.append(await self._listed(row, loaded))
                told.update(listed for _, listed in found[-1].listings)
        return [one for one in found if one.listings]

    async def _listed(self, row: Instrument, loaded: Sequence[BrokerSpec]) -> Found:
        """Who lists `row`. One broker's listing leads to the next: some say the ISIN, others only one of the names."""
        found: dict[str, Instrument] = {}
        known = [row]
        for one in known:
            for spec in loaded:
                listed = None
                if spec.key not in found:
                    listed = await self._services.store.instruments.same_contract(spec.key, one)
                if listed is not None:
                    found[spec.key] = listed
                    known.append(listed)
        return Found([(spec, found[spec.key]) for spec in loaded if spec.key in found])

    # ---------------------------------------------------------------- fetching

    async def _instruments(self, request: Message, talk: Talk) -> Json:
        """Fetch the masters of the brokers of all accounts, or of one broker, now."""
        if request.get("action") != "refresh":
            raise InvalidRequest("action: refresh", title=tr("What about instruments?"), field="action")
        specs = self._named(request) or self._of_accounts()
        if not specs:
            raise NotFound(title=tr("No account is connected"), next_step=tr("Name a broker with --broker."))
        masters = [await self._fetched(spec, talk) for spec in specs]  # one by one: each is tens of megabytes
        content = [master_json(master, self._services.clock.now()) for master in masters]
        error = next((master.error for master in masters if master.error is not None), None)
        return success(masters=content) if error is None else failure(error, masters=content)

    async def _fetched(self, spec: BrokerSpec, talk: Talk) -> Master:
        await talk.emit({"kind": "progress", "says": tr("{label}: fetching the list of instruments", label=spec.label)})
        try:
            if Ability.INSTRUMENTS not in spec.abilities:
                raise Unsupported(title=tr("{label} has no list of instruments", label=spec.label))
            async with Told(self._services.events, self._services.clock, spec, talk):
                rows = await self._services.masters.refresh(spec.key)
        except TradingError as error:
            return Master(spec, (await self._master(spec)).day, error=error)
        await talk.emit({"kind": "progress", "says": tr("{label}: {rows} instruments", label=spec.label, rows=rows)})
        return Master(spec, (await self._master(spec)).day, rows)

    # ---------------------------------------------------------------- which brokers

    async def _master(self, spec: BrokerSpec) -> Master:
        return Master(spec, await self._services.store.instruments.loaded_on(spec.key))

    def _named(self, request: Message) -> list[BrokerSpec]:
        """The broker that is named, or that of the account that is; none when neither is. Raises for an unknown one."""
        if str(request.get("broker") or "").strip():
            return [self._find_spec(request)]
        if not str(request.get("account") or "").strip():
            return []
        kind = self._find(request).broker_type
        found = [spec for spec in self._services.brokers.specs() if spec.key == kind]
        if not found:
            raise unknown_broker(kind)
        return found

    def _of_accounts(self) -> list[BrokerSpec]:
        kinds = {view.broker_type for view in self._services.brokers.accounts()}
        return [spec for spec in self._services.brokers.specs() if spec.key in kinds]


def _text(request: Message) -> str:
    words = request.get("text")
    text = " ".join(map(str, words)) if isinstance(words, list) else str(words or "")
    if not text.strip():
        raise InvalidRequest(
            "text: empty", title=tr("What is to be found?"), next_step=tr("Write a name."), field="text"
        )
    return text


def _limit(request: Message) -> int:
    limit = request.get("limit") or _LIMIT
    if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= _MOST:
        raise InvalidRequest(f"limit: a whole number from 1 to {_MOST}", field="limit")
    return limit
