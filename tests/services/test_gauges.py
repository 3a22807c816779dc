"""How calls to the brokers go: what they took by kind, how they failed, and what of the limits is used."""

import asyncio

import pytest

from app.brokers import create_broker
from app.domain import BrokerDown, Secret, WireSurprise
from app.domain.calls import LimitUse
from app.services.book_views import Book, GaugeView, Latency
from app.services.gauge_words import family_name, kind_name, took, window_words
from app.services.gauges import Gauges
from app.services.meter import Meter
from tests.fakes.clock import ManualClock, settle
from tests.services.benched import BROKERS
from tests.services.house import House


async def gauged(house: House, clock: ManualClock, seconds: list[float]) -> tuple[Latency, ...]:
    account, meter = await house.connected(), Meter(clock)
    for each in seconds:
        meter.answered(account.user_id, "positions", clock.monotonic() - each)
    return Gauges(meter, house.services.accounts).view(account.user_id).latencies


async def test_median_and_95th_percentile_are_of_the_last_hundred(house: House, clock: ManualClock) -> None:
    latencies = await gauged(house, clock, [900.0] * 50 + [float(number) for number in range(100, 0, -1)])

    assert latencies == (Latency("positions", 100, 50.5, 95.0),)


async def test_one_answer_is_median_and_percentile_at_once(house: House, clock: ManualClock) -> None:
    assert await gauged(house, clock, [0.5]) == (Latency("positions", 1, 0.5, 0.5),)


async def test_every_kind_of_call_is_measured_by_itself(house: House) -> None:
    account = await house.connected()
    house.world.gates["funds"] = asyncio.Event()
    reading = asyncio.create_task(house.services.portfolio.refresh(account.user_id, {Book.FUNDS, Book.ORDERS}))
    await settle()

    await house.clock.advance(1.5)
    house.world.gates["funds"].set()
    await reading

    found = {latency.kind: latency for latency in house.services.gauges.view(account.user_id).latencies}
    assert found["funds"] == Latency("funds", 1, 1.5, 1.5)
    assert found["orders"].median == 0


async def test_questions_about_the_session_are_measured_too(house: House) -> None:
    account = await house.connected()

    await house.services.brokers.validate_broker(account.user_id)

    assert "session" in {latency.kind for latency in house.services.gauges.view(account.user_id).latencies}


async def test_the_same_trouble_again_is_counted_and_the_newest_stands_first(house: House) -> None:
    account = await house.connected()
    portfolio = house.services.portfolio
    for error in (WireSurprise("odd"), WireSurprise("odd"), BrokerDown()):
        house.world.faults["funds"] = error
        await house.clock.advance(1)
        await portfolio.refresh(account.user_id, {Book.FUNDS})

    errors = house.services.gauges.view(account.user_id).errors

    assert [(error.error, error.times, error.kind) for error in errors] == [
        ("broker_down", 1, "funds"),
        ("wire_surprise", 2, "funds"),
    ]
    assert errors[0].at == house.clock.now()
    assert errors[0].next_step == BrokerDown().next_step


async def test_no_more_than_twenty_errors_are_kept(house: House, clock: ManualClock) -> None:
    account, meter = await house.connected(), Meter(clock)
    for number in range(30):
        meter.failed(account.user_id, "funds", WireSurprise(title=f"odd {number}"))

    errors = Gauges(meter, house.services.accounts).view(account.user_id).errors

    assert (len(errors), errors[0].title, errors[-1].title) == (20, "odd 29", "odd 10")


async def test_a_secret_in_an_error_is_not_told(house: House) -> None:
    account = await house.connected()
    token = Secret("a-token-that-nobody-may-see")
    house.world.faults["funds"] = WireSurprise(f"the answer held {token.reveal()}")

    await house.services.portfolio.refresh(account.user_id, {Book.FUNDS})

    assert token.reveal() not in repr(house.services.gauges.view(account.user_id))


async def test_what_is_used_of_the_limits_is_the_adapters_word(house: House) -> None:
    account = await house.connected()
    house.world.used = (LimitUse("reads", 3, 8, 1.0),)

    assert house.services.gauges.view(account.user_id).limits == house.world.used


async def test_nothing_is_kept_of_an_account_that_is_gone(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.disconnect_broker(account.user_id)

    assert house.services.gauges.view(account.user_id) == GaugeView(account.user_id)


def test_gauges_are_said_in_words() -> None:
    assert (kind_name("positions"), kind_name("brand new")) == ("Positions", "Other calls")
    assert (family_name("order_book"), family_name("quotes"), family_name("?")) == (
        "Order book",
        "Prices",
        "Other calls",
    )
    assert [window_words(seconds) for seconds in (1.25, 60, 7200, 86_400)] == [
        "in 1.25 s",
        "in 1 min",
        "in 2 h",
        "in a day",
    ]
    assert [took(seconds) for seconds in (0.0844, 0.9996, 1.23)] == ["84 ms", "1.0 s", "1.2 s"]


@pytest.mark.parametrize("key", BROKERS)
def test_every_family_of_limits_has_a_name(key: str) -> None:
    used = create_broker(key, clock=ManualClock()).limits_used

    assert used
    assert "Other calls" not in {family_name(limit.family) for limit in used}


async def test_what_an_adapter_knows_without_asking_is_no_answer_of_the_broker(house: House) -> None:
    account = await house.connected()
    one = house.services.accounts.find(account.user_id)

    assert await one.call(lambda broker: broker.get_order_addresses(), kind="addresses") is None

    assert "addresses" not in {latency.kind for latency in house.services.gauges.view(account.user_id).latencies}
