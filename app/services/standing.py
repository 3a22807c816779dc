"""What is known of one account's session, and what each answer of the broker does to it. Nothing here waits or asks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.brokers.base import Ability, BaseBroker, BrokerSpec
from app.domain import Clock, Credentials, SessionExpired, TradingError, Unsupported, VaultError
from app.domain.calls import LimitUse
from app.domain.forecast import Death, Forecast, Signs, forecast
from app.domain.sessions import Session, SessionEvent, SessionState, next_state, restored
from app.domain.tongue import tr
from app.services.judging import bars, bars_orders, heard
from app.services.order_gate import OrderGate, allowed
from app.services.pictures import Facts, picture, state_of
from app.services.second_factor import kept
from app.services.views import AccountState, AccountView

if TYPE_CHECKING:
    from app.vault import StoredAccount

PROBE = 30.0  # seconds between two questions to a broker that does not answer (promise N8)
_LIVING: Final = (AccountState.READY, AccountState.ENDS_SOON, AccountState.WATCH_ONLY, AccountState.OFFLINE)


class Standing:
    """How one account stands. `generation` numbers its tokens: what was asked about an older one is no longer news."""

    def __init__(
        self, account: "StoredAccount", broker: BaseBroker | None, clock: Clock, spec: BrokerSpec | None = None
    ) -> None:
        """Begin with what is stored; without `broker` its adapter is made later, by what the broker declares.

        Neither is there when this version does not know the account's broker.
        """
        self.account = account
        self._broker, self._declared = broker, spec
        self.session: Session = restored(is_valid=account.is_valid, confirmed=account.confirmed)
        self.generation = 0
        self.noes = 0  # how often the broker has refused the session or the account
        self.deaths: tuple[Death, ...] = ()  # of its sessions, oldest first
        self.signing_in = False
        self.open_positions: int | None = None
        self.error: TradingError | None = None if account.is_valid else SessionExpired()
        self.locked: VaultError | None = None
        self.last_check_at: datetime | None = None
        self.last_good_at: datetime | None = None
        self.retry_at: datetime | None = None
        self.keeps: frozenset[str] | None = None
        self._barred: TradingError | None = None if self.spec is not None else unknown_broker(account.broker_type)
        self.gate = OrderGate(self.label)
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
        return self.spec.label if self.spec is not None else self.account.broker_type.title()

    @property
    def spec(self) -> BrokerSpec | None:
        """What its broker declares; None when this version does not know the broker."""
        return self._broker.spec if self._broker is not None else self._declared

    def learn(self, credentials: Credentials) -> None:
        """What of the second factor is kept in `credentials`, which are stored."""
        self.keeps = kept(self.spec, credentials) if self.spec is not None else None

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
        return self.spec.token_dies(moment) if self.spec is not None else None

    @property
    def forecast(self) -> Forecast:
        """When the session will end."""
        return forecast(self._signs())

    @property
    def ends_at(self) -> datetime | None:
        """The moment of the forecast."""
        return self.forecast.ends_at

    @property
    def due_at(self) -> datetime | None:
        """The moment of the forecast without what was learnt: what the broker itself will do."""
        return forecast(replace(self._signs(), deaths=())).ends_at

    @property
    def death(self) -> Death:
        """The session's end as it is noticed now."""
        return Death(self._clock.now(), self.last_good_at if self.session.confirmed else None, self.due_at)

    def _signs(self) -> Signs:
        """What the forecast rests on: an end stored with the token that is not the rule's was stated by its broker."""
        account = self.account
        rule = None if account.token_since is None else self.dies_after(account.token_since)
        stored = account.token_expires_at
        named = [stored if stored != rule else None, self.session_ends_at]
        return Signs(
            broker=self.label,
            since=account.token_since,
            rule=rule,
            stated=min((end for end in named if end is not None), default=None),
            alive_at=self.last_good_at,
            deaths=self.deaths,
        )

    def lives_until(self) -> datetime | None:
        """Until when the stored token is believed to work; None when it is not, or nobody can say.

        It is the forecast, or, for a token that has none or has outlived it, the broker's last yes: a moment of the
        past. A sign-in that is under way changes nothing.
        """
        now = self._clock.now()
        if state_of(replace(self._facts(now), signing_in=False), now) not in _LIVING:
            return None
        end = self.ends_at
        return end if end is not None and end > now else self.last_good_at

    def opens_page(self, credentials: Credentials) -> bool:
        """Whether a sign-in with these credentials takes the browser."""
        return self.spec is not None and self.spec.opens_page(credentials)

    def is_able(self, ability: Ability) -> bool:
        """Whether the account's broker can do it here."""
        return self.spec is not None and ability in self.spec.abilities

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        """What this session turned out not to have, and why; see `BaseBroker.missing`."""
        return self._broker.missing if self._broker is not None else {}

    @property
    def granted(self) -> frozenset[Ability]:
        """What this session was seen to have; see `BaseBroker.granted`."""
        return self._broker.granted if self._broker is not None else frozenset()

    @property
    def limits_used(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.limits_used`."""
        return self._broker.limits_used if self._broker is not None else ()

    @property
    def order_limits(self) -> tuple[LimitUse, ...]:
        """See `BaseBroker.order_limits`."""
        return self._broker.order_limits if self._broker is not None else ()

    @property
    def clock_behind(self) -> float | None:
        """See `BaseBroker.clock_behind`."""
        return self._broker.clock_behind if self._broker is not None else None

    @property
    def session_ends_at(self) -> datetime | None:
        """The end that the broker states; see `BaseBroker.session_ends_at`."""
        return self._broker.session_ends_at if self._broker is not None else None

    @property
    def orders_refused(self) -> TradingError | None:
        """Why orders are refused, from this address or of this app; None while nobody knows that they are."""
        lacking = self.missing.get(Ability.ORDERS)
        return self.gate.refusal or (lacking if lacking is not None and not bars_orders(lacking) else None)

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

    def take_token(self, account: "StoredAccount", *, renewed: bool = False) -> None:
        """Another token is stored; nobody was asked about it yet. A sign-in goes on beside one that was `renewed`."""
        self.account = account
        self.generation += 1
        self.session = next_state(self.session, SessionEvent.DOUBTED if renewed else SessionEvent.ISSUED)
        self.error = self._barred = self.locked = None
        self.retry_at = self.last_check_at = None

    def _take_yes(self, now: datetime) -> None:
        self.session = next_state(self.session, SessionEvent.ACCEPTED)
        self.last_good_at = now
        self.error = self._barred = self.retry_at = None

    def _take_trouble(self, error: TradingError, now: datetime, *, asked: bool) -> None:
        event = heard(error, asked=asked)
        if bars_orders(error):
            self.gate.refuse(error)
        elif bars(error, asked=asked):
            self._barred = error
            self.noes += 1
        self.noes += event is SessionEvent.REFUSED
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
            orders=allowed(self.orders_refused, is_seen=self.gate.taken),
            prices=allowed(self.missing.get(Ability.QUOTES), is_seen=Ability.QUOTES in self.granted),
            address=self.gate.noted,
            locked=self.locked,
            last_check_at=self.last_check_at,
            last_good_at=self.last_good_at,
            retry_at=self.retry_at,
            open_positions=self.open_positions,
            renewable=self.dies_after(now),
            forecast=self.forecast,
            keeps=self.keeps,
        )


def unknown_broker(broker_type: str) -> Unsupported:
    """Why nothing can be done with an account that another version stored."""
    return Unsupported(
        broker_type,
        title=tr("This version of Kunji does not know this broker"),
        next_step=tr("Update Kunji. What is stored is kept."),
    )
