"""Orders from transit to their end (protocol sheet sections 4.6, 4.7, 5, 6.2, 10, 11)."""

from typing import Any

import httpx
import pytest

from app.simulators.dhan.server import DhanSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.dhan.support import ME, NO_IP, ORDER, data, error, place, placed, row

MISSING = "Missing required fields, bad values for parameters etc."


async def test_order_walks_from_transit_to_traded(client: httpx.AsyncClient, clock: ManualClock) -> None:
    answer = data(await place(client))
    words = []
    for _ in range(3):
        one = await row(client, answer["orderId"])
        words.append((one["orderStatus"], one["filledQty"], one["exchangeOrderId"] == "0"))
        clock.jump(0.3)

    assert answer["orderStatus"] == "TRANSIT"
    assert words == [("TRANSIT", 0, True), ("PART_TRADED", 5, False), ("TRADED", 10, False)]


async def test_row_has_the_types_of_the_wire(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, price=1430.0, correlationId=None)
    clock.jump(1)

    one = await row(client, order_id)

    assert (one["orderStatus"], one["omsErrorCode"], one["omsErrorDescription"]) == ("PENDING", "0", "CONFIRMED")
    assert one["correlationId"].startswith(f"{ME.client_id}-")
    assert (one["drvExpiryDate"], one["drvOptionType"], one["legName"], one["algoId"]) == (
        "0001-01-01",
        "NA",
        "NA",
        "0",
    )
    assert (one["createTime"], one["price"], one["remainingQuantity"]) == ("2026-11-18 10:00:00", 1430.0, 10)


async def test_time_of_the_exchange_is_unset_in_transit(client: httpx.AsyncClient) -> None:
    assert (await row(client, await placed(client)))["exchangeTime"] == "0001-01-01 00:00:00"


async def test_unknown_order_is_an_empty_list(client: httpx.AsyncClient) -> None:
    assert data(await client.get("/v2/orders/1")) == []


async def test_order_is_found_by_its_tag_after_transit_only(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client)
    early = await client.get("/v2/orders/external/tag-0001")
    clock.jump(1)

    assert error(early) == (404, "DH-906", "Incorrect request for order and cannot be processed")
    assert data(await client.get("/v2/orders/external/tag-0001"))["orderId"] == order_id


async def test_same_tag_twice_makes_two_orders(client: httpx.AsyncClient) -> None:
    await placed(client)
    await placed(client)

    assert [one["correlationId"] for one in data(await client.get("/v2/orders"))] == ["tag-0001"] * 2


async def test_market_order_becomes_a_limit_order(client: httpx.AsyncClient) -> None:
    one = await row(client, await placed(client, orderType="MARKET", price=0))

    assert one["orderType"] == "LIMIT"
    assert one["price"] > 1000


async def test_stop_rests_as_pending(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, orderType="STOP_LOSS", price=1650.0, triggerPrice=1645.0)
    clock.jump(1)

    one = await row(client, order_id)

    assert (one["orderStatus"], one["orderType"], one["triggerPrice"]) == ("PENDING", "STOP_LOSS", 1645.0)


