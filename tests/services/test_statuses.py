"""The status operation: healthy, token_expired or error, at most a minute old."""

import pytest

from app.domain import BrokerDown, NotFound, NotReachable, SessionExpired, UserBlocked
from app.services.views import Health
from tests.services.house import House


async def test_a_live_session_is_healthy(house: House) -> None:
    account = await house.connected()

    status = await house.services.brokers.broker_status(account.user_id)

    assert (status.status, status.kind, status.message) == (Health.HEALTHY, "", "Ready: until 06:00 tomorrow")
    assert status.connected_at == account.connected_at
    assert status.token_since == account.token_since
    assert not status.expires_soon


async def test_a_dead_session_is_token_expired(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")

    status = await house.services.brokers.broker_status(account.user_id)

    assert (status.status, status.kind) == (Health.TOKEN_EXPIRED, "session_expired")
    assert status.message.startswith("The session has ended. Reconnect")


@pytest.mark.parametrize("error", [NotReachable(), BrokerDown(), UserBlocked()], ids=lambda error: error.kind)
async def test_anything_else_is_an_error_with_its_kind_and_the_last_good_time(house: House, error: Exception) -> None:
    account = await house.connected()
    house.world.faults["validate"] = error  # type: ignore[assignment]  # all three are TradingErrors

    status = await house.services.brokers.broker_status(account.user_id)

    assert status.status is Health.ERROR
    assert status.kind == getattr(error, "kind", None)
    assert status.last_good_at == house.clock.now()


async def test_an_answer_is_kept_for_a_minute_and_its_age_is_told(house: House) -> None:
    account = await house.connected()
    first = await house.services.brokers.broker_status(account.user_id)

    await house.clock.advance(59)
    second = await house.services.brokers.broker_status(account.user_id)

    assert (first.age, second.age) == (0, 59)
    assert second.checked_at == first.checked_at
    assert house.world.asked["validate"] == 1


async def test_after_a_minute_the_broker_is_asked_again(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.broker_status(account.user_id)

    await house.clock.advance(60)
    status = await house.services.brokers.broker_status(account.user_id)

    assert status.age == 0
    assert house.world.asked["validate"] == 2


async def test_an_answer_that_contradicts_it_drops_what_was_kept(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.broker_status(account.user_id)
    house.world.kill("AB1234")
    broker = await house.services.brokers.get_broker_for_user(account.user_id)

    with pytest.raises(SessionExpired):
        await broker.get_positions()

    assert (await house.services.brokers.broker_status(account.user_id)).status is Health.TOKEN_EXPIRED


async def test_a_new_token_drops_what_was_kept(house: House) -> None:
    account = await house.connected()
    house.world.faults["validate"] = NotReachable()
    await house.services.brokers.broker_status(account.user_id)
    house.world.faults.clear()

    await house.services.brokers.update_broker_token(account.user_id, house.world.issue("AB1234"))

    assert (await house.services.brokers.broker_status(account.user_id)).status is Health.HEALTHY


async def test_connecting_anew_after_a_disconnect_starts_without_an_old_answer(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.broker_status(account.user_id)
    await house.services.brokers.disconnect_broker(account.user_id)
    again = await house.connected()
    asked = house.world.asked["validate"]

    await house.services.brokers.broker_status(again.user_id)

    assert house.world.asked["validate"] == asked + 1


async def test_the_status_of_nobody_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        await house.services.brokers.broker_status("nobody")


async def test_who_asks_at_the_same_time_shares_one_question(house: House) -> None:
    import asyncio

    account = await house.connected()

    await asyncio.gather(*(house.services.brokers.broker_status(account.user_id) for _ in range(20)))

    assert house.world.asked["validate"] == 1


async def test_a_session_that_ends_within_the_hour_is_said_to_end_soon(house: House) -> None:
    account = await house.connected()
    end = account.token_expires_at
    assert end is not None
    house.clock.jump((end - house.clock.now()).total_seconds() - 3599)

    assert (await house.services.brokers.broker_status(account.user_id)).expires_soon
