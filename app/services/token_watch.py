"""The token watch: asks at the right moments whether each session lives, and survives sleep.

A small beat compares the wall clock with what is due, because the loop's timers stand still while the machine sleeps:
a clock that ran on, or was set, between two beats counts as a wake-up. Asked is: once at start, at the forecast death
and after it until the broker's no, every 15 minutes while somebody looks, once a day from 08:30 IST, and every 30 s
where nobody answered. A clock that was set forward, or a sleep, brings the forecast death too early, never too late;
one that was set back does not say any more how long a token has lived, so that it is asked about at every beat until
it is replaced. A failure to answer is never an expiry; the forecast alone is none either.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

from app.domain import Clock
from app.domain.clock import IST
from app.domain.sessions import SessionState
from app.services.accounts import Accounts
from app.services.pacing import Background, Pause
from app.services.sessions import Coordinator
from app.services.telling import Telling
from app.services.views import AccountChanged, AccountState, Event

_BEAT: Final = 30.0  # seconds at most: a death during sleep is told within a minute of the wake-up (promise A4)
_SHORTEST: Final = 0.2
_JUMP: Final = 10.0  # seconds between the two clocks that no scheduler explains
_GRACE: Final = timedelta(seconds=2)  # the broker's clock may be a little behind ours
_OFTEN: Final = timedelta(minutes=15)
_DEATHBED: Final = timedelta(seconds=25)  # at every beat a session is asked about that outlives its forecast
_DEATHBED_LONG: Final = timedelta(minutes=10)
_OUTLIVED: Final = timedelta(hours=25)  # for so long: the forecast may be early by as much as the clock was set
_DAILY: Final = time(8, 30)
_BEFOREHAND: Final = timedelta(minutes=2)  # so long before the readiness notice it is asked whether it is true
_ONE_WAKE: Final = 20.0  # seconds: two ways of noticing a wake-up notice the same one
_NEWS: Final = (AccountState.OFFLINE, AccountState.NOT_CONFIRMED, AccountState.SIGNED_OUT)


class TokenWatch:
    """Watches every account until its task is cancelled."""

    def __init__(self, accounts: Accounts, telling: Telling, clock: Clock) -> None:
        self._accounts = accounts
        self._telling = telling
        self._clock = clock
        self._pause = Pause(clock)
        self._work = Background()
        self._visible = False
        self._last: tuple[datetime, float] | None = None
        self.woken: Callable[[], None] = lambda: None  # hears that the machine slept, or that its clock was set
        self._slept = False
        self._woken_at = float("-inf")
        self._doubted: dict[str, int] = {}  # the token (its number) that each account had when the clock was set back

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - the contract's name for it
        """Whether somebody looks at the accounts."""
        self._visible = visible
        self._telling.set_visible(visible)
        self._pause.end()

    def slept(self) -> None:
        """The machine says that it has just woken up: no need to wait until the clocks tell."""
        if self._clock.monotonic() - self._woken_at > _ONE_WAKE:
            self._slept = True
            self._pause.end()

    def hear(self, event: Event) -> None:
        """Plan anew when an account stops answering or is signed out; a listener of `Events`."""
        if isinstance(event, AccountChanged) and event.view.state in _NEWS:
            self._pause.end()

    async def run(self) -> None:
        """Beat until cancelled."""
        try:
            while True:
                self.beat()
                await self._pause.sleep(self._until_next())
        finally:
            await self._work.close()

    def beat(self) -> None:
        """Ask whom it is time to ask, and show and tell what time alone has changed."""
        woke = self._woke() or self._slept
        self._slept = False
        if woke:
            self._woken_at = self._clock.monotonic()
            self.woken()
        now = self._clock.now()
        for one in self._accounts:
            if self._is_due(one, now, woke=woke):
                self._work.start(one.user_id, one.check)
            one.changed()
        self._telling.beat()
        self._work.start("told", self._telling.save)

    def _woke(self) -> bool:
        """Whether the machine slept, or somebody set the clock, since the last beat."""
        now, ticks = self._clock.now(), self._clock.monotonic()
        last, self._last = self._last, (now, ticks)
        if last is None:
            return False
        wall, passed = (now - last[0]).total_seconds(), ticks - last[1]
        if wall - passed < -_JUMP:  # no sleep does that
            self._doubted = {one.user_id: one.generation for one in self._accounts}
        return abs(wall - passed) > _JUMP or passed > 2 * _BEAT

    def _is_due(self, one: Coordinator, now: datetime, *, woke: bool) -> bool:
        if one.retired or one.signing_in or one.locked is not None or one.session.state is SessionState.EXPIRED:
            return False
        if one.is_unanswered:
            return one.probe_due_in <= 0
        last = one.last_check_at
        return woke or last is None or self._is_time(one, last, now) or self._looked_at(last, now)

    def _looked_at(self, last: datetime, now: datetime) -> bool:
        return self._visible and now - last >= _OFTEN

    def _until_next(self) -> float:
        """Seconds to the next beat: the next forecast death or probe, at most the ordinary beat."""
        now = self._clock.now()
        waits = [_BEAT, self._telling.due_in]
        for one in self._accounts:
            end = one.ends_at
            if one.is_unanswered and one.locked is None:
                waits.append(one.probe_due_in)
            if end is not None and end + _GRACE > now:
                waits.append((end + _GRACE - now).total_seconds())
        return max(_SHORTEST, min(waits))

    def _is_time(self, one: Coordinator, last: datetime, now: datetime) -> bool:
        """Whether the clock alone asks for a check of a session that was alive at `last`.

        Not only the forecast of this token counts, but every moment at which the broker ends tokens: the clock may have
        been wrong when the token was issued.
        """
        end = one.ends_at
        if self._is_doubted(one, now):
            return abs(now - last) >= _DEATHBED
        if any(death is not None and last < death + _GRACE <= now for death in (end, one.dies_after(last))):
            return True
        lately = one.dies_after(now - _DEATHBED_LONG)
        if lately is not None and lately + _GRACE <= now:
            return now - last >= _DEATHBED
        if end is not None and end + _GRACE <= now:
            return now - last >= (_DEATHBED if now - end < _OUTLIVED else _OFTEN)
        return any(last < moment <= now for moment in self._mornings(now))

    def _is_doubted(self, one: Coordinator, now: datetime) -> bool:
        """Whether the clock was set back since the token was issued, as far as one can see."""
        since = one.account.token_since
        return self._doubted.get(one.user_id) == one.generation or (since is not None and since > now)

    def _mornings(self, now: datetime) -> list[datetime]:
        """When each session is asked about today, whatever was foreseen."""
        today, readiness = now.astimezone(IST).date(), self._telling.readiness_at
        moments = [datetime.combine(today, _DAILY, IST)]
        return moments if readiness is None else [*moments, datetime.combine(today, readiness, IST) - _BEFOREHAND]
