"""What the faces show: frozen pictures of accounts, positions and notices. No face computes a state by itself."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from app.domain import Credentials, Order, Progress, TradingError
from app.domain.forecast import Certainty, Death
from app.domain.intents import Record
from app.domain.records import dataclass
from app.services.answers import Answer
from app.services.book_views import FundsView, HoldingsView, OrdersView, PositionsView, TradesView
from app.services.order_views import ExitPlan, ExitView


class AccountState(StrEnum):
    """The states of an account as a person tells them apart, worst first (docs/architecture.md, states)."""

    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    ENDS_SOON = "ends_soon"
    NOT_CONFIRMED = "not_confirmed"
    WATCH_ONLY = "watch_only"
    REFUSED = "refused"
    OFFLINE = "offline"
    SIGNING_IN = "signing_in"
    READY = "ready"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(AccountState).index(self)


class Action(StrEnum):
    """The one thing a state asks of the user."""

    NONE = "none"
    RECONNECT = "reconnect"
    RECONNECT_ALL = "reconnect_all"  # of a notice about several accounts
    RENEW = "renew"
    CHECK = "check"
    SHOW_SIGN_IN = "show_sign_in"
    UNLOCK = "unlock"
    SHOW_ORDERS = "show_orders"  # of a notice about an order


class Permit(StrEnum):
    """Whether something is allowed at the broker now."""

    YES = "yes"
    REFUSED = "refused"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is known of a permission; `error` is why it is refused."""

    permit: Permit = Permit.NOT_KNOWN
    error: TradingError | None = None


NOT_KNOWN: Final = Allowed()


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account as it stands. All times aware; None means "not known", never "never happened" dressed as a value."""

    user_id: str
    name: str
    broker_type: str
    broker_label: str
    client_id: str
    colour: str
    state: AccountState
    action: Action
    since: datetime | None  # in this state since
    connected_at: datetime | None  # the account was first connected
    token_since: datetime | None
    token_expires_at: datetime | None  # forecast; `certainty` and `ends_why` say how sure it is
    last_check_at: datetime | None
    last_good_at: datetime | None
    open_positions: int | None
    error: TradingError | None  # why the state is what it is
    retry_at: datetime | None = None  # when Kunji asks again by itself, while nobody answers
    keeps: frozenset[str] | None = None  # of `BrokerSpec.second_factor` by name; None while it cannot be read
    certainty: Certainty = Certainty.UNKNOWN
    ends_why: str = ""  # a sentence: on what the forecast rests
    orders: Allowed = NOT_KNOWN  # from where this computer is
    prices: Allowed = NOT_KNOWN  # quotes; the prices within positions come with any plan
    address: str = ""  # from which the user says that orders are sent

    @property
    def title(self) -> str:
        """Name and broker, "HUF · Zerodha"; an account that was named so by its user is not named twice."""
        return self.name if self.broker_label.lower() in self.name.lower() else f"{self.name} · {self.broker_label}"


class Trace(StrEnum):
    """What the history of an account keeps."""

    CONNECTED = "connected"
    RENEWED = "renewed"
    WARNED = "warned"
    DIED = "died"
    RECONNECTED = "reconnected"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new account whose token is still to be issued: what `SignIns.start` needs to sign in to it."""

    name: str
    broker_type: str
    credentials: Credentials
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """An account was erased here; `revoke_error` says why the broker may still know its session."""

    user_id: str
    title: str
    revoked: bool
    revoke_error: TradingError | None = None


class Health(StrEnum):
    """The three words of the status operation."""

    HEALTHY = "healthy"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a state, no password
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """The answer of `broker_status`; `age` is the seconds since it was asked of the broker (cached for a minute)."""

    user_id: str
    broker_type: str
    status: Health
    kind: str  # kind of the error, empty when healthy
    message: str
    connected_at: datetime | None
    token_since: datetime | None
    token_expires_at: datetime | None
    expires_soon: bool
    last_good_at: datetime | None
    checked_at: datetime | None
    age: float


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the user once. `key` replaces an earlier notice of the same key; no amounts in it, ever.

    `user_id` is the account it is about; of several it is None, and `accounts` names them.
    """

    key: str
    title: str
    text: str
    user_id: str | None = None
    action: Action = Action.NONE
    urgent: bool = False
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MasterView:
    """A broker's list of instruments as it stands.

    `day` is the Indian day of the one in force, None when there is none; `rows` is known once it was fetched. While
    another is being fetched `fetching` says how far it has come. `error` is why the last attempt brought none.
    """

    broker_type: str
    day: date | None
    rows: int | None = None
    fetching: Progress | None = None
    error: TradingError | None = None


@dataclass(frozen=True, slots=True)
class PreferencesView:
    """What the user sets (`services.setting_table`). Times of day are Indian; None switches that off."""

    readiness: time | None = time(8, 45)  # when to say how many accounts are ready, on trading days
    quiet: tuple[time, time] | None = (time(22), time(8))  # from, until; nothing is told in these hours
    snooze: int = 10  # minutes after which a notice that was put off comes again
    ipv4_only: bool = False  # reach the brokers over IPv4 alone: orders are taken from one registered address
    theme: str = "system"  # or "light", "dark"
    keep_privacy: bool = False  # amounts that were hidden stay so at the next start
    start_at_login: bool = False
    start_hidden: bool = False  # then in the tray, without the window
    refresh: int = 5  # seconds between two readings of positions that somebody looks at while a market is open
    keep_history: int = 90  # days
    keep_journal: int = 5  # years
    keep_logs: int = 30  # days
    log_level: str = "info"  # or "warning", "debug"
    order_value_cap: int | None = 10_00_000  # rupees; an order above it is asked about once more
    order_quantity_cap: int | None = None  # units, likewise
    orders_a_minute_cap: int | None = 30  # of all accounts together, likewise
    ticket_keys: bool = False  # B and S open a ticket for the chosen row


class Phase(StrEnum):
    """Where a sign-in stands. OPENING without a `url`: the broker is asked how to begin."""

    OPENING = "opening"
    WAITING = "waiting"
    ASKING = "asking"
    EXCHANGING = "exchanging"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that the user is asked for: `digits` is how many digits it has, 0 for free text.

    `period` is after how many seconds of the clock the text changes, 0 for never.
    """

    name: str
    label: str
    hint: str = ""
    secret: bool = True
    digits: int = 0
    period: int = 0


