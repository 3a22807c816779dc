"""Orders walk through the sheet's vocabulary (protocol sheet sections 4, 5 and 10)."""

from typing import Any

import httpx
import pytest

from app.simulators import DEMO, ZerodhaSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.support import ask, data, error, signed_in

WALK = ["PUT ORDER REQ RECEIVED", "VALIDATION PENDING", "OPEN PENDING", "OPEN"]
# typed from the sheet, section 4
ROW = """
account_id, placed_by, order_id, exchange_order_id, parent_order_id, status, status_message, status_message_raw,
order_timestamp, exchange_update_timestamp, exchange_timestamp, variety, modified, exchange, tradingsymbol,
instrument_token, order_type, transaction_type, validity, product, quantity, disclosed_quantity, price,
trigger_price, average_price, filled_quantity, pending_quantity, cancelled_quantity, market_protection, meta, tag,
guid
"""


async def place(client: httpx.AsyncClient, variety: str = "regular", **change: str) -> str:
    form = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "order_type": "LIMIT",
        "quantity": "11",
        "product": "MIS",
        "price": "1450",
        **change,
    }
    return str(data(await client.post(f"/orders/{variety}", data=form))["order_id"])


async def market(client: httpx.AsyncClient, **change: str) -> str:
    return await place(client, order_type="MARKET", market_protection="-1", **change)


