"""The one way in which an adapter speaks HTTP: a turn at the limiter, a total deadline, a capped body, a judge.

Reads are tried again within their time, writes never. Every end is a `Reply` or a `TradingError`. The adapter hands in
its hosts, its limits and a judge that knows the broker's errors; what is the same at every broker stands here.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from app.brokers import wire
from app.brokers.base import BrokerPorts
from app.brokers.body import body_of, headers_of
from app.brokers.gauge import Gauge
from app.brokers.limiter import Limit, Limiter, Scope, Urgency
from app.brokers.packed import Packed
from app.brokers.skew import Skew
from app.brokers.wires import Wires
from app.domain import (
    AccountError,
    BrokerDown,
    DailyCap,
    InvalidRequest,
    Maintenance,
    NotReachable,
    NotSent,
    OrderError,
    OutcomeUnknown,
    RateLimited,
    RequestError,
    Secret,
    TradingError,
    WireSurprise,
)
from app.domain.calls import LimitUse
from app.domain.records import dataclass

if TYPE_CHECKING:
    import httpx

_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_SERVER: Final = range(500, 600)
_TOO_MANY: Final = 429
_BACK_OFF: Final = (0.2, 0.6, 1.5)  # seconds, each times 0.5 to 1.5
_LEFT_TO_ANSWER: Final = 0.05  # seconds of a deadline in which there is no use in beginning
_TURN_SHARE: Final = 0.6  # of an order's time may go by until its turn: its answer must be waited for
_CONNECT_SHARE: Final = 0.6  # of an attempt may go by until the connection stands
_LARGEST: Final = 4 * 1024 * 1024
_ALWAYS: Final = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Kunji"}
_FAREWELL: Final = 1.0  # seconds that calls in flight have to end when we close
_LEAVING: Final = "the connection to the broker was closed"
_DEFINITE: Final = (AccountError, OrderError, RequestError, RateLimited, DailyCap)
_BEFORE: Final = (RequestError, DailyCap)  # says itself that nothing was sent, and why
_BY_HAND: Final = "The broker did not take it. Wait, then do it again: Kunji repeats no order by itself."
_UNREAD: Final = object()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Total seconds: a read with its retries, one attempt of it, a sign-in's call, an order, an instrument file."""

    read: float = 10.0
    attempt: float = 7.0
    exchange: float = 15.0
    order: float = 10.0
    master: float = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `asked` tells the judge what for, `family` whose limits it counts against, `host` names a root.

    `also` is a second family, where one limit is for all calls and another for some of them.

    Headers, query and body may hold secrets: they are not in its repr.
    """

    method: str
    path: str
    asked: StrEnum
    family: str
    host: str = "api"
    also: str = ""
    urgency: Urgency = Urgency.POLL
    largest: int = _LARGEST
    any_status: bool = False  # what the judge lets through is read, whatever the status below 500
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)  # sent as JSON unless None
    decode: Callable[[bytes], object] = wire.decode  # of an answer that is no error by its status


@dataclass(slots=True)
class Reply:
    """One complete answer, not to be changed. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    decode: Callable[[bytes], object] = field(default=wire.decode, repr=False, compare=False)
    _decoded: object = field(default=_UNREAD, init=False, repr=False, compare=False)

    def json(self) -> object:
        """See `wire.decode`; read once, the judge and the mapping both ask."""
        if self._decoded is _UNREAD:
            self._decoded = self.decode(self.body)
        return self._decoded


Judge = Callable[[StrEnum, Reply], None]
"""Raises the `TradingError` that an answer means; returns for one that the mapping may read."""


def answered(reply: Reply) -> object:
    """The JSON of `reply`; raises `WireSurprise` for anything else."""
    if "json" not in reply.headers.get("content-type", "").lower():
        raise WireSurprise("a content type that is not the broker's")
    return reply.json()


def in_header(secret: Secret, field_name: str) -> str:
    """`secret` as the value of a header; one with a line end or a letter outside ASCII would be refused there."""
    plain = secret.reveal()
    if not plain.isascii() or not plain.isprintable():
        raise InvalidRequest(f"{field_name}: only plain letters, digits and signs", field=field_name)
    return plain


