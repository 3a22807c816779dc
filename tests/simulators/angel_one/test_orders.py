"""Orders from their first word to their last (protocol sheet sections 4.1, 4.2, 5, 6.2, 8, 10 and 11)."""

from typing import Any

import httpx
import pytest

from app.simulators.angel_one.server import AngelOneSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.angel_one.support import (
    CANCEL,
    DETAILS,
    ME,
    MODIFY,
    ORDERS,
    POSITIONS,
    data,
    error,
    place,
    placed,
    row,
    waiting,
    words,
)

ORDER_FIELDS = words(
    """
    variety ordertype producttype duration price triggerprice quantity disclosedquantity squareoff stoploss
    trailingstoploss tradingsymbol transactiontype exchange symboltoken strikeprice instrumenttype optiontype
    expirydate lotsize cancelsize averageprice filledshares unfilledshares orderid text status orderstatus
    updatetime exchtime exchorderupdatetime fillid filltime parentorderid ordertag uniqueorderid
    exchangeorderid algoID
    """
)
TEXTS = ("quantity", "disclosedquantity", "lotsize", "cancelsize", "filledshares", "unfilledshares", "orderid")
FLOATS = ("price", "triggerprice", "squareoff", "stoploss", "trailingstoploss", "averageprice", "strikeprice")
CRUDE = {
    "exchange": "MCX",
    "tradingsymbol": "CRUDEOIL19NOV26FUT",
    "producttype": "CARRYFORWARD",
    "price": "5230.0",
    "quantity": "100",
}
STOP = {"variety": "STOPLOSS", "ordertype": "STOPLOSS_LIMIT", "price": "1650.0", "triggerprice": "1645.0"}


async def token_of_crude(client: httpx.AsyncClient) -> str:
    [crude] = [one for one in data(await client.get(POSITIONS)) if one["exchange"] == "MCX"]
    return str(crude["symboltoken"])


# ------------------------------------------------------------------ placing


async def test_order_walks_through_the_words_of_the_sheet(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await placed(client)
    seen = []
    for _ in range(6):
        one = await row(client, ids)
        seen.append((one["orderstatus"], one["filledshares"], bool(one["exchangeorderid"])))
        clock.jump(0.08)

    assert seen == [
        ("put order req received", "0", False),
        ("validation pending", "0", False),
        ("open pending", "0", False),
        ("open", "5", True),
        ("open", "5", True),
        ("complete", "10", True),
    ]


async def test_accepted_order_answers_its_three_names(client: httpx.AsyncClient) -> None:
    ids = await placed(client)

    assert set(ids) == {"script", "orderid", "uniqueorderid"}
    assert (ids["script"], ids["orderid"].isdigit(), len(ids["uniqueorderid"])) == ("RELIANCE-EQ", True, 36)


async def test_row_has_the_types_of_the_wire(client: httpx.AsyncClient, clock: ManualClock) -> None:
    one = await row(client, await waiting(client, clock))

    assert set(one) == ORDER_FIELDS
    assert {type(one[name]) for name in TEXTS} == {str}
    assert {type(one[name]) for name in FLOATS} == {float}
    assert (one["ordertag"], one["strikeprice"], one["symboltoken"]) == ("tag0001", -1.0, "2885")
    assert one["updatetime"] == one["exchtime"] == "18-Nov-2026 10:00:00"


async def test_times_of_the_exchange_are_empty_before_it_has_the_order(client: httpx.AsyncClient) -> None:
    one = await row(client, await placed(client, ordertag=None))

    assert (one["exchtime"], one["exchorderupdatetime"], one["exchangeorderid"], one["ordertag"]) == ("", "", "", "")


async def test_orderid_is_no_key_of_the_one_order_call(client: httpx.AsyncClient) -> None:
    ids = await placed(client)

    assert error(await client.get(f"{DETAILS}/{ids['orderid']}")) == ("AB1007", "Order not found")


async def test_sending_twice_makes_two_orders(client: httpx.AsyncClient) -> None:
    await placed(client)
    await placed(client)

    assert [one["ordertag"] for one in data(await client.get(ORDERS))] == ["tag0001"] * 2


async def test_partial_fill_stays_open(sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock) -> None:
    sim.controls.filling(ME.client_id, "partial")
    ids = await placed(client)
    clock.jump(5)

    one = await row(client, ids)

    assert (one["orderstatus"], one["filledshares"], one["unfilledshares"]) == ("open", "5", "5")
    assert one["averageprice"] > 0
    assert one["fillid"]


async def test_market_order_is_shown_as_sent_and_filled_within_its_buffer(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = await placed(client, ordertype="MARKET", price="0")
    clock.jump(1)

    one = await row(client, ids)

    assert (one["ordertype"], one["price"], one["orderstatus"]) == ("MARKET", 0.0, "complete")


async def test_stop_waits_for_its_trigger(client: httpx.AsyncClient, clock: ManualClock) -> None:
    one = await row(client, await waiting(client, clock, **STOP))

    assert (one["variety"], one["ordertype"], one["orderstatus"]) == ("STOPLOSS", "STOPLOSS_LIMIT", "trigger pending")
    assert (one["price"], one["triggerprice"]) == (1650.0, 1645.0)


async def test_stop_that_was_hit_keeps_its_type(client: httpx.AsyncClient, clock: ManualClock) -> None:
    kinds = []
    for kind, price in (("STOPLOSS_LIMIT", "1650.0"), ("STOPLOSS_MARKET", "0")):
        stop = STOP | {"ordertype": kind, "price": price, "triggerprice": "1566.0"}
        ids = await waiting(client, clock, **stop)
        await row(client, ids)
        clock.jump(1)
        one = await row(client, ids)
        kinds.append((one["variety"], one["ordertype"], one["orderstatus"]))

    assert kinds == [("STOPLOSS", kind, "complete") for kind in ("STOPLOSS_LIMIT", "STOPLOSS_MARKET")]


async def test_ioc_without_a_buyer_is_cancelled(client: httpx.AsyncClient, clock: ManualClock) -> None:
    one = await row(client, await waiting(client, clock, duration="IOC"))

    assert (one["orderstatus"], one["cancelsize"], one["unfilledshares"]) == ("cancelled", "10", "0")


async def test_commodity_is_ordered_in_units(client: httpx.AsyncClient, clock: ManualClock) -> None:
    token = await token_of_crude(client)
    ids = await placed(client, **CRUDE, symboltoken=token)
    clock.jump(1)

    one = await row(client, ids)

    assert (one["orderstatus"], one["filledshares"], one["lotsize"]) == ("complete", "100", "100")
    lots = await place(client, **CRUDE | {"quantity": "1"}, symboltoken=token)
    assert error(lots)[0] == "AB1007"


async def test_json_numbers_are_taken_too(client: httpx.AsyncClient) -> None:
    assert await placed(client, quantity=10, price=1580.0)


# ------------------------------------------------------------------ refused at once


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"variety": "AMO"}, "AB1008"),
        ({"variety": "ROBO"}, "AB2002"),
        ({"variety": "STOPLOSS"}, "AB1008"),
        ({"ordertype": "STOPLOSS_LIMIT"}, "AB1008"),
        ({"producttype": "CNC"}, "AB1012"),
        ({"producttype": "CARRYFORWARD"}, "AB1012"),
        ({"producttype": "BO"}, "AB2002"),
        ({"symboltoken": ""}, "AB4006"),
        ({"symboltoken": None}, "AB4006"),
        ({"symboltoken": "99926000"}, "AB4006"),
        ({"exchange": "BSE"}, "AB4006"),
        ({"tradingsymbol": "RELIANCE"}, "AB1009"),
        ({"ordertag": "x" * 21}, "AB4008"),
        ({"quantity": "0"}, "AB1007"),
        ({"quantity": "1.5"}, "AB1007"),
        ({"quantity": "many"}, "AB1007"),
        ({"quantity": None}, "AB1007"),
        ({"quantity": "100001"}, "AB1007"),
        ({"price": "0"}, "AB1007"),
        ({"price": True}, "AB1007"),
        ({"price": "NaN"}, "AB1007"),
        (STOP | {"triggerprice": "0"}, "AB1007"),
    ],
)
async def test_bad_order_is_refused_at_once(changes: dict[str, Any], code: str, client: httpx.AsyncClient) -> None:
    assert error(await place(client, **changes))[0] == code
    assert data(await client.get(ORDERS)) is None


