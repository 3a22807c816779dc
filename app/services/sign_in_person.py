"""The person's part of a sign-in: the page in the browser, what is pasted, what is typed; all of it within one time.

What cannot be right is told and asked for again; nothing of it reaches the broker. A text is taken only as the answer
to the question that stands: pressing twice answers once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.brokers.base import AskText, OpenPage, Pasted, Redirected, StepAnswer, Typed
from app.domain import (
    BrowserMissing,
    Clock,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    LoginTimedOut,
    Secret,
    TradingError,
)
from app.domain.tongue import tr
from app.services.events import Events
from app.services.redirect import Landing, Redirects, query_of
from app.services.views import Asked, Phase, SignInChanged, SignInView

TIME_LIMIT: Final = timedelta(minutes=5)  # that a person has to sign in, over all steps (promise C1)


class Picture:
    """How a sign-in stands, published whenever it changes."""

    def __init__(self, view: SignInView, events: Events) -> None:
        self.view = view
        self._events = events

    def show(self, **changes: Any) -> None:
        """Replace fields of the view."""
        view = replace(self.view, **changes)
        if view != self.view:
            self.view = view
            self._events.publish(SignInChanged(view))


class Person:
    """Takes each step of the broker to the person and brings the answer back."""

    def __init__(
        self, picture: Picture, clock: Clock, redirects: Redirects, open_page: Callable[[str], Awaitable[None]]
    ) -> None:
        self._picture = picture
        self._clock = clock
        self._redirects = redirects
        self._open_page = open_page
        self._ends_at: datetime | None = None
        self._pastes: asyncio.Queue[str] = asyncio.Queue()
        self._typed: asyncio.Future[Secret] | None = None
        self._landing: Landing | None = None
        self._closing_time: asyncio.Task[None] | None = None
        self._page: OpenPage | None = None
        self._opening: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ from the person

    def paste(self, text: str) -> None:
        """Take the address (or the bare token) of the page the user landed on; without effect once one was taken."""
        self._pastes.put_nowait(text)

    def type(self, text: Secret, asked: Asked | None) -> None:
        """Take what was typed, as the answer to `asked` (None: to the question that stands)."""
        stands = self._picture.view.asked
        if self._typed is None or self._typed.done() or stands is None or asked not in (None, stands):
            return
        word = Secret("".join(text.reveal().split())) if stands.digits else text  # "407 123" is a code, too
        problem = _cannot_be(stands, word)
        if problem is None:
            self._typed.set_result(word)
        else:
            self._picture.show(problem=problem)

    def open_again(self) -> None:
        """Open the broker's page once more."""
        if self._picture.view.url:
            self._open(self._picture.view.url)

    # ------------------------------------------------------------------ the steps

    async def answer(self, step: OpenPage | AskText, given_up: asyncio.Event) -> StepAnswer:
        """What the person does about `step`.

        Raises `LoginCancelled` when he, or the page, gives up, and `LoginTimedOut` at the end of the time of all steps.
        """
        if given_up.is_set():  # while the broker was asked how to begin
            raise LoginCancelled
        if self._ends_at is None:
            self._ends_at = self._clock.now() + TIME_LIMIT
        if not self._left():  # while the broker was asked about what came back
            raise LoginTimedOut
        limit = asyncio.ensure_future(self._clock.sleep(self._left()))
        giving_up = asyncio.ensure_future(given_up.wait())
        try:
            if isinstance(step, AskText):
                return await self._asked(step, limit, giving_up)
            if step.brings is not None:
                self._open(step.url)
                return await self._asked(step.brings, limit, giving_up, url=step.url)
            await self._show_page(step)
            answer = await self._came_back(step, limit, giving_up)
            if not step.stateless:  # this was surely it; else the broker may refuse it, and the true one come yet
                await self._listen_no_more()
            return answer
        finally:
            await drop(limit, giving_up)

    async def close(self) -> None:
        """Nothing more is asked: close the port, let the browser be, forget what was typed."""
        self._typed = None
        await drop(*self._opening)
        await self._listen_no_more()

    async def _asked(
        self, step: AskText, limit: "asyncio.Future[Any]", giving_up: "asyncio.Future[Any]", url: str = ""
    ) -> Typed:
        typed = self._typed = asyncio.get_running_loop().create_future()
        asked = Asked(step.name, step.label, step.hint, step.secret, step.digits, step.period)
        self._picture.show(phase=Phase.ASKING, asked=asked, url=url, ends_at=self._ends_at, problem=None)
        try:
            await asyncio.wait({typed, limit, giving_up}, return_when=asyncio.FIRST_COMPLETED)
            if giving_up.done() or not typed.done():
                _check_time(limit, giving_up)
            return Typed(typed.result())
        finally:
            self._typed = None
            typed.cancel()

    async def _show_page(self, step: OpenPage) -> None:
        """Open the page; one that is open already is only waited for anew."""
        known, self._page = self._page, step
        if known is not None and known.url == step.url:
            self._picture.show(phase=Phase.WAITING, asked=None, problem=_not_taken())
            if self._landing is None:
                await self._listen(step)
            return
        self._picture.show(phase=Phase.OPENING, url=step.url, asked=None, ends_at=self._ends_at)
        await self._listen(step)
        self._open(step.url)

    async def _listen(self, step: OpenPage) -> None:
        await self._listen_no_more()
        try:
            self._landing = await self._redirects.wait_on(step.redirect_url, step.check, stateless=step.stateless)
        except LoginCancelled:
            raise
        except TradingError as error:  # pasting still works
            self._picture.show(problem=error)
        else:
            self._closing_time = asyncio.create_task(self._close_in_time(), name="close-port")

    async def _listen_no_more(self) -> None:
        if self._closing_time is not None:
            closing_time, self._closing_time = self._closing_time, None
            await drop(closing_time)
        await self._close_port()

    async def _close_in_time(self) -> None:
        """Also while the broker is asked about what came back the port is not open for longer than promised."""
        await self._clock.sleep(self._left())
        await self._close_port()

    async def _close_port(self) -> None:
        if self._landing is not None:
            landing, self._landing = self._landing, None
            await landing.close()

    def _left(self) -> float:
        """Seconds that are left of the time of all steps."""
        ends_at = self._ends_at or self._clock.now()
        return max(0.0, (ends_at - self._clock.now()).total_seconds())

    async def _came_back(
        self, step: OpenPage, limit: "asyncio.Future[Any]", giving_up: "asyncio.Future[Any]"
    ) -> StepAnswer:
        """The first of: the redirect, a paste that can be used, the end of the time, the end of patience."""
        while True:
            paste = asyncio.ensure_future(self._pastes.get())
            waits: set[asyncio.Future[Any]] = {limit, giving_up, paste}
            waits |= {self._landing.caught} if self._landing is not None else set()
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                answer = self._landed() or (self._pasted(step, paste.result()) if paste.done() else None)
            finally:
                await drop(paste)
            if answer is not None:
                return answer
            _check_time(limit, giving_up)

    def _landed(self) -> StepAnswer:
        """The redirect that was caught; from now on the next one is."""
        if self._landing is None or not self._landing.caught.done():
            return None
        caught = self._landing.caught
        self._landing.again()
        return Redirected(caught.result())

    def _pasted(self, step: OpenPage, text: str) -> StepAnswer:
        """What was pasted as an answer; one that does not belong here is told, and the wait goes on."""
        text = text.strip()
        try:
            if not text:
                raise InvalidRequest(
                    title=tr("Nothing was pasted"), next_step=tr("Copy the whole address."), field="paste"
                )
            if not any(sign in text for sign in "=?/&"):
                return Pasted(text)
            query = query_of(text)
            step.check(query)
        except LoginCancelled:
            raise
        except TradingError as error:
            self._picture.show(problem=error)
            return None
        return Redirected(query)

    # ------------------------------------------------------------------ the browser

    def _open(self, url: str) -> None:
        task = asyncio.create_task(self._opened(url), name="open-page")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _opened(self, url: str) -> None:
        problem: TradingError | None = None
        try:
            await self._open_page(url)
        except TradingError as error:
            problem = error
        view = self._picture.view
        others = None if isinstance(view.problem, BrowserMissing) else view.problem
        if view.phase is Phase.OPENING:
            self._picture.show(phase=Phase.WAITING, problem=problem or others)
        elif view.phase in (Phase.WAITING, Phase.ASKING) and (problem or others is not view.problem):
            self._picture.show(problem=problem or others)


async def drop(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel `tasks` and wait until they have let go."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _check_time(limit: "asyncio.Future[Any]", giving_up: "asyncio.Future[Any]") -> None:
    if giving_up.done():
        raise LoginCancelled
    if limit.done():
        raise LoginTimedOut


def _cannot_be(asked: Asked, text: Secret) -> InvalidRequest | None:
    """Why `text` cannot be the answer; None when it may be."""
    word = text.reveal()
    if asked.digits and not (len(word) == asked.digits and word.isascii() and word.isdecimal()):
        return InvalidRequest(
            title=tr("This is not a code of {digits} digits", digits=asked.digits),
            next_step=tr("Type all {digits}. Nothing was sent, no attempt was used.", digits=asked.digits),
            field=asked.name,
        )
    if not word:
        return InvalidRequest(
            title=tr("Nothing was typed"), next_step=tr("{label} is needed.", label=tr(asked.label)), field=asked.name
        )
    return None


def _not_taken() -> LoginForged:
    return LoginForged(
        title=tr("The broker did not take the sign-in that came back"),
        next_step=tr("If it was yours, sign in on the page again. Kunji goes on waiting."),
    )
