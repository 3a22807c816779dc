"""A sign-in seen from the command line: tells how it goes on, asks what it asks, takes a pasted address."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import Clock, LoginCancelled, Secret
from app.domain.tongue import tr
from app.services.command_views import sign_in_json
from app.services.events import Events
from app.services.sign_in_person import drop
from app.services.views import AccountView, Asked, Event, SignInChanged, SignInView
from app.system.talk import Question, Talk

if TYPE_CHECKING:
    from app.services.answers import Answer
    from app.services.sign_ins import RunningSignIn

T = TypeVar("T")
_PASTE: Final = Question("address", "Or paste the address of the page you land on", secret=False)


class Follower:
    """Follows one sign-in to its end. Who began it and goes away cancels it; `shared` is one that another began.

    With `pastes` it takes the address of the page that the browser landed on.
    """

    def __init__(
        self, running: "RunningSignIn", talk: Talk, clock: Clock, *, shared: bool, pastes: bool = True
    ) -> None:
        self._running = running
        self._talk = talk
        self._clock = clock
        self._shared = shared
        self._pastes = pastes
        self._news: asyncio.Queue[SignInView] = asyncio.Queue()
        self._questions: asyncio.Queue[Asked] = asyncio.Queue()
        self._page_shown = asyncio.Event()

    async def result(self, events: Events) -> "Answer[AccountView]":
        """How it ended. Raises `LoginCancelled` when nobody is there to answer what is asked."""
        unsubscribe = events.subscribe(self._listen)
        result = asyncio.ensure_future(self._running.result())
        asking = asyncio.ensure_future(self._ask())
        others = [asyncio.ensure_future(self._tell()), asyncio.ensure_future(self._take_pastes())]
        try:
            await asyncio.wait({result, asking}, return_when=asyncio.FIRST_COMPLETED)
            if not result.done():
                await asking  # it ends by nothing but an error
            return await result
        finally:
            unsubscribe()
            if not self._shared:
                self._running.cancel()  # of no effect on one that has ended
            await drop(result, asking, *others)

    def _listen(self, event: Event) -> None:
        if isinstance(event, SignInChanged) and event.view is self._running.view:
            self._news.put_nowait(event.view)

    async def _tell(self) -> None:
        told, view = None, self._running.view
        while True:
            if view is not told:  # the first may stand in the queue, too
                await self._talk.emit(sign_in_json(view, self._clock.now()))
                if view.asked is not None:
                    self._questions.put_nowait(view.asked)
                elif view.url:
                    self._page_shown.set()
            told, view = view, await newest(self._news)

    async def _ask(self) -> None:
        """Ask each question that still stands, also once more after an answer that cannot be right."""
        while True:
            asked = await newest(self._questions)
            if asked != self._running.view.asked:
                continue
            question = Question(asked.name, tr(asked.label), tr(asked.hint), asked.secret)
            typed = await self._talk.ask_secret(question) if asked.secret else Secret(await self._talk.ask(question))
            self._running.answer(typed, asked)

    async def _take_pastes(self) -> None:
        """Hand on what the user pastes once the page was named; one who cannot or will not paste just signs in."""
        if not self._pastes:
            return
        await self._page_shown.wait()
        with suppress(LoginCancelled):
            while True:
                if text := await self._talk.ask(_PASTE):
                    self._running.paste(text)


async def newest(queue: "asyncio.Queue[T]") -> T:
    """The last of what waits in `queue`: what came before it is no longer so."""
    found = await queue.get()
    while not queue.empty():
        found = queue.get_nowait()
    return found
