"""The object graph: what opening it may raise, what it shows without a key, and how fast it lets go (promise I3)."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.brokers.base import BaseBroker
from app.domain import (
    KeychainDenied,
    KeychainLocked,
    KeychainMissing,
    NotReachable,
    RateLimited,
    TradingError,
    VaultError,
)
from app.services.answers import No, Unknown, Yes
from app.services.core import build_services
from app.services.views import AccountChanged, AccountState, Action, Health, Phase
from app.store import AccountEvent, AccountTrace
from app.system.paths import Profile
from tests.brokers.plain_server import FAULTS, RawServer
from tests.fakes.clock import ManualClock, settle
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain, credentials
from tests.services.house import House

LOCKS = [KeychainLocked(), KeychainDenied(), KeychainMissing()]


async def locked(house: House, trouble: TradingError) -> str:
    """An account whose keychain gives no key after a restart; its id."""
    account = await house.connected()
    await house.close()
    house.keychain.trouble = trouble
    await house.open()
    return account.user_id


@pytest.mark.parametrize("trouble", LOCKS, ids=lambda error: error.kind)
async def test_without_a_key_the_accounts_are_shown_locked(house: House, trouble: TradingError) -> None:
    user_id = await locked(house, trouble)

    view = house.services.brokers.view(user_id)

    assert (view.state, view.action) == (AccountState.LOCKED, Action.UNLOCK)
    assert view.error is not None
    assert view.error.kind == trouble.kind


async def test_without_a_key_the_status_is_an_error_of_its_kind(house: House) -> None:
    user_id = await locked(house, KeychainLocked())

    status = await house.services.brokers.broker_status(user_id)

    assert (status.status, status.kind) == (Health.ERROR, "keychain_locked")


async def test_without_a_key_the_question_about_a_session_stays_open(house: House) -> None:
    user_id = await locked(house, KeychainLocked())

    answer = await house.services.brokers.validate_broker(user_id)

    assert isinstance(answer, Unknown)
    assert answer.error.kind == "keychain_locked"


async def test_without_a_key_nothing_is_erased_and_nothing_is_lost(house: House) -> None:
    user_id = await locked(house, KeychainLocked())

    answer = await house.services.brokers.disconnect_broker(user_id)

    assert isinstance(answer, No)
    assert answer.error.kind == "keychain_locked"
    assert house.world.asked["revoke"] == 0
    assert len(house.services.brokers.accounts()) == 1


async def test_without_a_key_nothing_is_stored(house: House) -> None:
    await locked(house, KeychainLocked())
    offered = credentials(house.world.issue("CD5678"), key="key2")

    answer = await house.services.brokers.connect_broker("Self", "zerodha", offered)

    assert isinstance(answer, No)
    assert answer.error.kind == "keychain_locked"


async def test_what_is_known_is_shown_before_the_key_is_asked_for(house: House) -> None:
    house.shown_first = True
    user_id = await locked(house, KeychainLocked())
    before = house.services.brokers.view(user_id).state
    house.events.clear()

    await house.services.accounts.begin()

    assert before is AccountState.NOT_CONFIRMED
    assert house.services.brokers.view(user_id).state is AccountState.LOCKED
    assert any(isinstance(event, AccountChanged) for event in house.events)


async def test_a_question_that_comes_before_the_key_was_asked_for_asks_for_it(house: House) -> None:
    house.shown_first = True
    account = await house.connected()
    await house.restart()

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, Yes)


async def test_adapters_are_made_after_their_accounts_are_shown(house: House) -> None:
    account = await house.connected()
    await house.close()
    services = await build_services(
        Profile(house.directory), clock=house.clock, keychain=house.keychain, shown_first=True
    )
    (one,) = services.accounts
    shown = (one.label, one._broker, services.brokers.view(account.user_id).broker_label)

    await services.accounts.begin()

    assert shown == ("Zerodha", None, "Zerodha")
    assert isinstance(one._broker, BaseBroker)
    await services.close()


async def test_unlocking_asks_about_every_account(house: House) -> None:
    user_id = await locked(house, KeychainLocked())
    house.keychain.trouble = None

    await house.services.brokers.unlock()

    assert house.services.brokers.view(user_id).state is AccountState.READY


async def test_unlocking_in_vain_raises_why_and_stays_locked(house: House) -> None:
    user_id = await locked(house, KeychainLocked())

    with pytest.raises(KeychainLocked):
        await house.services.brokers.unlock()

    assert house.services.brokers.view(user_id).state is AccountState.LOCKED


async def test_a_keychain_that_locks_later_does_not_hurt_a_session_in_use(house: House) -> None:
    account = await house.connected()
    house.keychain.trouble = KeychainLocked()

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, Yes)
    assert house.view(account).state is AccountState.READY


@pytest.mark.parametrize("name", ["vault.db", "app.db"])
async def test_trouble_with_a_file_is_raised_and_the_file_is_left_alone(
    tmp_path: Path, clock: ManualClock, name: str
) -> None:
    house = House(tmp_path / "profile", clock)
    await house.open()
    await house.close()
    wrong = b"this is no database of ours" * 100
    (house.directory / name).write_bytes(wrong)

    with pytest.raises(VaultError):
        await house.open()

    assert (house.directory / name).read_bytes() == wrong


async def test_an_account_of_a_broker_this_version_does_not_know_is_kept_and_says_so(house: House) -> None:
    account = await house.connected()
    await house.close()
    make, house.world.make = house.world.make, lambda _: (_ for _ in ()).throw(ValueError("gone"))  # type: ignore[assignment, method-assign]  # a factory without this broker
    await house.open()

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, No)
    assert answer.error.title == "This version of Kunji does not know this broker"
    assert house.view(account).state is AccountState.REFUSED
    house.world.make = make  # type: ignore[method-assign]  # as it was


# ------------------------------------------------------------------ letting go


@pytest.mark.alone
async def test_everything_is_let_go_within_three_seconds_with_calls_in_flight(house: House) -> None:
    first = await house.connected("HUF")
    second = await house.connected("Self", "CD5678", "key2")
    await house.services.start()
    for operation in ("validate", "positions", "exchange"):
        house.world.gates[operation] = asyncio.Event()  # never opened
    running = house.services.sign_ins.start(first.user_id)
    await house.land()
    await until(lambda: running.view.phase is Phase.EXCHANGING)
    asking = asyncio.create_task(house.services.brokers.validate_broker(second.user_id))
    await settle()
    began = time.monotonic()

    await house.services.close()

    assert time.monotonic() - began < 3
    assert house.world.alive == 0
    assert isinstance(await running.result(), No)
    await asyncio.gather(asking, return_exceptions=True)


async def test_closing_leaves_no_task_behind(house: House) -> None:
    before = asyncio.all_tasks()
    await house.connected()
    await house.services.start()
    await settle()

    await house.services.close()

    assert asyncio.all_tasks() <= before


async def test_closing_twice_and_without_a_start_is_nothing_special(house: House) -> None:
    await house.services.close()
    await house.services.close()


async def test_a_token_that_is_just_being_issued_is_stored_before_the_end(house: House) -> None:
    account = await house.connected()
    gate = house.world.gates["exchange"] = asyncio.Event()
    running = house.services.sign_ins.start(account.user_id)
    await house.land()
    await until(lambda: running.view.phase is Phase.EXCHANGING)

    closing = asyncio.create_task(house.services.close())
    await settle()
    gate.set()
    await closing
    await house.open()

    assert isinstance(await house.services.brokers.validate_broker(account.user_id), Yes)


# ------------------------------------------------------------------ the diary


async def test_each_change_of_state_is_written_down_once(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.validate_broker(account.user_id)
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)

    await house.restart()

    entries = await house.services.store.history.of_day(house.clock.now().date(), user_id=account.user_id)
    assert [entry.kind for entry in entries] == ["ready", "signed_out"]


async def test_a_close_in_the_middle_of_a_write_does_not_write_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, written, go_on = house.services.store.history, asyncio.Event(), asyncio.Event()
    put = history.put

    async def slow(entries: Sequence[AccountEvent | AccountTrace | str]) -> None:
        await put(entries)
        written.set()
        await go_on.wait()

    monkeypatch.setattr(history, "put", slow)
    account = await house.connected()
    await asyncio.wait_for(written.wait(), 30)

    closing = asyncio.create_task(house.services.diary.close())
    await settle()
    go_on.set()
    await closing

    entries = await history.of_day(house.clock.now().date(), user_id=account.user_id)
    assert [entry.kind for entry in entries] == ["ready"]


async def test_a_removed_account_leaves_no_diary(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.disconnect_broker(account.user_id)

    await house.restart()

    assert await house.services.store.history.of_day(house.clock.now().date(), user_id=account.user_id) == ()


async def test_adapters_of_all_accounts_share_connections_and_limits(tmp_path: Path) -> None:
    clock = ManualClock()
    async with RawServer(FAULTS["429-seconds"]) as server:
        services = await build_services(Profile(tmp_path), clock=clock, keychain=MemoryKeychain(), base_url=server.url)
        brokers = [services.brokers._desk.make_broker("dhan") for _ in range(3)]
        for broker, client_id in zip(brokers, ("1100000001", "1100000002", "1100000001"), strict=True):
            with pytest.raises(RateLimited):
                await broker.connect(credentials("token", client_id=client_id))
            await broker.close()
        await services.close()

    assert len(server.heads) == 2  # the third is a client that was told to wait
    assert server.connections == 1


async def test_the_shared_connections_end_with_the_services(house: House) -> None:
    await house.close()

    with pytest.raises(NotReachable):
        house.services.shared.wires.transport()
