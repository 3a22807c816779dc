"""Services that a test plays: typed against the same shapes as the real ones, with answers handed in."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Flag, auto
from pathlib import Path
from typing import Any

from app.brokers import specs
from app.domain import (
    IST,
    Clock,
    Credentials,
    Exchange,
    Funds,
    Instrument,
    IpNotRegistered,
    NotReachable,
    Position,
    Product,
    Profile,
    Secret,
    SessionExpired,
    VaultError,
)
from app.domain.calls import LimitUse
from app.qt.account_ports import SpecLike
from app.services.answers import Answer, No, Yes
from app.services.book_views import (
    Book,
    BookView,
    FundsView,
    GaugeView,
    HoldingsView,
    Latency,
    OrdersView,
    PastError,
    PositionsView,
    Refreshed,
    TradesView,
)
from app.services.books import blank
from app.services.calendar import CalendarView
from app.services.diagnostics import Diagnosis, Face, Line, Section
from app.services.events import Events
from app.services.moving import move_view
from app.services.moving_views import ImportView, MoveView
from app.services.preferences import Preferences
from app.services.views import (
    AccountChanged,
    AccountRemoved,
    AccountState,
    AccountView,
    Action,
    Allowed,
    Asked,
    BookChanged,
    BrokerStatus,
    Draft,
    Health,
    MasterChanged,
    MasterView,
    Notice,
    Permit,
    Phase,
    PositionsChanged,
    Rearranged,
    SignInChanged,
    SignInView,
    WalkChanged,
    Walked,
    WalkView,
)
from tests.fakes.clock import ManualClock
from tests.qt.fakes_orders import FakeOrders

NOW = datetime(2026, 11, 18, 9, 32, 18, tzinfo=IST)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute, second=0) + timedelta(days=days)


class Ability(Flag):
    FUNDS = auto()
    POSITIONS = auto()
    QUOTES = auto()
    ORDERS = auto()


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    kept: bool = False


@dataclass(frozen=True)
class GuideStep:
    title: str
    text: str
    copy_field: str = ""


@dataclass(frozen=True)
class Spec:
    key: str = "zerodha"
    label: str = "Zerodha"
    login: str = "browser_redirect"
    fields: Sequence[Field] = (
        Field("client_id", "Client id", hint="Your Kite user id, for example AB1234"),
        Field("redirect_url", "Redirect URL", hint="As registered", default="http://127.0.0.1:5021/zerodha"),
        Field("api_key", "API key", secret=True),
        Field("api_secret", "API secret", secret=True),
        Field(
            "access_token",
            "Use a token I already have",
            hint="Only if another program signed in today with the same API key",
            secret=True,
            required=False,
        ),
    )
    guide: Sequence[GuideStep] = (
        GuideStep(
            "Create an app at developers.kite.trade", "Type: Personal or Connect. Any name. Enter your client id."
        ),
        GuideStep("Redirect URL: exactly this one", "Copy it into the app's form.", copy_field="redirect_url"),
        GuideStep(
            "Copy API key and API secret",
            "On the app's page: the key is shown, the secret appears after \u201cShow API secret\u201d.",
        ),
        GuideStep(
            "Register your internet address, for orders",
            "Profile, IP whitelist. Without it you can watch everything, but every order is refused.",
        ),
        GuideStep(
            "Press Connect and sign in on Zerodha\u2019s page",
            "Kunji never asks for your Zerodha password. The session lasts until 06:00.",
        ),
    )
    portal: str = "https://developers.kite.trade"
    abilities: Flag = Ability.FUNDS | Ability.POSITIONS | Ability.QUOTES | Ability.ORDERS
    one_token: str = "A new token of Zerodha ends the one that another program uses."

    @property
    def second_factor(self) -> Sequence[Field]:
        return tuple(field for field in self.fields if field.kept)


def account(user_id: str = "huf", **changes: Any) -> AccountView:
    """A ready account; `changes` replace fields."""
    ready = AccountView(
        user_id=user_id,
        name="HUF",
        broker_type="zerodha",
        broker_label="Zerodha",
        client_id="HS2096",
        colour="brown",
        state=AccountState.READY,
        action=Action.NONE,
        since=at(8, 52),
        connected_at=at(8, 52, days=-40),
        token_since=at(8, 52),
        token_expires_at=at(6, days=1),
        last_check_at=NOW - timedelta(seconds=4),
        last_good_at=NOW - timedelta(seconds=4),
        open_positions=4,
        error=None,
    )
    return replace(ready, **changes)


def signed_out(user_id: str = "huf", **changes: Any) -> AccountView:
    fields: dict[str, Any] = {
        "state": AccountState.SIGNED_OUT,
        "action": Action.RECONNECT,
        "since": at(9, 12),
        "last_good_at": at(9, 12),
        "error": SessionExpired("Incorrect `api_key` or `access_token`.", broker_code="TokenException"),
    }
    return account(user_id, **(fields | changes))


def offline(user_id: str = "meera", **changes: Any) -> AccountView:
    fields: dict[str, Any] = {
        "name": "Meera",
        "client_id": "XM0991",
        "colour": "olive",
        "state": AccountState.OFFLINE,
        "since": at(9, 21),
        "last_good_at": at(9, 21),
        "error": NotReachable("timed out"),
        "retry_at": NOW + timedelta(seconds=18),
    }
    return account(user_id, **(fields | changes))


def position(symbol: str = "RELIANCE", **changes: Any) -> Position:
    quantity = int(changes.pop("quantity", 120))
    average = Decimal(changes.pop("average", "1512.40"))
    last = Decimal(changes.pop("last", "1541.85"))
    realised = Decimal(changes.pop("realised", "0"))
    unrealised = (last - average) * quantity
    made = Position(
        symbol=symbol,
        exchange=Exchange.NSE,
        product=Product.CNC,
        quantity=quantity,
        average_price=average,
        last_price=last,
        pnl=unrealised + realised,
        realised=realised,
        unrealised=unrealised,
        broker_symbol=symbol.replace(" ", ""),
        close_price=(last / Decimal("1.0074")).quantize(Decimal("0.05")),
    )
    return replace(made, **changes)


ROWS = (
    position("RELIANCE"),
    position("INFY", quantity=-200, average="1548.10", last="1539.25", product=Product.MIS),
    position(
        "NIFTY 30DEC26 26000 CE",
        quantity=150,
        average="412.35",
        last="438.90",
        product=Product.NRML,
        exchange=Exchange.NFO,
    ),
    position(
        "NIFTY 02DEC26 26200 PE",
        quantity=-75,
        average="148.20",
        last="161.75",
        realised="-1845",
        product=Product.NRML,
        exchange=Exchange.NFO,
    ),
    position(
        "BANKNIFTY 30DEC26 FUT",
        quantity=35,
        average="59412",
        last="59238.40",
        product=Product.NRML,
        exchange=Exchange.NFO,
    ),
    position("SBIN", quantity=0, average="0", last="978.35", realised="4312.50", product=Product.MIS),
)
STALE_ROWS = (
    position(
        "SENSEX 27NOV26 85500 CE",
        quantity=60,
        average="318.25",
        last="364.60",
        product=Product.NRML,
        exchange=Exchange.BFO,
    ),
    position(
        "GOLDM 04DEC26 FUT", quantity=10, average="124862", last="124582", product=Product.NRML, exchange=Exchange.MCX
    ),
)


def positions(user_id: str = "huf", rows: tuple[Position, ...] | None = ROWS, **changes: Any) -> PositionsView:
    return replace(PositionsView(user_id, rows, NOW - timedelta(seconds=1), current=True, error=None), **changes)


@dataclass
class FakeMasters:
    by_type: dict[str, MasterView] = field(default_factory=dict)

    @property
    def views(self) -> tuple[MasterView, ...]:
        return tuple(self.by_type.values())


@dataclass
class FakeVault:
    key_error: VaultError | None = None


class FakeSignIn:
    """A sign-in that a test moves along."""

    def __init__(self, events: Events, user_id: str | None, title: str, client_id: str) -> None:
        self._events = events
        url, ends = "https://kite.example/connect/login?v=3", NOW + timedelta(minutes=5)
        self.view = SignInView(user_id, title, client_id, Phase.WAITING, url, ends, None, None)
        self.ended: asyncio.Future[Answer[AccountView]] = asyncio.get_running_loop().create_future()
        self.answers: list[tuple[Secret, Asked | None]] = []
        self.pasted: list[str] = []
        self.cancelled = False
        self.opened = 0

    def move(self, **changes: Any) -> None:
        self.view = replace(self.view, **changes)
        self._events.publish(SignInChanged(self.view))

    def paste(self, text: str) -> None:
        self.pasted.append(text)

    def answer(self, text: Secret, asked: Asked | None = None) -> None:
        self.answers.append((text, asked))

    def cancel(self) -> None:
        self.cancelled = True

    def open_again(self) -> None:
        self.opened += 1

    async def result(self) -> Answer[AccountView]:
        return await self.ended


class FakeSignIns:
    def __init__(self, services: "FakeServices") -> None:
        self._services = services
        self.started: list[str | Draft] = []
        self.running: list[FakeSignIn] = []
        self.lives: dict[str, datetime] = {}

    def living(self, user_id: str) -> datetime | None:
        return self.lives.get(user_id)

    def start(self, target: str | Draft) -> FakeSignIn:
        self.started.append(target)
        if isinstance(target, Draft):
            made = FakeSignIn(
                self._services.events, None, f"{target.name} \u00b7 Zerodha", target.credentials.client_id
            )
        else:
            view = self._services.brokers.by_id[target]
            made = FakeSignIn(self._services.events, target, view.title, view.client_id)
        self.running.append(made)
        return made


class FakeWalk:
    """A walk that a test moves along: `begin` opens an account's sign-in, `end` gives it its answer."""

    def __init__(self, services: "FakeServices", wanted: Sequence[str]) -> None:
        self._services = services
        self.view = WalkView(tuple(wanted), (), (), None, cancelled=False)
        self.by_id: dict[str, FakeSignIn] = {}

    def sign_in(self, user_id: str) -> FakeSignIn | None:
        return self.by_id.get(user_id)

    def begin(self, user_id: str, **changes: Any) -> FakeSignIn:
        self.by_id[user_id] = made = self._services.sign_ins.start(user_id)
        made.view = replace(made.view, **changes)
        running = (*self.view.running, user_id)
        self._move(waiting=self._without(user_id), running=running, current=self.view.current or user_id)
        return made

    def end(self, user_id: str, answer: Answer[AccountView]) -> None:
        running = tuple(one for one in self.view.running if one != user_id)
        title = self._services.brokers.by_id[user_id].title
        done = (*self.view.done, Walked(user_id, title, answer))
        current = next(iter(running), None)
        self._move(waiting=self._without(user_id), running=running, done=done, current=current)

    def cancel(self) -> None:
        self._move(cancelled=True)

    def _without(self, user_id: str) -> tuple[str, ...]:
        return tuple(one for one in self.view.waiting if one != user_id)

    def _move(self, **changes: Any) -> None:
        self.view = replace(self.view, **changes)
        self._services.events.publish(WalkChanged(self.view))


