"""The sign-ins in flight: one an account, and all of them ended when Kunji closes."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Final

from app.domain import Credentials
from app.services.accounts import Accounts
from app.services.sessions import Desk
from app.services.sign_in import RunningSignIn, Tools
from app.services.sign_in_goals import Goal, NewAccount, Renewal
from app.services.views import Draft

__all__ = ["RunningSignIn", "SignIns"]

_PATIENCE: Final = 1.5  # seconds for a broker that is just issuing a token: what it issued would be lost


class SignIns:
    """Starts sign-ins. Use from the loop's thread only."""

    def __init__(self, desk: Desk, accounts: Accounts, tools: Tools) -> None:
        self._desk = desk
        self._accounts = accounts
        self._tools = tools
        self._running: dict[str, RunningSignIn] = {}

    def start(self, target: str | Draft) -> RunningSignIn:
        """Sign in to the account with that id, or to a new one; one that is already under way is given back.

        Never raises: what keeps it from beginning is the sign-in's result.
        """
        key = target if isinstance(target, str) else f"{target.broker_type} {target.name.strip().casefold()}"
        running = self._running.get(key)
        if running is None or running.done:
            running = RunningSignIn(self._goal(target), self._tools)
            self._running[key] = running
            running.when_done(partial(self._forget, key, running))
        return running

    def start_new(self, name: str, broker_type: str, credentials: Credentials, colour: str = "") -> RunningSignIn:
        """Sign in to an account that is stored when the broker has issued its token."""
        return self.start(Draft(name, broker_type, credentials, colour))

    def running(self, user_id: str) -> RunningSignIn | None:
        """The account's sign-in in flight."""
        running = self._running.get(user_id)
        return running if running is not None and not running.done else None

    def living(self, user_id: str) -> datetime | None:
        """Until when the account's token is believed to still work: a new session ends it, so a face asks first.

        None: there is nothing to lose, nobody is asked. A moment of the past is the broker's last yes to a token whose
        end nobody knows (see `Standing.lives_until`).
        """
        return self._accounts.find(user_id).lives_until() if user_id in self._accounts else None

    async def stop(self, user_id: str) -> None:
        """Give up the account's sign-in, if there is one."""
        running = self._running.pop(user_id, None)
        if running is not None:
            await running.close(_PATIENCE)

    async def close(self) -> None:
        """Give up all of them and close every port."""
        running = list(self._running.values())
        self._running.clear()
        await asyncio.gather(*(one.close(_PATIENCE) for one in running))
        await self._tools.redirects.close()

    def _forget(self, key: str, ended: RunningSignIn) -> None:
        """What has ended must not keep the secrets of its draft in memory."""
        if self._running.get(key) is ended:
            del self._running[key]

    def _goal(self, target: str | Draft) -> Goal:
        if isinstance(target, str):
            return Renewal(target, self._accounts, self._desk)
        return NewAccount(target, self._accounts, self._desk)
