"""What is known of one account's session, and what each answer of the broker does to it. Nothing here waits or asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.brokers.base import Ability, BaseBroker
from app.domain import Clock, SessionExpired, TradingError, Unsupported, VaultError
from app.domain.sessions import Session, SessionEvent, SessionState, next_state, restored
from app.services.judging import bars, bars_orders, heard
from app.services.pictures import Facts, picture
from app.services.views import AccountView

if TYPE_CHECKING:
    from app.vault import StoredAccount

PROBE = 30.0  # seconds between two questions to a broker that does not answer (promise N8)


class Standing:
    """How one account stands. `generation` numbers its tokens: what was asked about an older one is no longer news."""

    def __init__(self, account: "StoredAccount", broker: BaseBroker | None, clock: Clock) -> None:
        """Begin with what is stored; `broker` is None when this version does not know the account's broker."""
        self.account = account
        self.session: Session = restored(is_valid=account.is_valid, confirmed=account.confirmed)
        self.generation = 0
        self.signing_in = False
        self.open_positions: int | None = None
        self.error: TradingError | None = None if account.is_valid else SessionExpired()
        self.orders_refused: TradingError | None = None
        self.locked: VaultError | None = None
        self.last_check_at: datetime | None = None
        self.last_good_at: datetime | None = None
        self.retry_at: datetime | None = None
        self._barred: TradingError | None = None if broker is not None else unknown_broker(account.broker_type)
        self._broker = broker
        self._clock = clock
        self._next_probe = 0.0
        self._shown: AccountView | None = None
        self._since = clock.now() if account.is_valid else account.updated_at

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
        return max(0.0, self._next_probe - self._clock.monotonic())

    def view(self) -> AccountView:
        """The account as it stands now."""
        now = self._clock.now()
        shown = picture(self._facts(now), since=self._since, now=now)
        if self._shown is not None and shown.state is not self._shown.state:
            return picture(self._facts(now), since=now, now=now)
        return shown

    def dies_after(self, moment: datetime) -> datetime | None:
        """When the broker ends a token that lives at `moment`, by its own rule; None when it has none."""
        return self._broker.spec.token_dies(moment) if self._broker is not None else None

    def is_able(self, ability: Ability) -> bool:
        """Whether the account's broker can do it here."""
        return self._broker is not None and ability in self._broker.spec.abilities

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        """What this session turned out not to have, and why; see `BaseBroker.missing`."""
        return self._broker.missing if self._broker is not None else {}

    @property
    def mark(self) -> tuple[object, ...]:
        """Token, state and trouble in short: what was answered under another mark is contradicted."""
        troubles = (self.error, self._barred, self.locked)
        return (self.session, self.generation, *(trouble.kind if trouble else "" for trouble in troubles))

    def has_news(self) -> AccountView | None:
        """The view, once, if it differs from the one given last."""
        view = self.view()
        if view == self._shown:
            return None
        self._since = view.since or self._since
        self._shown = view
        return view

    # ------------------------------------------------------------------ what an answer does

    def take(self, error: TradingError | None, *, asked: bool) -> None:
        """Learn from an answer: None is a yes. `asked` means that the question was about the session itself."""
        now = self._clock.now()
        if asked or error is None:
            self.last_check_at = now
        if error is None:
            self._take_yes(now)
        else:
            self._take_trouble(error, now, asked=asked)

    def take_token(self, account: "StoredAccount") -> None:
        """Another token is stored; nobody was asked about it yet."""
        self.account = account
        self.generation += 1
        self.session = next_state(self.session, SessionEvent.ISSUED)
        self.error = self._barred = self.orders_refused = self.locked = None
        self.retry_at = self.last_check_at = None

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
        ticks = self._clock.monotonic()
        self._next_probe = max(self._next_probe, ticks + (error.retry_after or 0.0))
        if self._next_probe <= ticks:
            self._next_probe = ticks + PROBE
        self.retry_at = now + timedelta(seconds=self.probe_due_in)

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


def unknown_broker(broker_type: str) -> Unsupported:
    """Why nothing can be done with an account that another version stored."""
    return Unsupported(
        broker_type,
        title="This version of Kunji does not know this broker",
        next_step="Update Kunji. What is stored is kept.",
    )
