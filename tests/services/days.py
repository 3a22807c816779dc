"""Days of a trader as a model: what befalls the computer, and by when each death must have been told.

Two times go side by side: the true one, by which the broker ends sessions, and the computer's, which somebody may have
set. What the model expects is worked out from dates and hours alone, not from the product's calendar.
"""

import os
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from app.brokers import specs
from app.domain import IST, Exchange, NotReachable
from app.services.notice_words import READINESS
from app.services.quiet import DEFAULT
from app.services.views import AccountView, AccountWarned, Event, NoticePosted
from tests.fakes.clock import ManualClock
from tests.services.fakes import SPEC, position
from tests.services.house import House

LATEST: Final = 60.0  # seconds after which a death that may be told must have been told (promise A4)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
BEGINS: Final = datetime(2026, 6, 1, 10, 0, tzinfo=IST)
ZONES: Final = (
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Dubai", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon",
    "Australia/Sydney", "Australia/Lord_Howe", "Australia/Eucla", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Kiritimati", "Pacific/Marquesas", "Pacific/Pago_Pago", "Pacific/Apia", "America/New_York",
    "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Caracas", "Europe/London",
    "Europe/Berlin", "Europe/Lisbon", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "Africa/Monrovia",
    "Antarctica/Troll",
)  # fmt: skip
RULES: Final = {spec.key: spec.token_dies for spec in specs()}
CLOSED_ALL_DAY: Final = frozenset({date(2026, 10, 2), date(2026, 12, 25)})
"""Weekdays without an evening of commodities; those with one do not matter to the quiet hours."""
MUHURAT: Final = date(2026, 11, 8)  # a Sunday with an evening session
HOLIDAYS: Final = frozenset(
    {MUHURAT, *(date(2026, *day) for day in ((6, 26), (9, 14), (10, 2), (10, 20), (11, 10), (11, 24), (12, 25)))}
)
PEOPLE: Final = (("HUF", "AB1234", "key", Exchange.NSE), ("Self", "CD5678", "key2", Exchange.MCX))


def in_zone(zone: str) -> None:
    """Let this process live there."""
    os.environ["TZ"] = zone
    time.tzset()


