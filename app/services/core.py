"""The object graph, built once and in reading order: everything the faces use, and how it is let go."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from app.brokers import create_broker, specs
from app.brokers.base import BaseBroker, BrokerSpec
from app.brokers.limiter import Limits
from app.brokers.wires import Wires
from app.domain import Clock
from app.domain.intents import Mode
from app.domain.records import dataclass
from app.services.accounts import Accounts
from app.services.book_views import Book
from app.services.books import NAMED
from app.services.broker_service import BrokerService
from app.services.calendar import Calendars
from app.services.copying import Copying
from app.services.diagnostics import Diagnostics, diagnostics_of
from app.services.diary import Diary
from app.services.events import Events
from app.services.gauges import Gauges
from app.services.housekeeping import Housekeeping
from app.services.in_vain import InVain
from app.services.kept_journal import KeptJournal
from app.services.last_known import LastKnown
from app.services.masters import Masters
from app.services.means import Means
from app.services.meter import Meter
from app.services.notices import Notices
from app.services.order_desk import OrderDesk
from app.services.order_gates import OrderGates
from app.services.order_parts import OrderParts, mode_of
from app.services.portable import Portable
from app.services.portfolio import Portfolio
from app.services.preferences import Preferences
from app.services.quiet import DEFAULT, QuietHours
from app.services.reconnect_all import ReconnectAll
from app.services.redirect import Redirects
from app.services.renewal import Renewals
from app.services.sessions import Desk
from app.services.sign_in import Tools
from app.services.sign_ins import SignIns
from app.services.telling import Telling
from app.services.token_watch import TokenWatch
from app.services.traded import Traded
from app.services.ui_state import UiState
from app.services.views import Event, PreferencesChanged, VaultWaiting
from app.system.autostart import Autostart
from app.system.browser import open_page as open_in_browser
from app.system.sleep import watch_sleep

if TYPE_CHECKING:
    from app.store import AppStore
    from app.system.paths import Profile
    from app.vault import Keychain, Vault

_log: Final = logging.getLogger(__name__)
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(slots=True)
class Services:
    """What a face works with. `start` begins to watch, `close` lets go of everything within three seconds."""

    clock: Clock
    events: Events
    vault: "Vault"
    store: "AppStore"
    brokers: BrokerService
    sign_ins: SignIns
    reconnect_all: ReconnectAll
    portfolio: Portfolio
    watch: TokenWatch
    notices: Notices
    preferences: Preferences
    ui_state: UiState
    housekeeping: Housekeeping
    portable: Portable
    calendars: Calendars
    accounts: Accounts
    telling: Telling
    traded: Traded
    masters: Masters
    renewals: Renewals
    diary: Diary
    last_known: LastKnown
    copying: Copying
    order_gates: OrderGates
    gauges: Gauges
    journal: KeptJournal
    orders: OrderDesk
    order_parts: OrderParts
    shared: "Shared"
    diagnostics: Diagnostics = field(init=False)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Ask about every account and go on watching; returns as soon as that has begun."""
        await self.accounts.begin()
        await self.shared.wires.load()
        if not self._loops:
            self.telling.begin()
            self._loops = [
                _loop("token-watch", self.watch.run()),
                _loop("books", self.portfolio.run()),
                _loop("instruments", self.masters.run()),
                _loop("renewals", self.renewals.run()),
                _loop("copies", self.copying.run()),
                _loop("housekeeping", self.housekeeping.run()),
                _loop("sleep", watch_sleep(self.watch.slept)),
                *(_loop(name, work) for name, work in self.order_parts.loops().items()),
            ]

    async def close(self) -> None:
        """Stop watching, give up sign-ins, close adapters and files. May be called without `start`, and twice."""
        async with AsyncExitStack() as stack:  # in reverse order; an error of one does not keep the next open
            stack.push_async_callback(self.journal.close)
            stack.push_async_callback(self.store.close)
            stack.push_async_callback(self.vault.close)
            stack.push_async_callback(self.copying.close)
            stack.push_async_callback(self.diary.close)
            stack.push_async_callback(self.last_known.close)
            stack.push_async_callback(self.ui_state.close)
            stack.push_async_callback(self.telling.save)
            stack.push_async_callback(self.shared.close)
            stack.push_async_callback(self.accounts.close)
            stack.push_async_callback(self.portfolio.close)
            stack.push_async_callback(self.order_gates.close)
            stack.push_async_callback(self.renewals.close)
            stack.push_async_callback(self.order_parts.close)
            stack.push_async_callback(self.sign_ins.close)
            stack.push_async_callback(self.reconnect_all.close)
            stack.push_async_callback(self._stop_loops)

    async def _stop_loops(self) -> None:
        loops, self._loops = self._loops, []
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the adapters of all accounts share: connections, and the counts of their calls."""

    wires: Wires
    limits: Limits

    def hear(self, event: Event) -> None:
        """Reach the brokers as the user wants it; a listener of `Events`."""
        if isinstance(event, PreferencesChanged):
            self.wires.ipv4_only = event.view.ipv4_only

    async def close(self) -> None:
        """After the adapters."""
        self.limits.close()
        await self.wires.close()


async def build_services(
    profile: "Profile",
    *,
    clock: Clock,
    keychain: "Keychain | None" = None,
    make_broker: Callable[[str], BaseBroker] | None = None,
    base_url: str | Mapping[str, str] | None = None,
    declared: Sequence[BrokerSpec] | None = None,
    open_page: Callable[[str], Awaitable[None]] | None = None,
    quiet_hours: QuietHours | None = DEFAULT,
    events: Events | None = None,
    give_up: asyncio.Event | None = None,
    attended: bool = True,
    shown_first: bool = False,
) -> Services:
    """Open the profile's files and build the services; nothing is asked of any broker yet.

    `base_url` leads every adapter elsewhere (see `create_broker`), or each broker's to its own address by key;
    `make_broker` makes others; `declared` stands for what the brokers declare. Raises a `VaultError` for trouble with
    the files. Trouble with the key is no error here: the accounts are shown locked. `events` may be handed in to hear
    of a slow keychain (`VaultWaiting`) while it is being waited for; `give_up` and `attended` are those of
    `Vault.open`. `shown_first`: what is known is shown before the key is asked for and adapters are made, in `start`.
    """
    if make_broker is None:
        _keep_apart(profile, base_url)
    events = events or Events()
    calendars = Calendars(profile, clock)
    waits = _Waits(lambda waiting: events.publish(VaultWaiting(waiting)), give_up, attended, ask=not shown_first)
    store, vault = await _open_files(profile, clock, keychain, waits)
    shared = Shared(Wires(), Limits(clock, store.calls))
    ports: dict[str, Any] = {"clock": clock, "calls": store.calls, "instruments": store.instruments}
    ports |= {"wires": shared.wires, "limits": shared.limits}
    known = {} if make_broker or not shown_first else _known(declared or specs(), base_url)
    desk = Desk(vault, clock, events, make_broker or _adapters(base_url, ports), Meter(clock), known.get)
    services = _wired(
        desk,
        store,
        profile,
        calendars=calendars,
        shared=shared,
        declared=declared or specs(),
        open_page=open_page or open_in_browser,
        quiet=quiet_hours,
    )
    looked: dict[str, Any] = {
        "base_url": base_url,
        "make_broker": make_broker,
        "keychain": keychain,
        "declared": declared,
    }
    services.diagnostics = diagnostics_of(profile, clock, services=services, **looked)
    try:
        await services.accounts.restore(await store.history.deaths())
        read = await services.last_known.views({one.user_id for one in services.accounts})
        services.portfolio.restore(read)
        services.order_gates.restore()
        events.subscribe(services.order_gates.hear)  # not before: what was refused would be forgotten
    except BaseException:  # as above
        await asyncio.shield(services.close())
        raise
    return services


def _keep_apart(profile: "Profile", base_url: str | Mapping[str, str] | None) -> None:
    """Raise ValueError before any file is opened if an invented account of a demo could reach a real broker."""
    if mode_of(profile) is not Mode.DEMO:
        return
    addresses = base_url.values() if isinstance(base_url, Mapping) else ()
    if not addresses or any(urlsplit(address).hostname not in _HERE for address in addresses):
        raise ValueError("a demo needs the addresses of brokers on this machine")


def _adapters(base_url: str | Mapping[str, str] | None, ports: Mapping[str, Any]) -> Callable[[str], BaseBroker]:
    """What makes adapters; with addresses by key none goes anywhere else: ValueError for a broker without one."""
    if not isinstance(base_url, Mapping):
        return partial(create_broker, base_url=base_url, **ports)

    def led(broker_type: str) -> BaseBroker:
        if broker_type not in base_url:
            raise ValueError(f"no address for {broker_type!r}")
        return create_broker(broker_type, base_url=base_url[broker_type], **ports)

    return led


def _known(declared: Sequence[BrokerSpec], base_url: str | Mapping[str, str] | None) -> dict[str, BrokerSpec]:
    """The brokers that have an address here: for these an adapter can be made at any time."""
    return {spec.key: spec for spec in declared if not isinstance(base_url, Mapping) or spec.key in base_url}


@dataclass(frozen=True, slots=True)
class _Waits:
    """How the keychain is waited for."""

    tell: Callable[[bool], None]
    give_up: asyncio.Event | None
    attended: bool
    ask: bool


async def _open_files(
    profile: "Profile", clock: Clock, keychain: "Keychain | None", waits: _Waits
) -> "tuple[AppStore, Vault]":
    from app.store import AppStore  # loaded on first use: start-up
    from app.vault import Vault, system_keychain  # loaded on first use: start-up

    store = await AppStore.open(profile.app_path, clock)
    try:
        keys = keychain or system_keychain()
        vault = await Vault.open(
            profile.vault_path,
            keys,
            clock,
            on_waiting=waits.tell,
            give_up=waits.give_up,
            attended=waits.attended,
            ask=waits.ask,
        )
    except BaseException:  # also a cancelled start must give the file back
        await asyncio.shield(store.close())
        raise
    return store, vault


def _wired(
    desk: Desk,
    store: "AppStore",
    profile: "Profile",
    *,
    calendars: Calendars,
    shared: Shared,
    declared: Sequence[BrokerSpec],
    open_page: Callable[[str], Awaitable[None]],
    quiet: QuietHours | None,
) -> Services:
    clock, events = desk.clock, desk.events
    accounts = Accounts(desk)
    preferences = Preferences(store, events, quiet)
    journal = KeptJournal(profile.orders_path)
    housekeeping = Housekeeping(profile, preferences, store, journal, clock=clock, autostart=Autostart(profile))
    shared.wires.ipv4_only = preferences.view.ipv4_only
    notices = Notices(events, clock, preferences)
    traded = Traded(store)
    portfolio = Portfolio(accounts, events, clock, traded)
    portfolio.keep_pace(preferences.view.refresh)
    after = partial(portfolio.refresh, books={Book.POSITIONS})
    sign_ins = SignIns(desk, accounts, Tools(clock, events, Redirects(), open_page, after))
    telling = Telling(Means(accounts, notices, events, store, clock, preferences, traded))
    watch = TokenWatch(accounts, telling, clock)
    masters = Masters(desk, accounts, store.instruments, partial(portfolio.refresh, books=NAMED))
    diary = Diary(store, clock)
    last_known = LastKnown(store, clock)
    copying = Copying(store, desk.vault, clock)
    in_vain = InVain(store, clock)
    gauges = Gauges(desk.meter, accounts)
    events.subscribe(gauges.hear)
    gates = OrderGates(accounts, store, ipv4_only=preferences.view.ipv4_only)
    brokers = BrokerService(desk, accounts, sign_ins, declared, gates)
    ui_state = UiState(store, clock)
    parts = OrderParts(
        desk,
        store,
        accounts,
        journal=journal,
        portfolio=portfolio,
        preferences=preferences,
        gates=gates,
        notices=notices,
        mode=mode_of(profile),
    )
    watch.woken = gates.doubt
    listeners = (shared, portfolio, telling, watch, masters, diary, in_vain, last_known, copying, housekeeping)
    for listener in listeners:
        events.subscribe(listener.hear)
    return Services(
        clock=clock,
        events=events,
        vault=desk.vault,
        store=store,
        brokers=brokers,
        sign_ins=sign_ins,
        reconnect_all=ReconnectAll(accounts, sign_ins, desk),
        portfolio=portfolio,
        watch=watch,
        notices=notices,
        preferences=preferences,
        ui_state=ui_state,
        portable=Portable(brokers, preferences, ui_state, housekeeping, events),
        housekeeping=housekeeping,
        calendars=calendars,
        accounts=accounts,
        telling=telling,
        traded=traded,
        masters=masters,
        renewals=Renewals(accounts, desk, in_vain),
        diary=diary,
        last_known=last_known,
        copying=copying,
        order_gates=gates,
        gauges=gauges,
        journal=journal,
        orders=parts.desk,
        order_parts=parts,
        shared=shared,
    )


def _loop(name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    return task


def _report(task: "asyncio.Task[None]") -> None:
    """A loop that ended by itself is a mistake of ours and must be seen (promise I2)."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("loop ended name=%s", task.get_name(), exc_info=error)