class FakeReconnectAll:
    """Walks over what is named, or over what is signed out."""

    def __init__(self, services: "FakeServices") -> None:
        self._services = services
        self.wanted: list[tuple[str, ...] | None] = []
        self.walks: list[FakeWalk] = []

    def start(self, user_ids: Iterable[str] | None = None) -> FakeWalk:
        named = None if user_ids is None else tuple(user_ids)
        self.wanted.append(named)
        views = self._services.brokers.by_id.values()
        needy = tuple(view.user_id for view in views if view.action is Action.RECONNECT)
        self.walks.append(FakeWalk(self._services, named or needy))
        return self.walks[-1]


@dataclass
class FakeBrokers:
    """Answers what it was told to; `hold` lets a call wait until a test lets it go."""

    by_id: dict[str, AccountView] = field(default_factory=dict)
    specs_: tuple[SpecLike, ...] = (Spec(),)
    connected: list[tuple[str, str, Credentials, str]] = field(default_factory=list)
    tested: list[Credentials] = field(default_factory=list)
    validated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    kept: list[tuple[str, Secret, Secret]] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    offered: list[tuple[str, Secret]] = field(default_factory=list)
    unlocked: int = 0
    forget_answer: Answer[AccountView] | None = None
    keep_answer: Answer[AccountView] | None = None
    note_answer: Answer[AccountView] | None = None
    connect_answer: Answer[AccountView] | None = None
    test_answer: Answer[Profile] | None = None
    rename_answer: Answer[AccountView] | None = None
    token_answer: Answer[AccountView] | None = None
    validate_answer: Callable[[], Answer[Profile]] = lambda: Yes(Profile("HS2096", "Harish Shah"))
    unlock_error: VaultError | None = None
    hold: asyncio.Event | None = None

    def specs(self) -> tuple[SpecLike, ...]:
        return self.specs_

    def accounts(self) -> tuple[AccountView, ...]:
        return tuple(self.by_id.values())

    async def connect_broker(
        self, name: str, broker_type: str, credentials: Credentials, *, colour: str = ""
    ) -> Answer[AccountView]:
        await self._wait()
        self.connected.append((name, broker_type, credentials, colour))
        return self.connect_answer or Yes(account(name=name))

    async def test_credentials(self, broker_type: str, credentials: Credentials) -> Answer[Profile]:
        await self._wait()
        self.tested.append(credentials)
        return self.test_answer or Yes(Profile("HS2096", "Harish Shah"))

    async def validate_broker(self, user_id: str) -> Answer[Profile]:
        await self._wait()
        self.validated.append(user_id)
        return self.validate_answer()

    async def update_broker_token(self, user_id: str, access_token: Secret) -> Answer[AccountView]:
        await self._wait()
        self.offered.append((user_id, access_token))
        return self.token_answer or Yes(self.by_id[user_id])

    async def disconnect_broker(self, user_id: str) -> Answer[object]:
        await self._wait()
        self.removed.append(user_id)
        self.by_id.pop(user_id, None)
        return Yes(object())

    async def broker_status(self, user_id: str) -> BrokerStatus:
        view = self.by_id[user_id]
        return BrokerStatus(
            user_id, view.broker_type, Health.HEALTHY, "", "", None, None, None, False, None, None, 0.0
        )  # fmt: skip

    async def rename(self, user_id: str, name: str | None = None, colour: str | None = None) -> Answer[AccountView]:
        self.renamed.append((user_id, name, colour))
        return self.rename_answer or Yes(self.by_id[user_id])

    async def keep_second_factor(
        self, user_id: str, pin: Secret | None = None, totp_secret: Secret | None = None
    ) -> Answer[AccountView]:
        await self._wait()
        given = {name for name, secret in (("pin", pin), ("totp_secret", totp_secret)) if secret}
        self.kept.append((user_id, pin or Secret(), totp_secret or Secret()))
        if self.keep_answer is not None:
            return self.keep_answer
        self.by_id[user_id] = replace(self.by_id[user_id], keeps=(self.by_id[user_id].keeps or frozenset()) | given)
        return Yes(self.by_id[user_id])

    async def forget_second_factor(self, user_id: str) -> Answer[AccountView]:
        await self._wait()
        self.forgotten.append(user_id)
        if self.forget_answer is not None:
            return self.forget_answer
        self.by_id[user_id] = replace(self.by_id[user_id], keeps=frozenset())
        return Yes(self.by_id[user_id])

    async def note_address(self, user_id: str, text: str) -> Answer[AccountView]:
        self.noted.append((user_id, text))
        if self.note_answer is not None:
            return self.note_answer
        self.by_id[user_id] = replace(self.by_id[user_id], address=text)
        return Yes(self.by_id[user_id])

    async def unlock(self) -> None:
        self.unlocked += 1
        if self.unlock_error is not None:
            raise self.unlock_error

    async def _wait(self) -> None:
        if self.hold is not None:
            await self.hold.wait()


