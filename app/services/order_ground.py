"""Whether anything may be sent for an account now, whatever the ticket says: promise O8, fail closed.

Each finding is in the words of the error that stands behind it. Cancelling asks none of this: it takes risk off.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Final

from app.brokers.base import Ability
from app.domain import Clock, Exchange, Instruments, TradingError, Unsupported, VaultError
from app.domain.intents import Mode
from app.domain.market import EQUITY, SEGMENTS, in_force
from app.domain.tongue import tr
from app.services.judging import bars_orders
from app.services.masters import needed
from app.services.order_accounts import Gates, OrderAccount, OrderAccounts, Search, Written
from app.services.order_findings import ask, of_error, stop
from app.services.order_views import Finding
from app.services.times import day_name
from app.services.views import AccountState

WRONG: Final = 60.0  # seconds by which the clock may be off
_LONGEST_BREAK: Final = 14  # days; the exchanges never rest longer


class Ground:
    """What must hold before any order leaves. `mode` is None when nobody can say whether real money is meant."""

    def __init__(
        self,
        *,
        accounts: OrderAccounts,
        search: Search,
        gates: Gates,
        instruments: Instruments,
        journal: Written,
        clock: Clock,
        mode: Mode | None,
    ) -> None:
        self._accounts = accounts
        self._search = search
        self._gates = gates
        self._instruments = instruments
        self._journal = journal
        self._clock = clock
        self._mode = mode

    async def look(self, user_id: str, exchange: Exchange) -> tuple[Finding, ...]:
        """What keeps orders of this account for this exchange back now; empty when nothing does."""
        return tuple([one async for one in self._found(user_id, exchange)])

    async def _found(self, user_id: str, exchange: Exchange) -> AsyncIterator[Finding]:
        if self._mode is None:
            yield no_mode()
        trouble = await self.no_journal()
        if trouble is not None:
            yield trouble
        try:
            one = self._accounts.find(user_id)
            error = await _hindrance(one)
        except TradingError as trouble_there:  # there is no such account, or nothing can be asked with it
            yield of_error("account", trouble_there)
            return
        if error is not None:
            yield of_error("account", error)
        else:
            async for finding in self._at_broker(user_id, one, exchange):
                yield finding

    async def no_journal(self) -> Finding | None:
        """Why nothing can be written down, or read of what an earlier run left; None when both can be."""
        try:
            await self._search.ready()
            await self._journal.probe()
        except VaultError as error:
            return of_error("journal", error)
        return None

    async def _at_broker(self, user_id: str, one: OrderAccount, exchange: Exchange) -> AsyncIterator[Finding]:
        refused = await self._refused(user_id, one)
        if refused is not None:
            yield refused
        if self._search.is_searching(user_id):
            yield stop(
                "searching",
                tr("Kunji is still looking for an order of this account whose fate is not known"),
                tr("It reads the broker's order book first. Wait a few seconds and try again."),
            )
        if one.clock_behind is not None and abs(one.clock_behind) > WRONG:
            yield _wrong_clock(one.clock_behind)
        stale = await self._stale(one, exchange)
        if stale is not None:
            yield stale

    async def _refused(self, user_id: str, one: OrderAccount) -> Finding | None:
        """Whether orders from here are refused; where nobody can ask whether they still are, the user decides."""
        error = one.view().orders.error
        if error is None:
            return None
        told = await self._gates.told(user_id) if bars_orders(error) else None
        if told:
            return None
        error = one.view().orders.error or error  # the broker may have said from where it takes them
        if told is False:
            return of_error("address", error)
        text = tr("An earlier order was refused: {title}", title=error.title)
        return ask("address", text, tr("{next_step} Send it once that is done.", next_step=error.next_step))

    async def _stale(self, one: OrderAccount, exchange: Exchange) -> Finding | None:
        view = one.view()
        try:
            day = await self._instruments.loaded_on(view.broker_type)
        except VaultError as error:
            return of_error("instruments", error)
        if day is not None and day >= trading_day(exchange, self._clock.now()):
            return None
        title = (
            tr("{broker}'s list of instruments is not here yet", broker=view.broker_label)
            if day is None
            else tr("{broker}'s list of instruments is of {day}", broker=view.broker_label, day=day_name(day))
        )
        return stop(
            "instruments",
            title,
            tr("Kunji fetches today's by itself; kunji instruments refresh does it now. Then order."),
        )


def no_mode() -> Finding:
    """Nobody can say whether real money is meant."""
    return stop(
        "mode",
        tr("Kunji cannot tell whether this profile is a demo"),
        tr("Make the profile's folder readable and start Kunji again."),
    )


def trading_day(exchange: Exchange, now: datetime) -> date:
    """The day of which a list of instruments must be at least: the last one on which the exchange trades."""
    day = needed(now)
    for back in range(_LONGEST_BREAK):
        if in_force().session(SEGMENTS.get(exchange, EQUITY[0]), day - timedelta(days=back)) is not None:
            return day - timedelta(days=back)
    return day


async def _hindrance(one: OrderAccount) -> TradingError | None:
    """Why the account cannot be used, asked of the broker where its last answer was no yes."""
    if not one.is_able(Ability.ORDERS):
        return Unsupported(title=tr("{broker} takes no orders from Kunji", broker=one.view().broker_label))
    await one.ready()
    error = None if one.is_connected else await one.check()
    view = one.view()
    return error or (view.error if view.state is AccountState.REFUSED else None)


def _wrong_clock(behind: float) -> Finding:
    side = tr("behind") if behind > 0 else tr("ahead of")
    seconds = round(abs(behind))
    return stop(
        "clock",
        tr("This computer's clock is {seconds} s {side} the broker's", seconds=seconds, side=side),
        tr("Set it, or let the system set it, then order."),
    )
