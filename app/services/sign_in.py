"""One sign-in from the click to green: page, redirect, exchange, store, check, positions.

Until the broker has issued a token nothing changes and every way out leads back to where the account was. From then on
the old token is dead: the new one is stored at once, unconfirmed, and only the broker's definite no discards it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.brokers.base import AskText, Issued, OpenPage, Pasted, Redirected, StepAnswer
from app.domain import (
    BrowserMissing,
    Clock,
    InvalidRequest,
    LoginCancelled,
    LoginTimedOut,
    Token,
    TradingError,
    Unsupported,
)
from app.services.answers import Answer, No, Unknown, Yes
from app.services.events import Events
from app.services.judging import answer_of
from app.services.redirect import Landing, Redirects, query_of
from app.services.sessions import let_go
from app.services.sign_in_goals import Goal, Kept, Target
from app.services.views import AccountView, Phase, SignInChanged, SignInView

_log: Final = logging.getLogger(__name__)
_OUR_MISTAKE: Final = "Something in Kunji did not work"
TIME_LIMIT: Final = timedelta(minutes=5)  # that a person has to sign in (promise C1)
_TOO_LATE: Final = frozenset({Phase.EXCHANGING, Phase.DONE, Phase.FAILED})


@dataclass(frozen=True, slots=True)
class Tools:
    """What every sign-in uses and none owns. `after` is called with the account's id when it is ready again."""

    clock: Clock
    events: Events
    redirects: Redirects
    open_page: Callable[[str], Awaitable[None]]
    after: Callable[[str], Awaitable[object]]