@dataclass
class FakePortfolio:
    by_id: dict[str, PositionsView] = field(default_factory=dict)
    others: dict[tuple[Book, str], BookView] = field(default_factory=dict)
    refreshed: list[str | None] = field(default_factory=list)
    answer: Refreshed = field(default_factory=lambda: Refreshed(0))
    looked: frozenset[Book] = frozenset()

    def view(self, user_id: str) -> PositionsView:
        return self.by_id.get(user_id) or PositionsView(user_id, None, None, current=False, error=None)

    def book(self, book: Book, user_id: str) -> BookView:
        if book is Book.POSITIONS:
            return self.view(user_id)
        return self.others.get((book, user_id)) or blank(book, user_id)

    async def refresh(self, user_id: str | None = None, books: Iterable[Book] | None = None) -> Refreshed:
        self.refreshed.append(user_id)
        return self.answer

    def look(self, looked: frozenset[Book]) -> None:
        self.looked = looked


@dataclass
class FakeGauges:
    by_id: dict[str, GaugeView] = field(default_factory=dict)

    def view(self, user_id: str) -> GaugeView:
        return self.by_id.get(user_id) or GaugeView(user_id)


@dataclass
class FakeWatch:
    visible: bool = False

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - the services' contract
        self.visible = visible


@dataclass
class FakeNotices:
    posted: dict[str, Notice] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    snoozed: list[str] = field(default_factory=list)

    @property
    def open(self) -> tuple[Notice, ...]:
        return tuple(self.posted.values())

    def answered(self, key: str) -> None:
        self.answers.append(key)

    def snooze(self, key: str) -> None:
        self.snoozed.append(key)


