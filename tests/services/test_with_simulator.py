"""The services, the real adapter, the real vault and the demo broker over real sockets (promises A1, A2)."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from app.brokers.base import BaseBroker, BrokerPorts
from app.brokers.zerodha.broker import ZerodhaBroker
from app.brokers.zerodha.desk import Deadlines
from app.domain import Clock, Credentials, MemoryCallCounts, MemoryInstruments, Secret
from app.services.answers import No, Unknown, Yes
from app.services.book_views import Book
from app.services.core import Services, build_services
from app.services.views import AccountState, AccountView, Draft, Health, Notice, NoticePosted, Phase
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from app.simulators.faults import FAULTS, ON_TLS
from app.system.paths import Profile
from tests.fakes.clock import ManualClock, going_clock
from tests.fakes.ports import free_port
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain

QUICK = Deadlines(read=0.5, attempt=0.25, exchange=2.0, order=0.5, master=0.5, revoke=0.5)
CALM = Deadlines(read=5.0, attempt=2.0, exchange=5.0, order=5.0, master=20.0, revoke=2.0)


class Street:
    """One simulator, one Kunji, one person with a browser."""

    def __init__(self, simulator: ZerodhaSimulator, clock: Clock, folder: Path, users: tuple[DemoUser, ...]) -> None:
        self.simulator, self.clock, self.folder, self.users = simulator, clock, folder, users
        self.deadlines = CALM
        self.keychain = MemoryKeychain()
        self.instruments = MemoryInstruments()
        self.pages: list[str] = []
        self.notices: list[Notice] = []
        self.services: Services

    async def open(self) -> None:
        self.services = await build_services(
            Profile(self.folder),
            clock=self.clock,
            keychain=self.keychain,
            make_broker=self._make,
            open_page=self._open_page,
            quiet_hours=None,
        )
        self.services.events.subscribe(
            lambda event: self.notices.append(event.notice) if isinstance(event, NoticePosted) else None
        )
        self.services.telling.begin()

    def _make(self, broker_type: str) -> BaseBroker:
        if broker_type != "zerodha":
            raise ValueError(broker_type)
        secure = self.simulator.base_url.startswith("https")
        ports = BrokerPorts(
            self.clock,
            MemoryCallCounts(),
            self.instruments,
            self.simulator.base_url,
            self.simulator.ca_file if secure else None,
        )
        return ZerodhaBroker(ports, deadlines=self.deadlines)

    async def _open_page(self, url: str) -> None:
        self.pages.append(url)

    def credentials(self, user: DemoUser, token: str = "") -> Credentials:
        extras = {"redirect_url": Secret(user.redirect_url)}
        return Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id, extras)

    async def connected(self, user: DemoUser) -> AccountView:
        """An account with a token that another program got."""
        token = self.simulator.controls.replace_token(user.client_id)
        answer = await self.services.brokers.connect_broker(user.name, "zerodha", self.credentials(user, token))
        assert isinstance(answer, Yes), answer
        return answer.value

    async def sign_in_as(self, user: DemoUser, *, press: str = "sign-in") -> None:
        """What a person does on the page that was opened; the browser follows the redirect to 127.0.0.1."""
        await until(lambda: bool(self.pages))
        page = urlsplit(self.pages.pop())
        asked = {name: values[0] for name, values in parse_qs(page.query).items()}
        form = {"user_id": user.client_id, "do": press, "redirect_params": asked["redirect_params"]}
        form["api_key"] = asked["api_key"]
        async with (
            aiohttp.ClientSession() as browser,
            browser.post(f"{page.scheme}://{page.netloc}{page.path}", data=form) as landed,
        ):
            await landed.read()


@asynccontextmanager
async def street(tmp_path: Path, clock: Clock, *, tls: bool = False) -> AsyncIterator[Street]:
    users = demo_users(3, redirect_url=f"http://127.0.0.1:{free_port()}/")
    simulator = ZerodhaSimulator(clock=clock, seed=7, users=users)
    await simulator.start(tls="good" if tls else None)
    simulator.controls.break_seconds = 0.001
    simulator.controls.drip_seconds = 0.05
    made = Street(simulator, clock, tmp_path / "profile", users)
    await made.open()
    try:
        yield made
    finally:
        await made.services.close()
        await simulator.stop()


@pytest.fixture
async def demo(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Street]:
    async with street(tmp_path, clock) as made:
        yield made


# ------------------------------------------------------------------ the walk


async def test_a_new_account_is_signed_in_to_read_expired_and_brought_back(demo: Street, clock: ManualClock) -> None:
    user = demo.users[0]
    first = demo.services.sign_ins.start(Draft("HUF", "zerodha", demo.credentials(user)))
    await demo.sign_in_as(user)
    answer = await first.result()
    assert isinstance(answer, Yes), answer
    account = answer.value
    assert account.state is AccountState.READY
    assert demo.services.portfolio.view(account.user_id).rows

    await clock.advance(2)
    demo.simulator.controls.expire(user.client_id)
    await demo.services.portfolio.refresh(account.user_id)
    assert demo.services.brokers.view(account.user_id).state is AccountState.SIGNED_OUT
    assert [notice.title for notice in demo.notices] == ["HUF · Zerodha is signed out"]
    await clock.advance(2)

    again = demo.services.sign_ins.start(account.user_id)
    await demo.sign_in_as(user)
    assert isinstance(await again.result(), Yes)
    assert demo.services.portfolio.view(account.user_id).current


async def test_after_a_restart_it_is_still_connected(demo: Street) -> None:
    account = await demo.connected(demo.users[0])
    await demo.services.close()
    await demo.open()

    await demo.services.start()

    await until(lambda: demo.services.brokers.view(account.user_id).state is AccountState.READY)


async def test_the_page_that_says_no_changes_nothing(demo: Street) -> None:
    account = await demo.connected(demo.users[0])

    running = demo.services.sign_ins.start(account.user_id)
    await demo.sign_in_as(demo.users[0], press="cancel")
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "login_cancelled"
    assert demo.services.brokers.view(account.user_id).state is AccountState.READY


async def test_a_wrong_secret_is_told_in_the_brokers_name_and_nothing_is_stored(demo: Street) -> None:
    user = demo.users[0]
    wrong = Credentials(
        Secret(user.api_key), Secret("wrong"), Secret(), user.client_id, {"redirect_url": Secret(user.redirect_url)}
    )

    running = demo.services.sign_ins.start(Draft("HUF", "zerodha", wrong))
    await demo.sign_in_as(user)
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "bad_credentials"
    assert demo.services.brokers.accounts() == ()


async def test_a_wrong_key_is_refused_and_nothing_is_stored(demo: Street) -> None:
    user = demo.users[0]
    token = demo.simulator.controls.replace_token(user.client_id)
    wrong = Credentials(Secret("nokey"), Secret(user.api_secret), Secret(token), user.client_id)

    answer = await demo.services.brokers.connect_broker("HUF", "zerodha", wrong)

    assert isinstance(answer, No)
    assert demo.services.brokers.accounts() == ()


async def test_another_clients_sign_in_is_named_and_changes_nothing(demo: Street) -> None:
    mine, theirs = demo.users[0], demo.users[1]
    account = await demo.connected(mine)
    running = demo.services.sign_ins.start(account.user_id)
    await until(lambda: running.view.phase is Phase.WAITING)
    page = demo.pages[-1]

    state = parse_qs(parse_qs(urlsplit(page).query)["redirect_params"][0])["state"][0]
    granted = demo.simulator.controls.request_token(theirs.client_id)
    running.paste(f"{mine.redirect_url}?request_token={granted}&status=success&state={state}")
    answer = await running.result()

    assert isinstance(answer, No)
    assert demo.services.brokers.view(account.user_id).state is AccountState.READY


async def test_two_accounts_live_side_by_side_and_one_is_erased(demo: Street, clock: ManualClock) -> None:
    first, second = await demo.connected(demo.users[0]), await demo.connected(demo.users[1])
    before = re.findall(rb"[A-Za-z0-9+/]{200,}={0,2}", (demo.folder / "vault.db").read_bytes())
    await clock.advance(2)

    answer = await demo.services.brokers.disconnect_broker(first.user_id)

    assert isinstance(answer, Yes)
    assert answer.value.revoked
    assert not demo.simulator.controls.is_live(demo.users[0].client_id)
    assert isinstance(await demo.services.brokers.validate_broker(second.user_id), Yes)
    left = (demo.folder / "vault.db").read_bytes()
    assert before
    assert not [text for text in before if text in left]


# ------------------------------------------------------------------ A2: every way in which a token dies


def _six(street: Street, _: DemoUser) -> None:
    assert isinstance(street.clock, ManualClock)
    street.clock.jump(24 * 3600)


DEATHS: dict[str, Callable[[Street, DemoUser], object]] = {
    "expired": lambda street, user: street.simulator.controls.expire(user.client_id),
    "replaced": lambda street, user: street.simulator.controls.replace_token(user.client_id),
    "at six": _six,
}
ASKING: dict[str, Callable[[Services, str], Awaitable[object]]] = {
    "validate": lambda services, user_id: services.brokers.validate_broker(user_id),
    "status": lambda services, user_id: services.brokers.broker_status(user_id),
    "positions": lambda services, user_id: services.portfolio.refresh(user_id, {Book.POSITIONS}),
}


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("death", DEATHS)
async def test_a_true_death_is_seen_by_the_first_call_and_told_once(demo: Street, death: str, asking: str) -> None:
    user = demo.users[0]
    account = await demo.connected(user)
    DEATHS[death](demo, user)

    await ASKING[asking](demo.services, account.user_id)

    assert demo.services.brokers.view(account.user_id).state is AccountState.SIGNED_OUT
    assert (await demo.services.brokers.broker_status(account.user_id)).status is Health.TOKEN_EXPIRED
    assert len(demo.notices) == 1
    assert [stored.is_valid for stored in await demo.services.vault.accounts()] == [False]


# ------------------------------------------------------------------ A1: no fault is ever an expiry


@pytest.mark.usefixtures("no_pause_before_a_retry")
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_of_the_network_or_odd_answer_is_ever_an_expiry(tmp_path: Path, fault: str) -> None:
    async with street(tmp_path, going_clock(), tls=fault in ON_TLS) as made:
        made.simulator.controls.enforce_limits(yes=False)
        account = await made.connected(made.users[0])
        before = await made.services.vault.credentials(account.user_id)
        made.deadlines = QUICK
        await made.services.close()
        if fault == "dns":  # a name that is unknown is unknown before the first question
            made.simulator.controls.fault("*", fault)
        await made.open()
        await made.services.brokers.validate_broker(account.user_id)
        made.simulator.controls.fault("*", fault, retry_after=1)

        answers = await asyncio.gather(
            made.services.brokers.validate_broker(account.user_id),
            made.services.portfolio.refresh(account.user_id, {Book.POSITIONS}),
            made.services.brokers.broker_status(account.user_id),
        )

        view = made.services.brokers.view(account.user_id)
        # what is too long of one body may stand where the head of the next answer is looked for: three ask at once
        assert isinstance(answers[0], (Yes, Unknown) if fault == "long-body" else Unknown)
        assert view.state in (AccountState.READY, AccountState.OFFLINE, AccountState.NOT_CONFIRMED)
        assert [stored.is_valid for stored in await made.services.vault.accounts()] == [True]
        assert await made.services.vault.credentials(account.user_id) == before
        assert made.notices == []
        assert fault in {seen.fault for seen in made.simulator.log}
