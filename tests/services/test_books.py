"""Every book of an account: what is read when, kept when a read fails, and what a refresh by hand says it did."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers.base import Ability
from app.domain import (
    BrokerDown,
    Funds,
    NotReachable,
    NotSubscribed,
    RateLimited,
    SessionExpired,
    TradingError,
    Unsupported,
    WireSurprise,
)
from app.services.book_views import Book, FundsView, HoldingsView, OrdersView, PositionsView, Refreshed
from app.services.views import AccountState, AccountView, BookChanged
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import SPEC, position
from tests.services.house import House

READ = (Book.POSITIONS, Book.FUNDS, Book.ORDERS)  # what the broker of these tests can be asked for
OTHERS = (Book.HOLDINGS, Book.FUNDS, Book.ORDERS, Book.TRADES)


@pytest.fixture
async def able(house: House) -> AccountView:
    """An account at a broker that tells everything."""
    house.world.spec = replace(SPEC, abilities=SPEC.abilities | Ability.HOLDINGS | Ability.TRADES)
    return await house.connected()


async def test_every_book_is_read_into_a_view_of_its_own(house: House, able: AccountView) -> None:
    done = await house.services.portfolio.refresh(able.user_id)

    views = [house.services.portfolio.book(book, able.user_id) for book in Book]
    assert [view.book for view in views] == list(Book)
    assert all(view.current and view.as_of == house.clock.now() and view.error is None for view in views)
    assert isinstance(views[2], FundsView)
    assert views[2].funds == Funds(Decimal(1000), Decimal(0))
    assert done == Refreshed(5)


async def test_only_the_books_that_are_wanted_are_read(house: House, able: AccountView) -> None:
    done = await house.services.portfolio.refresh(able.user_id, {Book.HOLDINGS})

    assert house.world.asked["holdings"] == 1
    assert [house.world.asked[book] for book in (Book.POSITIONS, Book.FUNDS, Book.TRADES)] == [0, 0, 0]
    assert done == Refreshed(1)


@pytest.mark.parametrize("book", OTHERS)
@pytest.mark.parametrize("error", [NotReachable(), WireSurprise(), SessionExpired()], ids=lambda error: error.kind)
async def test_a_failed_read_keeps_the_book_and_says_so(
    house: House, able: AccountView, book: Book, error: TradingError
) -> None:
    portfolio = house.services.portfolio
    await portfolio.refresh(able.user_id)
    before = portfolio.book(book, able.user_id)
    house.world.faults[book] = error
    await house.clock.advance(5)

    done = await portfolio.refresh(able.user_id, {book})

    assert portfolio.book(book, able.user_id) == replace(before, current=False, error=error)
    assert done == Refreshed(0, ((able.user_id, book, error),))


async def test_every_book_is_stale_as_soon_as_nobody_answers_and_read_when_somebody_does(
    house: House, able: AccountView
) -> None:
    portfolio = house.services.portfolio
    await house.services.start()
    await portfolio.refresh(able.user_id)
    house.world.fault = NotReachable()
    await house.services.brokers.validate_broker(able.user_id)
    stale = [portfolio.book(book, able.user_id).current for book in Book]

    house.world.fault = None
    await house.services.brokers.validate_broker(able.user_id)

    await until(lambda: all(portfolio.book(book, able.user_id).current for book in Book))
    assert stale == [False] * 5


async def test_a_broker_that_cannot_tell_a_book_is_not_asked_and_says_why(house: House) -> None:
    account = await house.connected()
    portfolio = house.services.portfolio

    done = await portfolio.refresh(account.user_id)

    view = portfolio.book(Book.HOLDINGS, account.user_id)
    assert isinstance(view.error, Unsupported)
    assert (view.as_of, view.error.title) == (None, "Zerodha tells no holdings")
    assert house.world.asked["holdings"] == 0
    assert done == Refreshed(len(READ))


async def test_a_plan_that_is_missing_leaves_the_account_ready_and_is_asked_for_seldom(
    house: House, able: AccountView
) -> None:
    portfolio = house.services.portfolio
    house.world.faults["holdings"] = NotSubscribed()
    await house.services.start()
    portfolio.look(frozenset({Book.HOLDINGS}))
    await until(lambda: portfolio.book(Book.HOLDINGS, able.user_id).error is not None)
    await house.clock.advance(1)  # what the look woke beside the start has been asked, too
    before = house.world.asked["holdings"]

    await house.clock.advance(1800)

    assert house.world.asked["holdings"] - before == 2
    assert house.view(able).state is AccountState.READY


async def test_every_change_of_a_book_is_told(house: House, able: AccountView) -> None:
    await house.services.portfolio.refresh(able.user_id)

    told = [event.view for event in house.events if isinstance(event, BookChanged)]

    assert {view.book for view in told} == set(OTHERS)


async def test_what_an_earlier_run_read_is_shown_as_no_longer_current(house: House, able: AccountView) -> None:
    portfolio = house.services.portfolio
    await portfolio.refresh(able.user_id, {Book.HOLDINGS})
    old = house.clock.now()
    held = PositionsView(able.user_id, (position("RELIANCE"),), old, current=True, error=None)
    older = HoldingsView(able.user_id, (), old.replace(year=2020), current=True, error=None)

    portfolio.restore([held, older])

    assert portfolio.view(able.user_id) == replace(held, current=False)
    assert portfolio.book(Book.HOLDINGS, able.user_id).current  # what was read meanwhile is newer


async def test_nothing_is_kept_of_an_account_that_is_gone(house: House, able: AccountView) -> None:
    await house.services.portfolio.refresh(able.user_id)

    await house.services.brokers.disconnect_broker(able.user_id)

    view = house.services.portfolio.book(Book.ORDERS, able.user_id)
    assert view == OrdersView(able.user_id, None, None, current=False, error=None)


async def test_a_refresh_of_all_says_which_account_failed(house: House, able: AccountView) -> None:
    other = await house.connected("Self", "CD5678", "key2")
    house.world.kill("AB1234")

    done = await house.services.portfolio.refresh(books={Book.FUNDS})

    assert done.good == 1
    assert [(user_id, book, error.kind) for user_id, book, error in done.failed] == [
        (able.user_id, Book.FUNDS, "session_expired")
    ]
    assert house.services.portfolio.book(Book.FUNDS, other.user_id).current


# ------------------------------------------------------------------ how often


async def reads_in(house: House, seconds: float) -> dict[str, int]:
    before = house.world.asked.copy()
    await house.clock.advance(seconds)
    return {book: house.world.asked[book] - before[book] for book in Book}


@pytest.mark.parametrize(
    ("hour", "looked", "expected"),
    [
        (11, Book.ORDERS, {"orders": 120, "positions": 10, "holdings": 2, "funds": 2, "trades": 2}),
        (11, Book.HOLDINGS, {"orders": 2, "positions": 10, "holdings": 20, "funds": 2, "trades": 2}),
        (11, Book.FUNDS, {"orders": 2, "positions": 10, "holdings": 2, "funds": 40, "trades": 2}),
        (18, Book.TRADES, {"orders": 0, "positions": 0, "holdings": 0, "funds": 0, "trades": 10}),
    ],
)
async def test_a_book_is_read_as_often_as_somebody_can_use_it(
    house: House, able: AccountView, hour: int, looked: Book, expected: dict[str, int]
) -> None:
    house.clock.jump((hour - 9) * 3600 - 14 * 60)
    await house.services.portfolio.refresh(able.user_id)
    await house.services.start()
    house.services.portfolio.look(frozenset({looked}))
    await until(lambda: house.world.asked["instruments"] >= 1)
    await house.settled()

    reads = await reads_in(house, 600)

    assert all(abs(reads[book] - often) <= 1 for book, often in expected.items()), reads


async def test_another_pace_is_kept_by_every_book_that_is_looked_at(house: House, able: AccountView) -> None:
    await house.services.portfolio.refresh(able.user_id)
    await house.services.start()
    house.services.portfolio.look(frozenset({Book.POSITIONS, Book.HOLDINGS}))
    await until(lambda: house.world.asked["instruments"] >= 1)
    await house.services.preferences.put(replace(house.services.preferences.view, refresh=20))
    await settle()

    reads = await reads_in(house, 600)

    assert abs(reads["positions"] - 30) <= 1
    assert abs(reads["holdings"] - 5) <= 1


async def test_a_book_that_the_broker_wants_to_wait_for_waits_alone(house: House, able: AccountView) -> None:
    await house.services.masters.look()  # after which everything is read once
    await house.services.start()
    house.services.portfolio.look(frozenset({Book.ORDERS, Book.POSITIONS}))
    await until(lambda: house.world.asked["orders"] >= 1)
    house.world.faults["orders"] = RateLimited(retry_after=90)
    await house.clock.advance(10)

    reads = await reads_in(house, 75)

    assert reads["orders"] == 0
    assert reads["positions"] >= 14


@pytest.mark.parametrize("is_away", [False, True])
async def test_a_wait_that_the_broker_asked_for_outlasts_a_moment_out_of_reach(
    house: House, able: AccountView, *, is_away: bool
) -> None:
    portfolio, brokers, world = house.services.portfolio, house.services.brokers, house.world
    await house.services.masters.look()  # after which everything is read once
    await house.services.start()
    portfolio.look(frozenset({Book.ORDERS, Book.POSITIONS}))
    await until(lambda: portfolio.book(Book.ORDERS, able.user_id).current)
    world.gates["orders"], world.faults["orders"] = asyncio.Event(), RateLimited(retry_after=90)
    asked = asyncio.create_task(portfolio.refresh(able.user_id, {Book.ORDERS}))
    await settle()
    if not is_away:
        world.gates["orders"].set()
        await asked
    world.faults["session"] = NotReachable()
    await brokers.validate_broker(able.user_id)
    world.gates["orders"].set()
    await asked
    del world.faults["session"]
    await brokers.validate_broker(able.user_id)

    reads = await reads_in(house, 75)

    assert reads["orders"] == 0
    assert reads["positions"] >= 14


async def test_nothing_is_read_while_the_broker_is_down(house: House, able: AccountView) -> None:
    await house.services.start()
    await house.services.portfolio.refresh(able.user_id)
    house.world.fault = BrokerDown()
    await house.services.brokers.validate_broker(able.user_id)
    house.services.portfolio.look(frozenset(Book))

    reads = await reads_in(house, 600)

    assert set(reads.values()) == {0}


async def test_who_asks_for_a_book_that_is_being_read_shares_it(house: House, able: AccountView) -> None:
    house.world.gates["funds"] = asyncio.Event()
    reads = [asyncio.create_task(house.services.portfolio.refresh(able.user_id, {Book.FUNDS})) for _ in range(5)]
    await settle()

    house.world.gates["funds"].set()

    assert await asyncio.gather(*reads) == [Refreshed(1)] * 5
    assert house.world.asked["funds"] == 1