@dataclass(frozen=True)
class Entry:
    at: datetime
    user_id: str
    kind: str
    text: str


@dataclass
class FakeHistory:
    entries: list[Entry] = field(default_factory=list)
    asked: list[date] = field(default_factory=list)
    traces: list[Entry] = field(default_factory=list)

    async def of_day(self, day: date, *, user_id: str | None = None) -> Sequence[Entry]:
        self.asked.append(day)
        return self.entries

    async def of_account(self, user_id: str) -> Sequence[Entry]:
        return [trace for trace in self.traces if trace.user_id == user_id]


@dataclass
class FakeSettings:
    """What the application's database keeps for the real preferences; `error` is what the disk says."""

    kept: dict[str, Any] = field(default_factory=dict)
    error: VaultError | None = None

    def get(self, key: str, default: Any) -> Any:
        return self.kept.get(key, default)

    async def set(self, key: str, value: Any) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.kept[key] = value


@dataclass
class FakeUiState:
    """What is arranged; a copy of each value, as JSON would give back."""

    kept: dict[str, str] = field(default_factory=dict)
    flushed: int = 0

    def get(self, name: str) -> Any:
        return json.loads(self.kept.get(name, "null"))

    def put(self, name: str, value: Any) -> None:
        self.kept[name] = json.dumps(value)

    async def flush(self) -> None:
        self.flushed += 1