@dataclass(frozen=True, slots=True)
class SignInView:
    """A sign-in in flight. `problem` is a trouble that does not end it: port, browser, a text that cannot be right.

    `asked` stands while the phase is ASKING; a `url` beside it is the page where the user finds what is asked for.
    `failed_in` is where it was when it FAILED.
    """

    user_id: str | None
    title: str
    client_id: str
    phase: Phase
    url: str
    ends_at: datetime | None
    problem: TradingError | None
    error: TradingError | None
    asked: Asked | None = None
    failed_in: Phase | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """How one account of a walk ended."""

    user_id: str
    title: str
    answer: Answer[AccountView]


@dataclass(frozen=True, slots=True)
class WalkView:
    """A walk over several accounts: `waiting`, `running` and `done` name each of them once.

    `current` is the running one that the person has to do with first: whose page is open in the browser, else the first
    one. `cancelled` says that somebody gave up; what runs then still comes to its end.
    """

    waiting: tuple[str, ...]
    running: tuple[str, ...]
    done: tuple[Walked, ...]
    current: str | None
    cancelled: bool

    @property
    def ended(self) -> bool:
        """Whether every account has its answer."""
        return not self.waiting and not self.running


# ------------------------------------------------------------------ events, published to plain callables


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """An account is new or stands differently."""

    view: AccountView


@dataclass(frozen=True, slots=True)
class AccountRemoved:
    """An account is gone."""

    user_id: str


@dataclass(frozen=True, slots=True)
class AccountTraced:
    """Something happened to the session that the account's history keeps; `view` is how it stands since."""

    kind: Trace
    view: AccountView
    death: Death | None = None  # of `Trace.DIED`


@dataclass(frozen=True, slots=True)
class AccountWarned:
    """The user was told that the session ends in about so many `minutes`."""

    user_id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PositionsChanged:
    """Positions were read, or a read failed and they are stale now."""

    view: PositionsView


@dataclass(frozen=True, slots=True)
class BookChanged:
    """Holdings, funds, orders or trades were read, or a read failed and they are stale now."""

    view: HoldingsView | FundsView | OrdersView | TradesView


@dataclass(frozen=True, slots=True)
class IntentChanged:
    """An order was written down, sent, or its fate is better known."""

    record: Record


@dataclass(frozen=True, slots=True)
class OrderTurnedUp:
    """An order stands in the broker's book after something else was told of it: the user must look at once."""

    record: Record
    order: Order


@dataclass(frozen=True, slots=True)
class ExitChanged:
    """An exit went on, or is done."""

    view: ExitView


@dataclass(frozen=True, slots=True)
class ExitBroken:
    """The exit that carried out this plan broke off by a mistake of Kunji: nobody can say how far it came."""

    plan: ExitPlan


@dataclass(frozen=True, slots=True)
class MasterChanged:
    """A list of instruments is known, being fetched, fetched, or could not be fetched."""

    view: MasterView


@dataclass(frozen=True, slots=True)
class NoticePosted:
    """Tell the user."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class NoticeWithdrawn:
    """What the notice said is no longer so."""

    key: str


@dataclass(frozen=True, slots=True)
class SignInChanged:
    """A sign-in went on."""

    view: SignInView


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    """The user has set something else."""

    view: PreferencesView


@dataclass(frozen=True, slots=True)
class Rearranged:
    """The columns of tables are other ones: taken over from a file, or put back as they were delivered."""


@dataclass(frozen=True, slots=True)
class WalkChanged:
    """A walk over several accounts went on."""

    view: WalkView


@dataclass(frozen=True, slots=True)
class VaultWaiting:
    """The keychain has not answered for 20 s (True), or has answered at last (False)."""

    waiting: bool


Event = (
    AccountChanged
    | AccountRemoved
    | AccountTraced
    | AccountWarned
    | PositionsChanged
    | BookChanged
    | IntentChanged
    | OrderTurnedUp
    | ExitChanged
    | ExitBroken
    | MasterChanged
    | NoticePosted
    | NoticeWithdrawn
    | SignInChanged
    | WalkChanged
    | PreferencesChanged
    | Rearranged
    | VaultWaiting
)
