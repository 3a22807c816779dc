"""One coordinator per account: it owns the adapter, knows the state, and hears every answer of the broker.

Every call to a broker goes through here, whoever makes it, so that a dead session is noticed by the first answer that
says so. Each token has a generation; what is heard about an older one is dropped, so that a slow check can never
overwrite a new token (promise A6). In the same way a yes is dropped when the broker said no after it had been asked.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from app.brokers.base import BaseBroker, BrokerSpec
from app.domain import AccountError, Clock, Credentials, NotFound, SessionExpired, TradingError, VaultError
from app.domain.records import dataclass
from app.domain.sessions import SessionEvent, SessionState, next_state
from app.domain.tongue import tr
from app.services.events import Events
from app.services.judging import heard
from app.services.meter import Meter
from app.services.pacing import Background
from app.services.second_factor import without
from app.services.standing import PROBE, Standing, unknown_broker
from app.services.traces import Tracer
from app.services.views import AccountChanged, AccountTraced, Trace

if TYPE_CHECKING:
    from app.vault import StoredAccount, Vault

_log: Final = logging.getLogger(__name__)
T = TypeVar("T")

_DEATHS: Final = 10  # more than a forecast looks at
_SESSION: Final = "session"  # the kind of a question about the session itself
LET_GO: Final = 1.0  # seconds that an adapter has to close


@dataclass(frozen=True, slots=True)
class Desk:
    """What every coordinator needs and none owns."""

    vault: "Vault"
    clock: Clock
    events: Events
    make_broker: Callable[[str], BaseBroker]
    meter: Meter
    spec_of: Callable[[str], BrokerSpec | None] = lambda _: None
    """What is declared of a broker whose adapter may be made later than its accounts are shown."""


class _Asked(NamedTuple):
    """What a question was about: one token, after so many noes."""

    generation: int
    noes: int


class Coordinator(Standing):
    """The session of one account. Use from the loop's thread only."""

    def __init__(
        self, account: "StoredAccount", broker: BaseBroker | None, desk: Desk, spec: BrokerSpec | None = None
    ) -> None:
        """See `Standing`."""
        super().__init__(account, broker, desk.clock, spec)
        self.version = 0  # counts the changes of `mark`
        self.writing = asyncio.Lock()  # who writes this account's row: a mark must not land on a newer token
        self._desk = desk
        self._fresh: Credentials | None = None
        self._armed = False
        self.retired = False  # it is being removed: what is heard of it now is no news
        self._counted: object = None
        self._checking: tuple[int, asyncio.Task[TradingError | None]] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._work = Background()
        self._renewal: asyncio.Event | None = None  # set at the end of the renewal that is under way
        self.tracer = Tracer(self.session)

    def changed(self) -> None:
        """Tell everyone if the account stands differently than they were told last."""
        if self.retired:
            return
        self.version += self.mark != self._counted
        self._counted = self.mark
        trace = self.tracer.seen(self.generation, self.session)
        death = self.death if trace is Trace.DIED else None
        if death is not None:
            self.deaths = (*self.deaths, death)[-_DEATHS:]
        view = self.has_news()
        if view is not None:
            self._desk.events.publish(AccountChanged(view))
        if trace is not None:
            self._desk.events.publish(AccountTraced(trace, self.view(), death))

    # ------------------------------------------------------------------ asking the broker

    async def check(self) -> TradingError | None:
        """Ask the broker whether the session lives: None is yes, an error says why not or why nobody knows.

        Who asks while a question is in flight shares its answer. Never raises a `TradingError`.
        """
        if self._checking is None or self._checking[0] != self.generation or self._checking[1].done():
            self._checking = (self.generation, asyncio.create_task(self._ask(self.generation), name="check"))
        checking = self._checking[1]
        try:
            return await asyncio.shield(checking)
        except asyncio.CancelledError:
            if checking.cancelled():  # not whoever asks was cancelled, but the question: the account is being let go
                return NotFound(self.user_id, title=tr("The account was removed"), next_step=tr("Nothing was changed."))
            raise

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other", evidence: bool = True) -> T:
        """Let `use` ask the broker something, and learn from the answer. `kind` is what it is measured as.

        `evidence` is False for calls whose success or silence says nothing about the session. Raises what the adapter
        raises, the reason why the account is signed out, or the `VaultError` that keeps its credentials closed.
        """
        broker = await self.ready()
        about = self._now_asked
        try:
            result = await self._measured(use(broker), kind)
        except TradingError as error:
            if evidence or isinstance(error, AccountError):
                self._learn_by_the_way(about, error)
            raise
        if evidence:
            self._learn_by_the_way(about, None)
        return result

    def _learn_by_the_way(self, about: _Asked, error: TradingError | None) -> None:
        """Nobody who asked for something else waits until it is written down.

        The vault may be under another key just now, and wait for the keychain; an order's answer must not.
        """
        self._hear(about, error, asked=False)
        if not self._is_written():
            self._work.start("remember", lambda: self._remember(about.generation))

    async def ready(self) -> BaseBroker:
        """The adapter with this account's credentials in it. Raises why there is none."""
        await self._renewed()
        if self.session.beneath is SessionState.EXPIRED and self.error is not None:
            raise again(self.error)
        broker = self._known()
        if not self._armed:
            error = await self.check()
            if error is not None:
                raise again(error)
            broker = self._known()
        return broker

    async def _measured(self, asking: Awaitable[T], kind: str) -> T:
        """The answer; how long it took, or how it failed, is noted."""
        began = self._desk.clock.monotonic()
        try:
            answer = await asking
        except TradingError as error:
            self._desk.meter.failed(self.user_id, kind, error)
            raise
        if answer is not None:  # that is the answer of an adapter that did not have to ask
            self._desk.meter.answered(self.user_id, kind, began)
        return answer

    def fresh_tag(self) -> str:
        """See `BaseBroker.fresh_tag`; raises when nobody knows the broker."""
        return self._known().fresh_tag()

    def equip(self) -> None:
        """Make the adapter where that was left for later; the first one of a broker costs an import."""
        if self._broker is None and self.spec is not None and not self.retired:
            self._broker = self._desk.make_broker(self.account.broker_type)

    def _known(self) -> BaseBroker:
        self.equip()
        if self._broker is None:
            raise unknown_broker(self.account.broker_type)
        return self._broker

    async def _ask(self, generation: int) -> TradingError | None:
        self._next_probe = self._desk.clock.monotonic() + PROBE
        about = self._now_asked
        error = await self._outcome()
        while generation == self.generation and (self._renewal is not None or self._is_outdated(about, error)):
            await self._renewed()  # it may have been about the token just replaced
            if generation == self.generation:
                about = self._now_asked
                error = await self._outcome()
        if generation != self.generation:  # a newer token came meanwhile: the question is about that one
            return await self.check()
        if isinstance(error, VaultError):
            self.locked = error
            self.changed()
        else:
            self._hear(about, error, asked=True)
            await self._remember(generation)
        return error

    async def _outcome(self) -> TradingError | None:
        try:
            broker = self._known()
            alive = await (self._measured(broker.validate(), _SESSION) if self._armed else self._connect(broker))
        except TradingError as error:
            return error
        return None if alive else broker.refusal or SessionExpired()

    async def _connect(self, broker: BaseBroker) -> bool:
        """Hand the adapter its credentials; the first question of every token."""
        generation = self.generation
        credentials = self._fresh or await self._desk.vault.credentials(self.user_id)
        if generation != self.generation:  # a newer token came meanwhile, with an adapter of its own
            return False
        self.locked = None
        if self._fresh is None:  # what a sign-in began with may be older than what is kept
            self.learn(credentials)
        alive = await self._measured(broker.connect(without(broker.spec, credentials)), _SESSION)
        if generation == self.generation:
            self._armed, self._fresh = True, None
        return alive

    # ------------------------------------------------------------------ learning from the answer

    @property
    def _now_asked(self) -> _Asked:
        return _Asked(self.generation, self.noes)

    def _is_outdated(self, about: _Asked, error: TradingError | None) -> bool:
        """Whether it is a yes to a question from before the broker's last no: a token does not rise from the dead."""
        return error is None and about.noes != self.noes

    def _hear(self, about: _Asked, error: TradingError | None, *, asked: bool) -> None:
        if about.generation != self.generation or self.retired:  # about a token that is no longer ours
            return
        if self._is_outdated(about, error):
            return
        refused = error is not None and heard(error, asked=asked) is SessionEvent.REFUSED
        if refused and self._renewal is not None:  # perhaps of the token that is just being replaced
            return
        self.take(error, asked=asked)
        self.changed()

    async def _remember(self, generation: int) -> None:
        """Write the broker's yes or no beside the token it was about, and what came of it meanwhile."""
        if self._is_written():
            return
        async with self.writing:
            while generation == self.generation and not self.retired and not self._is_written():
                is_valid, confirmed = self._to_write()
                try:
                    self.account = await self._desk.vault.mark(self.user_id, is_valid=is_valid, confirmed=confirmed)
                except VaultError as error:  # the broker is asked again at the next start: nothing is lost
                    _log.warning("mark failed account=%s kind=%s", self.user_id, error.kind)
                    return

    def _to_write(self) -> tuple[bool, bool]:
        return self.session.beneath is not SessionState.EXPIRED, self.session.confirmed or self.account.confirmed

    def _is_written(self) -> bool:
        return (self.account.is_valid, self.account.confirmed) == self._to_write()

    # ------------------------------------------------------------------ a new token, a sign-in, the end

    def adopt(self, broker: BaseBroker, account: "StoredAccount", fresh: Credentials | None = None) -> None:
        """Go on with a new token, in `broker`; `fresh` are its credentials when the broker was not yet asked."""
        self._end_renewal()  # one that is under way is about a token that is ours no more
        self._let_go(self._broker)
        self._broker = broker
        self._armed, self._fresh = fresh is None, fresh
        self.take_token(account)
        if fresh is None:
            self.take(None, asked=True)
        self.changed()

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """While a renewal is under way a no proves nothing, and new calls wait for its end."""
        ended = self._renewal = asyncio.Event()
        try:
            yield
        finally:
            if self._renewal is ended:
                self._end_renewal()

    def _end_renewal(self) -> None:
        if self._renewal is not None:
            self._renewal.set()
            self._renewal = None

    async def _renewed(self) -> None:
        """Return when no renewal is under way."""
        if self._renewal is not None:
            await self._renewal.wait()

    def go_on(self, account: "StoredAccount", fresh: Credentials) -> None:
        """Go on with a renewed token in the same adapter; nobody is told before the broker was asked about it."""
        self._armed, self._fresh = False, fresh
        self.tracer.arrival = Trace.RENEWED
        self.take_token(account, renewed=True)

    def doubt(self) -> None:
        """A renewal has failed and nobody knows where: the stored token may be dead, earlier answers are no news."""
        self.generation += 1
        self.tracer.again(self.generation)
        self.session = next_state(self.session, SessionEvent.DOUBTED)
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

    def orders_taken(self) -> None:
        """The broker took an order: an earlier refusal of orders no longer holds."""
        self.gate.take()
        self.changed()

    def retire(self) -> None:
        """It is about to be removed: nothing of it is told any more, nor asked."""
        self.retired = True

    def recall(self) -> None:
        """It could not be removed and goes on."""
        self.retired = False
        self.changed()

    async def close(self) -> None:
        """Let go of the adapter and of everything in flight; the session at the broker lives on."""
        self.retired = True
        if self._checking is not None:
            self._checking[1].cancel()
        self._let_go(self._broker)
        self._broker = None
        await self._work.close()
        pending = set(self._leaving) | ({self._checking[1]} if self._checking is not None else set())
        await asyncio.gather(*pending, return_exceptions=True)

    def _let_go(self, broker: BaseBroker | None) -> None:
        if broker is not None:
            task = asyncio.create_task(let_go(broker), name="close-adapter")
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)


def again(error: TradingError) -> TradingError:
    """`error` to be raised once more; it must not drag along the paths of all the times before."""
    return error.with_traceback(None)


async def let_go(broker: BaseBroker) -> None:
    """Close an adapter within its time; whatever it answers, nobody waits longer."""
    try:
        async with asyncio.timeout(LET_GO):
            await broker.close()
    except (TimeoutError, TradingError) as error:
        _log.warning("adapter did not close broker=%s error=%s", broker.spec.key, type(error).__name__)
