"""The listener that catches the broker's redirect: 127.0.0.1, the one port and path, only while a sign-in runs.

Anything on this machine can knock on the port, so nothing that comes in is believed or given back: one GET of the
path with the right Host is read, each sign-in's own check decides whose it is, and everybody else gets a page of fixed
words. Slow, large and idle clients are cut; they can neither end the wait nor keep the real redirect out (promises C1
to C4). Sign-ins whose redirect addresses have the same port share it; each is found by its path and its own state.
"""

import asyncio
import errno
import logging
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from app.domain import InvalidRequest, LoginCancelled, LoginForged, PortTaken, TradingError
from app.domain.tongue import tr
from app.services.redirect_pages import FOREIGN, LANDED, UNDONE, Page, page

_log: Final = logging.getLogger(__name__)
_LOOPBACK: Final = "127.0.0.1"
_LOCAL_NAMES: Final = (_LOOPBACK, "localhost")
_WEB: Final = 80  # the web's own port stands in no address
_HEAD_LIMIT: Final = 8192  # bytes of a request's head; a redirect has a few hundred
_FIELD_LIMIT: Final = 50
_PATIENCE: Final = 5.0  # seconds that a client has to say what it wants
_CROWD: Final = 64  # connections at once; the oldest goes when one more comes

Query = Mapping[str, str]
Check = Callable[[Query], None]


class Landing:
    """One sign-in's wait for its redirect. `caught` holds the query, or the `LoginCancelled` that the page sent."""

    def __init__(self, listener: "_Listener", path: str, check: Check, *, stateless: bool) -> None:
        self._listener = listener
        self.path = path
        self.check = check
        self.stateless = stateless
        self.caught: asyncio.Future[Query] = asyncio.get_running_loop().create_future()

    def takes(self, path: str) -> bool:
        """Whether `path` is the registered one; one broker puts a slash behind it."""
        return path in (self.path, self.path + "/")

    def again(self) -> None:
        """Catch the next redirect, too: the one that was caught may turn out to be no good."""
        self.caught = asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        """Wait no longer; the port is closed with its last wait."""
        if not self.caught.cancel() and not self.caught.cancelled():
            self.caught.exception()  # one that nobody took up is nobody's failure
        await self._listener.leave(self)


class Redirects:
    """The open ports, by address."""

    def __init__(self) -> None:
        self._listeners: dict[int, _Listener] = {}
        self._opening = asyncio.Lock()  # two sign-ins that begin at once share one port, too

    async def wait_on(self, redirect_url: str, check: Check, *, stateless: bool = False) -> Landing:
        """Listen for what `check` lets through at `redirect_url`.

        Raises `PortTaken`, `InvalidRequest` when the address does not lead back to this computer, or `LoginCancelled`
        when a `stateless` sign-in and another one would wait at the same address: nothing could tell them apart.
        """
        address = _local(redirect_url)
        port = address.port or _WEB
        async with self._opening:
            listener = self._listeners.get(port)
            if listener is None:
                listener = _Listener(port, on_empty=lambda: self._listeners.pop(port, None))
                await listener.open()
                self._listeners[port] = listener
            return listener.join(address.path or "/", check, stateless=stateless)

    async def close(self) -> None:
        """Close every port."""
        for listener in tuple(self._listeners.values()):
            await listener.close()