@dataclass
class FakeInstruments:
    """The brokers' lists; `hold` lets a search wait until a test lets it go."""

    rows: list[Instrument] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def search(self, broker: str | None, text: str, limit: int = 50) -> list[Instrument]:
        self.asked.append(text)
        if self.hold is not None:
            await self.hold.wait()
        words = text.upper().split()
        return [row for row in self.rows if all(word in row.symbol for word in words)][:limit]


@dataclass
class FakePortable:
    """Looks and takes what it was told to; `refusal` is what a file is refused with."""

    services: "FakeServices"
    found: ImportView = field(default_factory=lambda: ImportView(()))
    exported: list[Path] = field(default_factory=list)
    taken: list[Path] = field(default_factory=list)
    refusal: Exception | None = None

    async def export_to(self, path: Path) -> Path:
        if self.refusal is not None:
            raise self.refusal
        self.exported.append(path)
        return path

    async def look(self, path: Path) -> ImportView:
        if self.refusal is not None:
            raise self.refusal
        return self.found

    async def take(self, path: Path) -> ImportView:
        self.taken.append(path)
        return self.found

    def put_columns_back(self) -> None:
        for name in [name for name in self.services.ui_state.kept if name.startswith("table.")]:
            self.services.ui_state.put(name, None)
        self.services.events.publish(Rearranged())

    def moving(self) -> MoveView:
        return move_view(self.services.brokers.accounts(), specs())


