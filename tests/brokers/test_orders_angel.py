"""Orders at Angel One: what sections 6 and 10 say of each answer to an order call; varieties, plans and limits."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.base import Ability
from app.domain import NotFound, NotSent, Order, OrderChange, OrderStatus, OrderType, Product, TradingError, Validity
from tests.brokers.angel_one import wire as sheet
from tests.brokers.angel_one.wire import (
    ORDER_ID,
    PLACE,
    SECURE,
    UNIQUE_ID,
    gateway,
    good,
    good_at_gateway,
    partial,
    standard,
)
from tests.brokers.angel_support import Desk, at_desk, order_row
from tests.brokers.deeds import Deed, deeds, kept_here, unfit
from tests.brokers.tickets import resting
from tests.brokers.windows import most_in_any_window
from tests.brokers.zerodha.server import Answer, Received
from tests.fakes.orders import ticket

MODIFY: Final = f"{SECURE}/order/v1/modifyOrder"
CANCEL: Final = f"{SECURE}/order/v1/cancelOrder"
ASKED: Final = ticket(price=Decimal("1450.50"), tag="KJAB12")
ORDER: Final = resting(ASKED, ORDER_ID, "RELIANCE-EQ")
CHANGE: Final = OrderChange(12, OrderType.LIMIT, Decimal(1451))


def calls(order: Order = ORDER) -> dict[str, Deed]:
    """The three, two of them on `order`."""
    return deeds(ASKED, order, CHANGE, place=("POST", PLACE), modify=("POST", MODIFY), cancel=("POST", CANCEL))


CALLS: Final = calls()
NAMED: Final = {"place": "KJAB12", "modify": ORDER_ID, "cancel": ORDER_ID}
"""What is to be looked for in the book, by call."""

TAKEN: Final = {"script": "RELIANCE-EQ", "orderid": ORDER_ID, "uniqueorderid": UNIQUE_ID}
UNKNOWN: Final = "outcome_unknown"
SECTION_6_2: Final = {
    **dict.fromkeys(("AG8001", "AG8002", "AG8003", "AB1010", "AB1011"), "session_expired"),
    "AG8004": "bad_credentials",
    "AG7002": "ip_not_registered",
    **dict.fromkeys(("AB1006", "AB2002"), "permission_denied"),
    "AB2020": "insufficient_funds",
    **dict.fromkeys(("AB1021", "AB1023"), "rate_limited"),
    **dict.fromkeys(("AB1003", "AB1005", "AB1008", "AB1012", "AB1017", "AB4006", "AB4008"), "invalid_request"),
    **dict.fromkeys(("AB1009", "AB1013", "AB1014", "AB1016", "AB1018"), "not_found"),
    **dict.fromkeys(("AB1019", "AB4001", "AB4099"), "order_rejected"),  # section 10: AB10xx and AB40xx, not done
    **dict.fromkeys(("AB1004", "AB1007", "AB2000", "AB2001", "AB9000", "AG2001"), UNKNOWN),
    **dict.fromkeys(("AB7777", "XX", ""), UNKNOWN),
}
IN_WORDS: Final = (
    ("Insufficient Funds. Available Rs. 1.00. Required Rs. 2.00", "insufficient_funds"),
    ("Your order price is outside the Limit Price Protection range", "order_rejected"),
    ("Order price is not within the Permissible range", "order_rejected"),
    ("Adapter is Logged Off", "order_rejected"),
    ("Admin stopped AMO", "order_rejected"),
    ("Access denied: Unregistered IP address", "ip_not_registered"),
    ("Access denied because of exceeding access rate", "rate_limited"),
)
PAGE: Final = "<html><body>Request Rejected</body></html>"
# Status, body, kind, the kind of the answer: one shape of section 6.1 each, and what may come instead of an answer.
SECTION_6_1: Final[tuple[tuple[int, object, str, str], ...]] = (
    (403, "Access denied because of exceeding access rate", "text/plain", "rate_limited"),
    (200, PAGE, "text/html", UNKNOWN),
    (403, PAGE, "text/html", UNKNOWN),
    (400, "", "text/plain", UNKNOWN),
    (200, "", "text/plain", UNKNOWN),
    (204, "", "text/plain", UNKNOWN),
    (403, "", "text/plain", UNKNOWN),
    (401, "", "text/plain", "session_expired"),
    (429, "", "text/plain", "rate_limited"),
    *((status, "", "text/plain", UNKNOWN) for status in (302, 307, 500, 502, 503, 504)),
    (500, standard("AB4006"), "application/json", UNKNOWN),
    (500, good(TAKEN), "application/json", UNKNOWN),
    (200, sheet.in_words("AB1004"), "application/json", UNKNOWN),
    (200, good(TAKEN) | {"status": "true"}, "application/json", UNKNOWN),
    (200, good(None), "application/json", UNKNOWN),
    (200, good({}), "application/json", UNKNOWN),
    (200, good(""), "application/json", UNKNOWN),
    (200, good([]), "application/json", UNKNOWN),
    (200, good({"script": "RELIANCE-EQ", "uniqueorderid": UNIQUE_ID}), "application/json", UNKNOWN),
    (200, good({"orderid": "", "uniqueorderid": UNIQUE_ID}), "application/json", UNKNOWN),
    (200, good({"orderid": None}), "application/json", UNKNOWN),
    (200, {"status": True, "message": "SUCCESS", "errorcode": ""}, "application/json", UNKNOWN),
    (200, [], "application/json", UNKNOWN),
    (200, None, "application/json", UNKNOWN),
    (200, good(TAKEN), "", UNKNOWN),
)


async def ending(desk: Desk, name: str, body: object, **more: Any) -> TradingError:
    """How the call ends; it was sent once, and nothing else."""
    desk.server.requests.clear()
    desk.answers("POST", CALLS[name].path, body, **more)
    with pytest.raises(TradingError) as caught:
        await CALLS[name].do(desk.broker)
    assert [request.path for request in desk.server.requests] == [CALLS[name].path]
    assert caught.value.kind != UNKNOWN or NAMED[name] in caught.value.detail
    return caught.value


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("code", SECTION_6_2)
async def test_section_6_2_every_code_that_an_order_call_can_meet_in_every_shape(code: str, name: str) -> None:
    async with at_desk() as desk:
        for shape in (standard, gateway, partial):
            assert (await ending(desk, name, shape(code))).kind == SECTION_6_2[code]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("words", "kind"), IN_WORDS)
async def test_section_6_2_what_is_told_in_words_whatever_its_code(words: str, kind: str, name: str) -> None:
    async with at_desk() as desk:
        for code in ("", "AB1007", "AB2001"):
            error = await ending(desk, name, standard(code, words))
            assert (error.kind, words in error.detail) == (kind, True)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("status", "body", "content_type", "kind"), SECTION_6_1)
async def test_section_6_1_every_shape_of_an_answer(
    *, status: int, body: object, content_type: str, kind: str, name: str
) -> None:
    async with at_desk() as desk:
        headers = (("Location", f"{desk.server.base_url}/elsewhere"),) if status in (302, 307) else ()
        more: dict[str, Any] = {"status": status, "content_type": content_type or None, "headers": headers}
        assert (await ending(desk, name, body, **more)).kind == kind


@pytest.mark.parametrize("envelope", [good, good_at_gateway])
@pytest.mark.parametrize("name", CALLS)
async def test_section_4_1_accepted_with_the_orders_id_is_a_yes(name: str, envelope: Callable[[Any], Any]) -> None:
    async with at_desk() as desk:
        desk.answers("POST", CALLS[name].path, envelope(TAKEN | {"orderid": int(ORDER_ID)}))
        await CALLS[name].do(desk.broker)
        assert Ability.ORDERS in desk.broker.granted


@pytest.mark.parametrize("name", ["modify", "cancel"])
async def test_a_yes_to_another_order_is_none(name: str) -> None:
    async with at_desk() as desk:
        assert (await ending(desk, name, good(TAKEN | {"orderid": "201020000000081"}))).kind == UNKNOWN


@pytest.mark.parametrize("name", CALLS)
async def test_a_refused_change_leaves_its_order_as_it_was(name: str) -> None:
    async with at_desk() as desk:
        assert ("stands as it was" in (await ending(desk, name, standard("AB4006"))).next_step) is (name != "place")


# ------------------------------------------------------------------ varieties


@pytest.mark.parametrize(
    ("row", "variety"),
    [
        ({"variety": "NORMAL"}, "NORMAL"),
        ({"variety": "STOPLOSS", "ordertype": "LIMIT"}, "STOPLOSS"),  # its trigger was hit
        ({"variety": "AMO"}, "NORMAL"),  # what it was sent with
        ({"variety": "AMO", "ordertype": "STOPLOSS_LIMIT", "triggerprice": Decimal(1450)}, "STOPLOSS"),
    ],
)
async def test_section_4_1_a_change_and_an_end_name_the_variety_that_the_book_shows(
    row: dict[str, Any], variety: str
) -> None:
    async with at_desk() as desk:
        desk.answers("GET", sheet.BOOK, good([order_row(orderid=ORDER_ID, orderstatus="open", status="open", **row)]))
        [order] = await desk.broker.get_orders()
        for path in (MODIFY, CANCEL):
            desk.answers("POST", path, good(TAKEN))
        await desk.broker.modify_order(order, OrderChange(60, order.order_type, order.price, order.trigger_price))
        await desk.broker.cancel_order(order)
        assert {desk.body(path)["variety"] for path in (MODIFY, CANCEL)} == {variety}


# ------------------------------------------------------------------ what is not sent


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (OrderChange(12, OrderType.LIMIT, Decimal("1450.55")), "price"),
        (OrderChange(3, OrderType.LIMIT, Decimal(1451)), "quantity"),
        (OrderChange(12, OrderType.SL, Decimal(1451), Decimal(1450)), "order_type"),
        (OrderChange(12, OrderType.LIMIT, Decimal(1451), validity=Validity.TTL), "validity"),
    ],
)
async def test_a_change_that_cannot_be_is_not_sent(change: OrderChange, field: str) -> None:
    async with at_desk() as desk:
        partly = replace(ORDER, filled_quantity=3)
        assert await unfit(desk.broker.modify_order(partly, change), desk.server) == field


@pytest.mark.parametrize("name", ["modify", "cancel"])
@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"status": OrderStatus.CANCELLED}, "already_final"), ({"product": Product.BO}, "unsupported")],
)
async def test_what_is_over_or_has_legs_is_not_touched(name: str, changes: dict[str, Any], kind: str) -> None:
    async with at_desk() as desk:
        call = calls(replace(ORDER, **changes))[name].do(desk.broker)
        assert (await kept_here(call, desk.server)).kind == kind


async def test_without_its_token_an_order_can_be_ended_but_not_changed() -> None:
    order = replace(ORDER, symbol="GONE-EQ", broker_symbol="GONE-EQ")
    async with at_desk() as desk:
        desk.answers("POST", CANCEL, good(TAKEN))
        with pytest.raises(NotFound):
            await desk.broker.modify_order(order, CHANGE)
        await desk.broker.cancel_order(order)
        assert [request.path for request in desk.server.requests] == [CANCEL]


# ------------------------------------------------------------------ plans

OPTION: Final[dict[str, Any]] = {
    "symbol": "NIFTY 24NOV26 26000 CE", "exchange": "NFO", "product": "NRML", "quantity": 75, "price": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"order_type": "MARKET", "price": None}, "limit order 0.5 % from the price"),
        ({"order_type": "SL-M", "price": None, "trigger_price": Decimal(1460)}, "limit order 0.5 % from the price"),
        (OPTION | {"order_type": "MARKET"}, "2.5 to 40 %"),
        ({"validity": "IOC"}, "may refuse immediate-or-cancel"),
        (
            {"symbol": "GOLD 05DEC26 FUT", "exchange": "MCX", "product": "NRML", "quantity": 200, "price": Decimal(9)},
            "sends 200 as units",
        ),
    ],
)
async def test_section_11_what_angel_one_makes_of_an_order_is_said(changes: dict[str, Any], words: str) -> None:
    async with at_desk() as desk:
        asked = replace(ASKED, **changes)
        plan = await desk.broker.plan_order(asked)
        assert (plan.orders, words in plan.notes[0]) == ((replace(asked, tag=""),), True)
        assert desk.server.requests == []


async def test_section_4_1_outside_of_hours_the_server_itself_makes_it_an_after_market_order() -> None:
    async with at_desk() as desk:
        assert (await desk.broker.plan_order(ASKED)).notes == ()
        await desk.clock.advance(8 * 3600)
        assert "after-market" in (await desk.broker.plan_order(ASKED)).notes[0]
        assert (await desk.broker.plan_order(replace(ASKED, amo=True))).notes == ()


# ------------------------------------------------------------------ limits


async def test_seven_order_calls_leave_in_any_second_and_cancels_go_first() -> None:
    async with at_desk() as desk:
        arrived: list[tuple[float, str]] = []
        told = desk.server._answer

        def noting(request: Received) -> Answer:
            arrived.append((desk.clock.monotonic(), request.path))
            return told(request)

        desk.server._answer = noting  # type: ignore[method-assign]  # the clock at every arrival
        for call in CALLS.values():
            desk.answers("POST", call.path, good(TAKEN))
        client = desk.broker._client
        client.deadlines = client._http.deadlines = replace(client.deadlines, order=60.0)
        orders = [CALLS[name].do(desk.broker) for name in ("place", "modify") * 15]
        await asyncio.gather(*orders, *(CALLS["cancel"].do(desk.broker) for _ in range(10)))
        assert most_in_any_window([moment for moment, _ in arrived], 1.0) <= 7, "80 % of nine"
        paths = [path for _, path in arrived]
        assert (len(paths), paths[:16].count(CANCEL)) == (40, 10)


async def test_our_own_wait_for_a_turn_is_an_order_that_was_not_sent() -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, good(TAKEN))
        desk.broker._client._http.deadlines = replace(desk.broker._client.deadlines, order=0.5)
        for _ in range(6):
            await desk.broker.place_order(ASKED)
        with pytest.raises(NotSent):
            await desk.broker.place_order(ASKED)
        assert len(desk.server.requests) == 6, "of seven in a second one is kept for cancels"