class _Listener:
    """One port, open as long as somebody waits there."""

    def __init__(self, port: int, *, on_empty: Callable[[], object]) -> None:
        self._port = port
        self._on_empty = on_empty
        self._landings: list[Landing] = []
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._serve, _LOOPBACK, self._port, limit=_HEAD_LIMIT)
        except OSError as error:
            raise _port_taken(self._port, error) from error

    def join(self, path: str, check: Check, *, stateless: bool) -> Landing:
        if any((stateless or other.stateless) and _meet(path, other.path) for other in self._landings):
            raise LoginCancelled(
                title=tr("Another sign-in waits at the same redirect address"),
                next_step=tr("Finish or cancel it, then start this one again. Nothing was changed."),
            )
        landing = Landing(self, path, check, stateless=stateless)
        self._landings.append(landing)
        return landing

    async def leave(self, landing: Landing) -> None:
        if landing in self._landings:
            self._landings.remove(landing)
        if not self._landings:
            await self.close()

    async def close(self) -> None:
        """Close the port at once and cut whoever is still connected."""
        if self._server is None:  # closed before; another may listen at the port meanwhile
            return
        self._on_empty()
        server, self._server = self._server, None
        server.close()
        for client, writer in tuple(self._clients.items()):
            _cut(writer)
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await server.wait_closed()

    # ------------------------------------------------------------------ one client

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        if me is None or self._server is None:
            _cut(writer)
            return
        self._make_room()
        self._clients[me] = writer
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._answer(reader, writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            _log.info("client of the redirect port was cut port=%d", self._port)
        except asyncio.CancelledError:  # the port is being closed, or a newer client needs the place
            _log.debug("client of the redirect port was let go port=%d", self._port)
        finally:
            self._clients.pop(me, None)
            _cut(writer)

    def _make_room(self) -> None:
        if len(self._clients) >= _CROWD:
            oldest, writer = next(iter(self._clients.items()))
            del self._clients[oldest]
            _cut(writer)
            oldest.cancel()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path, query = _asked(await reader.readuntil(b"\r\n\r\n"), self._port)
        landing, caught = self._whose(path, query) if query else (None, None)
        # The page goes out before anything else is done with the redirect: the user may close the tab at once.
        writer.write(page(_page_for(caught)))
        await writer.drain()
        if landing is not None and caught is not None and not landing.caught.done():
            _settle(landing, caught)

    def _whose(self, path: str, query: Query) -> tuple[Landing | None, Query | LoginCancelled | None]:
        """Whose redirect it is, with what it says; one that was already caught belongs to nobody."""
        for landing in self._landings:
            if landing.caught.done() or not landing.takes(path):
                continue
            try:
                landing.check(query)
            except LoginCancelled as cancelled:
                return landing, cancelled
            except TradingError:  # forged, or not to be read: ignored, the wait goes on
                continue
            return landing, query
        return None, None


def _page_for(caught: Query | LoginCancelled | None) -> Page:
    if caught is None:
        return FOREIGN
    return UNDONE if isinstance(caught, LoginCancelled) else LANDED


def query_of(text: str) -> Query:
    """The query of an address that was pasted. Raises `LoginForged` when it has none that can be read."""
    address, mark, query = text.strip().partition("#")[0].partition("?")
    found = _fields(query if mark or "/" in address else address)
    if not found:
        raise LoginForged(
            title=tr("This is not the address of the page you landed on"),
            next_step=tr("Copy the whole address from the browser's address line."),
        )
    return found


def _settle(landing: Landing, caught: Query | LoginCancelled) -> None:
    if isinstance(caught, LoginCancelled):
        landing.caught.set_exception(caught)
    else:
        landing.caught.set_result(caught)


def _meet(path: str, other: str) -> bool:
    return path.rstrip("/") == other.rstrip("/")


def _asked(head: bytes, port: int) -> tuple[str, Query]:
    """Path and query of a request that is a GET at our host; nothing for everything else."""
    try:
        request, *lines = head.decode("ascii").split("\r\n")
        method, target, version = request.split(" ")
    except ValueError:  # not ASCII, or not three words
        return "", {}
    hosts = [
        value.strip().lower() for name, _, value in (line.partition(":") for line in lines) if name.lower() == "host"
    ]
    expected = {f"{name}:{port}" for name in _LOCAL_NAMES} | (set(_LOCAL_NAMES) if port == _WEB else set())
    if method != "GET" or not version.startswith("HTTP/1.") or len(hosts) != 1 or hosts[0] not in expected:
        return "", {}
    path, _, query = target.partition("?")
    return path, _fields(query)


def _fields(query: str) -> Query:
    """The fields of a query, none when one of them comes twice: a doubled state proves nothing."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_FIELD_LIMIT, errors="strict")
    except ValueError:
        return {}
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}


def _local(redirect_url: str) -> SplitResult:
    try:
        address = urlsplit(redirect_url)
        usable = address.scheme == "http" and address.hostname in _LOCAL_NAMES and (address.port or 80) > 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequest(
            redirect_url,
            title=tr("The broker's page does not come back to this computer"),
            next_step=tr("Paste the address of the page you land on."),
            field="redirect_url",
        )
    return address


def _port_taken(port: int, error: OSError) -> PortTaken:
    if error.errno == errno.EACCES:
        return PortTaken(title=tr("This computer does not let Kunji listen on port {port}", port=port))
    return PortTaken(
        title=tr("Another program uses port {port}, so the broker's page cannot come back to Kunji", port=port),
        next_step=tr("Close it, or paste the address of the page you land on."),
    )


def _cut(writer: asyncio.StreamWriter) -> None:
    """Close without waiting for the other side."""
    writer.close()