@pytest.mark.parametrize("changes", [{"ordertype": "STOP"}, {"transactiontype": "B"}, {"duration": "GTC"}])
async def test_word_outside_its_list_is_an_empty_400(changes: dict[str, str], client: httpx.AsyncClient) -> None:
    answer = await place(client, **changes)

    assert (answer.status_code, answer.content) == (400, b"")


async def test_price_outside_the_band_is_refused_at_once(client: httpx.AsyncClient) -> None:
    _, message = error(await place(client, price="2000.0"))

    assert "Limit Price Protection" in message
    assert "Permissible range" in message


async def test_tag_of_twenty_signs_is_taken(client: httpx.AsyncClient) -> None:
    assert (await row(client, await placed(client, ordertag="x" * 20)))["ordertag"] == "x" * 20


async def test_ioc_is_not_for_commodities(client: httpx.AsyncClient) -> None:
    token = await token_of_crude(client)

    assert "commodities" in error(await place(client, **CRUDE, symboltoken=token, duration="IOC"))[1]


async def test_blocked_client(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.blocked(ME.client_id, yes=True)

    assert error(await place(client)) == ("AB1006", "Client Is Blocked For Trading")


@pytest.mark.parametrize("path", [CANCEL, MODIFY])
async def test_unknown_order_cannot_be_changed(path: str, client: httpx.AsyncClient) -> None:
    assert error(await client.post(path, json={"variety": "NORMAL", "orderid": "1"})) == ("AB1013", "Order not found")


# ------------------------------------------------------------------ rejected later


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": "90000", "producttype": "DELIVERY"}, "Insufficient Funds"),
        ({"price": "1580.05"}, "tick size"),
        ({"transactiontype": "SELL", "producttype": "DELIVERY", "quantity": "900", "price": "1550.0"}, "holdings"),
    ],
)
async def test_desk_rejects_in_the_book(
    changes: dict[str, str], words: str, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = await placed(client, **changes)
    clock.jump(1)

    one = await row(client, ids)

    assert (one["status"], one["orderstatus"], one["filledshares"]) == ("rejected", "rejected", "0")
    assert words in one["text"]


async def test_unauthorised_sale_is_rejected(
    sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sim.controls.authorised(ME.client_id, yes=False)
    ids = await placed(client, transactiontype="SELL", producttype="DELIVERY", price="1550.0")
    clock.jump(1)

    assert "CDSL" in (await row(client, ids))["text"]


@pytest.mark.parametrize("text", ["Adapter is Logged Off", "Admin stopped AMO"])
async def test_words_of_the_desk_can_be_chosen(
    text: str, sim: AngelOneSimulator, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sim.controls.reject(ME.client_id, text)
    ids = await placed(client)
    clock.jump(1)
    sim.controls.reject(ME.client_id, None)
    after = await placed(client)
    clock.jump(1)

    assert [(await row(client, one))["text"] for one in (ids, after)] == [text, ""]
