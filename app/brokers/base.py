"""The port that every broker fulfils: what it declares (`BrokerSpec`) and what it can do (`BaseBroker`)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Flag, StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from app.domain import (
    CallCounts,
    Clock,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instruments,
    OnProgress,
    Order,
    OrderAddresses,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    OrderStatus,
    Position,
    Profile,
    Quotes,
    Secret,
    Token,
    Trade,
    TradingError,
    Unsupported,
    WireSurprise,
    WrongAccount,
)
from app.domain.calls import LimitUse
from app.domain.records import dataclass
from app.domain.tongue import tr

if TYPE_CHECKING:
    from app.brokers.limiter import Limits
    from app.brokers.wires import Wires


class Login(StrEnum):
    """How a person signs in at the broker."""

    BROWSER_REDIRECT = "browser_redirect"  # a page in the browser comes back to us
    CODE = "code"  # a code from the user's authenticator, no browser


class Ability(Flag):
    """What a broker can do here; what is missing is said, never tried."""

    FUNDS = auto()
    POSITIONS = auto()
    HOLDINGS = auto()
    QUOTES = auto()
    ORDERS = auto()  # placing; reading the book is what every broker offers
    ORDER_HISTORY = auto()
    TRADES = auto()
    INSTRUMENTS = auto()
    REVOKE = auto()
    RENEW = auto()  # a living token can be exchanged for one that lives longer, without the user


USUAL: Final = (
    Ability.FUNDS
    | Ability.POSITIONS
    | Ability.HOLDINGS
    | Ability.QUOTES
    | Ability.ORDERS
    | Ability.TRADES
    | Ability.INSTRUMENTS
)
"""What every broker so far can do."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the connect form. `name` is a field of `Credentials` or else a key of its `extras`.

    A `kept` field is a part of the second factor: empty unless the user switches on that it is kept for this account,
    and `hint` says what that gives up. `pattern` is what the whole of a value looks like; empty: anything.
    """

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    kept: bool = False
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of what the user does once on the broker's own pages. `copy_field` names a field to show for copying."""

    title: str
    text: str
    copy_field: str = ""


@dataclass(frozen=True, slots=True)
class BrokerPorts:
    """What an adapter is handed from outside. `base_url` exists for code alone (simulator and tests)."""

    clock: Clock
    calls: CallCounts
    instruments: Instruments
    base_url: str | None = None
    ca_file: str | None = None  # one more certificate authority, for tests of TLS faults
    wires: "Wires | None" = None  # connections shared by all accounts; None: an adapter makes its own
    limits: "Limits | None" = None  # counts of calls shared by all adapters; None: an adapter counts for itself


@dataclass(frozen=True, slots=True)
class BrokerSpec:
    """Everything the rest of the product needs to know about a broker without knowing it.

    `one_token` is not empty where a new token ends the one that another program of the user may be using: it says so
    in one sentence, for the set-up and for the question before a living session is replaced. `page_unless` names what
    takes the place of the page in the browser, once it is kept.
    """

    key: str
    label: str
    login: Login
    fields: tuple[Field, ...]
    guide: tuple[GuideStep, ...]
    portal: str
    abilities: Ability
    token_dies: Callable[[datetime], datetime | None]
    make: Callable[[BrokerPorts], "BaseBroker"]
    one_token: str = ""
    page_unless: str = ""
    renew_ahead: timedelta = timedelta(minutes=90)  # a living token is renewed at the latest so long before its end
    hosts: tuple[str, ...] = ()  # every host that Kunji talks to, and that of the sign-in page

    def opens_page(self, credentials: Credentials) -> bool:
        """Whether a sign-in with these credentials goes through a page in the browser."""
        return self.login is Login.BROWSER_REDIRECT and not credentials.extras.get(self.page_unless)

    @property
    def second_factor(self) -> tuple[Field, ...]:
        """What may be kept so that a sign-in asks for less; nothing where the broker documents no scripted one."""
        return tuple(field for field in self.fields if field.kept)