class RunningSignIn:
    """A sign-in in flight; it runs by itself from the moment it is made."""

    def __init__(self, goal: Goal, tools: Tools) -> None:
        self._goal = goal
        self._tools = tools
        self._view = SignInView(goal.user_id, goal.title, goal.client_id, Phase.OPENING, "", None, None, None)
        self._pastes: asyncio.Queue[str] = asyncio.Queue()
        self._given_up = asyncio.Event()
        self._opening: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run(), name="sign-in")

    @property
    def view(self) -> SignInView:
        """Where it stands."""
        return self._view

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._task.done()

    def when_done(self, then: Callable[[], object]) -> None:
        """Call `then` when it has ended."""
        self._task.add_done_callback(lambda _: then())

    def paste(self, text: str) -> None:
        """Take the address (or the bare token) of the page the user landed on; without effect once one was taken."""
        self._pastes.put_nowait(text)

    def cancel(self) -> None:
        """Give it up. While the broker is issuing a token it is too late: the sign-in then goes on to its end."""
        if self._view.phase not in _TOO_LATE:
            self._given_up.set()

    def open_again(self) -> None:
        """Open the broker's page once more."""
        if self._view.url and not self.done:
            self._open(self._view.url)

    async def result(self) -> Answer[AccountView]:
        """How it ended; may be asked for by several."""
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            if self._task.cancelled():  # the program is being closed
                return No(LoginCancelled())
            raise

    async def close(self, patience: float) -> None:
        """Give it up, or let a broker that is issuing a token finish within `patience` seconds."""
        self.cancel()
        await asyncio.wait({self._task}, timeout=patience)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    # ------------------------------------------------------------------ the steps

    async def _run(self) -> Answer[AccountView]:
        try:
            self._goal.begin()
            answer = await self._signed_in()
        except TradingError as error:
            answer = answer_of(error)
        except Exception:  # noqa: BLE001 - a mistake of ours: logged whole, and who waits at the dialog is told
            _log.exception("sign-in failed account=%s", self._view.title)
            answer = Unknown(TradingError(title=_OUR_MISTAKE, next_step="It is written in the log. Start again."))
        finally:
            self._goal.end()
            await self._stop_opening()
        if isinstance(answer, Yes):
            self._show(phase=Phase.DONE, problem=None)
        else:
            self._show(phase=Phase.FAILED, error=answer.error)
        return answer

    async def _signed_in(self) -> Answer[AccountView]:
        target = await self._goal.target()
        try:
            token = await self._issued(target)
            kept = await self._goal.keep(target, token)
        except BaseException:  # whatever ended it, an adapter that nobody took up must be closed
            await let_go(target.broker)
            raise
        return await self._checked(kept)

    async def _issued(self, target: Target) -> Token:
        # Whose token it is, is judged where it would be stored: there both client ids can be named to the user.
        sign_in = target.broker.sign_in(replace(target.credentials, client_id=""))
        step = await sign_in.advance(None)
        while not isinstance(step, Issued):
            if isinstance(step, AskText):  # no broker that is offered asks: see SUPPORTED_BROKERS
                raise Unsupported(f"a sign-in that asks for {step.label}")
            answer = await self._person(step)
            self._show(phase=Phase.EXCHANGING, problem=None)
            step = await sign_in.advance(answer)
        return step.token

    async def _checked(self, kept: Kept) -> Answer[AccountView]:
        """Ask about the new token; whatever comes of it, it stays unless the broker itself says no."""
        coordinator = kept.coordinator
        self._show(phase=Phase.CHECKING, user_id=coordinator.user_id, client_id=coordinator.account.client_id)
        checking = asyncio.ensure_future(coordinator.check())
        given_up = asyncio.ensure_future(self._given_up.wait())
        try:
            await asyncio.wait({checking, given_up}, return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                return Unknown(_unconfirmed())
            error = checking.result() or kept.trouble
        finally:
            await _drop(checking, given_up)
        if error is not None:
            return answer_of(error)
        self._goal.end()
        await self._tools.after(coordinator.user_id)
        return Yes(coordinator.view())

    # ------------------------------------------------------------------ the person's part

    async def _person(self, step: OpenPage) -> StepAnswer:
        """Show the page and wait for what comes back, or what is pasted instead."""
        ends_at = self._tools.clock.now() + TIME_LIMIT
        self._show(phase=Phase.OPENING, url=step.url, ends_at=ends_at)
        landing = await self._listen(step)
        try:
            self._open(step.url)
            return await self._answer(step, landing, ends_at)
        finally:
            if landing is not None:
                await landing.close()

    async def _listen(self, step: OpenPage) -> Landing | None:
        try:
            return await self._tools.redirects.wait_on(step.redirect_url, step.check)
        except TradingError as error:  # pasting still works
            self._show(problem=error)
            return None

    async def _answer(self, step: OpenPage, landing: Landing | None, ends_at: datetime) -> StepAnswer:
        """The first of: the redirect, a paste that can be used, the end of the time, the end of patience."""
        limit = asyncio.ensure_future(self._tools.clock.sleep((ends_at - self._tools.clock.now()).total_seconds()))
        given_up = asyncio.ensure_future(self._given_up.wait())
        try:
            while True:
                paste = asyncio.ensure_future(self._pastes.get())
                waits: set[asyncio.Future[Any]] = {limit, given_up, paste}
                waits |= {landing.caught} if landing is not None else set()
                try:
                    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                    answer = self._taken(step, landing, paste)
                finally:
                    await _drop(paste)
                if answer is not None:
                    return answer
                if given_up.done():
                    raise LoginCancelled
                if limit.done():
                    raise LoginTimedOut
        finally:
            await _drop(limit, given_up)

    def _taken(self, step: OpenPage, landing: Landing | None, paste: "asyncio.Future[str]") -> StepAnswer:
        if landing is not None and landing.caught.done():
            return Redirected(landing.caught.result())
        return self._pasted(step, paste.result()) if paste.done() else None

    def _pasted(self, step: OpenPage, text: str) -> StepAnswer:
        """What was pasted as an answer; one that does not belong here is told, and the wait goes on."""
        text = text.strip()
        try:
            if not text:
                raise InvalidRequest(title="Nothing was pasted", next_step="Copy the whole address.", field="paste")
            if not any(sign in text for sign in "=?/&"):
                return Pasted(text)
            query = query_of(text)
            step.check(query)
        except LoginCancelled:
            raise
        except TradingError as error:
            self._show(problem=error)
            return None
        return Redirected(query)

    # ------------------------------------------------------------------ showing

    def _open(self, url: str) -> None:
        task = asyncio.create_task(self._opened(url), name="open-page")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _opened(self, url: str) -> None:
        problem = None
        try:
            await self._tools.open_page(url)
        except TradingError as error:
            problem = error
        if self._view.phase is Phase.OPENING or isinstance(self._view.problem, BrowserMissing):
            shown = problem or (None if isinstance(self._view.problem, BrowserMissing) else self._view.problem)
            phase = Phase.WAITING if self._view.phase is Phase.OPENING else self._view.phase
            self._show(phase=phase, problem=shown)

    async def _stop_opening(self) -> None:
        await _drop(*self._opening)

    def _show(self, **changes: Any) -> None:
        view = replace(self._view, **changes)
        if view != self._view:
            self._view = view
            self._tools.events.publish(SignInChanged(view))


async def _drop(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _unconfirmed() -> LoginCancelled:
    return LoginCancelled(
        title="The new session is kept, but not confirmed yet", next_step="Kunji goes on asking the broker by itself."
    )
