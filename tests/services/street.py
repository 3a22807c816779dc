"""Four demo brokers over real sockets, one Kunji with its real adapters, one person with browser and authenticator."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from app.domain import Credentials, Secret
from app.services.answers import Answer, Yes
from app.services.core import Services, build_services
from app.services.sign_ins import RunningSignIn
from app.services.views import AccountView, Draft
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.people import DhanUser, dhan_users
from app.simulators.dhan.server import DhanSimulator
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from app.system.paths import Profile
from tests.fakes.clock import going_clock
from tests.fakes.ports import free_port
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain

Simulator = AngelOneSimulator | DhanSimulator | FyersSimulator | ZerodhaSimulator


class Street:
    """Four demo brokers, one Kunji, one person with a browser and an authenticator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clock = self.clock = going_clock()
        self.port = free_port()
        self.back = f"http://127.0.0.1:{self.port}/dhan/{'5a' * 16}"
        self.dhan_users: Sequence[DhanUser] = dhan_users(2, redirect_url=self.back)
        self.fyers_users: Sequence[DemoUser] = fyers_users(2, redirect_url=f"http://127.0.0.1:{free_port()}/fyers")
        self.zerodha_users: Sequence[DemoUser] = demo_users(2, redirect_url=f"http://127.0.0.1:{free_port()}/zerodha")
        self.angel_users: Sequence[AngelOneUser] = angel_one_users(2)
        self.dhan = DhanSimulator(clock=clock, seed=7, users=self.dhan_users)
        self.fyers = FyersSimulator(clock=clock, seed=7, users=self.fyers_users)
        self.zerodha = ZerodhaSimulator(clock=clock, seed=7, users=self.zerodha_users)
        self.angel = AngelOneSimulator(clock=clock, seed=7, users=self.angel_users)
        self.keychain = MemoryKeychain()
        self.pages: list[str] = []
        self.services: Services

    @property
    def simulators(self) -> dict[str, Simulator]:
        return {"zerodha": self.zerodha, "dhan": self.dhan, "fyers": self.fyers, "angel_one": self.angel}

    async def open(self) -> None:
        for simulator in self.simulators.values():
            await simulator.start()
            simulator.controls.enforce_limits(yes=False)
        self.services = await self._build()

    async def _build(self) -> Services:
        return await build_services(
            Profile(self.folder),
            clock=self.clock,
            keychain=self.keychain,
            base_url={key: simulator.base_url for key, simulator in self.simulators.items()},
            open_page=self._open_page,
            quiet_hours=None,
        )

    async def close(self) -> None:
        await self.services.close()
        for simulator in self.simulators.values():
            await simulator.stop()

    async def restart(self) -> None:
        """Close Kunji and open it again on the same profile."""
        await self.services.close()
        self.services = await self._build()

    async def _open_page(self, url: str) -> None:
        self.pages.append(url)

    # -------------------------------------------------------------- what a person does

    def draft(self, broker_type: str, number: int = 0, **extras: str) -> Draft:
        user = self.users(broker_type)[number]
        given = {"redirect_url": user.redirect_url} | extras
        kept = {name: Secret(value) for name, value in given.items() if value}
        keys = Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(), user.client_id, kept)
        return Draft(f"{broker_type} {number}", broker_type, keys)

    def users(self, broker_type: str) -> Sequence[DemoUser]:
        found: dict[str, Sequence[DemoUser]] = {
            "zerodha": self.zerodha_users,
            "dhan": self.dhan_users,
            "fyers": self.fyers_users,
            "angel_one": self.angel_users,
        }
        return found[broker_type]

    async def press(self, who: str) -> str:
        """Sign in as `who` on the page that was opened; where the browser is sent then."""
        await until(lambda: bool(self.pages))
        page = self.pages.pop()
        form = dict(parse_qsl(urlsplit(page).query)) | {"do": "sign-in"}
        form |= {"client_id": who} if "consent" in page else {"user_id": who}
        address = page.partition("?")[0]
        async with aiohttp.ClientSession() as browser, browser.post(address, data=form, allow_redirects=False) as sent:
            return sent.headers["Location"]

    async def land(self, address: str) -> int:
        async with aiohttp.ClientSession() as browser, browser.get(address) as landed:
            return landed.status

    async def typed(self, running: RunningSignIn, name: str, text: str) -> None:
        await until(lambda: running.view.asked is not None and running.view.asked.name == name)
        running.answer(Secret(text), running.view.asked)

    async def connected(self, draft: Draft) -> AccountView:
        """The account of `draft`, signed in on its page."""
        running = self.services.sign_ins.start(draft)
        await self.land(await self.press(draft.credentials.client_id))
        return yes(await running.result())

    def seconds_of_this_code(self) -> float:
        """How long the authenticators go on showing what they show now."""
        return 30 - going_clock().now().timestamp() % 30

    def asked(self, simulator: Simulator, operation: str) -> int:
        return sum(line.operation == operation for line in simulator.log)


def yes(answer: Answer[AccountView]) -> AccountView:
    assert isinstance(answer, Yes), answer
    return answer.value
