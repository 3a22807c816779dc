"""One sign-in from the click to green: page, redirect, exchange, store, check, positions.

Until the broker has issued a token nothing changes and every way out leads back to where the account was. From then on
the old token is dead: the new one is stored at once, unconfirmed, and only the broker's definite no discards it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from app.brokers.base import Issued, SignIn
from app.domain import Clock, LoginCancelled, Secret, Token, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.answers import Answer, No, Unknown, Yes
from app.services.events import Events
from app.services.judging import answer_of
from app.services.redirect import Redirects
from app.services.sessions import let_go
from app.services.sign_in_goals import Goal, Kept
from app.services.sign_in_person import TIME_LIMIT, Person, Picture, drop
from app.services.views import AccountView, Asked, Phase, SignInView

__all__ = ["TIME_LIMIT", "RunningSignIn", "Tools"]

_log: Final = logging.getLogger(__name__)
_OUR_MISTAKE: Final = "Something in Kunji did not work"


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
        beginning = SignInView(goal.user_id, goal.title, goal.client_id, Phase.OPENING, "", None, None, None)
        self._picture = Picture(beginning, tools.events)
        self._person = Person(self._picture, tools.clock, tools.redirects, tools.open_page)
        self._sign_in: SignIn | None = None
        self._given_up = asyncio.Event()
        self._weary = False  # given up while the broker was issuing a token
        self._task = asyncio.create_task(self._run(), name="sign-in")

    @property
    def view(self) -> SignInView:
        """Where it stands."""
        return self._picture.view

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._task.done()

    def when_done(self, then: Callable[[], object]) -> None:
        """Call `then` when it has ended."""
        self._task.add_done_callback(lambda _: then())

    def paste(self, text: str) -> None:
        """Take the address (or the bare token) of the page the user landed on; without effect once one was taken."""
        self._person.paste(text)

    def answer(self, text: Secret, asked: Asked | None = None) -> None:
        """Take what the user typed as the answer to `asked` (None: to what is asked now); without effect on any other.

        One that cannot be right is told as the view's `problem` and asked for again; the broker sees nothing of it.
        """
        self._person.type(text, asked)

    def cancel(self) -> None:
        """Give it up. While the broker is issuing a token it is too late: unless it refuses, the sign-in goes on."""
        if self.view.phase is Phase.EXCHANGING:
            self._weary = True
        elif self.view.phase not in (Phase.DONE, Phase.FAILED):
            self._given_up.set()
        if self._sign_in is not None:
            self._sign_in.give_up()

    def open_again(self) -> None:
        """Open the broker's page once more."""
        if not self.done:
            self._person.open_again()

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
            _log.exception("sign-in failed account=%s", self.view.title)
            answer = Unknown(
                TradingError(title=tr(_OUR_MISTAKE), next_step=tr("It is written in the log. Start again."))
            )
        finally:
            self._goal.end()
            await self._person.close()
        if isinstance(answer, Yes):
            self._picture.show(phase=Phase.DONE, asked=None, problem=None)
        else:
            self._picture.show(phase=Phase.FAILED, failed_in=self.view.phase, asked=None, error=answer.error)
        return answer

    async def _signed_in(self) -> Answer[AccountView]:
        target = await self._goal.target()
        try:
            token = await self._issued(target.broker.sign_in(target.credentials))
            kept = await self._goal.keep(target, token)
        except BaseException:  # whatever ended it, an adapter that nobody took up must be closed
            await let_go(target.broker)
            raise
        return await self._checked(kept)

    async def _issued(self, sign_in: SignIn) -> Token:
        """Take every step to the person and the answer to the broker, once each, until the broker issues a token."""
        if self._given_up.is_set():  # while the credentials were being read
            raise LoginCancelled
        self._sign_in = sign_in
        sign_in.tell = self._told
        try:
            step = await sign_in.advance(None)
            while not isinstance(step, Issued):
                if self._weary:
                    raise LoginCancelled
                answer = await self._person.answer(step, self._given_up)
                self._picture.show(phase=Phase.EXCHANGING, asked=None, problem=None)
                step = await sign_in.advance(answer)
                del answer  # a text that was typed is needed no longer
        finally:
            self._sign_in = None  # it may hold what was typed
            await self._person.close()
        return step.token

    def _told(self, trouble: TradingError | None) -> None:
        """The broker's part takes long; it is said, and no end of it."""
        self._picture.show(problem=trouble)

    async def _checked(self, kept: Kept) -> Answer[AccountView]:
        """Ask about the new token; whatever comes of it, it stays unless the broker itself says no."""
        coordinator = kept.coordinator
        self._picture.show(phase=Phase.CHECKING, user_id=coordinator.user_id, client_id=coordinator.account.client_id)
        checking = asyncio.ensure_future(coordinator.check())
        given_up = asyncio.ensure_future(self._given_up.wait())
        try:
            await asyncio.wait({checking, given_up}, return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                return Unknown(_unconfirmed())
            error = checking.result() or kept.trouble
        finally:
            await drop(checking, given_up)
        if error is not None:
            return answer_of(error)
        self._goal.end()
        await self._tools.after(coordinator.user_id)
        return Yes(coordinator.view())


def _unconfirmed() -> LoginCancelled:
    return LoginCancelled(
        title=tr("The new session is kept, but not confirmed yet"),
        next_step=tr("Kunji goes on asking the broker by itself."),
    )
