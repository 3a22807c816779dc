"""Order pushes: one socket an account, on which its broker says that an order changed. Hints only: the books are read.

The books are read after every connect too, since no broker says again what it said while nobody listened.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlsplit

from app.brokers.base import BrokerPorts
from app.brokers.rows import Row
from app.brokers.wire import decode
from app.domain import (
    BrokerDown,
    NotReachable,
    PermissionDenied,
    RateLimited,
    TradingError,
    WireSurprise,
    Worker,
)
from app.domain.records import dataclass

if TYPE_CHECKING:
    import ssl

    import aiohttp

_CONNECT: Final = 15.0  # seconds until the socket must be open
_BEAT: Final = 10.0  # seconds between two pings
_LARGEST: Final = 1024 * 1024
_REFUSED: Final = (401, 403)  # token, plan or app: whichever, the REST calls tell it for certain
_TOO_MANY: Final = 429
_SERVER: Final = range(500, 600)
_PONG: Final = "pong"  # what the brokers say that are pinged with a text
PROTOCOL: Final = ""
"""A ping of the websocket protocol, where the broker has no text for it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """How an account's socket is opened and understood.

    `first` is said once it is open, `ping` every ten seconds (None: the broker beats by itself). After `silence`
    seconds without a sign it counts as dead. `order_of` gives the id of the order that a message is about: empty for
    one that cannot be told, None for a message about none. Address, headers and `first` may hold secrets: not in the
    repr.
    """

    root: str
    order_of: Callable[[Row], str | None]
    query: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    first: str = field(default="", repr=False)
    ping: str | None = PROTOCOL
    silence: float = 35.0


async def follow(ports: BrokerPorts, feed: Feed, heard: Callable[[str], None]) -> NoReturn:
    """Listen until the connection ends, and raise why it did or could not be made; see `BaseBroker.follow_orders`."""
    import aiohttp  # loaded on first use: start-up

    from app.brokers.transport import plain_connector  # as above

    connector = plain_connector(await _trusted(ports), _family(ports))
    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_not_followed)
    async with aiohttp.ClientSession(connector=connector, trace_configs=[watch], raise_for_status=False) as session:
        try:
            opened = await _opened(session, _address(ports, feed), feed)
            async with opened:
                await _listen(opened, feed, heard)
        except aiohttp.WSServerHandshakeError as error:
            raise _refusal(error.status) from None  # the error holds the address, and that a secret
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotReachable(f"order pushes: {type(error).__name__}") from None
    raise NotReachable("order pushes: the broker ended the connection, or was silent for too long")


async def _opened(
    session: "aiohttp.ClientSession", address: str, feed: Feed
) -> "aiohttp.ClientWebSocketResponse[bool]":
    from yarl import URL  # comes with the library

    async with asyncio.timeout(_CONNECT):
        return await session.ws_connect(
            URL(address, encoded=True), headers=feed.headers, autoping=False, max_msg_size=_LARGEST
        )


async def _listen(opened: "aiohttp.ClientWebSocketResponse[bool]", feed: Feed, heard: Callable[[str], None]) -> None:
    """Hear what comes; returns when the broker ends it or is silent for too long."""
    import aiohttp  # loaded above

    if feed.first:
        await opened.send_str(feed.first)
    heard("")
    loop = asyncio.get_running_loop()
    last, next_beat = loop.time(), loop.time() + _BEAT
    while loop.time() - last < feed.silence:
        try:
            message = await opened.receive(timeout=max(0.001, next_beat - loop.time()))
        except TimeoutError:
            next_beat = loop.time() + _BEAT
            await _beat(opened, feed.ping)
            continue
        last = loop.time()
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                order_id = _order_of(feed, message.data)
                if order_id is not None:
                    heard(order_id)
            case aiohttp.WSMsgType.PING:
                await opened.pong(message.data)
            case aiohttp.WSMsgType.BINARY | aiohttp.WSMsgType.PONG:
                pass
            case _:  # closed, or broken
                return


def _order_of(feed: Feed, text: str) -> str | None:
    """See `Feed.order_of`: what cannot be read may be about an order, only objects are, and no answer to a ping is."""
    if text == _PONG:
        return None
    try:
        message = decode(text.encode())
    except WireSurprise:
        return ""
    return feed.order_of(message) if isinstance(message, dict) else None


def id_in(order: object, name: str) -> str:
    """The id that a pushed `order` has under `name`; empty where it has none."""
    found = order.get(name) if isinstance(order, dict) else None
    return found if isinstance(found, str) else ""


async def _beat(opened: "aiohttp.ClientWebSocketResponse[bool]", ping: str | None) -> None:
    if ping:
        await opened.send_str(ping)
    elif ping is not None:
        await opened.ping()


async def _not_followed(*_: object) -> None:
    raise WireSurprise("order pushes: a redirect")


def _refusal(status: int) -> TradingError:
    """A refused handshake says nothing certain about the session."""
    if status in _REFUSED:
        return PermissionDenied(f"order pushes: refused ({status})")
    if status == _TOO_MANY:
        return RateLimited(f"order pushes: too many ({status})")
    return BrokerDown(f"order pushes: {status}") if status in _SERVER else WireSurprise(f"order pushes: {status}")


def _address(ports: BrokerPorts, feed: Feed) -> str:
    """The broker's own address; under a `base_url` its host stands first in the path."""
    root = feed.root
    if ports.base_url is not None:
        ours, theirs = urlsplit(ports.base_url), urlsplit(feed.root)
        scheme = "wss" if ours.scheme == "https" else "ws"
        root = f"{scheme}://{ours.netloc}/{theirs.netloc}{theirs.path}"
    return f"{root}?{feed.query}" if feed.query else root


def _family(ports: BrokerPorts) -> socket.AddressFamily:
    return socket.AF_INET if ports.wires is not None and ports.wires.ipv4_only else socket.AF_UNSPEC


async def _trusted(ports: BrokerPorts) -> "ssl.SSLContext":
    """Reading the authorities takes 15 ms: on a thread."""
    from app.brokers.transport import trust  # loaded on first use: start-up

    worker = Worker("kunji-pushes")
    try:
        return await worker.run(lambda: trust(ports.ca_file))
    finally:
        worker.stop()
