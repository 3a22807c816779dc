"""Reconnect all: what it takes, in which order, one attempt each, and what giving up leaves as it was."""

import asyncio

from app.domain import KeychainLocked
from app.services.answers import No, Yes
from app.services.reconnect_all import RunningWalk
from app.services.views import AccountState, AccountView, Phase, WalkChanged, WalkView
from tests.fakes.waiting import until
from tests.services.fakes import position
from tests.services.house import House

CLIENTS = {"HUF": "AB1234", "Self": "CD5678", "Spouse": "EF9012"}


async def street(house: House, *dead: str) -> dict[str, AccountView]:
    """Three accounts of the broker, by name; the sessions of `dead` have ended, which is known."""
    accounts = {name: await house.connected(name, client) for name, client in CLIENTS.items()}
    for name in dead:
        house.world.kill(CLIENTS[name])
        await house.services.brokers.validate_broker(accounts[name].user_id)
    return accounts


async def on_page(house: House, walk: RunningWalk) -> str:
    """Wait until the next page is open; the account whose page it is."""
    await until(lambda: bool(house.pages) and walk.view.current is not None)
    current = walk.view.current
    assert current is not None
    running = walk.sign_in(current)
    await until(lambda: running is not None and running.view.phase is Phase.WAITING)
    return current


async def signed_in(house: House, walk: RunningWalk) -> str:
    """Sign in on the page that is open, as the account's own client; the account."""
    current = await on_page(house, walk)
    house.world.signs_in_as = house.services.brokers.view(current).client_id
    await house.land()
    house.pages.clear()
    await until(lambda: any(one.user_id == current for one in walk.view.done))
    return current


async def test_pages_come_one_after_another_the_worst_first(house: House) -> None:
    accounts = await street(house, "HUF", "Self", "Spouse")
    house.services.accounts.find(accounts["Spouse"].user_id).open_positions = len([position()])

    walk = house.services.reconnect_all.start()
    order = [await signed_in(house, walk) for _ in CLIENTS]
    done = await walk.result()

    assert order == [accounts[name].user_id for name in ("Spouse", "HUF", "Self")]
    assert [one.user_id for one in done] == order
    assert {house.view(account).state for account in accounts.values()} == {AccountState.READY}


async def test_only_one_page_is_open_at_a_time(house: House) -> None:
    await street(house, "HUF", "Self")

    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    assert len(house.pages) == len(walk.view.running) == len(walk.view.waiting) == 1


async def test_what_lives_is_left_alone(house: House) -> None:
    accounts = await street(house, "Self")

    walk = house.services.reconnect_all.start()

    assert walk.view.waiting == (accounts["Self"].user_id,)
    assert await signed_in(house, walk) == accounts["Self"].user_id


async def test_who_names_an_account_replaces_it_also_while_it_lives(house: House) -> None:
    accounts = await street(house)

    walk = house.services.reconnect_all.start([accounts["HUF"].user_id])
    await signed_in(house, walk)

    assert house.world.asked["exchange"] == 1


