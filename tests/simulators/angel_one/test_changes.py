"""Orders that are changed, cancelled, sent after hours, from elsewhere, or held (protocol sheet 4.1, 4.2, 5, 11)."""

from datetime import datetime

import httpx
import pytest

from app.domain import IST
from app.simulators.angel_one.server import AngelOneSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.angel_one.support import (
    ME,
    cancel,
    data,
    error,
    gateway,
    modify,
    place,
    placed,
    row,
    waiting,
)

# ------------------------------------------------------------------ modify and cancel


async def test_modification(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await waiting(client, clock)

    answer = data(await modify(client, ids, price="1440.0", quantity="12"))
    seen = []
    for _ in range(3):
        seen.append((await row(client, ids))["orderstatus"])
        clock.jump(0.06)

    one = await row(client, ids)
    assert answer == {name: ids[name] for name in ("orderid", "uniqueorderid")}
    assert seen == ["modify validation pending", "modify pending", "modified"]
    assert (one["orderstatus"], one["price"], one["quantity"]) == ("open", 1440.0, "12")


async def test_modification_on_the_way_in_changes_the_order_itself(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = await placed(client)
    data(await modify(client, ids, price="1440.0"))
    clock.jump(1)

    assert (await row(client, ids))["orderstatus"] == "open"


async def test_cancellation(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await waiting(client, clock)

    assert data(await cancel(client, ids)) == {name: ids[name] for name in ("orderid", "uniqueorderid")}
    before = (await row(client, ids))["orderstatus"]
    clock.jump(1)

    assert (before, (await row(client, ids))["orderstatus"]) == ("cancel pending", "cancelled")


async def test_variety_must_be_the_order_s_own(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await waiting(client, clock)

    assert error(await cancel(client, ids, "STOPLOSS"))[0] == "AB1008"
    assert error(await modify(client, ids, variety="STOPLOSS"))[0] == "AB1008"


async def test_modification_cannot_change_the_instrument(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await waiting(client, clock)

    assert error(await modify(client, ids, tradingsymbol="INFY-EQ", symboltoken="1594"))[0] == "AB1009"


async def test_finished_order_cannot_be_changed(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await placed(client)
    clock.jump(1)

    assert "complete" in error(await cancel(client, ids))[1]
    assert error(await modify(client, ids))[0] == "AB1007"


async def test_quantity_cannot_fall_to_what_is_filled(
    sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sim.controls.filling(ME.client_id, "partial")
    ids = await placed(client)
    clock.jump(1)

    assert error(await modify(client, ids, quantity="5"))[0] == "AB1007"


# ------------------------------------------------------------------ after the market


@pytest.fixture
def evening(clock: ManualClock) -> ManualClock:
    """18:00, before the client signs in."""
    clock.jump(8 * 3600)
    return clock


@pytest.mark.usefixtures("evening")
async def test_order_after_the_close_becomes_an_after_market_order(client: httpx.AsyncClient) -> None:
    ids = await placed(client)

    one = await row(client, ids)

    assert (one["variety"], one["orderstatus"], one["exchangeorderid"]) == ("AMO", "open", "")
    assert ids["orderid"].endswith("AO")
    int(ids["orderid"].removesuffix("AO"), 16)


async def test_after_market_order_goes_out_at_the_next_opening(
    sim: AngelOneSimulator, client: httpx.AsyncClient, evening: ManualClock
) -> None:
    ids = await placed(client, producttype="DELIVERY", ordertype="MARKET", price="0")
    evening.jump((datetime(2026, 11, 19, 9, 16, tzinfo=IST) - evening.now()).total_seconds())
    client.headers["Authorization"] = f"Bearer {sim.controls.replace_token(ME.client_id)}"

    one = await row(client, ids)

    assert (one["variety"], one["orderstatus"], one["filledshares"]) == ("AMO", "complete", "10")


@pytest.mark.parametrize("variety", ["NORMAL", "AMO"])
async def test_after_market_order_can_be_changed_and_cancelled(
    variety: str, client: httpx.AsyncClient, evening: ManualClock
) -> None:
    ids = await placed(client)
    data(await modify(client, ids, variety=variety, price="1500.0"))
    changed = await row(client, ids)
    data(await cancel(client, ids, variety))
    evening.jump(1)

    assert (changed["orderstatus"], changed["price"]) == ("modify after market order req received", 1500.0)
    assert (await row(client, ids))["orderstatus"] == "cancelled after market order"


async def test_open_order_ends_with_the_day(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await waiting(client, clock)
    clock.jump(8 * 3600)

    assert (await row(client, ids))["orderstatus"] == "cancelled"


# ------------------------------------------------------------------ addresses, states for tests


@pytest.mark.parametrize("path", ["place", "modify", "cancel"])
async def test_orders_only_from_a_registered_address(
    path: str, sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = await waiting(client, clock)
    sim.controls.allow_ips("198.51.100.7")

    calls = {
        "place": lambda: place(client),
        "modify": lambda: modify(client, ids),
        "cancel": lambda: cancel(client, ids),
    }
    answer = await calls[path]()

    code, message = gateway(answer)
    assert (code, message.startswith("Access denied: Unregistered IP address")) == ("AG7002", True)
    assert (await row(client, ids))["orderstatus"] == "open"


@pytest.mark.parametrize("status", ["not modified", "Executed", "expired", "quantum superposition"])
async def test_order_can_be_held_in_any_word(
    status: str, sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = await waiting(client, clock)
    sim.controls.hold_order(ME.client_id, ids["orderid"], status, filled=3)
    clock.jump(60)

    one = await row(client, ids)

    assert (one["orderstatus"], one["filledshares"]) == (status, "3")


async def test_two_status_fields_can_disagree(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    ids = await placed(client)
    sim.controls.speak(ids["orderid"], status="rejected", orderstatus="")

    one = await row(client, ids)

    assert (one["status"], one["orderstatus"]) == ("rejected", "")