@dataclass
class FakeStore:
    history: FakeHistory = field(default_factory=FakeHistory)
    instruments: FakeInstruments = field(default_factory=FakeInstruments)
    settings: FakeSettings = field(default_factory=FakeSettings)


BROUGHT = CalendarView(
    "NSE, 2026",
    (2026,),
    ((date(2026, 11, 24), "Guru Nanak Jayanti"), (date(2026, 12, 25), "Christmas")),
    own=False,
    error=None,
    notice="",
)


@dataclass
class FakeCalendars:
    view: CalendarView = BROUGHT
    installed: list[Path] = field(default_factory=list)
    refusal: Exception | None = None

    async def show(self) -> CalendarView:
        return self.view

    async def install(self, path: Path) -> CalendarView:
        self.installed.append(path)
        if self.refusal is not None:
            raise self.refusal
        self.view = replace(BROUGHT, name="NSE, 2027", years=(2026, 2027), own=True)
        return self.view

    async def remove(self) -> CalendarView:
        self.view = BROUGHT
        return self.view


def diagnosis(*lines: Line) -> Diagnosis:
    return Diagnosis(NOW, (Section("Program", (Line("Kunji", "0.1.0"),)), Section("Keychain", lines)))


@dataclass
class FakeDiagnostics:
    """Finds what it was told to."""

    found: Diagnosis = field(default_factory=lambda: diagnosis(Line("Keychain", "Secret Service answers")))
    log_dir: Path = Path("/nowhere/logs")
    face: Callable[[], Face] | None = None
    asked: int = 0

    async def run(self) -> Diagnosis:
        self.asked += 1
        await asyncio.sleep(0)
        return self.found


class FakeServices:
    """All of it, with accounts and positions handed in."""

    def __init__(self, accounts: Sequence[AccountView] = (), held: Sequence[PositionsView] = ()) -> None:
        self.clock: Clock = ManualClock(NOW)
        self.events = Events()
        self.vault = FakeVault()
        self.brokers = FakeBrokers({view.user_id: view for view in accounts})
        self.portfolio = FakePortfolio({view.user_id: view for view in held})
        self.sign_ins = FakeSignIns(self)
        self.reconnect_all = FakeReconnectAll(self)
        self.watch = FakeWatch()
        self.masters = FakeMasters()
        self.gauges = FakeGauges()
        self.notices = FakeNotices()
        self.calendars = FakeCalendars()
        self.store = FakeStore()
        self.preferences = Preferences(self.store, self.events)  # type: ignore[arg-type]  # it needs the settings only
        self.ui_state = FakeUiState()
        self.portable = FakePortable(self)
        self.diagnostics = FakeDiagnostics()
        self.orders = FakeOrders(self.clock, self.events)
        self.started = False
        self.closed = False

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.closed = True

    def change(self, view: AccountView) -> None:
        """An account stands differently now."""
        self.brokers.by_id[view.user_id] = view
        self.events.publish(AccountChanged(view))

    def read(self, view: PositionsView) -> None:
        """Positions were read."""
        self.portfolio.by_id[view.user_id] = view
        self.events.publish(PositionsChanged(view))

    def read_book(self, view: HoldingsView | FundsView | OrdersView | TradesView) -> None:
        """Another book was read."""
        self.portfolio.others[view.book, view.user_id] = view
        self.events.publish(BookChanged(view))

    def list_stands(self, view: MasterView) -> None:
        """A list of instruments stands differently now."""
        self.masters.by_type[view.broker_type] = view
        self.events.publish(MasterChanged(view))

    def remove(self, user_id: str) -> None:
        self.brokers.by_id.pop(user_id, None)
        self.events.publish(AccountRemoved(user_id))


def funds(user_id: str = "huf", available: str = "418250.75", used: str = "181572.95", **changes: Any) -> FundsView:
    money = Funds(Decimal(available), Decimal(used))
    return replace(FundsView(user_id, money, NOW - timedelta(seconds=1), current=True, error=None), **changes)


