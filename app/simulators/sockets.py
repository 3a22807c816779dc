"""The order push sockets of a simulator: connections that hear of every state of an order, as their broker tells it.

The books do nothing by themselves, so each connection also keeps its client's books at the present moment.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal

from aiohttp import WSMsgType, web
from aiohttp.web_request import BaseRequest

from app.simulators.books import Account
from app.simulators.faults import reset
from app.simulators.feeds import Asked, Feed, Frame, HangUp, News, Refused, Seat
from app.simulators.order_states import BookOrder, Fill

_LOOK: Final = 0.02
_CLOSE_SECONDS: Final = 0.3
_GOING_AWAY: Final = 1001


class Line:
    """One open connection and what waits to be sent over it."""

    def __init__(self, seat: Seat, request: BaseRequest) -> None:
        self.seat = seat
        self.socket = web.WebSocketResponse(timeout=_CLOSE_SECONDS)
        self.news: list[News] = []
        self.junk: list[Frame] = []
        self.closing = False
        self._request = request

    async def open(self) -> None:
        """Shake hands."""
        await self.socket.prepare(self._request)

    async def send(self, frame: Frame) -> None:
        """One frame."""
        if isinstance(frame, str):
            await self.socket.send_str(frame)
        else:
            await self.socket.send_bytes(frame)

    def ended(self, pump: asyncio.Task[None]) -> None:
        """Nobody sends over it any more: a connection that is not being closed is of no use."""
        if not pump.cancelled() and pump.exception() is not None:
            self.cut()

    def cut(self) -> None:
        """End the connection without a goodbye."""
        if isinstance(self._request.transport, asyncio.Transport):
            reset(self._request.transport)


class OrderSockets:
    """Owns every open connection of one broker's order feed."""

    def __init__(self, feed: Feed, accounts: Mapping[str, Account]) -> None:
        self._feed = feed
        self._accounts = accounts
        self._lines: set[Line] = set()
        self.muted = False
        self.muddled = False
        self.heartbeat_seconds = feed.heartbeat[0] if feed.heartbeat else 0.0
        for account in accounts.values():
            account.book.tell = partial(self._happened, account)

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/{self._feed.path}"

    def listening(self, client_id: str) -> int:
        """How many connections hear of the client's orders."""
        return sum(line.seat.client_id == client_id for line in self._lines)

    # ------------------------------------------------------------------ what a test does to them

    def cut(self, how: Literal["reset", "close"]) -> None:
        """End every connection: by a reset, or with a close frame as soon as the loop turns."""
        for line in tuple(self._lines):
            if how == "reset":
                line.cut()
                self._lines.discard(line)
            line.closing = True

    def push(self, frame: Frame) -> None:
        """Send these very bytes to every connection."""
        for line in self._lines:
            line.junk.append(frame)

    # ------------------------------------------------------------------ connections

    def admit(self, request: BaseRequest) -> Seat:
        """Whose connection it is; raises `Refused`."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        seat = self._feed.admit(Asked(headers, request.rel_url.query))
        if self._feed.most is not None and self._open(seat.key) >= self._feed.most:
            raise Refused(self._feed.too_many())
        return seat

    async def serve(self, seat: Seat, request: BaseRequest) -> web.StreamResponse:
        """Talk until one side ends it."""
        line = Line(seat, request)
        self._lines.add(line)
        pump: asyncio.Task[None] | None = None
        try:
            await line.open()
            for frame in self._feed.greeting(seat):
                await line.send(frame)
            pump = asyncio.get_running_loop().create_task(self._pump(line))
            pump.add_done_callback(line.ended)
            await self._listen(line)
        except ConnectionResetError:
            line.cut()
        finally:
            self._lines.discard(line)
            if pump is not None:
                pump.cancel()
                [end] = await asyncio.gather(pump, return_exceptions=True)
                if isinstance(end, Exception) and not isinstance(end, ConnectionResetError):
                    raise end  # a mistake of ours: the web server writes it down
        return line.socket

    async def _listen(self, line: Line) -> None:
        async for message in line.socket:
            if self.muted or message.type is not WSMsgType.TEXT:
                continue
            try:
                answers = list(self._feed.heard(line.seat, message.data))
            except HangUp:
                line.cut()
                return
            for frame in answers:
                await line.send(frame)

    def _open(self, key: str) -> int:
        return sum(line.seat.key == key for line in self._lines)

    # ------------------------------------------------------------------ news

    def _happened(self, account: Account, order: BookOrder, fill: Fill | None) -> None:
        for line in self._lines:
            if line.seat.client_id == account.user.client_id:
                line.news.append(News(account, order, len(order.states) - 1, fill))

    async def _pump(self, line: Line) -> None:
        """Bring the books to the present, send what has come, beat the heart when nothing has."""
        silent = 0.0
        while not line.closing:
            await asyncio.sleep(_LOOK)
            account = self._accounts.get(line.seat.client_id)
            if account is not None:
                account.settle()
            silent = 0.0 if await self._send(line) else silent + _LOOK
            if self._feed.heartbeat and silent >= self.heartbeat_seconds and not self.muted:
                await line.send(self._feed.heartbeat[1])
                silent = 0.0
        await line.socket.close(code=_GOING_AWAY)

    async def _send(self, line: Line) -> bool:
        """Whether something was sent. News that nobody may hear are lost: there is no replay at any broker."""
        news, line.news = line.news, []
        frames, line.junk = line.junk, []
        if not self.muted:
            told = [*reversed(news), *news] if self.muddled else news
            frames += [frame for one in told for frame in self._feed.frames(one, line.seat)]
        for frame in frames:
            await line.send(frame)
        return bool(frames)
