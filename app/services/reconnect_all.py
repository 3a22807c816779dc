"""Reconnect all: the accounts that need it, one attempt each, as one walk that can be followed and given up.

A person has one browser and one pair of eyes: accounts with a page go one after another. Accounts without one are all
begun at once. What a sign-in does and how it ends is the sign-in's own; the walk only decides when each begins.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from app.domain import LoginCancelled, TradingError
from app.domain.tongue import tr
from app.services.accounts import Accounts
from app.services.answers import Answer, No, Yes
from app.services.sessions import Desk
from app.services.sign_in_person import drop
from app.services.sign_ins import RunningSignIn, SignIns
from app.services.views import AccountView, Action, WalkChanged, Walked, WalkView
from app.services.words import worst_first

_NEEDY: Final = (Action.RECONNECT, Action.SHOW_SIGN_IN)


class RunningWalk:
    """A walk under way; it goes by itself from the moment it is made. Use from the loop's thread only."""

    def __init__(self, wanted: Iterable[str], accounts: Accounts, sign_ins: SignIns, desk: Desk) -> None:
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._desk = desk
        self._titles: dict[str, str] = {}  # of all accounts of the walk, in their order
        self._waiting: list[str] = []
        self._begun: dict[str, RunningSignIn] = {}
        self._ours: set[str] = set()  # begun by the walk: what was under way before is not ours to cancel
        self._replaced: set[str] = set()  # sessions that still lived when they were put into the walk
        self._pages: dict[str, bool] = {}  # which of them take the browser, as far as it was looked at
        self._ends: dict[str, asyncio.Task[None]] = {}  # the ends that are waited for, by account
        self._done: list[Walked] = []
        self._cancelled = False
        self._news = asyncio.Event()
        self.add(wanted)
        self._shown = self.view
        self._task = asyncio.create_task(self._run(), name="reconnect-all")

    @property
    def view(self) -> WalkView:
        """How far it has come."""
        running = tuple(user_id for user_id in self._titles if user_id in self._ends)
        current = next((user_id for user_id in running if self._pages[user_id]), next(iter(running), None))
        return WalkView(tuple(self._waiting), running, tuple(self._done), current, self._cancelled)

    @property
    def done(self) -> bool:
        """Whether every account has its answer."""
        return self._task.done()

    def sign_in(self, user_id: str) -> RunningSignIn | None:
        """The account's sign-in, also after its end; None when it was not begun (yet)."""
        return self._begun.get(user_id)

    def began(self, user_id: str) -> bool:
        """Whether the walk began the account's sign-in; it joined one that was under way otherwise."""
        return user_id in self._ours

    def add(self, wanted: Iterable[str]) -> None:
        """Take more accounts into the walk; one that is in it, or was, gets no second attempt."""
        for user_id in wanted:
            if user_id in self._titles or self._cancelled:
                continue
            self._titles[user_id] = self._accounts.find(user_id).view().title if user_id in self._accounts else ""
            self._waiting.append(user_id)
            if self._sign_ins.living(user_id) is not None:
                self._replaced.add(user_id)
        self._news.set()

    def cancel(self) -> None:
        """Give up: what waits is left as it is, what the walk began is cancelled, what others began goes on."""
        if self.done:
            return
        self._cancelled = True
        for user_id in self._waiting:
            self._keep(user_id, No(_not_begun()))
        self._waiting.clear()
        for user_id in self._ours:
            self._begun[user_id].cancel()  # of no effect on one that has ended
        self._news.set()

    async def result(self) -> tuple[Walked, ...]:
        """The answer of each account, in the order in which they came; may be asked for by several."""
        await asyncio.wait({self._task})
        if not self._task.cancelled():  # as it is when the program is being closed
            self._task.result()
        return tuple(self._done)

    async def close(self) -> None:
        """Stop walking; the sign-ins belong to `SignIns`, which ends them."""
        await drop(self._task, *self._ends.values())

    # ------------------------------------------------------------------ the walk

    async def _run(self) -> None:
        while self._waiting or self._ends:
            await self._begin_what_may()
            if self._ends:
                await self._something_happened()
        self._tell()

    async def _begin_what_may(self) -> None:
        # what is under way first: its page may hold the browser already
        for user_id in sorted(self._waiting, key=lambda user_id: self._sign_ins.running(user_id) is None):
            if user_id not in self._pages:
                self._pages[user_id] = await self._opens_page(user_id)
            self._consider(user_id)
        self._tell()

    async def _something_happened(self) -> None:
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({news, *self._ends.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await drop(news)
            self._news.clear()

    def _consider(self, user_id: str) -> None:
        """Begin the account's sign-in if it may begin now."""
        under_way = self._sign_ins.running(user_id)
        if user_id not in self._waiting or (under_way is None and self._pages[user_id] and self._browser_is_taken()):
            return
        self._waiting.remove(user_id)
        if under_way is None and user_id not in self._replaced and self._sign_ins.living(user_id) is not None:
            # it came back while it waited, and another session would end this one
            self._keep(user_id, Yes(self._accounts.find(user_id).view()))
            return
        if under_way is None:
            self._ours.add(user_id)
        self._begun[user_id] = under_way or self._sign_ins.start(user_id)
        self._ends[user_id] = asyncio.create_task(self._end(user_id), name="reconnect-one")

    def _browser_is_taken(self) -> bool:
        return any(self._pages[user_id] for user_id in self._ends)

    async def _opens_page(self, user_id: str) -> bool:
        """Whether its sign-in takes the browser; one that cannot even begin takes none."""
        try:
            return self._accounts.find(user_id).opens_page(await self._desk.vault.credentials(user_id))
        except TradingError:
            return False

    async def _end(self, user_id: str) -> None:
        answer = await self._begun[user_id].result()
        del self._ends[user_id]
        self._keep(user_id, answer)
        self._news.set()

    def _keep(self, user_id: str, answer: Answer[AccountView]) -> None:
        self._done.append(Walked(user_id, self._titles[user_id], answer))

    def _tell(self) -> None:
        view = self.view
        if view != self._shown:
            self._shown = view
            self._desk.events.publish(WalkChanged(view))


class ReconnectAll:
    """Starts walks, one at a time. Use from the loop's thread only."""

    def __init__(self, accounts: Accounts, sign_ins: SignIns, desk: Desk) -> None:
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._desk = desk
        self._walks: list[RunningWalk] = []  # those under way: one, and before it those that were given up

    @property
    def running(self) -> RunningWalk | None:
        """The walk under way; one that was given up and still comes to its end is none."""
        self._walks = [walk for walk in self._walks if not walk.done]
        return next((walk for walk in self._walks if not walk.view.cancelled), None)

    def needy(self) -> tuple[str, ...]:
        """The accounts that a walk would take by itself, worst first: signed out, or signing in already.

        Not those whose session lives, also when it ends soon: a new one would end it, which only a person decides.
        """
        views = worst_first([one.view() for one in self._accounts])
        return tuple(view.user_id for view in views if view.action in _NEEDY)

    def start(self, user_ids: Iterable[str] | None = None) -> RunningWalk:
        """Walk over these accounts, or over those that need it; a walk under way takes them in and is given back.

        Named accounts are replaced also while their session lives: whoever names them has asked (`SignIns.living`).
        Never raises: what keeps an account from being signed in to is its answer.
        """
        wanted = self.needy() if user_ids is None else tuple(user_ids)
        walk = self.running
        if walk is None:
            walk = RunningWalk(wanted, self._accounts, self._sign_ins, self._desk)
            self._walks.append(walk)
        else:
            walk.add(wanted)
        return walk

    async def close(self) -> None:
        """Stop walking; the sign-ins are ended by `SignIns.close`."""
        await asyncio.gather(*(walk.close() for walk in self._walks))


def _not_begun() -> LoginCancelled:
    return LoginCancelled(title=tr("The sign-in was not begun"), next_step=tr("The account is as it was before."))
