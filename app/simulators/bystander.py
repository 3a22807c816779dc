"""Another port of this machine, to which the redirect faults point. It only remembers who came."""

from aiohttp import web
from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.seen import Seen


class Bystander:
    """Answers everything with a success that looks like the broker's, so that a client that follows is found out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: list[Seen] = []
        self._runner: web.ServerRunner | None = None
        self.url = ""

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Who came; nobody should."""
        return tuple(self._seen)

    async def start(self, host: str) -> None:
        """Listen on a free port of `host`."""
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Let go of the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: BaseRequest) -> web.Response:
        self._seen.append(Seen(self._clock.now(), "redirected", request.method, request.path, "", 200))
        return web.json_response({"status": "success", "data": {}})