# ------------------------------------------------------------------ sign-in, a small protocol of steps


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Open `url` in the user's browser and catch what it is redirected to.

    `check(query)` looks at one redirect and raises `LoginForged` for one that does not belong to this sign-in (ignore
    it, keep waiting) or `LoginCancelled` for one that ends it. `redirect_url` is where the page comes back to.
    """

    url: str = field(repr=False)  # it may carry the key of the app
    redirect_url: str
    check: Callable[[Mapping[str, str]], None]
    stateless: bool = False  # the redirect carries nothing of this sign-in: only one may wait at its address
    brings: "AskText | None" = None  # the page never comes back: this is what the user copies from it


@dataclass(frozen=True, slots=True)
class AskText:
    """Ask the user for `label`; `digits` is how many digits it has, 0 for free text. Never kept, unless he says so.

    `period` is after how many seconds of the clock the text changes, 0 for never.
    """

    name: str
    label: str
    hint: str = ""
    secret: bool = True
    digits: int = 0
    period: int = 0


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user typed at `AskText`, or at `OpenPage.brings`."""

    text: Secret


@dataclass(frozen=True, slots=True)
class Redirected:
    """The query of the redirect that `OpenPage.check` let through."""

    query: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the user pasted instead: the whole address, or the bare token of the page."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """The end: the broker issued a token. From here on the old one may be dead."""

    token: Token


Step = OpenPage | AskText | Issued
StepAnswer = Redirected | Pasted | Typed | None


def wrong_account(spec: BrokerSpec, found: str, expected: str) -> WrongAccount:
    """The error of a sign-in that ended as another client, in the same words at every broker."""
    on_a_page = spec.login is Login.BROWSER_REDIRECT
    way = f"Sign out on {spec.label}'s page and try again." if on_a_page else "Check the client id of this account."
    return WrongAccount(
        f"signed in as {found}, not as {expected}",
        title=tr("You signed in as {found}; this account is {expected}", found=found, expected=expected),
        next_step=tr("Nothing was changed. {way}", way=way),
        field="client_id",
    )


class SignIn(ABC):
    """One sign-in in flight. Qt, the command line and the tests all drive it: advance(None), then answer each step.

    `tell` hears why a step takes long, and None when that is over; whoever drives it may set it.
    """

    tell: Callable[[TradingError | None], None] = staticmethod(lambda _: None)

    @abstractmethod
    async def advance(self, answer: StepAnswer) -> Step:
        """Take the answer to the last step and give the next one.

        Raises `LoginForged`, `LoginCancelled`, `BadCredentials` (the exchange was refused), `InvalidRequest`, or
        whatever prevented an answer. After any error the sign-in may be begun anew, never continued.
        """

    def give_up(self) -> None:  # noqa: B027 - most sign-ins wait for nothing by themselves
        """Send nothing more that was not sent yet; a step that only waits then raises `LoginCancelled`.

        What the broker is being asked already goes on: it may be issuing a token.
        """


# ------------------------------------------------------------------ the broker


class BaseBroker(ABC):
    """One account at one broker, connected or not.

    Three answers, never two: `connect` and `validate` return True when the broker said yes and False when the broker
    itself said that these credentials or this session are no good (`refusal` then holds the typed reason); another
    client's token raises `WrongAccount`; anything that prevents an answer raises a typed error. Every method ends
    within its total deadline. Symbols are taken as Kunji's name or as the broker's own.
    """

    spec: ClassVar[BrokerSpec]
    refusal: TradingError | None = None

    @abstractmethod
    async def connect(self, credentials: Credentials) -> bool:
        """Use `credentials` from now on and ask the broker who they belong to."""

    @abstractmethod
    async def validate(self) -> bool:
        """Ask the broker whether the session is alive."""

    @abstractmethod
    def sign_in(self, credentials: Credentials) -> SignIn:
        """Begin a sign-in; only key, secret, client id and extras of `credentials` are used. Sends nothing yet."""

    @abstractmethod
    async def get_profile(self) -> Profile:
        """Who the session belongs to."""

    @abstractmethod
    async def get_funds(self) -> Funds:
        """Money at the broker, rupees."""

    @abstractmethod
    async def get_positions(self) -> list[Position]:
        """Net positions, closed rows included; a contract that the master does not know keeps the broker's symbol."""

    @abstractmethod
    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        """Last traded price in rupees. Raises `NotFound` when the broker has none, `NotSubscribed` without a plan."""

    @abstractmethod
    def fresh_tag(self) -> str:
        """A client tag in the broker's own letters and length, unique."""

    @abstractmethod
    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """Send the order once, never twice. Raises a definite refusal, `NotSent`, or `OutcomeUnknown`."""

    @abstractmethod
    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        """What `order` would be sent as; sends nothing. Over the exchange's freeze quantity it becomes several orders.

        Raises `InvalidRequest` (field) for what the instrument cannot take (tick, lot, product), `TooMuchAtOnce` for
        more slices than one ticket may become, `Unsupported` for what this broker cannot do, `NotFound` for a symbol
        that its master lacks.
        """

    @abstractmethod
    async def modify_order(self, order: Order, change: OrderChange) -> None:
        """Ask once that `order` be `change` from now on; a return means registered, not done: the book tells.

        Raises a definite refusal (`AlreadyFinal` ...), `NotSent`, or `OutcomeUnknown`; never sends twice.
        """

    @abstractmethod
    async def cancel_order(self, order: Order) -> None:
        """Ask once that what is left of `order` be cancelled; returns and raises as `modify_order`."""

    async def find_orders(self, tag: str) -> list[Order]:
        """The orders of the day that carry the client's `tag`: none is an answer, no answer raises."""
        return [order for order in await self.get_orders() if order.tag == tag]

    async def follow_orders(self, heard: Callable[[str], None]) -> None:
        """Hear from the broker which order changed, by its id (empty: some order), until the connection ends.

        What else a push says is not believed: the book is read. Returns or raises why when the connection ends or
        cannot be made; whoever follows comes again. Raises `Unsupported` where the broker has no such connection.
        """
        raise Unsupported(f"{self.spec.label} pushes no orders ({heard})")

    @abstractmethod
    async def get_holdings(self) -> list[Holding]:
        """What lies in the demat account."""

    @abstractmethod
    async def get_orders(self) -> list[Order]:
        """The order book of the day, from every channel; a row with a status that we do not know has status None."""

    async def get_order_history(self, order_id: str) -> list[Order]:
        """The states of one order, oldest first. Raises `Unsupported` where the broker keeps none."""
        raise Unsupported(f"{self.spec.label} keeps no history of an order (asked for {order_id})")

    @abstractmethod
    async def get_trades(self) -> list[Trade]:
        """The trades of the day."""

    @abstractmethod
    async def get_quotes(self, wanted: Collection[tuple[str, Exchange]]) -> Quotes:
        """Last prices of many (symbol, exchange), in as few calls as the broker takes; missing ones by name.

        Raises `NotSubscribed` without a data plan.
        """

    @property
    def session_ends_at(self) -> datetime | None:
        """The session's end as the server or the token states it honestly; None: the broker's rule is all there is."""
        return None

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        """Abilities that this session turned out not to have (no data plan, unregistered address), and why."""
        return MappingProxyType({})

    @property
    def granted(self) -> frozenset[Ability]:
        """Abilities that this session has been seen to have: the broker gave what they stand for, or said so."""
        return frozenset()

    @property
    def limits_used(self) -> tuple[LimitUse, ...]:
        """How much is used of each limit that the broker sets our calls."""
        return ()

    @property
    def order_limits(self) -> tuple[LimitUse, ...]:
        """How much is used of each limit of a minute and more that a new order counts in; shorter ones only delay."""
        return ()

    @property
    def clock_behind(self) -> float | None:
        """By how many seconds our clock is behind the broker's, see `Skew.known`; None while it has said nothing."""
        return None

    async def get_order_addresses(self) -> OrderAddresses | None:
        """From which internet addresses orders are taken; None where the broker lets nobody ask."""
        return None

    @abstractmethod
    async def get_order(self, order_id: str) -> Order:
        """The order as it stands. Raises `NotFound`."""

    async def get_order_status(self, order_id: str) -> OrderStatus:
        """Where the order stands. Raises `WireSurprise` with the broker's word when we do not know that word."""
        order = await self.get_order(order_id)
        if order.status is None:
            raise WireSurprise(f"order status {order.raw_status!r}")
        return order.status

    @abstractmethod
    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        """Fetch the broker's instrument master into the port, whole or not at all; return the number of rows.

        `progress` hears how far it has come, at most ten times a second and once at the good end.
        """

    async def renew(self) -> Token:
        """Exchange the living token for a new one, without the user; the old one is dead from then on.

        The adapter goes on with the new token at once; the caller stores it before anything else. Raises `Unsupported`
        where the broker or this kind of token cannot do that. After any other error both tokens may be dead.
        """
        raise Unsupported(f"{self.spec.label} renews no tokens")

    @abstractmethod
    async def revoke(self) -> None:
        """End the session at the broker. Raises what prevented it."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of threads and connections; the session at the broker lives on."""
