"""A walk over several accounts seen from the command line: every sign-in of it told and asked under its account."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from app.domain import Clock, LoginCancelled, Secret
from app.services.events import Events
from app.services.following import Follower
from app.services.sign_in_person import drop
from app.services.views import Event, WalkChanged, Walked, WalkView
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.reconnect_all import RunningWalk
    from app.services.sign_ins import RunningSignIn


class WalkFollower:
    """Follows a walk over several accounts. Who began it and goes away gives it up; `shared` is one of another.

    All that one account asks is asked before the next account's, in the order in which they began, so that a script
    can answer; an address cannot be pasted: nobody could tell for which page a line is meant.
    """

    def __init__(self, walk: "RunningWalk", talk: Talk, clock: Clock, *, shared: bool) -> None:
        self._walk = walk
        self._talk = talk
        self._clock = clock
        self._shared = shared
        self._turn = asyncio.Lock()
        self._followed: dict[str, asyncio.Task[None]] = {}

    async def result(self, events: Events) -> Sequence[Walked]:
        """The answer of each account."""

        def listen(event: Event) -> None:
            if isinstance(event, WalkChanged):
                self._follow(event.view, events)

        unsubscribe = events.subscribe(listen)
        try:
            self._follow(self._walk.view, events)
            return await self._walk.result()
        finally:
            unsubscribe()
            if not self._shared:
                self._walk.cancel()  # of no effect on one that has ended
            await drop(*self._followed.values())

    def _follow(self, view: WalkView, events: Events) -> None:
        for user_id in view.running:
            running = self._walk.sign_in(user_id)
            if running is not None and user_id not in self._followed:
                self._followed[user_id] = asyncio.create_task(self._one(user_id, running, events), name="follow")

    async def _one(self, user_id: str, running: "RunningSignIn", events: Events) -> None:
        """Follow one sign-in; one that nobody answers is given up, and the others go on."""
        shared = self._shared or not self._walk.began(user_id)
        async with _Named(running.view.title, self._talk, self._turn) as talk:
            with suppress(LoginCancelled):
                await Follower(running, talk, self._clock, shared=shared, pastes=False).result(events)


class _Named:
    """What one account of several says and asks, with its name; the first question takes the turn, the end gives it."""

    def __init__(self, title: str, talk: Talk, turn: asyncio.Lock) -> None:
        self._title = title
        self._talk = talk
        self._turn = turn
        self._has_turn = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._has_turn:
            self._turn.release()

    async def emit(self, event: Message) -> None:
        await self._talk.emit({**event, "account": self._title})

    async def ask(self, question: Question) -> str:
        return await self._talk.ask(await self._named(question))

    async def ask_secret(self, question: Question) -> Secret:
        return await self._talk.ask_secret(await self._named(question))

    async def _named(self, question: Question) -> Question:
        if not self._has_turn:
            await self._turn.acquire()
            self._has_turn = True
        return replace(question, label=f"{self._title}: {question.label}")
