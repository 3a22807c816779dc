"""Two things at once, or one that is given up in the middle: what is stored and what is shown never part."""

import asyncio

import pytest

from app.domain import Secret
from app.services.answers import Yes
from app.services.views import AccountChanged, AccountRemoved, Draft
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import credentials
from tests.services.house import House


def held_back(house: House, monkeypatch: pytest.MonkeyPatch, step: str) -> asyncio.Event:
    """Let the vault answer `step` only after the event, although it is on the disk before."""
    go_on, real = asyncio.Event(), getattr(house.services.vault, step)

    async def slow(*values: object, **named: object) -> object:
        done = await real(*values, **named)
        await go_on.wait()
        return done

    monkeypatch.setattr(house.services.vault, step, slow)
    return go_on


async def give_up(house: House, work: "asyncio.Task[object]", go_on: asyncio.Event) -> None:
    """Cancel `work` in the middle of its change; return when the change has ended."""
    await until(lambda: bool(house.services.accounts._changes))
    await settle()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    go_on.set()
    await until(lambda: not house.services.accounts._changes)


async def test_a_connect_that_is_given_up_while_it_is_stored_is_an_account_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = held_back(house, monkeypatch, "add")
    offered = credentials(house.world.issue("AB1234"), client_id="AB1234", port=house.world.port)
    work = asyncio.create_task(house.services.brokers.connect_broker("HUF", "zerodha", offered))

    await give_up(house, work, go_on)

    (account,) = house.services.brokers.accounts()
    assert [one.user_id for one in await house.services.vault.accounts()] == [account.user_id]
    assert isinstance(await house.services.brokers.validate_broker(account.user_id), Yes)


async def test_a_connect_that_is_given_up_while_the_broker_is_asked_leaves_nothing_open(house: House) -> None:
    house.world.gates["connect"] = asyncio.Event()
    offered = credentials(house.world.issue("AB1234"), client_id="AB1234", port=house.world.port)
    work = asyncio.create_task(house.services.brokers.connect_broker("HUF", "zerodha", offered))
    await until(lambda: house.world.asked["connect"] == 1)

    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert house.world.alive == 0
    assert house.services.brokers.accounts() == ()


async def test_a_removal_that_is_given_up_while_it_erases_has_erased(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.connected()
    go_on = held_back(house, monkeypatch, "remove")
    work = asyncio.create_task(house.services.brokers.disconnect_broker(account.user_id))

    await give_up(house, work, go_on)

    assert house.services.brokers.accounts() == ()
    assert await house.services.vault.accounts() == ()


async def test_a_pasted_token_that_is_given_up_while_it_is_stored_is_in_use(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.connected()
    go_on, newer = held_back(house, monkeypatch, "update"), Secret(house.world.issue("AB1234"))
    work = asyncio.create_task(house.services.brokers.update_broker_token(account.user_id, newer))

    await give_up(house, work, go_on)

    assert (await house.services.vault.credentials(account.user_id)).access_token == newer
    assert isinstance(await house.services.brokers.validate_broker(account.user_id), Yes)


async def test_of_two_removals_at_once_the_second_finds_nothing_and_shows_no_ghost(house: House) -> None:
    account = await house.connected()
    remove = house.services.brokers.disconnect_broker

    answers = await asyncio.gather(remove(account.user_id), remove(account.user_id))

    told = [event for event in house.events if isinstance(event, AccountChanged | AccountRemoved)]
    assert sorted(type(answer).__name__ for answer in answers) == ["No", "Yes"]
    assert isinstance(told[-1], AccountRemoved)
    assert house.world.alive == 0


async def test_a_sign_in_that_begins_while_its_account_is_removed_ends_with_it(house: House) -> None:
    account = await house.connected()
    house.world.gates["revoke"] = asyncio.Event()
    removing = asyncio.create_task(house.services.brokers.disconnect_broker(account.user_id))
    await until(lambda: house.world.asked["revoke"] == 1)
    running = house.services.sign_ins.start(account.user_id)
    await until(lambda: bool(house.pages))

    house.world.gates["revoke"].set()
    answer = await removing

    assert isinstance(answer, Yes), answer
    assert running.done
    assert house.world.alive == 0


async def test_of_two_sign_ins_to_one_client_at_once_one_is_stored(house: House) -> None:
    house.world.single_session = False
    drafts = [Draft(name, "zerodha", credentials("", port=house.world.port)) for name in ("One", "Two")]
    both = [house.services.sign_ins.start(draft) for draft in drafts]
    await until(lambda: len(house.pages) == 2)

    for running in both:
        running.paste("good")
    answers = [await running.result() for running in both]

    assert sorted(type(answer).__name__ for answer in answers) == ["No", "Yes"]
    assert len(await house.services.vault.accounts()) == 1
