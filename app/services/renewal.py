"""Renewal without the user, where a broker allows it for a token that lives.

Dhan: a token made on its web page lives 24 hours more, the old one dies with the answer (sheet section 2.4). Angel One:
the refresh token gives a new session; what is known says that both end at midnight, so it is tried after the last
market has closed, and not again for a month where it did not help (sheet sections 2.1 and 2.2). Zerodha and Fyers renew
nothing.

One attempt; what comes after it depends on the answer, and is never a loop:
- a new token is on the disk before anything is asked with it; one that cannot be written is used and written later;
- a refusal: not again for this token. The broker is asked whether it lives;
- no answer: perhaps both tokens are dead. The account is not confirmed until the broker has said so or otherwise; if
  the old one lives, there are two more attempts, ten minutes apart.
It never begins while a sign-in runs, and what a sign-in has brought meanwhile stays (promise A6).
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

from app.brokers.base import Ability, BaseBroker
from app.domain import Credentials, DailyCap, NoAnswer, RateLimited, Token, TradingError, Unsupported, VaultError
from app.domain.records import dataclass
from app.domain.renewal import renewal_due
from app.services.accounts import Accounts
from app.services.in_vain import InVain
from app.services.pacing import Background, Pause
from app.services.sessions import Coordinator, Desk

_log: Final = logging.getLogger(__name__)
_BEAT: Final = 60.0  # seconds
_WAIT: Final = 600.0  # seconds between two attempts at one token
_REST: Final = 3600.0  # seconds after a renewal: where it gained nothing, the new token would be due at once
_MOST: Final = 3  # attempts at one token
_PATIENCE: Final = 1.0  # seconds for a broker that is just renewing a token: what it issued would be lost


_NOT_ASKED: Final = (Unsupported, RateLimited, DailyCap)
"""Nothing was renewed, and the token lives as before."""


@dataclass(slots=True)
class _Tries:
    """The attempts at the token of one generation; none `before` (monotonic)."""

    generation: int
    left: int = _MOST
    before: float = 0.0


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """A token that is in use and not on the disk."""

    generation: int
    token: Token


class Renewals:
    """Renews what can be renewed until its task is cancelled."""

    def __init__(self, accounts: Accounts, desk: Desk, in_vain: InVain) -> None:
        self._accounts = accounts
        self._in_vain = in_vain
        self._desk = desk
        self._pause = Pause(desk.clock)
        self._work = Background()
        self._tries: dict[str, _Tries] = {}
        self._rests: dict[str, float] = {}  # until when, monotonic
        self._unsaved: dict[str, _Unsaved] = {}

    async def run(self) -> None:
        """Beat until cancelled; a renewal that is under way goes on until `close`."""
        while True:
            self.beat()
            await self._pause.sleep(_BEAT)

    def beat(self) -> None:
        """Renew whose time it is, and write down what could not be written before."""
        now = self._desk.clock.now()
        self._unsaved = {user_id: kept for user_id, kept in self._unsaved.items() if user_id in self._accounts}
        for one in self._accounts:
            if one.user_id in self._unsaved:
                self._work.start(one.user_id, partial(self._save, one))
            elif self._may(one) and is_due(one, now):
                self._work.start(one.user_id, partial(self.renew, one))
        self._work.start("in-vain", self._in_vain.save)

    async def close(self) -> None:
        """Let a broker that is just renewing a token finish, within a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._work.finish()
                await asyncio.gather(*(self._save(one) for one in self._accounts if one.user_id in self._unsaved))
        await self._work.close()
        await self._in_vain.save()

    async def renew(self, one: Coordinator) -> None:
        """One attempt. Its outcome is the account's state and its history."""
        tries = self._tries_of(one)
        tries.left, tries.before = tries.left - 1, self._desk.clock.monotonic() + _WAIT
        try:
            known = await self._desk.vault.credentials(one.user_id)  # a token that cannot be stored is not asked for
        except VaultError as error:
            tries.left += 1  # nobody was asked
            _log.warning("no renewal account=%s kind=%s", one.user_id, error.kind)
            return
        if self._is_fit(one):  # it may have changed while the vault was read
            await self._attempt(one, await one.ready(), known)

    # ------------------------------------------------------------------ the attempt

    async def _attempt(self, one: Coordinator, broker: BaseBroker, known: Credentials) -> None:
        generation, end = one.generation, one.due_at
        try:
            with one.renewing():
                token = await broker.renew()
                await self._accounts.finish(self._keep(one, generation, known, token))
        except TradingError as error:
            await self._failed(one, generation, error)
        else:
            self._rests[one.user_id] = self._desk.clock.monotonic() + _REST
            if end is not None:
                self._in_vain.renewed(one.user_id, end)
            await one.check()

    async def _keep(self, one: Coordinator, generation: int, known: Credentials, token: Token) -> None:
        try:
            await self._accounts.keep_renewed(one, generation, known, token)
        except VaultError as error:
            self._unsaved[one.user_id] = _Unsaved(one.generation, token)
            _log.error("a renewed token is not stored yet account=%s kind=%s", one.user_id, error.kind)

    async def _failed(self, one: Coordinator, generation: int, error: TradingError) -> None:
        """The broker did not renew, or nobody knows whether it did."""
        _log.warning("not renewed account=%s kind=%s code=%s", one.user_id, error.kind, error.broker_code)
        if one.generation != generation:  # a sign-in has brought another token
            return
        tries = self._tries_of(one)
        if not isinstance(error, NoAnswer):  # a definite no
            tries.left = 0
        if isinstance(error, RateLimited) and error.retry_after is not None:
            tries.before = max(tries.before, self._desk.clock.monotonic() + error.retry_after)
        if isinstance(error, _NOT_ASKED):
            return
        if isinstance(error, NoAnswer):
            one.doubt()
            tries.generation = one.generation
        await one.check()

    async def _save(self, one: Coordinator) -> None:
        unsaved = self._unsaved.get(one.user_id)
        if unsaved is None:
            return
        try:
            await self._accounts.finish(self._accounts.save_renewed(one, unsaved.generation, unsaved.token))
        except VaultError as error:
            _log.warning("a renewed token is still not stored account=%s kind=%s", one.user_id, error.kind)
            return
        self._unsaved.pop(one.user_id, None)

    # ------------------------------------------------------------------ whose time it is

    def _may(self, one: Coordinator) -> bool:
        tries, ticks = self._tries_of(one), self._desk.clock.monotonic()
        rested = max(tries.before, self._rests.get(one.user_id, 0.0)) <= ticks
        return rested and tries.left > 0 and self._is_fit(one) and not self._in_vain.covers(one.user_id)

    def _is_fit(self, one: Coordinator) -> bool:
        """Whether the account has a token that lives and could be replaced now."""
        at_rest = not one.retired and not one.signing_in and one.locked is None
        return at_rest and self._desk.vault.is_open and one.is_connected and one.is_able(Ability.RENEW)

    def _tries_of(self, one: Coordinator) -> _Tries:
        tries = self._tries.get(one.user_id)
        if tries is None or tries.generation != one.generation:
            tries = self._tries[one.user_id] = _Tries(one.generation)
        return tries


def is_due(one: Coordinator, now: datetime) -> bool:
    """Whether the account's session is to be renewed at `now`, by what its broker says and does.

    What was learnt from earlier deaths is left out: a token that another program ends is not saved by a new one. A
    session that has outlived its end lives until the next one by the rule.
    """
    spec = one.spec
    would_end = one.dies_after(now)
    end = one.due_at
    if spec is None or would_end is None or end is None:
        return False
    return renewal_due(end if end > now else would_end, would_end, now, spec.renew_ahead)
