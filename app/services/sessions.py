"""One coordinator per account: it owns the adapter, knows the state, and hears every answer of the broker.

Every call to a broker goes through here, whoever makes it, so that a dead session is noticed by the first answer that
says so. Each token has a generation; what is heard about an older one is dropped, so that a slow check can never
overwrite a new token (promise A6).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from app.brokers.base import Ability, BaseBroker
from app.domain import AccountError, Clock, Credentials, SessionExpired, TradingError, Unsupported, VaultError
from app.domain.sessions import Session, SessionEvent, SessionState, next_state, restored
from app.services.events import Events
from app.services.judging import bars, bars_orders, heard
from app.services.pictures import Facts, picture
from app.services.views import AccountChanged, AccountView

if TYPE_CHECKING:
    from app.vault import StoredAccount, Vault

_log: Final = logging.getLogger(__name__)
T = TypeVar("T")

PROBE: Final = 30.0  # seconds between two questions to a broker that does not answer (promise N8)
LET_GO: Final = 1.0  # seconds that an adapter has to close


@dataclass(frozen=True, slots=True)
class Desk:
    """What every coordinator needs and none owns."""

    vault: "Vault"
    clock: Clock
    events: Events
    make_broker: Callable[[str], BaseBroker]


class Coordinator:
    """The session of one account. Use from the loop's thread only."""

    def __init__(self, account: "StoredAccount", broker: BaseBroker | None, desk: Desk) -> None:
        """Begin with what is stored; `broker` is None when this version does not know the account's broker."""
        self.account = account
        self.session: Session = restored(is_valid=account.is_valid, confirmed=account.confirmed)
        self.generation = 0
        self.version = 0  # counts every change of token, state or trouble: what was cached under another one is stale
        self.signing_in = False
        self.writing = asyncio.Lock()  # who writes this account's row: a mark must not land on a newer token
        self.open_positions: int | None = None
        self.orders_refused: TradingError | None = None
        self.error: TradingError | None = None if account.is_valid else SessionExpired()
        self.locked: VaultError | None = None
        self.last_check_at: datetime | None = None
        self.last_good_at: datetime | None = None
        self.retry_at: datetime | None = None
        self._barred: TradingError | None = None if broker is not None else _unknown_broker(account.broker_type)
        self._broker = broker
        self._desk = desk
        self._fresh: Credentials | None = None
        self._armed = False
        self._closed = False
        self._next_probe = 0.0
        self._checking: tuple[int, asyncio.Task[TradingError | None]] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._published: AccountView | None = None
        self._mark: object = None
        self._since = desk.clock.now() if account.is_valid else account.updated_at

    # ------------------------------------------------------------------ what it looks like

    @property
    def user_id(self) -> str:
        """Whose session it is."""
        return self.account.user_id

    @property
    def label(self) -> str:
        """The broker's name for people."""
        return self._broker.spec.label if self._broker is not None else self.account.broker_type.title()

    @property
    def is_connected(self) -> bool:
        """The broker said yes last; a sign-in that is under way does not change that."""
        return self.session.beneath is SessionState.CONNECTED

    @property
    def is_unanswered(self) -> bool:
        """There is a token, and nobody knows."""
        return self.session.beneath is SessionState.UNREACHABLE

    @property
    def probe_due_in(self) -> float:
        """Seconds until a broker that did not answer may be asked again."""
        return max(0.0, self._next_probe - self._desk.clock.monotonic())

    def view(self) -> AccountView:
        """The account as it stands now."""
        now = self._desk.clock.now()
        shown = picture(self._facts(now), since=self._since, now=now)
        if self._published is not None and shown.state is not self._published.state:
            return picture(self._facts(now), since=now, now=now)
        return shown

    def changed(self) -> None:
        """Tell everyone if the account stands differently than they were told last."""
        if self._closed:
            return
        mark = (self.session, self.error, self._barred, self.locked, self.generation)
        self.version += mark != self._mark
        self._mark = mark
        view = self.view()
        if view != self._published:
            self._since = view.since or self._since
            self._published = view
            self._desk.events.publish(AccountChanged(view))

    # ------------------------------------------------------------------ asking the broker

    async def check(self) -> TradingError | None:
        """Ask the broker whether the session lives: None is yes, an error says why not or why nobody knows.

        Who asks while a question is in flight shares its answer. Never raises a `TradingError`.
        """
        if self._checking is None or self._checking[0] != self.generation or self._checking[1].done():
            self._checking = (self.generation, asyncio.create_task(self._ask(self.generation), name="check"))
        return await asyncio.shield(self._checking[1])

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, evidence: bool = True) -> T:
        """Let `use` ask the broker something, and learn from the answer.

        `evidence` is False for calls whose success or silence says nothing about the session. Raises what the adapter
        raises, the reason why the account is signed out, or the `VaultError` that keeps its credentials closed.
        """
        broker = await self.ready()
        generation = self.generation
        try:
            result = await use(broker)
        except TradingError as error:
            if evidence or isinstance(error, AccountError):
                await self._hear(generation, error, asked=False)
            raise
        if evidence:
            await self._hear(generation, None, asked=False)
        return result

    async def ready(self) -> BaseBroker:
        """The adapter with this account's credentials in it. Raises why there is none."""
        if self.session.beneath is SessionState.EXPIRED and self.error is not None:
            raise again(self.error)
        broker = self._known()
        if not self._armed:
            error = await self.check()
            if error is not None:
                raise again(error)
            broker = self._known()
        return broker

    def _known(self) -> BaseBroker:
        if self._broker is None:
            raise _unknown_broker(self.account.broker_type)
        return self._broker

    async def _ask(self, generation: int) -> TradingError | None:
        self._next_probe = self._desk.clock.monotonic() + PROBE
        error = await self._outcome()
        if generation != self.generation:  # a newer token came meanwhile: the question is about that one
            return await self.check()
        if isinstance(error, VaultError):
            self.locked = error
            self.changed()
        else:
            await self._hear(generation, error, asked=True)
        return error

    async def _outcome(self) -> TradingError | None:
        try:
            broker = self._known()
            alive = await (broker.validate() if self._armed else self._connect(broker))
        except TradingError as error:
            return error
        return None if alive else broker.refusal or SessionExpired()

    async def _connect(self, broker: BaseBroker) -> bool:
        """Hand the adapter its credentials; the first question of every token."""
        generation = self.generation
        credentials = self._fresh or await self._desk.vault.credentials(self.user_id)
        self.locked = None
        alive = await broker.connect(credentials)
        if generation == self.generation:
            self._armed, self._fresh = True, None
        return alive

    # ------------------------------------------------------------------ learning from the answer

    async def _hear(self, generation: int, error: TradingError | None, *, asked: bool) -> None:
        if generation != self.generation or self._closed:  # about a token that is no longer ours
            return
        now = self._desk.clock.now()
        if asked or error is None:
            self.last_check_at = now
        if error is None:
            self._take_yes(now)
        else:
            self._take_trouble(error, now, asked=asked)
        self.changed()
        await self._remember(generation)

    def _take_yes(self, now: datetime) -> None:
        self.session = next_state(self.session, SessionEvent.ACCEPTED)
        self.last_good_at = now
        self.error = self._barred = self.retry_at = None

    def _take_trouble(self, error: TradingError, now: datetime, *, asked: bool) -> None:
        if bars_orders(error):
            self.orders_refused = error
        elif bars(error, asked=asked):
            self._barred = error
        event = heard(error, asked=asked)
        if event is None:
            return
        self.session = next_state(self.session, event)
        if event is SessionEvent.UNANSWERED:
            self._wait(error, now)
        if event is SessionEvent.REFUSED or self.session.beneath is not SessionState.EXPIRED:
            self.error = error

    def _wait(self, error: TradingError, now: datetime) -> None:
        """Leave the broker alone for a while, longer if it asked for that."""
        clock = self._desk.clock
        self._next_probe = max(self._next_probe, clock.monotonic() + (error.retry_after or 0.0))
        if self._next_probe <= clock.monotonic():
            self._next_probe = clock.monotonic() + PROBE
        self.retry_at = now + timedelta(seconds=self.probe_due_in)

    async def _remember(self, generation: int) -> None:
        """Write the broker's yes or no beside the token it was about."""
        dead = self.session.beneath is SessionState.EXPIRED
        confirmed = self.session.confirmed or self.account.confirmed
        if self.account.is_valid is not dead and self.account.confirmed == confirmed:
            return
        async with self.writing:
            if generation != self.generation or self._closed:
                return
            try:
                self.account = await self._desk.vault.mark(self.user_id, is_valid=not dead, confirmed=confirmed)
            except VaultError as error:  # the broker is asked again at the next start: nothing is lost
                _log.warning("mark failed account=%s kind=%s", self.user_id, error.kind)

    # ------------------------------------------------------------------ a new token, a sign-in, the end

    def adopt(self, broker: BaseBroker, account: "StoredAccount", fresh: Credentials | None = None) -> None:
        """Go on with a new token, in `broker`; `fresh` are its credentials when the broker was not yet asked."""
        self._let_go(self._broker)
        self._broker, self.account = broker, account
        self.generation += 1
        self._armed, self._fresh = fresh is None, fresh
        self.session = next_state(self.session, SessionEvent.ISSUED)
        self.error = self._barred = self.orders_refused = self.locked = self.retry_at = None
        self.last_check_at = None
        if fresh is None:
            self.last_check_at = self._desk.clock.now()
            self._take_yes(self.last_check_at)
        self.changed()

    def begin_sign_in(self) -> None:
        """A sign-in runs from now on."""
        self.signing_in = True
        self.session = next_state(self.session, SessionEvent.BEGUN)
        self.changed()

    def end_sign_in(self) -> None:
        """It has ended; without a new token the account is as it was before."""
        self.signing_in = False
        self.session = next_state(self.session, SessionEvent.ABANDONED)
        self.changed()

    def lock(self, error: VaultError | None) -> None:
        """The credentials cannot be read (or can again, None). A session that is in use is not hurt by it."""
        self.locked = None if self._armed else error
        self.changed()

    def rewrite(self, account: "StoredAccount") -> None:
        """Another name or colour."""
        self.account = account
        self.changed()

    async def revoke(self) -> bool:
        """End the session at the broker; False when none is known to live. Raises what prevented it."""
        if self._broker is None or not self._armed or self.session.beneath is SessionState.EXPIRED:
            return False
        await self._broker.revoke()
        return True

    def dies_after(self, moment: datetime) -> datetime | None:
        """When the broker ends a token that lives at `moment`, by its own rule; None when it has none."""
        return self._broker.spec.token_dies(moment) if self._broker is not None else None

    def is_able(self, ability: Ability) -> bool:
        """Whether the account's broker can do it here."""
        return self._broker is not None and ability in self._broker.spec.abilities

    def orders_taken(self) -> None:
        """The broker took an order: an earlier refusal of orders no longer holds."""
        self.orders_refused = None
        self.changed()

    async def close(self) -> None:
        """Let go of the adapter and of everything in flight; the session at the broker lives on."""
        self._closed = True
        if self._checking is not None:
            self._checking[1].cancel()
        self._let_go(self._broker)
        self._broker = None
        pending = set(self._leaving) | ({self._checking[1]} if self._checking is not None else set())
        await asyncio.gather(*pending, return_exceptions=True)

    def _let_go(self, broker: BaseBroker | None) -> None:
        if broker is not None:
            task = asyncio.create_task(let_go(broker), name="close-adapter")
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    def _facts(self, now: datetime) -> Facts:
        return Facts(
            account=self.account,
            broker_label=self.label,
            session=self.session,
            signing_in=self.signing_in,
            error=self.error,
            barred=self._barred,
            orders_refused=self.orders_refused,
            locked=self.locked,
            last_check_at=self.last_check_at,
            last_good_at=self.last_good_at,
            retry_at=self.retry_at,
            open_positions=self.open_positions,
            renewable=self.dies_after(now),
        )


def again(error: TradingError) -> TradingError:
    """`error` to be raised once more; it must not drag along the paths of all the times before."""
    return error.with_traceback(None)


def _unknown_broker(broker_type: str) -> Unsupported:
    return Unsupported(
        broker_type,
        title="This version of Kunji does not know this broker",
        next_step="Update Kunji. What is stored is kept.",
    )


async def let_go(broker: BaseBroker) -> None:
    """Close an adapter within its time; whatever it answers, nobody waits longer."""
    try:
        async with asyncio.timeout(LET_GO):
            await broker.close()
    except (TimeoutError, TradingError) as error:
        _log.warning("adapter did not close broker=%s error=%s", broker.spec.key, type(error).__name__)