async def history(client: httpx.AsyncClient, order_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = data(await client.get(f"/orders/{order_id}"))
    return rows


async def words(client: httpx.AsyncClient, order_id: str) -> list[str]:
    return [row["status"] for row in await history(client, order_id)]


async def row_of(client: httpx.AsyncClient, order_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = data(await client.get("/orders"))
    return next(row for row in rows if row["order_id"] == order_id)


@pytest.fixture(autouse=True)
def _unlimited(simulator: ZerodhaSimulator) -> None:
    simulator.controls.enforce_limits(yes=False)


async def test_market_order_walks_to_complete_with_a_partial_fill(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await market(client)
    assert await words(client, order_id) == WALK[:1]
    clock.jump(0.2)
    seen = [(row["status"], row["filled_quantity"]) for row in await history(client, order_id)]
    assert seen == [*((word, 0) for word in WALK), ("OPEN", 5)]
    clock.jump(0.2)
    last = (await history(client, order_id))[-1]
    assert (last["status"], last["filled_quantity"], last["pending_quantity"]) == ("COMPLETE", 11, 0)


async def test_row_has_the_fields_of_the_sheet(client: httpx.AsyncClient) -> None:
    order_id = await place(client, tag="kj1")
    row = await row_of(client, order_id)
    assert {name.strip() for name in ROW.split(",")} <= set(row)
    assert len(order_id) == 19
    assert order_id.isdigit()
    assert (row["tag"], row["tags"]) == ("kj1", ["kj1"])
    assert row["order_timestamp"] == "2026-11-18 10:00:00"


async def test_market_order_is_turned_into_a_limit_order(client: httpx.AsyncClient) -> None:
    last = data(await client.get("/quote/ltp?i=NSE:INFY"))["NSE:INFY"]["last_price"]
    row = await row_of(client, await market(client, tag="kj2"))
    assert (row["order_type"], row["market_protection"]) == ("LIMIT", 0)
    assert row["price"] == pytest.approx(last * 1.005, abs=0.06)
    assert row["tags"] == ["kj2", "mktp", "mktp:0.50"]


async def test_limit_order_waits_in_the_book_until_the_close(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client)
    clock.jump(60)
    assert (await words(client, order_id))[-1] == "OPEN"
    clock.jump(6 * 3600)
    last = (await history(client, order_id))[-1]
    assert (last["status"], last["cancelled_quantity"]) == ("CANCELLED", 11)


async def test_ioc_order_that_finds_nobody_is_cancelled(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client, validity="IOC")
    clock.jump(1)
    assert (await words(client, order_id))[-1] == "CANCELLED"


async def test_order_with_minutes_ends_after_them(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client, validity="TTL", validity_ttl="5")
    clock.jump(299)
    assert (await words(client, order_id))[-1] == "OPEN"
    clock.jump(1)
    assert (await words(client, order_id))[-1] == "CANCELLED"


async def test_stop_rests_until_its_trigger_trades(client: httpx.AsyncClient, clock: ManualClock) -> None:
    far = await place(client, order_type="SL", price="1600", trigger_price="1595")
    near = await place(client, order_type="SL-M", trigger_price="1500", market_protection="3")
    clock.jump(0.3)
    assert (await words(client, far))[-1] == "TRIGGER PENDING"
    assert "TRIGGER PENDING" in await words(client, near)
    clock.jump(1)
    assert (await words(client, near))[-1] in {"OPEN", "COMPLETE"}


async def test_order_beyond_the_circuit_is_rejected_in_the_brokers_words(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await place(client, price="2500")
    clock.jump(1)
    row = await row_of(client, order_id)
    assert row["status"] == "REJECTED"
    assert row["status_message"] is None
    assert row["status_message_raw"].startswith("RMS:Rule: Check circuit limit")


async def test_sale_of_what_is_not_owned_is_rejected(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client, transaction_type="SELL", product="CNC", price="1560")
    clock.jump(1)
    assert (await row_of(client, order_id))["status_message_raw"].startswith("RMS:Rule: Check holdings")


async def test_after_market_order_waits_for_the_opening(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client, "amo")
    clock.jump(3600)
    assert await words(client, order_id) == ["AMO REQ RECEIVED"]


async def test_after_market_order_survives_the_night_and_is_filled_at_the_opening(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.jump(6 * 3600)  # 16:00
    order_id = await market(client, variety="amo")
    clock.jump(17.5 * 3600)  # 09:30 of the next day
    await signed_in(simulator, client)
    assert (await words(client, order_id))[-1] == "COMPLETE"
    row = await row_of(client, order_id)
    assert row["exchange_timestamp"].startswith("2026-11-19 09:15")


async def test_modified_after_market_order_still_waits(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client, "amo")
    await client.put(f"/orders/amo/{order_id}", data={"price": "1440"})
    clock.jump(60)
    assert (await words(client, order_id))[-1] == "AMO REQ RECEIVED"
    assert (await row_of(client, order_id))["price"] == 1440


async def test_iceberg_keeps_its_legs_and_a_regular_order_ignores_them(client: httpx.AsyncClient) -> None:
    legs = {"iceberg_legs": "5", "iceberg_quantity": "4", "quantity": "20"}
    assert (await row_of(client, await place(client, **legs)))["meta"] == {}
    meta = (await row_of(client, await place(client, "iceberg", **legs)))["meta"]["iceberg"]
    assert (meta["legs"], meta["leg_quantity"], meta["total_quantity"]) == (5, 4, 20)
    form = {**legs, "iceberg_legs": "1", "exchange": "NSE", "tradingsymbol": "INFY", "transaction_type": "BUY"}
    answer = await client.post(
        "/orders/iceberg", data={**form, "order_type": "LIMIT", "price": "1450", "product": "CNC"}
    )
    assert error(answer)[0] == 400


async def test_stop_can_be_modified_without_naming_its_protection_again(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await place(client, order_type="SL-M", trigger_price="1595", market_protection="3")
    clock.jump(1)
    answer = await client.put(f"/orders/regular/{order_id}", data={"trigger_price": "1598"})
    assert data(answer)["order_id"] == order_id
    clock.jump(1)
    row = await row_of(client, order_id)
    assert (row["status"], row["trigger_price"]) == ("TRIGGER PENDING", 1598)


async def test_quantity_cannot_be_modified_below_what_is_filled(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    simulator.controls.filling(DEMO.client_id, "partial")
    order_id = await market(client)
    clock.jump(1)
    assert error(await client.put(f"/orders/regular/{order_id}", data={"quantity": "5"}))[0] == 400


async def test_filled_price_never_goes_beyond_the_limit(client: httpx.AsyncClient, clock: ManualClock) -> None:
    for limit in ("1565", "1570", "1575"):
        order_id = await place(client, price=limit)
        clock.jump(1)
        assert (await row_of(client, order_id))["average_price"] <= float(limit)


async def test_cancellation_is_registered_first(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client)
    clock.jump(1)
    assert data(await client.delete(f"/orders/regular/{order_id}"))["order_id"] == order_id
    assert (await words(client, order_id))[-1] == "CANCEL PENDING"
    clock.jump(1)
    last = (await history(client, order_id))[-1]
    # a cancelled row keeps its rest as pending (sheet section 5)
    assert (last["status"], last["cancelled_quantity"], last["pending_quantity"]) == ("CANCELLED", 11, 11)


async def test_part_filled_and_cancelled_keeps_its_part(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    simulator.controls.filling(DEMO.client_id, "partial")
    order_id = await market(client)
    clock.jump(1)
    await client.delete(f"/orders/regular/{order_id}")
    clock.jump(1)
    last = (await history(client, order_id))[-1]
    assert (last["status"], last["filled_quantity"], last["cancelled_quantity"]) == ("CANCELLED", 5, 6)


async def test_modification_walks_and_keeps_the_order_live(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client)
    clock.jump(1)
    await client.put(f"/orders/regular/{order_id}", data={"price": "1455", "quantity": "22"})
    clock.jump(1)
    seen = await words(client, order_id)
    assert seen[4:] == ["MODIFY VALIDATION PENDING", "MODIFY PENDING", "MODIFIED", "OPEN"]
    row = await row_of(client, order_id)
    assert (row["price"], row["quantity"], row["modified"]) == (1455, 22, True)


async def test_final_order_can_neither_be_modified_nor_cancelled(
    simulator: ZerodhaSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.filling(DEMO.client_id, "at-once")
    order_id = await market(client)
    text = "Order cannot be modified/cancelled as it is being processed. Try later."
    for answer in (
        await client.delete(f"/orders/regular/{order_id}"),
        await client.put(f"/orders/regular/{order_id}", data={"price": "1455"}),
    ):
        assert error(answer) == (400, "InputException", text)


async def test_26th_modification_is_refused(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await place(client)
    statuses = []
    for _ in range(26):
        clock.jump(1)
        statuses.append((await client.put(f"/orders/regular/{order_id}", data={"price": "1455"})).status_code)
    assert statuses == [200] * 25 + [400]


async def test_large_order_is_sliced_when_asked(client: httpx.AsyncClient) -> None:
    form = {
        "exchange": "NFO",
        "tradingsymbol": "NIFTY26D0125800PE",
        "transaction_type": "BUY",
        "order_type": "LIMIT",
        "quantity": "3600",
        "product": "NRML",
        "price": "90",
    }
    status, _, message = error(await client.post("/orders/regular", data=form))
    assert (status, "1800" in message) == (400, True)
    answer = data(await client.post("/orders/regular", data={**form, "autoslice": "true"}))
    rows = [await row_of(client, child["order_id"]) for child in answer["children"]]
    assert [row["quantity"] for row in rows] == [1800, 1800]
    assert rows[0]["tags"] == ["autoslice", f"autoslice:{answer['order_id']}"]


async def test_trades_follow_fills(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await market(client)
    clock.jump(1)
    trades = data(await client.get("/trades"))
    assert [trade["quantity"] for trade in trades] == [5, 6]
    assert trades == data(await client.get(f"/orders/{order_id}/trades"))
    assert trades[0]["order_timestamp"] == "10:00:00"


@pytest.mark.parametrize("status", ["UPDATE", "MODIFY PENDING", "PUT ORDER REQUEST RECEIVED", "SOMETHING NEW"])
async def test_order_can_be_held_in_any_word(
    status: str, simulator: ZerodhaSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await place(client)
    simulator.controls.hold_order(DEMO.client_id, order_id, status, filled=3)
    clock.jump(60)
    last = (await history(client, order_id))[-1]
    assert (last["status"], last["filled_quantity"]) == (status, 3)


@pytest.mark.parametrize(("name", "booked"), [("reset-before", 0), ("reset-in-body", 1), ("500", 0)])
async def test_broken_answer_lands_where_the_broker_would_have_answered(
    name: str, booked: int, simulator: ZerodhaSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.fault("place_order", name, times=1)
    await _lost(client)
    assert len(data(await client.get("/orders"))) == booked


@pytest.mark.parametrize("name", ["reset-before", "stall-before-headers", "504", "500"])
async def test_order_can_land_though_its_answer_is_lost(
    name: str, simulator: ZerodhaSimulator, client: httpx.AsyncClient
) -> None:
    simulator.controls.fault("place_order", name, times=1, lands=True)
    client.timeout = httpx.Timeout(0.3)
    await _lost(client)
    assert [row["tag"] for row in data(await client.get("/orders"))] == ["lost"]


async def _lost(client: httpx.AsyncClient) -> None:
    try:
        await place(client, tag="lost")
    except (httpx.TransportError, AssertionError):
        return
    raise AssertionError("the answer was whole")


async def test_no_order_reaches_the_book_without_a_token(simulator: ZerodhaSimulator) -> None:
    assert (await ask(simulator.base_url, "/orders")).status == 400