async def test_stop_at_market_is_refused(client: httpx.AsyncClient) -> None:
    answer = await place(client, orderType="STOP_LOSS_MARKET", price=0, triggerPrice=1600.0)

    assert error(answer) == (400, "DH-906", "Trigger Price should be greater than Price")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": 100_000, "price": 1550.0}, "Fund limit insufficient"),
        ({"price": 9000.0}, "circuit limits"),
        ({"transactionType": "SELL", "productType": "CNC", "securityId": "2031", "price": 3700.0}, "holdings"),
    ],
)
async def test_risk_desk_rejects_in_the_book(
    changes: dict[str, Any], words: str, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await placed(client, **changes)
    clock.jump(1)

    one = await row(client, order_id)

    assert (one["orderStatus"], one["omsErrorCode"], one["filledQty"]) == ("REJECTED", "0", 0)
    assert one["omsErrorDescription"].startswith(f"RMS:{order_id}:")
    assert words in one["omsErrorDescription"]


async def test_unauthorised_sale_is_rejected(sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock) -> None:
    sim.controls.authorised(ME.client_id, yes=False)
    order_id = await placed(
        client, transactionType="SELL", productType="CNC", securityId="11536", quantity=5, price=3230.0
    )
    clock.jump(1)

    assert "eDIS" in (await row(client, order_id))["omsErrorDescription"]


async def test_price_off_the_tick_is_rejected_by_the_exchange(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, price=1550.05)
    clock.jump(1)

    assert (await row(client, order_id))["omsErrorDescription"].startswith("EXCH:")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"validity": ""}, MISSING),
        ({"disclosedQuantity": ""}, MISSING),
        ({"transactionType": None}, MISSING),
        ({"productType": "MIS"}, MISSING),
        ({"quantity": "10"}, MISSING),
        ({"quantity": None}, "quantity is required"),
        ({"price": "1580"}, MISSING),
        ({"price": None}, "price is required"),
        ({"securityId": 2885}, MISSING),
        ({"securityId": "4"}, "Invalid SecurityId"),
        ({"dhanClientId": "1"}, MISSING),
        ({"correlationId": "a" * 26}, ""),
        ({"correlationId": "no/slash"}, MISSING),
        ({"disclosedQuantity": 1}, "Disclosed quantity should be at least 30% of quantity"),
        ({"productType": "MARGIN"}, MISSING),
    ],
)
async def test_bad_input_is_dh_905(changes: dict[str, Any], message: str, client: httpx.AsyncClient) -> None:
    assert error(await place(client, **changes)) == (400, "DH-905", message)
    assert data(await client.get("/v2/orders")) == []


async def test_sdks_nulls_are_taken(client: httpx.AsyncClient) -> None:
    body = ORDER | {"boProfitValue": None, "boStopLossValue": None, "triggerPrice": 0, "disclosedQuantity": 0}

    assert (await client.post("/v2/orders", json=body)).status_code == 200