class Trader:
    """Two accounts at one broker, day after day; one trades shares, one commodities."""

    def __init__(self, house: House, broker: str, chance: random.Random) -> None:
        self.house = house
        self.chance = chance
        house.world.spec = replace(SPEC, token_dies=RULES[broker])
        self.accounts: dict[Exchange, AccountView] = {}
        self.told: dict[str, list[datetime]] = {}  # when deaths were told, in true time, by account
        self.warned: Counter[tuple[str, str, int]] = Counter()  # by account, token and step
        self.warned_at: dict[tuple[str, int], datetime] = {}
        self.ready: Counter[date] = Counter()  # readiness notices by the computer's day
        self.deaths = 0
        self.latest = 0.0  # seconds
        self.nights: Counter[str] = Counter()
        self._set_on = BEGINS.date()  # when somebody last set the clock: that may have taken this day for a later one
        self._out: list[tuple[datetime, datetime]] = []  # when nothing could be learnt or told, in true time

    @classmethod
    async def begin(cls, folder: Path, broker: str, chance: random.Random) -> "Trader":
        """A Monday morning; Kunji is open, and hidden."""
        house = House(folder, ManualClock(BEGINS))
        house.quiet, house.readiness, house.world.mortal = DEFAULT, True, True
        house.seen = False  # until this model listens, too
        trader = cls(house, broker, chance)
        await trader.open()
        for name, client_id, key, exchange in PEOPLE:
            house.world.positions[client_id] = [position(exchange=exchange)]
            trader.accounts[exchange] = await house.connected(name, client_id, key)
            trader.told[trader.accounts[exchange].user_id] = []
        await house.services.portfolio.refresh()
        return trader

    async def open(self) -> None:
        """Start Kunji."""
        await self.house.open()
        self.house.services.events.subscribe(self._hear)
        await self.house.services.start()

    @property
    def now(self) -> datetime:
        """The true time."""
        return self.house.world.now()

    @property
    def days(self) -> float:
        """How many have passed."""
        return (self.now - BEGINS) / timedelta(days=1)

    def _hear(self, event: Event) -> None:
        if isinstance(event, AccountWarned):
            self.warned[event.user_id, self._token(event.user_id), event.minutes] += 1
            self.warned_at[event.user_id, event.minutes] = self.now
        elif isinstance(event, NoticePosted):
            notice = event.notice
            if notice.key == READINESS:
                self.ready[self.house.clock.now().astimezone(IST).date()] += 1
            elif notice.title.endswith("is signed out") or "accounts are signed out" in notice.title:
                for user_id in notice.accounts or (notice.user_id or "",):
                    self.told[user_id].append(self.now)

    def _token(self, user_id: str) -> str:
        since = self.house.services.brokers.view(user_id).token_since
        return since.isoformat() if since is not None else ""

    # ------------------------------------------------------------------ one life of the sessions

    async def live(self, night: str) -> None:
        """From a sign-in to the death of both sessions, `night` befalling the computer, and on to the next sign-in.

        Fails when a death was told before it happened, not exactly once, or too late after it could be told.
        """
        self.nights[night] += 1
        told_before = {user_id: len(times) for user_id, times in self.told.items()}
        died = await getattr(self, f"_{night}")()
        could_be = {one: self._tellable(one, died[account.client_id]) for one, account in self.accounts.items()}
        for exchange, could in sorted(could_be.items(), key=lambda item: item[1]):
            account = self.accounts[exchange]
            await self._wait_for(account, told_before[account.user_id] + 1, could)
            told = self.told[account.user_id][told_before[account.user_id] :]
            late = (told[0] - could).total_seconds() if told else float("inf")
            assert len(told) == 1, (night, account.name, told)
            assert told[0] >= died[account.client_id], (night, account.name, "before it happened")
            assert told[0] >= could - timedelta(seconds=1), (night, account.name, "in the quiet hours")
            assert late <= LATEST, (night, account.name, late)
            self.deaths += 1
            self.latest = max(self.latest, late)
        await self._next_sign_in()
        assert sum(map(len, self.told.values())) == self.deaths, (night, "told once more")

    async def _wait_for(self, account: AccountView, number: int, could: datetime) -> None:
        """Until the death was told, or should have been; the computer sleeps while nothing may be told yet."""
        left = (could - self.now).total_seconds()
        if left > 2 * MINUTE:
            await self._sleep(left - self.chance.uniform(1, MINUTE))
        while len(self.told[account.user_id]) < number and (self.now - could).total_seconds() <= LATEST + 10:
            await self._step(5)

    def _tellable(self, exchange: Exchange, died: datetime) -> datetime:
        """The first moment from `died` on at which Kunji runs, has a network and is not to be quiet."""
        moment = died
        while True:
            ends = [end for begin, end in self._out if begin <= moment < end]
            if ends:
                moment = max(ends)
            elif self._is_quiet(exchange, moment):
                moment += timedelta(seconds=1)
            else:
                return moment

    def _is_quiet(self, exchange: Exchange, moment: datetime) -> bool:
        """Whether the user's default quiet hours hold something back, by the computer's clock."""
        here = (moment + self.house.world.ahead).astimezone(IST)
        minutes = here.hour * 60 + here.minute
        trades = exchange is Exchange.MCX and here.weekday() < 5 and here.date() not in CLOSED_ALL_DAY
        return minutes < 8 * 60 or (minutes >= 22 * 60 and not (trades and minutes < 23 * 60 + 55))

    # ------------------------------------------------------------------ what befalls the computer

    async def _awake(self) -> dict[str, datetime]:
        """Nothing: it is awake from an hour before to the end. Then every warning is due, and none else."""
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - 65 * MINUTE)
        known = set(self.warned)
        await self._awake_for((first - self.now).total_seconds() - 90)
        await self._steps_until(last)
        self._check_warnings(known)
        return self._died()

    async def _asleep_over_it(self) -> dict[str, datetime]:
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(2 * MINUTE, HOUR))
        await self._awake_for(MINUTE)
        await self._sleep((last - self.now).total_seconds() + self.chance.uniform(1, 8 * HOUR))
        return self._died()

    async def _asleep_until_it(self) -> dict[str, datetime]:
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(1, 90))
        await self._steps_until(last)
        return self._died()

    async def _clock_set(self) -> dict[str, datetime]:
        """Somebody sets it wrong by up to a day, often by a day exactly, and it stays so over the death."""
        first, last = self._deaths()
        await self._sleep(self.chance.uniform(0, (first - self.now).total_seconds() - 10 * MINUTE))
        await self._awake_for(MINUTE)
        self._set(self.chance.choice([DAY, -DAY, self.chance.uniform(-DAY, DAY)]))
        await self._awake_for(MINUTE)
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(90, 300))
        await self._steps_until(last)
        return self._died()

    async def _clock_set_and_set_right(self) -> dict[str, datetime]:
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(30 * MINUTE, 3 * HOUR))
        self._set(self.chance.uniform(-DAY, DAY))
        await self._awake_for(self.chance.uniform(1, 10 * MINUTE))
        self._set(-self.house.world.ahead.total_seconds())
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(90, 300))
        await self._steps_until(last)
        return self._died()

    async def _no_network(self) -> dict[str, datetime]:
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(2 * MINUTE, 10 * MINUTE))
        began, self.house.world.fault = self.now, NotReachable()
        await self._awake_for((first - self.now).total_seconds() + 90)
        await self._sleep(max(0.0, (last - self.now).total_seconds()) + self.chance.uniform(0, 3 * HOUR))
        await self._awake_for(self.chance.uniform(1, 3 * MINUTE))
        self.house.world.fault = None
        self._out.append((began, self.now))
        return self._died()

    async def _closed_over_it(self) -> dict[str, datetime]:
        first, last = self._deaths()
        await self._sleep((first - self.now).total_seconds() - self.chance.uniform(2 * MINUTE, 5 * HOUR))
        began = self.now
        await self.house.close()
        self.house.clock.jump((last - self.now).total_seconds() + self.chance.uniform(1, 10 * HOUR))
        await self.open()
        self._out.append((began, self.now))
        return self._died()

    async def _killed_before_its_time(self) -> dict[str, datetime]:
        """Another program signs in, or the user signs out elsewhere; the next answer says so."""
        first, _ = self._deaths()
        await self._sleep(self.chance.uniform(0, (first - self.now).total_seconds() - HOUR))
        await self._awake_for(MINUTE)
        died = {account.client_id: self.now for account in self.accounts.values()}
        for account in self.accounts.values():
            self.house.world.kill(account.client_id)
            await self.house.services.brokers.validate_broker(account.user_id)
        return died

    # ------------------------------------------------------------------ time

    def _deaths(self) -> tuple[datetime, datetime]:
        """When the first and the last of the living sessions will end, in true time."""
        ends = self._died().values()
        return min(ends), max(ends)

    def _died(self) -> dict[str, datetime]:
        world = self.house.world
        return {owner: world.deaths[token] for token, owner in world.tokens.items()}

    def _set(self, seconds: float) -> None:
        """Somebody sets the computer's clock; the true time goes on."""
        if seconds:
            self._set_on = self.now.astimezone(IST).date()
        self.house.clock.jump(seconds)
        self.house.world.ahead += timedelta(seconds=seconds)

    async def _sleep(self, seconds: float) -> None:
        """The computer sleeps, and has just woken up."""
        if seconds <= 0:
            return
        began = self.now
        self.house.clock.jump(seconds)
        self._out.append((began, self.now))
        await self._step(0.5)

    async def _awake_for(self, seconds: float) -> None:
        if seconds > 0:
            await self.house.clock.advance(seconds)
            await self.house.settled()

    async def _steps_until(self, moment: datetime) -> None:
        """Slowly, so that what is written on a real disk does not take simulated minutes."""
        while self.now < moment:
            await self._step(min(10.0, (moment - self.now).total_seconds() + 0.1))

    async def _step(self, seconds: float) -> None:
        await self.house.clock.advance(seconds)
        await self.house.settled()

    # ------------------------------------------------------------------ between two lives

    async def _next_sign_in(self) -> None:
        """The clock is set right; at some hour, often after the morning's notice, the user signs in to both."""
        self._set(-self.house.world.ahead.total_seconds())
        self._out.clear()
        in_zone(self.chance.choice(ZONES))
        if self.chance.random() < 0.3:
            await self.house.close()
            await self.open()
            await self._awake_for(2 * MINUTE)
        morning = self._until(8, 44)
        if self.chance.random() < 0.5:
            await self._sleep(morning)
            await self._awake_for(3 * MINUTE)
            self._check_readiness(self.now.astimezone(IST).date())
        await self._sleep(self._until(self.chance.randint(0, 23), self.chance.randint(0, 59)))
        for account in self.accounts.values():
            fresh = self.house.world.issue(account.client_id)
            await self.house.services.brokers.update_broker_token(account.user_id, fresh)
            await self._awake_for(self.chance.choice([0, MINUTE, 10 * MINUTE]))
        self._out.clear()

    def _check_readiness(self, day: date) -> None:
        """Both are signed out at a quarter to nine: that is said on every day on which one of them can trade."""
        trades = day == MUHURAT or (day.weekday() < 5 and day not in CLOSED_ALL_DAY)
        if day - self._set_on > timedelta(days=2):
            assert self.ready[day] == (1 if trades else 0), day

    def _until(self, hour: int, minute: int) -> float:
        here = self.now.astimezone(IST)
        then = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return ((then if then > here else then + timedelta(days=1)) - here).total_seconds()

    def _check_warnings(self, known: set[tuple[str, str, int]]) -> None:
        """Each account whose session ends while it trades was warned three times; nobody else was."""
        new = Counter(user_id for user_id, _, _ in set(self.warned) - known)
        for exchange, account in self.accounts.items():
            end = self._died()[account.client_id].astimezone(IST)
            minutes = end.hour * 60 + end.minute
            closes = 23 * 60 + 55 if exchange is Exchange.MCX else 15 * 60 + 40
            if end.date() not in HOLIDAYS:
                trades = end.weekday() < 5 and 9 * 60 <= minutes < closes
                assert new[account.user_id] == (3 if trades else 0), (account.name, end)


NIGHTS: Final = tuple(
    name.removeprefix("_")
    for name in (
        "_awake", "_asleep_over_it", "_asleep_until_it", "_clock_set", "_clock_set_and_set_right", "_no_network",
        "_closed_over_it", "_killed_before_its_time",
    )
)  # fmt: skip
