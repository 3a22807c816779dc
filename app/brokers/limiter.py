"""How often we call a broker, by whom the broker counts: the buckets that adapters share, and an adapter's way to them.

The broker counts for a client or for an app, not for an object of ours: two adapters of one client share their buckets,
and a restart does not empty them.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.brokers.bucket import Bucket
from app.brokers.ledger import Ledger
from app.brokers.limits import Limit, Urgency, binding, divided
from app.brokers.totp import Attempts
from app.domain import AHEAD, CallTimes, Clock, RateLimited, Secret
from app.domain.calls import LimitUse

_LONG: Final = 60.0  # seconds: shorter windows are over when a program has started again
_FEW: Final = 8 * AHEAD  # of fewer calls each is noted before it is sent: `AHEAD` would be too large a part of them
_BEAT: Final = 0.02  # seconds before another look at a family whose next call is somebody else's
_DIGEST: Final = 4  # bytes: enough to tell a user's apps apart, far too few to guess a key from


class Scope(StrEnum):
    """Whom a broker counts calls for."""

    CLIENT = "client"  # the account
    APP = "app"  # the API key
    COMPUTER = "computer"  # files that need no sign-in; nothing else than our address can be counted


class Limits:
    """The buckets of all adapters, by what the brokers count together; one object for the whole process."""

    def __init__(self, clock: Clock, times: CallTimes | None = None) -> None:
        """`times` is where long windows outlive the process; None: they end with it."""
        self._clock = clock
        self._times = times
        self._buckets: dict[str, Bucket] = {}
        self.attempts = Attempts(clock, times)

    def bucket(self, name: str, limits: tuple[Limit, ...]) -> Bucket:
        """The bucket of that name, the same for everyone who asks."""
        if name not in self._buckets:
            felt = binding(limits)
            ledger = self._ledger(name, felt)
            sent = self._just_before(felt) + (self._before(ledger) if ledger else [])
            self._buckets[name] = Bucket(self._clock, felt, sent=sent, ledger=ledger)
        return self._buckets[name]

    def unnamed(self, limits: tuple[Limit, ...]) -> Bucket:
        """A bucket of calls of which nobody knows yet for whom they count."""
        felt = binding(limits)
        return Bucket(self._clock, felt, sent=self._just_before(felt))

    def close(self) -> None:
        """Stop serving all buckets."""
        for bucket in self._buckets.values():
            bucket.close()

    # ---------------------------------------------------------------- what earlier runs sent

    def _ledger(self, name: str, limits: tuple[Limit, ...]) -> Ledger | None:
        long = [limit for limit in limits if limit.window >= _LONG]
        if self._times is None or not long:
            return None
        ahead = AHEAD if min(limit.allowed for limit in long) >= _FEW else 0
        return Ledger(name, self._times, self._clock, ahead)

    def _before(self, ledger: Ledger) -> list[float]:
        """The moments of the calls that earlier runs sent, and of those that a crash kept from being noted."""
        sent = [self._moment(at.timestamp()) for at, calls in ledger.times.earlier(ledger.name) for _ in range(calls)]
        return sent + [self._moment(at.timestamp()) for at in ledger.times.crashes for _ in range(ledger.ahead)]

    def _just_before(self, limits: tuple[Limit, ...]) -> list[float]:
        """As many calls as a window of seconds holds, at the end of the run before: those are noted nowhere."""
        stopped = self._times.stopped if self._times else None
        short = [limit for limit in limits if limit.window < _LONG]
        if stopped is None or not short:
            return []
        moment = self._moment(stopped.timestamp())
        if moment + max(limit.window for limit in short) < self._clock.monotonic():
            return []
        return [moment] * max(limit.allowed for limit in short)

    def _moment(self, wall: float) -> float:
        """That moment of the wall clock on the monotonic one; what seems to be in the future is now."""
        return self._clock.monotonic() - max(0.0, self._clock.now().timestamp() - wall)


class Limiter:
    """One adapter's way to the buckets that its calls count in."""

    def __init__(
        self,
        clock: Clock,
        limits: Mapping[str, tuple[Limit, ...]],
        *,
        broker: str = "",
        counted_by: Mapping[str, Scope] = MappingProxyType({}),
        shared: Limits | None = None,
    ) -> None:
        """`limits` by family; a family that `counted_by` does not name counts for the client.

        Until `belongs_to` said whose the calls are, they count for this adapter alone. Without `shared` they always do.
        """
        self._limits = limits
        self._clock = clock
        self._broker = broker
        self._counted_by = counted_by
        self._shared = shared or Limits(clock)
        self._names = dict.fromkeys(limits, "")
        self._buckets = {family: self._shared.unnamed(rules) for family, rules in limits.items()}
        self._left: list[Bucket] = []
        self.belongs_to()

    def belongs_to(self, *, client_id: str = "", app: Secret | None = None) -> None:
        """Calls count for this client and this app from now on, those sent before too; empty: nobody knows yet."""
        whose = {Scope.CLIENT: client_id.casefold(), Scope.APP: _digest(app), Scope.COMPUTER: "this"}
        for family in self._limits:
            scope = self._counted_by.get(family, Scope.CLIENT)
            if whose[scope]:
                self._move(family, f"{self._broker}.{family} {scope} {whose[scope]}")

    async def acquire(self, family: str, urgency: Urgency, *, within: float) -> None:
        """See `Bucket.acquire`."""
        await self._buckets[family].acquire(urgency, within, self)

    async def acquire_both(self, family: str, also: str, urgency: Urgency, *, within: float) -> None:
        """Like `acquire` for a call that counts in two families: in both from the same moment on, that of its sending.

        One after the other would let several through in a burst that had waited for the second one.
        """
        ends = self._clock.monotonic() + within
        while True:
            left = max(0.0, ends - self._clock.monotonic())
            await self.acquire(family, urgency, within=left)
            if self.take(also, urgency):
                return
            self.give_back(family)
            wait = max(self.wait(also, urgency), _BEAT)
            if wait > left:
                raise RateLimited("the calls allowed for now are used up", retry_after=wait)
            await self._clock.sleep(wait)

    def take(self, family: str, urgency: Urgency) -> bool:
        """See `Bucket.take`."""
        return self._buckets[family].take(urgency)

    def wait(self, family: str, urgency: Urgency) -> float:
        """Seconds until one call of `family` may be sent, if nobody else's comes first; 0 or less: now."""
        return self._buckets[family].wait(urgency)

    def pause(self, family: str, seconds: float) -> None:
        """See `Bucket.pause`."""
        self._buckets[family].pause(seconds)

    def used(self) -> tuple[LimitUse, ...]:
        """How much of every limit is used, by all whose calls count together."""
        return tuple(
            LimitUse(family, used, limit.allowed, limit.window, _kept(limit), self._names[family])
            for family, bucket in self._buckets.items()
            for limit, used in bucket.used()
        )

    def give_back(self, family: str) -> None:
        """See `Bucket.give_back`."""
        self._buckets[family].give_back()

    def close(self) -> None:
        """Send home who waits for this adapter; the buckets go on for the others."""
        for bucket in (*self._left, *self._buckets.values()):
            bucket.dismiss(self)

    def _move(self, family: str, name: str) -> None:
        if self._names[family] == name:
            return
        old, new = self._buckets[family], self._shared.bucket(name, self._limits[family])
        if self._names[family]:
            self._left.append(old)  # another client's: what was sent there was sent for him
        else:
            new.absorb(old)
        self._names[family], self._buckets[family] = name, new


def _kept(limit: Limit) -> int:
    """How many of its last calls are not for orders."""
    return limit.allowed - limit.allowed_to(Urgency.ORDER)


def _digest(app: Secret | None) -> str:
    """A name for the app that does not tell its key; it lies on the disk beside the times of its calls."""
    return hashlib.blake2s(app.reveal().encode(), digest_size=_DIGEST).hexdigest() if app else ""


__all__ = ["Bucket", "Limit", "Limiter", "Limits", "Scope", "Urgency", "divided"]
