"""Positions: read while somebody looks, and never empty or 0 because a read failed (promise O7)."""

import asyncio

import pytest

from app.domain import (
    BrokerDown,
    Exchange,
    InvalidRequest,
    Maintenance,
    NotFound,
    NotReachable,
    PermissionDenied,
    RateLimited,
    SessionExpired,
    TradingError,
    WireSurprise,
)
from app.services.book_views import Book
from app.services.views import AccountState, AccountView, PositionsChanged
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import position
from tests.services.house import House

LOOKED = frozenset({Book.POSITIONS})
TROUBLE: list[TradingError] = [
    NotReachable(),
    BrokerDown(),
    Maintenance(),
    RateLimited(retry_after=7),
    WireSurprise(),
    PermissionDenied(),
    InvalidRequest(),
    SessionExpired(),
]


async def holding(house: House, *rows: str) -> AccountView:
    """A connected account that holds something, which was read."""
    account = await house.connected()
    house.world.positions["AB1234"] = [position(symbol) for symbol in rows or ("RELIANCE", "INFY")]
    await house.services.portfolio.refresh(account.user_id)
    return account


async def test_before_the_first_read_nothing_is_known(house: House) -> None:
    account = await house.connected()

    view = house.services.portfolio.view(account.user_id)

    assert (view.rows, view.as_of, view.current) == (None, None, False)


async def test_a_read_gives_rows_and_the_number_of_open_ones(house: House) -> None:
    house.world.positions["AB1234"] = [position("RELIANCE"), position("INFY", 0)]
    account = await house.connected()

    await house.services.portfolio.refresh(account.user_id)

    view = house.services.portfolio.view(account.user_id)
    assert view.rows is not None
    assert ([row.symbol for row in view.rows], view.current) == (["RELIANCE", "INFY"], True)
    assert view.as_of == house.clock.now()
    assert house.view(account).open_positions == 1


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: error.kind)
async def test_a_failed_read_keeps_the_rows_as_they_were_and_says_so(house: House, error: TradingError) -> None:
    account = await holding(house)
    before = house.services.portfolio.view(account.user_id)
    house.world.faults["positions"] = error
    await house.clock.advance(5)

    await house.services.portfolio.refresh(account.user_id)

    after = house.services.portfolio.view(account.user_id)
    assert (after.rows, after.as_of) == (before.rows, before.as_of)
    assert (after.current, after.error) == (False, error)
    assert house.view(account).open_positions == 2


async def test_no_positions_is_a_good_answer(house: House) -> None:
    account = await house.connected()

    await house.services.portfolio.refresh()

    view = house.services.portfolio.view(account.user_id)
    assert (view.rows, view.current) == ((), True)
    assert house.view(account).open_positions == 0


async def test_a_session_that_dies_elsewhere_makes_the_rows_stale(house: House) -> None:
    account = await holding(house)
    house.world.kill("AB1234")

    await house.services.brokers.validate_broker(account.user_id)

    view = house.services.portfolio.view(account.user_id)
    assert (len(view.rows or ()), view.current) == (2, False)
    assert isinstance(view.error, SessionExpired)


async def test_rows_are_current_again_when_the_account_is_back(house: House) -> None:
    await house.services.start()
    account = await holding(house)
    house.world.fault = NotReachable()
    await house.services.brokers.validate_broker(account.user_id)
    stale = house.services.portfolio.view(account.user_id).current

    house.world.fault = None
    await house.services.brokers.validate_broker(account.user_id)
    await until(lambda: house.services.portfolio.view(account.user_id).current)

    assert not stale


async def test_who_asks_while_a_read_is_in_flight_shares_it(house: House) -> None:
    account = await house.connected()
    house.world.gates["positions"] = asyncio.Event()
    reads = [asyncio.create_task(house.services.portfolio.refresh(account.user_id)) for _ in range(10)]
    await settle()

    house.world.gates["positions"].set()
    await asyncio.gather(*reads)

    assert house.world.asked["positions"] == 1


async def test_one_accounts_trouble_does_not_touch_another(house: House) -> None:
    first = await holding(house)
    second = await house.connected("Self", "CD5678", "key2")
    house.world.kill("AB1234")

    await house.services.portfolio.refresh()

    assert not house.services.portfolio.view(first.user_id).current
    assert house.services.portfolio.view(second.user_id).current


async def test_the_positions_of_nobody_are_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        await house.services.portfolio.refresh("nobody")


async def test_every_change_is_told_once(house: House) -> None:
    account = await holding(house)
    house.world.faults["positions"] = WireSurprise()
    house.events.clear()

    await house.services.portfolio.refresh(account.user_id)
    await house.services.portfolio.refresh(account.user_id)

    assert len([event for event in house.events if isinstance(event, PositionsChanged)]) == 1


# ------------------------------------------------------------------ how often


async def reads_in(house: House, seconds: float) -> int:
    before = house.world.asked["positions"]
    await house.clock.advance(seconds)
    return house.world.asked["positions"] - before


async def looked_at(house: House, hour: int, *, visible: bool) -> None:
    """A connected account at that hour, its instruments loaded, the window open or not."""
    house.clock.jump((hour - 9) * 3600 - 14 * 60)
    await house.connected()
    await house.services.start()
    house.services.portfolio.look(LOOKED if visible else frozenset())
    await until(lambda: house.world.asked["positions"] >= 2)  # the first read, and the one after the master
    await house.settled()


@pytest.mark.parametrize(
    ("hour", "visible", "expected"), [(11, True, 120), (11, False, 10), (18, True, 10), (18, False, 0), (2, False, 0)]
)
async def test_it_reads_as_often_as_somebody_can_use_it(
    house: House,
    hour: int,
    visible: bool,  # noqa: FBT001 - a table's column
    expected: int,
) -> None:
    await looked_at(house, hour, visible=visible)

    assert abs(await reads_in(house, 600) - expected) <= 1


async def test_the_first_look_reads_at_once(house: House) -> None:
    await looked_at(house, 18, visible=False)
    await house.clock.advance(60)
    before = house.world.asked["positions"]

    house.services.portfolio.look(LOOKED)
    await settle()

    assert house.world.asked["positions"] == before + 1


async def test_a_broker_that_asks_to_wait_is_not_read_before(house: House) -> None:
    await looked_at(house, 11, visible=True)
    house.world.faults["positions"] = RateLimited(retry_after=60)
    await house.clock.advance(10)

    assert await reads_in(house, 49) == 0


async def test_nothing_is_read_for_an_account_that_is_signed_out(house: House) -> None:
    await looked_at(house, 11, visible=True)
    house.world.kill("AB1234")
    await house.clock.advance(10)

    assert await reads_in(house, 600) == 0
    assert house.services.brokers.accounts()[0].state is AccountState.SIGNED_OUT


@pytest.mark.parametrize(("exchange", "reads"), [(Exchange.NSE, 0), (Exchange.MCX, 60)])
async def test_hidden_it_reads_every_minute_in_the_hours_of_what_the_account_trades(
    house: House, exchange: Exchange, reads: int
) -> None:
    await house.services.start()
    account = await house.connected()
    house.world.positions["AB1234"] = [position(exchange=exchange)]
    await house.services.portfolio.refresh(account.user_id)
    house.clock.jump(10 * 3600)  # an evening of commodities
    await house.clock.advance(60)
    before = house.world.asked["positions"]

    await house.clock.advance(3600)

    assert abs(house.world.asked["positions"] - before - reads) <= 1