async def test_an_account_that_came_back_while_it_waited_is_not_replaced(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    await house.services.brokers.update_broker_token(accounts["Self"].user_id, house.world.issue("CD5678"))
    await signed_in(house, walk)
    done = await walk.result()

    assert {one.user_id: isinstance(one.answer, Yes) for one in done} == dict.fromkeys(
        (accounts["HUF"].user_id, accounts["Self"].user_id), True
    )
    assert house.world.asked["exchange"] == 1


async def test_a_sign_in_under_way_is_joined_and_keeps_the_browser(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    theirs = house.services.sign_ins.start(accounts["Self"].user_id)

    walk = house.services.reconnect_all.start()
    first = await on_page(house, walk)

    assert walk.sign_in(first) is theirs
    assert walk.view.waiting == (accounts["HUF"].user_id,)


async def test_one_that_fails_has_had_its_attempt_and_the_walk_goes_on(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    await house.land("wrong")
    house.pages.clear()
    await signed_in(house, walk)
    answers = {one.user_id: one.answer for one in await walk.result()}

    assert isinstance(answers[accounts["HUF"].user_id], No)
    assert isinstance(answers[accounts["Self"].user_id], Yes)
    assert house.view(accounts["HUF"]).state is AccountState.SIGNED_OUT


async def test_giving_up_leaves_everything_as_it_was(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    walk.cancel()
    done = await walk.result()

    assert [one.answer.error.kind for one in done if isinstance(one.answer, No)] == ["login_cancelled"] * 2
    assert {house.view(accounts[name]).state for name in ("HUF", "Self")} == {AccountState.SIGNED_OUT}
    assert walk.view.cancelled
    assert walk.view.ended


async def test_giving_up_does_not_cancel_what_another_began(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    theirs = house.services.sign_ins.start(accounts["Self"].user_id)
    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    walk.cancel()
    await signed_in(house, walk)

    assert isinstance(await theirs.result(), Yes)


async def test_two_walks_at_once_are_one(house: House) -> None:
    accounts = await street(house, "HUF")
    walk = house.services.reconnect_all.start()

    again = house.services.reconnect_all.start([accounts["Self"].user_id, accounts["HUF"].user_id])

    assert again is walk
    assert walk.view.waiting == (accounts["HUF"].user_id, accounts["Self"].user_id)


async def test_a_walk_that_was_given_up_is_not_gone_on_with(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    house.world.gates["exchange"] = asyncio.Event()
    first = house.services.reconnect_all.start()
    current = await on_page(house, first)
    await house.land()
    await until(lambda: house.world.asked["exchange"] == 1)
    first.cancel()  # too late for this one: the broker is issuing its token

    second = house.services.reconnect_all.start()
    await until(lambda: second.sign_in(current) is not None)

    assert second is not first
    assert second.sign_in(current) is first.sign_in(current)
    assert {*second.view.waiting, *second.view.running} == {accounts[name].user_id for name in ("HUF", "Self")}
    house.world.gates["exchange"].set()
    assert len(await first.result()) == len(accounts) - 1


async def test_an_end_is_no_longer_cancelled(house: House) -> None:
    await street(house)
    walk = house.services.reconnect_all.start()
    await walk.result()

    walk.cancel()

    assert not walk.view.cancelled


async def test_after_its_end_another_walk_may_begin(house: House) -> None:
    await street(house)
    first = house.services.reconnect_all.start()

    assert await first.result() == ()
    assert house.services.reconnect_all.running is None
    assert house.services.reconnect_all.start() is not first


async def test_every_step_is_told_and_names_each_account_once(house: House) -> None:
    accounts = await street(house, "HUF", "Self")
    walk = house.services.reconnect_all.start()
    await signed_in(house, walk)
    await signed_in(house, walk)
    await walk.result()

    told: list[WalkView] = [event.view for event in house.events if isinstance(event, WalkChanged)]
    named = [(*view.waiting, *view.running, *(one.user_id for one in view.done)) for view in told]
    assert {frozenset(ids) for ids in named} == {frozenset(accounts[name].user_id for name in ("HUF", "Self"))}
    assert all(len(ids) == 2 for ids in named)
    assert told[-1].ended


async def test_an_account_that_is_gone_is_an_answer(house: House) -> None:
    (one,) = await house.services.reconnect_all.start(["usr_nobody"]).result()

    assert isinstance(one.answer, No)
    assert one.answer.error.kind == "not_found"


async def test_credentials_that_cannot_be_read_are_an_answer(house: House) -> None:
    accounts = await street(house, "HUF")
    house.keychain.trouble = KeychainLocked()
    await house.restart()

    (one,) = await house.services.reconnect_all.start([accounts["HUF"].user_id]).result()

    assert not isinstance(one.answer, Yes)
    assert one.answer.error.kind == "keychain_locked"


async def test_closing_kunji_ends_the_walk(house: House) -> None:
    await street(house, "HUF", "Self")
    walk = house.services.reconnect_all.start()
    await on_page(house, walk)

    await house.services.close()

    assert walk.done
    assert len(await walk.result()) <= 1
