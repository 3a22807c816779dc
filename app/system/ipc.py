"""The local socket of the process that owns a profile: one request a connection, JSON lines, only for this user.

    owner   {"kunji": 1}                          who is speaking, at once
    caller  {"op": "status", ...}                 the request
    owner   {"beat": 1}                           every 2 s while it works
    owner   {"event": {...}}                      something to show
    owner   {"ask": {"name", "label", ...}}       something to ask ...
    caller  {"reply": "..."}  or  {"reply": null} ... and its answer; null when there will be none
    owner   {"answer": {...}}                     the end

A caller that goes away cancels what it asked for. An owner that is silent for `SILENCE` seconds does not answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from app.domain import Busy, LoginCancelled, Secret
from app.domain.tongue import tr
from app.system.channel import Channel, ChannelClosed
from app.system.doorway import dial, listen
from app.system.paths import Profile
from app.system.talk import Message, Question, Talk

_log: Final = logging.getLogger(__name__)
PROTOCOL: Final = 1
SILENCE: Final = 10.0
_BEAT: Final = 2.0
_REQUEST_WAIT: Final = 5.0
_REPLY_WAIT: Final = 300.0
_LAST_WORDS: Final = 0.2  # seconds for an answer that is being sent
_CALLERS: Final = 16  # at once; a person has one or two
Handler = Callable[[Message, Talk], Awaitable[Message]]


class Server:
    """Answers callers until `close`."""

    def __init__(self, profile: Profile, handler: Handler) -> None:
        self._profile = profile
        self._handler = handler
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Only the owner of the profile may: what a dead owner left behind is replaced."""
        self._server = await listen(self._profile, self._arrived)

    async def close(self) -> None:
        """Stop listening and end the conversations; who is just being answered still hears it."""
        if self._server is not None:
            self._server.close()
            self._profile.socket_path.unlink(missing_ok=True)
            self._profile.endpoint_path.unlink(missing_ok=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_WORDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _arrived(self, channel: Channel) -> None:
        if len(self._tasks) >= _CALLERS:
            channel.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, channel: Channel) -> None:
        try:
            await channel.send({"kunji": PROTOCOL})
            request = await channel.receive(_REQUEST_WAIT)
            await _Conversation(channel, self._handler).run(request)
        except (ChannelClosed, TimeoutError):
            _log.info("a caller went away")
        except Exception:  # noqa: BLE001 - one caller's trouble is logged whole and is not the next caller's
            _log.exception("a request failed")
        finally:
            await channel.close()


class _Conversation:
    """One request in work. Fulfils `Talk`."""

    def __init__(self, channel: Channel, handler: Handler) -> None:
        self._channel = channel
        self._handler = handler
        self._replies: asyncio.Queue[Message] = asyncio.Queue()

    async def run(self, request: Message) -> None:
        """Work and listen at the same time; whichever ends first ends the other."""
        work = asyncio.ensure_future(self._handler(request, self))
        others = [asyncio.ensure_future(self._beat()), asyncio.ensure_future(self._listen())]
        try:
            await asyncio.wait([work, *others], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await self._channel.send({"answer": work.result()})
        finally:
            for task in (work, *others):
                task.cancel()
            await asyncio.gather(work, *others, return_exceptions=True)

    async def emit(self, event: Message) -> None:
        """See `Talk.emit`."""
        await self._channel.send({"event": event})

    async def ask_secret(self, question: Question) -> Secret:
        """See `Talk.ask_secret`."""
        return Secret(await self.ask(question))

    async def ask(self, question: Question) -> str:
        """See `Talk.ask`."""
        await self._channel.send({"ask": question.message()})
        try:
            async with asyncio.timeout(_REPLY_WAIT):
                reply = (await self._replies.get()).get("reply")
        except TimeoutError:
            reply = None
        if not isinstance(reply, str):
            raise LoginCancelled("nobody answered")
        return reply.strip()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            await self._channel.send({"beat": 1})

    async def _listen(self) -> None:
        while True:
            self._replies.put_nowait(await self._channel.receive(None))


async def serve(profile: Profile, handler: Handler) -> Server:
    """Answer the commands of this profile with `handler`, which may raise nothing but cancellation."""
    server = Server(profile, handler)
    await server.start()
    return server


async def connect(profile: Profile, *, patience: float = 3.0) -> Channel:
    """A channel to the owner, which has said its name. Raises `Busy` when it does not within `patience` seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    channel: Channel | None = None
    try:
        async with asyncio.timeout_at(deadline):
            channel = await _dial(profile)
            greeting = await channel.receive(None)
    except (TimeoutError, ChannelClosed) as error:
        await _drop(channel)
        raise _no_answer() from error
    if greeting.get("kunji") != PROTOCOL:
        await _drop(channel)
        raise _no_answer("it is another version of Kunji")
    return channel


async def call(channel: Channel, request: Message, talk: Talk) -> Message:
    """Send `request`, pass events and questions on to `talk`, return the answer. Closes the channel.

    A question waits for its reply while events go on. Raises `Busy` when the owner falls silent or goes away.
    """
    asking: set[asyncio.Task[None]] = set()
    try:
        await channel.send(request)
        while "answer" not in (message := await channel.receive(SILENCE)):
            if "event" in message:
                await talk.emit(message["event"])
            elif "ask" in message:
                asking.add(asyncio.ensure_future(_reply(Question(**message["ask"]), channel, talk)))
        return dict(message["answer"])
    except (TimeoutError, ChannelClosed) as error:
        raise _no_answer() from error
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await channel.close()


async def _reply(question: Question, channel: Channel, talk: Talk) -> None:
    try:
        reply = (await talk.ask_secret(question)).reveal() if question.secret else await talk.ask(question)
    except LoginCancelled:
        await channel.send({"reply": None})
    else:
        await channel.send({"reply": reply})


async def _dial(profile: Profile) -> Channel:
    """Connect as soon as the owner listens: it may still be starting."""
    while True:
        with suppress(OSError, ValueError):
            return await dial(profile)
        await asyncio.sleep(0.05)


async def _drop(channel: Channel | None) -> None:
    if channel is not None:
        await channel.close()


def _no_answer(detail: str = "it does not answer") -> Busy:
    return Busy(
        detail,
        title=tr("Kunji is open and does not answer"),
        next_step=tr("Look at its window, or end that process, then try again."),
    )
