"""Everything a test of the services lives in: the world, the services, what they published, and a person's hands."""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.domain import BrowserMissing
from app.services.answers import Yes
from app.services.core import Services, build_services
from app.services.quiet import QuietHours
from app.services.views import AccountView, Event, Notice, NoticePosted, PreferencesView
from app.system.paths import Profile
from tests.fakes.clock import ManualClock
from tests.fakes.ports import free_port
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain, World, credentials


class House:
    """Services over a `World`, on a real vault and store in a folder of the test."""

    def __init__(self, directory: Path, clock: ManualClock) -> None:
        self.directory = directory
        self.clock = clock
        self.keychain = MemoryKeychain()
        self.world = World(clock, port=free_port())
        self.events: list[Event] = []
        self.pages: list[str] = []
        self.browser_missing = False
        self.quiet: QuietHours | None = None
        self.readiness = False  # whether a readiness notice may come among those that a test counts
        self.shown_first = False  # as the window opens the services
        self.seen = True  # notices are shown to somebody
        self.services: Services

    @classmethod
    async def build(cls, directory: Path, clock: ManualClock, quiet: QuietHours | None = None) -> "House":
        house = cls(directory, clock)
        house.quiet = quiet
        await house.open()
        return house

    async def open(self) -> None:
        self.services = await build_services(
            Profile(self.directory),
            clock=self.clock,
            keychain=self.keychain,
            make_broker=self.world.make,
            open_page=self._open_page,
            quiet_hours=self.quiet,
            shown_first=self.shown_first,
        )
        chosen = self.services.preferences.view
        if not self.readiness and chosen.readiness == PreferencesView().readiness:
            await self.services.preferences.put(replace(chosen, readiness=None))
        self.world.instruments = self.services.store.instruments
        self.services.events.subscribe(self.events.append)
        if self.seen:
            self.services.telling.begin()

    async def close(self) -> None:
        await self.services.close()

    async def restart(self) -> None:
        """Close Kunji and open it again on the same profile."""
        await self.close()
        await self.open()

    async def connected(self, name: str = "HUF", client_id: str = "AB1234", key: str = "key") -> AccountView:
        """An account that is connected with a token of now."""
        offered = credentials(self.world.issue(client_id), key=key, client_id=client_id, port=self.world.port)
        answer = await self.services.brokers.connect_broker(name, "zerodha", offered)
        assert isinstance(answer, Yes), answer
        return answer.value

    async def settled(self) -> None:
        """Wait for what the watch has begun: it may be writing, which takes real time."""
        await until(lambda: not self.services.watch._work.busy)

    def view(self, account: AccountView) -> AccountView:
        return self.services.brokers.view(account.user_id)

    @property
    def notices(self) -> list[Notice]:
        """Every notice that was posted."""
        return [event.notice for event in self.events if isinstance(event, NoticePosted)]

    async def _open_page(self, url: str) -> None:
        if self.browser_missing:
            raise BrowserMissing
        self.pages.append(url)

    async def land(self, request_token: str = "good", *, state: str | None = None, status: str = "success") -> bytes:
        """What the browser does when the page redirects it; the answer that it gets."""
        await until(lambda: bool(self.pages))
        shown = state if state is not None else parse_qs(urlsplit(self.pages[-1]).query)["state"][0]
        return await self.get(f"/kunji?request_token={request_token}&status={status}&state={shown}")

    async def get(self, target: str, *, host: str | None = None) -> bytes:
        host = host or f"127.0.0.1:{self.world.port}"
        return await self.send(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    async def send(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.world.port)
        try:
            writer.write(data)
            await writer.drain()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()
