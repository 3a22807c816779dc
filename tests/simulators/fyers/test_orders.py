"""Orders placed, changed, cancelled, filled, refused (protocol sheet sections 4.5, 4.7, 5, 6 and 14)."""

import re
from typing import Any

import httpx
import pytest

from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import ASHA, SBIN, error, ok, place, row_of

SYNC = "/api/v3/orders/sync"
NIFTY = "NSE:NIFTY26DECFUT"
FAR: dict[str, Any] = {"type": 1, "limitPrice": 900}  # a limit that nobody meets soon


async def _placed(client: httpx.AsyncClient, **changes: Any) -> str:
    body = ok(await place(client, **changes))
    assert body["code"] == 1101
    return str(body["id"])


async def _delete(client: httpx.AsyncClient, body: object) -> httpx.Response:
    return await client.request("DELETE", SYNC, json=body)


async def test_accepted_with_an_id_of_the_day(client: httpx.AsyncClient) -> None:
    body = ok(await place(client))

    assert (body["code"], body["message"]) == (1101, "Successfully placed order")
    assert re.fullmatch(r"261118\d{8}", body["id"])


async def test_an_order_walks_from_transit_over_pending_to_traded(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    order_id = await _placed(client, qty=10)
    seen = []
    for seconds in (0, 0.2, 0.3):
        clock.jump(seconds)
        row = await row_of(client, order_id)
        seen.append((row["status"], row["filledQty"], row["remainingQuantity"], row["exchOrdId"] is None))

    assert seen == [(4, 0, 10, True), (6, 5, 5, False), (2, 10, 0, False)]


async def test_row_of_the_book(client: httpx.AsyncClient) -> None:
    row = await row_of(client, await _placed(client, **FAR, orderTag="mine1"))

    assert (row["symbol"], row["type"], row["side"], row["limitPrice"], row["stopPrice"]) == (SBIN, 1, 1, 900, 0)
    assert (row["orderTag"], row["orderDateTime"]) == ("1:mine1", "18-Nov-2026 10:00:00")
    assert (row["offlineOrder"], row["orderNumStatus"]) == (False, f"{row['id']}:4")


async def test_untagged_orders_say_so(client: httpx.AsyncClient) -> None:
    assert (await row_of(client, await _placed(client)))["orderTag"] == "2:Untagged"


async def test_book_can_be_asked_for_a_tag(client: httpx.AsyncClient) -> None:
    order_id = await _placed(client, orderTag="mine1")
    await _placed(client, orderTag="mine2")

    book = ok(await client.get("/api/v3/orders", params={"order_tag": "1:mine1"}))["orderBook"]

    assert [row["id"] for row in book] == [order_id]


async def test_an_unknown_id_is_an_empty_book(client: httpx.AsyncClient) -> None:
    assert ok(await client.get("/api/v3/orders", params={"id": "26111800009999"}))["orderBook"] == []


async def test_trades_of_an_order(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await _placed(client, qty=10, orderTag="mine1")
    clock.jump(2)

    trades = ok(await client.get("/api/v3/tradebook"))["tradeBook"]

    assert [(row["orderNumber"], row["tradedQty"], row["orderTag"]) for row in trades] == [
        (order_id, 5, "1:mine1"),
        (order_id, 5, "1:mine1"),
    ]
    assert len({row["tradeNumber"] for row in trades}) == 2


async def test_a_filled_order_becomes_a_position(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await _placed(client, symbol="NSE:WIPRO-EQ", qty=10, productType="INTRADAY")
    clock.jump(2)

    rows = ok(await client.get("/api/v3/positions"))["netPositions"]

    assert [row["netQty"] for row in rows if row["id"] == "NSE:WIPRO-EQ-INTRADAY"] == [10]


async def test_a_stop_rests_as_pending(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await _placed(client, type=4, stopPrice=1040, limitPrice=1045)
    clock.jump(2)

    row = await row_of(client, order_id)

    assert (row["status"], row["type"], row["filledQty"]) == (6, 4, 0)


@pytest.mark.parametrize(("side", "stop", "limit"), [(1, 900, 905), (-1, 1100, 1090)])
async def test_a_stop_on_the_wrong_side_of_the_last_price(
    side: int, stop: int, limit: int, client: httpx.AsyncClient
) -> None:
    answer = await place(client, type=4, side=side, stopPrice=stop, limitPrice=limit, productType="INTRADAY")
    assert error(answer)[:2] == (400, -50)


async def test_partly_filled_then_cancelled(
    simulator: FyersSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    simulator.controls.filling(ASHA.client_id, "partial")
    order_id = await _placed(client, qty=10)
    clock.jump(1)
    assert (await row_of(client, order_id))["filledQty"] == 5

    assert ok(await _delete(client, {"id": order_id}))["code"] == 1103
    clock.jump(1)

    row = await row_of(client, order_id)
    assert (row["status"], row["filledQty"], row["remainingQuantity"]) == (1, 5, 0)


@pytest.mark.parametrize("status", ["3", "7", "90"])
async def test_an_order_can_be_held_in_any_number(
    status: str, simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    order_id = await _placed(client)

    simulator.controls.hold_order(ASHA.client_id, order_id, status)

    assert (await row_of(client, order_id))["status"] == int(status)


# ------------------------------------------------------------------ validation: section 6, text for text

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"symbol": "NSE:NOPE-EQ"}, "The input symbol is invalid."),
    ({"symbol": "NSE:NIFTY50-INDEX"}, "The input symbol is invalid."),
    ({"symbol": ""}, "symbol: String length must be greater than or equal to 1"),
    ({"qty": 0}, "qty: Must be greater than or equal to 1"),
    ({"symbol": NIFTY, "productType": "MARGIN", "qty": 10}, "10 not a multiple of minimum lot size 75"),
    ({"type": 1, "limitPrice": 950.07}, "LimitPrice not a multiple of tick size 0.0500"),
    ({"type": 1, "limitPrice": 0}, "limitPrice: Must be greater than or equal to 0.0025"),
    ({"limitPrice": 950}, "limitPrice does not match: 0"),
    ({"stopPrice": 950}, "stopPrice does not match: 0"),
    ({"type": 1, "limitPrice": 950, "stopPrice": 940}, "stopPrice does not match: 0"),
    ({"type": 4, "limitPrice": 950, "stopPrice": 960}, "limitPrice should be greater than stopPrice for side BUY"),
    (
        {"type": 4, "side": -1, "limitPrice": 960, "stopPrice": 950},
        "limitPrice should be less than stopPrice for side SELL",
    ),
    ({"productType": "MARGIN"}, "productType must be one of the following: CNC, INTRADAY, MTF"),
    ({"productType": "BO"}, "productType must be one of the following: CNC, INTRADAY, MARGIN, MTF"),
]


@pytest.mark.parametrize(("changes", "text"), REFUSED)
async def test_validation_in_the_servers_words(changes: dict[str, Any], text: str, client: httpx.AsyncClient) -> None:
    assert error(await place(client, **changes)) == (400, -50, text)


@pytest.mark.parametrize(
    "changes",
    [
        {"offlineOrder": "False"},
        {"qty": "1"},
        {"qty": True},
        {"qty": 1.5},
        {"limitPrice": "950"},
        {"type": 5},
        {"side": 0},
        {"validity": "GTC"},
        {"orderTag": "with space"},
        {"orderTag": "x" * 31},
        {"orderTag": "Untagged"},
        {"orderTag": ASHA.client_id},
        {"disclosedQty": -1},
    ],
)
async def test_types_and_words_are_checked(changes: dict[str, Any], client: httpx.AsyncClient) -> None:
    status, code, _ = error(await place(client, **changes))

    assert (status, code) == (400, -50)
    assert ok(await client.get("/api/v3/orders"))["orderBook"] == []


@pytest.mark.parametrize("body", [[], None, "x", 7])
async def test_a_body_that_is_no_object(body: object, client: httpx.AsyncClient) -> None:
    assert error(await client.post(SYNC, json=body))[:2] == (400, -50)


# ------------------------------------------------------------------ the risk desk: errors inside HTTP 200


async def _refused_by_risk(client: httpx.AsyncClient, **changes: Any) -> tuple[str, Any]:
    answer = await place(client, **changes)
    status, code, text = error(answer)
    assert (status, code) == (200, -99)
    row = await row_of(client, answer.json()["id"])
    assert (row["status"], row["message"], row["exchOrdId"]) == (5, text, None)
    return text, row


async def test_margin_shortfall_is_an_error_inside_200_with_an_id(client: httpx.AsyncClient) -> None:
    text, _ = await _refused_by_risk(client, symbol="NSE:MRF-EQ", qty=100)

    assert re.fullmatch(r"RED:Margin Shortfall:INR [\d.]+ Available:INR [\d.]+ for C-DEMO01 \[\w+\]", text)


async def test_circuit_limit_is_a_rule_of_the_risk_desk(client: httpx.AsyncClient) -> None:
    text, _ = await _refused_by_risk(client, type=1, limitPrice=2000)

    assert text.startswith("RED:RULE:{Check circuit limit")


async def test_selling_what_is_not_held(client: httpx.AsyncClient) -> None:
    text, _ = await _refused_by_risk(client, symbol="NSE:WIPRO-EQ", side=-1)

    assert text.startswith("RED:RULE:{Check holdings}")


async def test_a_closed_market_takes_only_after_market_orders(
    simulator: FyersSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.jump(8 * 3600)  # 18:00 IST
    text, _ = await _refused_by_risk(client)
    order_id = await _placed(client, offlineOrder=True)

    row = await row_of(client, order_id)

    assert text.startswith("RED:RULE:{Market is closed")
    assert (row["status"], row["offlineOrder"], row["exchOrdId"]) == (4, True, None)
    assert simulator.log[-1].operation == "order"


async def test_an_after_market_order_goes_to_the_exchange_at_the_next_opening(
    simulator: FyersSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    clock.jump(8 * 3600)  # 18:00 IST
    order_id = await _placed(client, offlineOrder=True)
    clock.jump(15 * 3600 + 20 * 60)  # 09:20 IST of the next day
    client.headers["Authorization"] = f"{ASHA.api_key}:{simulator.controls.replace_token(ASHA.client_id)}"

    row = await row_of(client, order_id)

    assert (row["status"], row["offlineOrder"], row["exchOrdId"] is None) == (2, True, False)


async def test_an_after_market_order_can_be_taken_back(client: httpx.AsyncClient, clock: ManualClock) -> None:
    clock.jump(8 * 3600)  # 18:00 IST
    order_id = await _placed(client, offlineOrder=True)

    assert ok(await _delete(client, {"id": order_id}))["code"] == 1103
    clock.jump(1)
    assert (await row_of(client, order_id))["status"] == 1


async def test_the_book_is_empty_the_next_day(
    simulator: FyersSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await _placed(client)
    clock.jump(24 * 3600)
    client.headers["Authorization"] = f"{ASHA.api_key}:{simulator.controls.replace_token(ASHA.client_id)}"

    assert ok(await client.get("/api/v3/orders"))["orderBook"] == []


# ------------------------------------------------------------------ modify and cancel


async def test_modify_changes_what_is_named_and_keeps_the_rest(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await _placed(client, **FAR, qty=10)
    clock.jump(1)

    body = ok(await client.patch(SYNC, json={"id": order_id, "type": 1, "limitPrice": 901.5}))
    clock.jump(1)

    row = await row_of(client, order_id)
    assert (body["code"], body["id"]) == (1101, order_id)
    assert (row["limitPrice"], row["qty"], row["status"]) == (901.5, 10, 6)


async def test_modify_errors_echo_the_id(client: httpx.AsyncClient) -> None:
    answer = await client.patch(SYNC, json={"id": "26111800009999", "type": 1})

    assert error(answer) == (400, -51, "invalid order id: order id 26111800009999")
    assert answer.json()["id"] == "26111800009999"


async def test_cancel_by_path_without_a_body(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await _placed(client, **FAR)
    clock.jump(1)

    assert ok(await client.delete(f"/api/v3/orders/{order_id}/sync"))["code"] == 1103
    clock.jump(1)
    assert (await row_of(client, order_id))["status"] == 1


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": 26111800000001}, [], None])
async def test_cancel_needs_its_json_body(body: object, client: httpx.AsyncClient) -> None:
    await _placed(client, **FAR)

    assert error(await _delete(client, body)) == (400, -50, "id is required")


async def test_what_is_final_cannot_be_changed(client: httpx.AsyncClient, clock: ManualClock) -> None:
    order_id = await _placed(client)
    clock.jump(2)

    for answer in (
        await _delete(client, {"id": order_id}),
        await client.patch(SYNC, json={"id": order_id, "type": 1, "limitPrice": 900}),
    ):
        assert error(answer) == (400, -52, "Not a pending order")


async def test_slices_have_no_outer_s(client: httpx.AsyncClient) -> None:
    big = {"symbol": "NSE:IDEA-EQ", "productType": "INTRADAY", "qty": 150_000}

    answer = (await place(client, **big, isSliceOrder=True)).json()

    assert "s" not in answer
    assert [row["body"]["code"] for row in answer["data"]] == [1101, 1101]
    assert error(await place(client, **big)) == (400, -50, "qty: Must be less than or equal to 100000")


# ------------------------------------------------------------------ lost answers


@pytest.mark.parametrize(
    ("switch", "status", "code"), [("unconfirmed", 200, 201), ("lost_in_the_oms", 500, -99), ("no_json", 200, None)]
)
async def test_an_order_that_exists_although_its_answer_does_not_say_so(
    *, switch: str, status: int, code: int | None, simulator: FyersSimulator, client: httpx.AsyncClient
) -> None:
    getattr(simulator.controls, switch)("place_order", times=1)

    answer = await place(client, orderTag="mine1")

    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code
    [row] = ok(await client.get("/api/v3/orders"))["orderBook"]
    assert row["orderTag"] == "1:mine1"