def five_funds() -> tuple[FundsView, ...]:
    return (
        funds("self"),
        funds("dhan", "96410.20", "41200"),
        funds("angel", "1234567.50", "902116.55"),
        funds("huf", "265112", "0", current=False, as_of=at(9, 12)),
        funds("meera", "52880.35", "0", current=False, as_of=at(9, 21)),
    )


def gauges(user_id: str) -> GaugeView:
    """Half an hour of reading, two limits, and two troubles of before."""
    return GaugeView(
        user_id,
        (
            Latency("funds", 31, 0.074, 0.180),
            Latency("orders", 62, 0.091, 0.347),
            Latency("positions", 100, 0.086, 0.212),
        ),
        (
            LimitUse("orders", 0, 8, 1.0),
            LimitUse("orders", 3, 320, 60.0),
            LimitUse("orders", 41, 4000, 86_400.0),
            LimitUse("quotes", 1, 1, 1.25),
            LimitUse("other", 5, 8, 1.0),
        ),
        (
            PastError(at(9, 3), "positions", "not_reachable", NotReachable.title, "Kunji goes on.", "timed out", 3),
            PastError(at(8, 53), "quotes", "rate_limited", "Zerodha asks us to wait 12 s", "Nothing is lost.", "429"),
        ),
    )


def five() -> FakeServices:
    """Five accounts in five states."""
    ends = account(
        "dhan",
        name="Self two",
        client_id="DN1100",
        colour="teal",
        state=AccountState.ENDS_SOON,
        action=Action.RENEW,
        token_expires_at=NOW + timedelta(minutes=13, seconds=42),
    )
    elsewhere = IpNotRegistered(
        title="Zerodha refuses orders from 203.0.113.24",
        next_step="You noted 198.51.100.7 as the registered address: order from there. You can still watch.",
    )
    watch = account(
        "angel",
        name="Meera \u00b7 joint",
        client_id="M51220",
        colour="violet",
        state=AccountState.WATCH_ONLY,
        error=elsewhere,
        orders=Allowed(Permit.REFUSED, elsewhere),
        prices=Allowed(Permit.YES),
        address="198.51.100.7",
    )
    views = (
        account("self", name="Self", client_id="ZK4417", colour="blue"),
        ends,
        watch,
        signed_out("huf"),
        offline("meera"),
    )
    held = (
        positions("self"),
        positions("dhan", rows=ROWS[:2]),
        positions("angel", rows=ROWS[2:4]),
        positions("huf", rows=STALE_ROWS, current=False, as_of=at(9, 12)),
        positions("meera", rows=(ROWS[0],), current=False, as_of=at(9, 21)),
    )
    made = FakeServices(views, held)
    made.portfolio.others |= {(Book.FUNDS, one.user_id): one for one in five_funds()}
    made.gauges.by_id = {view.user_id: gauges(view.user_id) for view in views}
    made.masters.by_type["zerodha"] = MasterView("zerodha", NOW.date(), 117204)
    made.store.history.entries = [
        Entry(at(8, 52), "self", "ready", "Ready: until 06:00 tomorrow"),
        Entry(at(9, 12), "huf", "signed_out", "Signed out: at 09:12, before its time"),
        Entry(at(9, 21), "meera", "offline", "Offline: last good 09:21"),
    ]
    return made


def refused(error: Exception) -> No:
    return No(error)  # type: ignore[arg-type]  # tests hand in typed errors only


class FakeDemo:
    label = "Demo: Zerodha and all money here are invented. Nothing leaves this computer."

    def __init__(self) -> None:
        self.expired = 0

    def expire_now(self) -> None:
        self.expired += 1


class FakeNotifier:
    """A desktop with notifications, or without."""

    def __init__(self, *, available: bool = True) -> None:
        self.available = available
        self.posted: list[tuple[Notice, dict[str, str], Callable[[str], None] | None]] = []
        self.withdrawn: list[str] = []
        self.closed = False

    async def start(self) -> bool:
        return self.available

    async def post(self, note: Notice, actions: Any = None, on_action: Callable[[str], None] | None = None) -> bool:
        self.posted.append((note, dict(actions or {}), on_action))
        return self.available

    async def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)

    async def close(self) -> None:
        self.closed = True
