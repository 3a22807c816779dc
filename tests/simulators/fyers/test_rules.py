"""Limits, rights, addresses and the edge (protocol sheet sections 3, 6, 7, 11 and 13)."""

from dataclasses import replace
from datetime import datetime

import httpx
import pytest

from app.domain import IST
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import ASHA, SBIN, error, new_client, ok, place

FUNDS = "/api/v3/funds"
QUOTES = f"/data/quotes?symbols={SBIN}"
TRADING_429 = (429, -429, "Request limit reached, refresh after few mins")
DATA_429 = (429, 429, "request limit reached")
RESTRICTED = f"Order placement restricted. Algo orders are not allowed from this app {ASHA.api_key}"


async def _ask(client: httpx.AsyncClient, times: int, path: str = FUNDS) -> httpx.Response:
    """So many calls; the last answer."""
    for _ in range(times - 1):
        await client.get(path)
    return await client.get(path)


async def _a_full_minute(client: httpx.AsyncClient, clock: ManualClock) -> None:
    """200 calls within one minute of the clock, none refused."""
    for _ in range(20):
        assert (await _ask(client, 10)).status_code == 200
        clock.jump(1)


def _to_the_next_minute(clock: ManualClock) -> None:
    clock.jump(60 - clock.now().second)


# ------------------------------------------------------------------ limits


async def test_ten_calls_a_second_over_both_hosts(client: httpx.AsyncClient, clock: ManualClock) -> None:
    assert (await _ask(client, 5)).status_code == 200
    assert (await _ask(client, 5, QUOTES)).status_code == 200

    assert error(await client.get(FUNDS)) == TRADING_429
    assert error(await client.get(QUOTES)) == DATA_429
    clock.jump(1)
    assert (await client.get(FUNDS)).status_code == 200


async def test_order_calls_say_how_long_to_wait(client: httpx.AsyncClient) -> None:
    await _ask(client, 10)

    answer = await place(client)

    assert error(answer) == TRADING_429
    assert (answer.headers["Retry-After"], answer.headers["X-Retry-After-Ms"]) == ("1", "1000")
    assert "Retry-After" not in (await client.get(FUNDS)).headers


async def test_refused_orders_are_in_no_book(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await _ask(client, 10)
    await place(client)
    clock.jump(1)

    assert ok(await client.get("/api/v3/orders"))["orderBook"] == []


async def test_two_hundred_calls_a_minute(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await _a_full_minute(client, clock)

    assert error(await client.get(FUNDS)) == TRADING_429
    _to_the_next_minute(clock)
    assert (await client.get(FUNDS)).status_code == 200


async def test_the_fourth_broken_minute_blocks_the_app_for_the_day(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    for broken in range(1, 5):
        await _a_full_minute(client, clock)
        await client.get(FUNDS)
        _to_the_next_minute(clock)
        assert (await client.get(FUNDS)).status_code == (429 if broken == 4 else 200)
        clock.jump(60)

    clock.jump((datetime(2026, 11, 19, 0, 0, tzinfo=IST) - clock.now()).total_seconds())
    assert (await client.get(FUNDS)).status_code == 200


async def test_a_blocked_app_is_refused_everything(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.block_for_the_day(ASHA.client_id)

    assert error(await client.get("/api/v3/profile")) == TRADING_429
    assert error(await client.get(QUOTES)) == DATA_429


async def test_apps_are_counted_apart(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    await _ask(client, 10)
    other = fyers_users()[1]
    token = simulator.controls.replace_token(other.client_id)

    answer = await client.get(FUNDS, headers={"Authorization": f"{other.api_key}:{token}"})

    assert answer.status_code == 200


async def test_limits_can_be_switched_off(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.enforce_limits(yes=False)

    assert (await _ask(client, 30)).status_code == 200


# ------------------------------------------------------------------ rights and addresses


async def _orders_refused(client: httpx.AsyncClient) -> bool:
    """Whether placing, changing and cancelling are refused by the app's name, while reading goes on."""
    order = {"id": "26111800000001", "type": 1}
    sync = "/api/v3/orders/sync"
    answers = (
        await place(client),
        await client.patch(sync, json=order),
        await client.request("DELETE", sync, json=order),
    )
    assert (await client.get("/api/v3/positions")).status_code == 200
    assert (await client.get(QUOTES)).status_code == 200
    return [error(answer) for answer in answers] == [(400, -50, RESTRICTED)] * 3


async def test_orders_from_another_address_are_refused(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.allow_ips("127.0.0.9")

    assert await _orders_refused(client)


async def test_orders_without_a_registered_address_are_refused(
    simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.allow_ips()

    assert await _orders_refused(client)


async def test_orders_are_taken_from_the_registered_address_alone(
    simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.allow_ips("127.0.0.2")
    there = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx.AsyncClient(base_url=simulator.base_url, transport=there, headers=client.headers) as elsewhere:
        assert ok(await place(elsewhere))["code"] == 1101
        assert error(await place(client)) == (400, -50, RESTRICTED)
        assert (await client.get(FUNDS)).status_code == (await elsewhere.get(FUNDS)).status_code == 200


async def test_orders_of_an_app_without_the_right_are_refused(
    simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.permit(ASHA.client_id, "market_data", "transactions")

    assert await _orders_refused(client)


async def test_an_older_app_reads_and_does_not_order(clock: ManualClock) -> None:
    old = replace(ASHA, api_key="KUNJI00001-100")
    simulator = FyersSimulator(clock=clock, users=(old,))
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            client.headers["Authorization"] = f"{old.api_key}:{simulator.controls.replace_token(old.client_id)}"
            assert error(await place(client))[:2] == (400, -50)
            assert (await client.get(FUNDS)).status_code == 200
    finally:
        await simulator.stop()


async def test_without_market_data_there_are_no_prices(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.plan(ASHA.client_id, "personal")

    assert error(await client.get(QUOTES))[:2] == (403, -373)
    assert (await client.get(FUNDS)).status_code == 200


@pytest.mark.parametrize("path", ["funds", "holdings", "positions", "orders", "tradebook"])
async def test_without_transactions_only_the_profile_is_told(
    path: str, simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.permit(ASHA.client_id, "market_data")

    assert error(await client.get(f"/api/v3/{path}"))[:2] == (403, -373)
    assert (await client.get("/api/v3/profile")).status_code == 200


async def test_unknown_permissions_are_a_mistake(simulator: FyersSimulator) -> None:
    with pytest.raises(ValueError, match="no such permission"):
        simulator.controls.permit(ASHA.client_id, "everything")


# ------------------------------------------------------------------ the edge, other addresses


@pytest.mark.parametrize("path", ["/api/v3/profile", "/sym_details/NSE_CM.csv", "/nowhere"])
async def test_a_librarys_own_agent_meets_a_bare_403(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path, headers={"User-Agent": "Python-urllib/3.11"})

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(
    "path", ["/", "/api/v2/profile", "/api/v3/quotes", "/quotes", "/api/v3/profile/", "/sym_details/NSE_XX.csv"]
)
async def test_other_addresses_are_not_there(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404


@pytest.mark.parametrize("operation", ["nope", "orders/sync", ""])
async def test_an_unknown_operation_is_a_mistake(operation: str, simulator: FyersSimulator) -> None:
    with pytest.raises(ValueError, match="no such operation"):
        simulator.controls.fault(operation, "500")