async def test_one_lot_is_not_a_quantity(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    rows = data(await client.get("/v2/positions"))
    [future] = [one for one in rows if one["exchangeSegment"] == "NSE_FNO" and one["drvOptionType"] == "NA"]
    named = {"exchangeSegment": "NSE_FNO", "securityId": future["securityId"], "productType": "MARGIN"}

    assert error(await place(client, **named, quantity=1))[:2] == (400, "DH-905")


async def test_slices_share_a_tag(client: httpx.AsyncClient) -> None:
    rows = data(await client.get("/v2/positions"))
    option = next(one for one in rows if one["drvOptionType"] == "PUT")
    named = {"exchangeSegment": "NSE_FNO", "securityId": option["securityId"], "productType": "MARGIN"}
    body = ORDER | named | {"quantity": 75 * 40, "price": 1.0}

    assert error(await client.post("/v2/orders", json=body))[:2] == (400, "DH-905")
    parts = data(await client.post("/v2/orders/slicing", json=body))

    assert len(parts) == 2
    book = data(await client.get("/v2/orders"))
    assert {one["correlationId"] for one in book} == {"tag-0001"}
    assert sum(one["quantity"] for one in book) == 3000


# ------------------------------------------------------------------ modify and cancel


async def test_cancel_in_transit_is_refused_and_later_taken(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, price=1430.0)
    early = await client.delete(f"/v2/orders/{order_id}")
    clock.jump(1)
    late = await client.delete(f"/v2/orders/{order_id}")
    clock.jump(1)

    assert error(early) == (400, "DH-906", "Order is in Transit state")
    assert (late.status_code, late.json()["orderStatus"]) == (202, "CANCELLED")
    one = await row(client, order_id)
    assert (one["orderStatus"], one["remainingQuantity"], one["filledQty"]) == ("CANCELLED", 0, 0)


async def test_cancel_of_an_unknown_or_finished_order(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client)
    clock.jump(1)

    assert error(await client.delete("/v2/orders/1"))[:2] == (404, "DH-906")
    assert error(await client.delete(f"/v2/orders/{order_id}"))[:2] == (400, "DH-906")


async def test_modification_counts_to_25(sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock) -> None:
    sim.controls.enforce_limits(yes=False)
    order_id = await placed(client, price=1430.0)
    body = {"dhanClientId": ME.client_id, "orderId": order_id, "orderType": "LIMIT", "validity": "DAY", "quantity": 12}
    answers = []
    for number in range(26):
        answers.append(await client.put(f"/v2/orders/{order_id}", json=body | {"price": 1430.0 + number}))
        clock.jump(1)

    one = await row(client, order_id)
    assert [answer.status_code for answer in answers] == [200] * 25 + [400]
    assert (one["quantity"], one["price"], one["orderStatus"]) == (12, 1454.0, "PENDING")


async def test_closed_market_takes_neither_change_nor_order(
    sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await placed(client, price=1430.0)
    clock.jump(1)
    await row(client, order_id)
    sim.controls.market("closed")

    answer = await client.delete(f"/v2/orders/{order_id}")

    assert error(answer) == (400, "DH-906", "Market is Closed! You cannot modify/cancel an order now.")
    assert error(await place(client))[:2] == (400, "DH-906")


async def test_after_market_order_waits_for_the_opening(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(8 * 3600)  # 18:00
    order_id = await placed(client, afterMarketOrder=True, amoTime="OPEN")
    clock.jump(3600)

    one = await row(client, order_id)

    assert (one["orderStatus"], one["exchangeOrderId"], one["afterMarketOrder"]) == ("PENDING", "0", True)


async def test_changed_after_market_order_still_waits(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(8 * 3600)
    order_id = await placed(client, afterMarketOrder=True, amoTime="OPEN")
    body = {"dhanClientId": ME.client_id, "orderId": order_id, "orderType": "LIMIT", "validity": "DAY", "price": 1500.0}

    assert (await client.put(f"/v2/orders/{order_id}", json=body)).status_code == 200

    one = await row(client, order_id)
    assert (one["price"], one["orderStatus"], one["exchangeOrderId"]) == (1500.0, "PENDING", "0")


async def test_change_in_transit_can_save_an_order(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, price=9000.0)
    body = {"dhanClientId": ME.client_id, "orderId": order_id, "orderType": "LIMIT", "validity": "DAY", "price": 1450.0}

    assert (await client.put(f"/v2/orders/{order_id}", json=body)).status_code == 200

    clock.jump(1)
    assert (await row(client, order_id))["orderStatus"] == "PENDING"


async def test_day_order_expires_at_the_close(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client, price=1420.0)
    clock.jump(6 * 3600)

    assert (await row(client, order_id))["orderStatus"] == "EXPIRED"


async def test_trades(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await placed(client)
    clock.jump(1)

    rows = data(await client.get("/v2/trades"))

    assert [one["tradedQuantity"] for one in rows] == [5, 5]
    assert all("correlationId" not in one and one["customSymbol"] is None for one in rows)
    assert data(await client.get(f"/v2/trades/{order_id}")) == rows


@pytest.mark.parametrize("word", ["EXPIRED", "Traded", "TRIGGERED", "SOMETHING NEW"])
async def test_order_can_be_held_in_any_word(
    word: str, sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await placed(client, price=1430.0)
    sim.controls.hold_order(ME.client_id, order_id, word)
    clock.jump(60)

    assert (await row(client, order_id))["orderStatus"] == word


# ------------------------------------------------------------------ addresses, kill switch


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("POST", "/slicing"), ("PUT", "/1"), ("DELETE", "/1")])
async def test_orders_come_from_a_registered_address_only(
    method: str, path: str, sim: DhanSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.allow_ips("198.51.100.7")

    assert error(await client.request(method, f"/v2/orders{path}", json=ORDER)) == NO_IP
    assert data(await client.get("/v2/orders")) == []


async def test_second_form_of_the_address_refusal(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.allow_ips(code="DH-911")

    assert error(await place(client))[:2] == (400, "DH-911")


async def test_kill_switch_needs_an_idle_account(client: httpx.AsyncClient) -> None:
    path = "/v2/killswitch"

    assert error(await client.post(path, params={"killSwitchStatus": "ACTIVATE"}))[:2] == (400, "DH-906")
    assert data(await client.get(path))["killSwitchStatus"] == "DEACTIVATE"