class Http:
    """One account's way to its broker."""

    def __init__(
        self,
        ports: BrokerPorts,
        *,
        roots: Mapping[str, str],
        limits: Mapping[str, tuple[Limit, ...]],
        judge: Judge,
        deadlines: Deadlines | None = None,
        broker: str = "",
        counted_by: Mapping[str, Scope] = MappingProxyType({}),
    ) -> None:
        """`roots` are scheme and host of each of the broker's hosts by a name of the adapter's.

        `broker` is its key, `counted_by` says whom it counts a family's calls for when not for the client; both matter
        from `belongs_to` on.
        """
        self.deadlines = deadlines or Deadlines()
        self._clock = ports.clock
        self._roots = {name: rooted(ports.base_url, root) for name, root in roots.items()}
        self._limiter = Limiter(ports.clock, limits, broker=broker, counted_by=counted_by, shared=ports.limits)
        self._judge = judge
        self.skew = Skew()
        self._ca_file = ports.ca_file
        self._wires = ports.wires
        self._own_wires: Wires | None = None
        self._in_flight: set[asyncio.Timeout] = set()
        self._landed = asyncio.Event()
        self._landed.set()
        self._closed = False

    def belongs_to(self, *, client_id: str = "", app: Secret | None = None) -> None:
        """Whose calls these are: accounts of one client or one app share what the broker allows them."""
        self._limiter.belongs_to(client_id=client_id, app=app)

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""
        return self._limiter.used()

    def wait(self, family: str, urgency: Urgency = Urgency.POLL) -> float:
        """Seconds until a call of `family` may be sent; 0 or less: now."""
        return self._limiter.wait(family, urgency)

    def give_back(self, family: str) -> None:
        """The last call of `family` was answered in a way that the broker does not count."""
        self._limiter.give_back(family)

    async def read(self, request: Request) -> Reply:
        """Ask, up to three times more while there is time; raises what prevented an answer, or the refusal."""
        ends = _time() + self.deadlines.read
        last: TradingError | None = None
        for pause in (*_BACK_OFF, None):
            try:
                await self._turn(request, max(0.0, ends - _time()))
            except RateLimited as error:  # our own limiter; what the broker said before is the better answer
                raise last or error from None
            try:
                return await self._answer(request, min(max(0.0, ends - _time()), self.deadlines.attempt))
            except RateLimited as error:  # the bucket is paused: the next turn waits for it, or says so at once
                last = error
            except (NotReachable, BrokerDown, Maintenance) as error:
                last = error
                await _back_off(pause, ends)
            if self._closed or pause is None or ends - _time() < _LEFT_TO_ANSWER:
                raise last
        raise AssertionError("the last attempt returns or raises")

    async def once(self, request: Request, *, seconds: float) -> Reply:
        """Ask once, never again; `seconds` in all."""
        return await self._judged(request, seconds, seconds)

    async def download(self, request: Request, *, seconds: float, gauge: Gauge | None = None) -> Packed:
        """Fetch a large file once, within `seconds`; only what is no success goes to the judge. `gauge` counts it.

        No protocol sheet says with which content type its files come, so any will do but a web page's; a file server
        that names none at all is not the broker's. What the file is, its reader checks row by row.
        """
        packed = Packed(gauge)
        reply = await self._judged(request, seconds, seconds, into=packed)
        if not reply.headers.get("content-type"):
            raise WireSurprise("a file without a content type")
        packed.finish()
        return packed

    async def write(self, request: Request, *, tag: str) -> Reply:
        """Send an order call once. Raises a definite refusal, `NotSent`, or `OutcomeUnknown` that names `tag`."""
        sent = _Sent()
        try:
            return await self._judged(request, self.deadlines.order, self.deadlines.order, sent)
        except TradingError as error:
            if not sent.maybe and not isinstance(error, _BEFORE):  # our own limiter's wait is no refusal of the broker
                raise NotSent(error.detail, retry_after=error.retry_after) from None
            if isinstance(error, RateLimited):
                code, wait = error.broker_code, error.retry_after
                raise RateLimited(error.detail, next_step=_BY_HAND, broker_code=code, retry_after=wait) from None
            if isinstance(error, _DEFINITE):
                raise
            raise OutcomeUnknown(f"{error.detail} (tag {tag})") from None

    async def close(self) -> None:
        """Take no more calls, cut what is in flight, close connections of our own; under a second and a half."""
        self._closed = True
        self._limiter.close()
        for limit in tuple(self._in_flight):
            if not limit.expired():
                limit.reschedule(_time())
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await self._landed.wait()
        if self._own_wires is not None:
            await self._own_wires.close()

    # ---------------------------------------------------------------- one attempt

    async def _judged(
        self,
        request: Request,
        seconds: float,
        attempt: float,
        sent: "_Sent | None" = None,
        into: Packed | None = None,
    ) -> Reply:
        ends = _time() + seconds
        await self._turn(request, seconds if sent is None else seconds * _TURN_SHARE)
        return await self._answer(request, min(max(0.0, ends - _time()), attempt), sent, into)

    async def _answer(
        self, request: Request, seconds: float, sent: "_Sent | None" = None, into: Packed | None = None
    ) -> Reply:
        """One request on the wire for at most `seconds`, its answer judged."""
        if self._closed:
            raise NotReachable(_LEAVING)
        asked_at = self._clock.now()
        reply = await self._flight(request, seconds, sent or _Sent(), into)
        self.skew.hear(reply.headers.get("date", ""), asked_at, self._clock.now())
        try:
            self._check(request, reply, judged=into is None or reply.status not in _OK)
        except RateLimited as error:
            self._limiter.pause(request.family, error.retry_after or 0.0)
            raise
        return reply

    async def _turn(self, request: Request, seconds: float) -> None:
        if self._closed:
            raise NotReachable(_LEAVING)
        if not request.also and self._limiter.take(request.family, request.urgency):
            return
        within = max(0.0, seconds - _LEFT_TO_ANSWER)
        try:
            async with asyncio.timeout(seconds):
                if request.also:
                    await self._limiter.acquire_both(request.family, request.also, request.urgency, within=within)
                else:
                    await self._limiter.acquire(request.family, request.urgency, within=within)
        except TimeoutError:
            raise RateLimited("no call was free in time") from None

    async def _flight(self, request: Request, seconds: float, sent: "_Sent", into: Packed | None) -> Reply:
        """The exchange within `seconds`; `close` can end it earlier."""
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                self._in_flight.add(limit)
                self._landed.clear()
                return await self._exchange(request, seconds, sent, into)
        except TimeoutError:
            raise NotReachable(_LEAVING if self._closed else f"no complete answer within {seconds:.1f} s") from None
        finally:
            self._in_flight.discard(limit)
            if not self._in_flight:
                self._landed.set()

    async def _exchange(self, request: Request, seconds: float, sent: "_Sent", into: Packed | None) -> Reply:
        import httpx  # loaded on first use: start-up

        built = self._built(request, seconds)
        transport = self._wire()
        try:
            sent.maybe = True
            response = await transport.handle_async_request(built)
            try:
                wanted = response.status_code in _OK
                largest = request.largest if wanted else min(request.largest, _LARGEST)
                headers = headers_of(response)
                body = await body_of(response, headers, largest, into if wanted else None)
            finally:
                await response.aclose()
        except httpx.LocalProtocolError as error:
            raise InvalidRequest(f"a value that no request can carry: {error}") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            sent.maybe = False
            raise NotReachable(str(error)) from None
        except httpx.HTTPError as error:
            raise NotReachable(f"{type(error).__name__}: {error}") from None
        return Reply(response.status_code, headers, body, request.decode if wanted else wire.decode)

    def _check(self, request: Request, reply: Reply, *, judged: bool = True) -> None:
        """What is the same at every broker, then the broker's own judge, then what it left over."""
        if reply.status in _REDIRECTS:
            raise WireSurprise(f"{reply.status}: a redirect, not followed")
        try:
            if judged:
                self._judge(request.asked, reply)
        except RateLimited as error:
            if error.retry_after is None:
                error.retry_after = wire.retry_after(reply.headers.get("retry-after", ""), self._clock.now())
            raise
        if reply.status == _TOO_MANY:
            wait = wire.retry_after(reply.headers.get("retry-after", ""), self._clock.now())
            raise RateLimited("429", retry_after=wait)
        if reply.status in _SERVER:
            raise BrokerDown(f"status {reply.status}")
        if wire.is_page(reply.headers):
            raise NotReachable("a web page came instead: something between us and the broker answered")
        if reply.status not in _OK and not request.any_status:
            raise WireSurprise(f"status {reply.status}")

    def _built(self, request: Request, seconds: float) -> "httpx.Request":
        import httpx  # loaded on first use: start-up

        headers = {**_ALWAYS, **request.headers}
        content = None
        if request.body is not None:
            content = wire.encode(request.body)
            headers.setdefault("Content-Type", "application/json")
        url = self._roots[request.host] + request.path
        timeout = {"connect": seconds * _CONNECT_SHARE}  # `_flight` watches over all the rest
        try:
            where = httpx.URL(f"{url}?{urlencode(request.query)}") if request.query else _address(url)
            # With a stream httpx adds no headers of its own, which takes a third of the time: the transport adds them.
            stream, extensions = httpx.ByteStream(content or b""), {"timeout": timeout}
            return httpx.Request(request.method, where, headers=headers, stream=stream, extensions=extensions)
        except (ValueError, httpx.InvalidURL) as error:  # its words would show the value
            raise InvalidRequest(f"a value that no request can carry: {type(error).__name__}") from None

    def _wire(self) -> "httpx.AsyncBaseTransport":
        if self._wires is None:
            self._wires = self._own_wires = Wires()
        return self._wires.transport(self._ca_file)


@dataclass(slots=True)
class _Sent:
    """Whether a byte may have left this computer."""

    maybe: bool = False


def rooted(base_url: str | None, root: str) -> str:
    """`root` with scheme, host and port of `base_url`, its path kept."""
    if base_url is None:
        return root
    ours = urlsplit(base_url)
    return urlsplit(root)._replace(scheme=ours.scheme, netloc=ours.netloc).geturl()


@lru_cache(maxsize=256)  # 40 us each; never with a query, which may hold a secret
def _address(url: str) -> "httpx.URL":
    import httpx  # loaded on first use: start-up

    return httpx.URL(url)


async def _back_off(pause: float | None, ends: float) -> None:
    if pause is not None:
        await asyncio.sleep(min(pause * random.uniform(0.5, 1.5), max(0.0, ends - _time())))  # noqa: S311 - jitter, no secret


def _time() -> float:
    return asyncio.get_running_loop().time()


__all__ = ["Deadlines", "Http", "Judge", "Reply", "Request", "answered", "in_header", "rooted"]
