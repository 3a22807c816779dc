"""What the books look like on the wire, type by type (protocol sheet sections 4.2 to 4.5, 4.9)."""

from typing import Any

import httpx
import pytest

from app.simulators.dhan.people import dhan_users
from app.simulators.dhan.server import DhanSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.dhan.support import ME, data, error

THIRD = dhan_users(3)[2]


async def _quotes(client: httpx.AsyncClient, body: Any, kind: str = "ltp", **headers: str) -> httpx.Response:
    return await client.post(f"/v2/marketfeed/{kind}", json=body, headers=headers)


async def test_profile(client: httpx.AsyncClient) -> None:
    body = data(await client.get("/v2/profile"))

    assert (body["dhanClientId"], body["tokenValidity"]) == (ME.client_id, "19/11/2026 10:00")
    assert (body["activeSegment"], body["dataPlan"], body["ddpi"]) == ("E, D, C, M, ", "Active", "Active")


async def test_profile_without_the_data_plan(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.data_plan(ME.client_id, yes=False)

    assert data(await client.get("/v2/profile"))["dataPlan"] == "Deactive"


async def test_funds_are_misspelt_and_add_up(client: httpx.AsyncClient) -> None:
    body = data(await client.get("/v2/fundlimit"))

    assert body["availabelBalance"] + body["utilizedAmount"] == pytest.approx(body["sodLimit"])
    assert type(body["sodLimit"]) is int


async def test_holdings(client: httpx.AsyncClient) -> None:
    rows = {row["tradingSymbol"]: row for row in data(await client.get("/v2/holdings"))}

    assert rows["TCS"]["securityId"] == "11536"
    assert all(row["exchange"] == "ALL" and row["totalQty"] == row["dpQty"] + row["t1Qty"] for row in rows.values())
    assert all(row["availableQty"] == row["totalQty"] - row["collateralQty"] for row in rows.values())
    assert rows["NIFTYBEES"]["collateralQty"] == 100


async def test_no_holdings_is_a_500(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.empty_holdings(ME.client_id)

    assert error(await client.get("/v2/holdings")) == (500, "DH-1111", "No holdings available")


async def test_positions_have_every_field_and_no_last_price(client: httpx.AsyncClient) -> None:
    rows = data(await client.get("/v2/positions"))

    assert {len(row) for row in rows} == {28}
    assert all(row["netQty"] == row["buyQty"] - row["sellQty"] for row in rows)
    assert not any("last" in name.lower() or "ltp" in name.lower() for row in rows for name in row)


async def test_position_words(client: httpx.AsyncClient) -> None:
    rows = data(await client.get("/v2/positions"))

    assert {row["positionType"] for row in rows} == {"LONG", "SHORT", "CLOSED"}
    assert {row["productType"] for row in rows} == {"CNC", "INTRADAY", "MARGIN"}
    assert {row["drvOptionType"] for row in rows} == {"CALL", "PUT", "NA", None}


async def test_symbol_of_a_commodity_is_null(client: httpx.AsyncClient) -> None:
    [crude] = [row for row in data(await client.get("/v2/positions")) if row["exchangeSegment"] == "MCX_COMM"]

    assert (crude["tradingSymbol"], crude["multiplier"], crude["positionType"]) == (None, 100, "SHORT")
    assert crude["carryForwardSellQty"] == 1


async def test_prices_of_shares_are_plain_and_those_of_indices_leftovers(client: httpx.AsyncClient) -> None:
    body = data(await _quotes(client, {"NSE_EQ": [2885], "IDX_I": [13], "dhanClientId": ME.client_id}))

    share = body["data"]["NSE_EQ"]["2885"]["last_price"]
    index = body["data"]["IDX_I"]["13"]["last_price"]
    assert body["status"] == "success"
    assert round(share, 2) == share
    assert round(index, 2) != index
    assert index == pytest.approx(26000, rel=0.06)


async def test_unknown_id_is_missing_and_unknown_segment_empties(client: httpx.AsyncClient, clock: ManualClock) -> None:
    one = data(await _quotes(client, {"NSE_EQ": [2885, 999999]}))
    clock.jump(1)
    none = data(await _quotes(client, {"MARS": [1], "NSE_EQ": [2885]}))

    assert list(one["data"]["NSE_EQ"]) == ["2885"]
    assert none == {"data": {}, "status": "success"}


async def test_price_can_be_missing_or_zero(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.no_price("NSE_EQ", 2885)
    sim.controls.no_price("NSE_EQ", 11536, as_zero=True)

    assert data(await _quotes(client, {"NSE_EQ": [2885, 11536]}))["data"] == {"NSE_EQ": {"11536": {"last_price": 0}}}


async def test_full_quote(client: httpx.AsyncClient) -> None:
    row = data(await _quotes(client, {"NSE_EQ": [2885]}, "quote"))["data"]["NSE_EQ"]["2885"]

    assert {len(row["depth"][side]) for side in ("buy", "sell")} == {5}
    assert row["last_trade_time"] == "18/11/2026 10:00:00"
    assert set(row["ohlc"]) == {"open", "high", "low", "close"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"NSE_EQ": ["2885"]}, 400, "814"),
        ({}, 400, "814"),
        ({"NSE_EQ": list(range(1001))}, 400, "804"),
    ],
)
async def test_bad_quote_requests(body: Any, status: int, code: str, client: httpx.AsyncClient) -> None:
    answer = await _quotes(client, body)

    assert (answer.status_code, list(answer.json()["data"]), answer.json()["status"]) == (status, [code], "failed")


async def test_quotes_need_the_plan_and_the_client_id(
    sim: DhanSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    other = await _quotes(client, {"NSE_EQ": [2885]}, **{"client-id": "1"})
    clock.jump(1)
    sim.controls.data_plan(ME.client_id, yes=False)
    unpaid = await _quotes(client, {"NSE_EQ": [2885]})

    assert (other.status_code, list(other.json()["data"])) == (401, ["810"])
    assert (unpaid.status_code, list(unpaid.json()["data"])) == (401, ["806"])


async def test_addresses(sim: DhanSimulator, client: httpx.AsyncClient) -> None:
    before = data(await client.get("/v2/ip/getIP"))
    sim.controls.allow_ips("198.51.100.7")
    after = data(await client.get("/v2/ip/getIP"))

    assert (before["primaryIP"], before["ordersAllowed"]) == ("127.0.0.1", True)
    assert (after["primaryIP"], after["ipMatchStatus"]) == ("198.51.100.7", "MISMATCH")


async def test_third_client_holds_other_things(sim: DhanSimulator, stranger: httpx.AsyncClient) -> None:
    token = sim.controls.replace_token(THIRD.client_id)

    rows = data(await stranger.get("/v2/positions", headers={"access-token": token}))

    assert "M&M" in {row["tradingSymbol"] for row in rows}
