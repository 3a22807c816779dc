"""Orders at Fyers: what section 6 says of each answer to a placing, a change and an end; plans, limits, the cap."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.base import Ability
from app.domain import (
    DailyCap,
    Exchange,
    Instrument,
    InvalidRequest,
    NotSent,
    Order,
    OrderChange,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    TradingError,
    Validity,
)
from tests.brokers import fyers_support as fyers
from tests.brokers.deeds import Deed, deeds, kept_here, unfit
from tests.brokers.fyers_support import Scene, scene
from tests.brokers.sheets import let_time_pass
from tests.brokers.tickets import resting
from tests.brokers.windows import most_in_any_window
from tests.brokers.zerodha.server import Answer, Received
from tests.fakes.orders import ticket

PATH: Final = "/api/v3/orders/sync"
PROFILE: Final = ("GET", "/api/v3/profile")
ORDER_ID: Final = "26111800000012"
TODAY: Final = date(2026, 11, 18)
ASKED: Final = ticket(symbol="SBIN", price=Decimal("820.50"), tag="KJAB12")
ORDER: Final = resting(ASKED, ORDER_ID, "NSE:SBIN-EQ")
CHANGE: Final = OrderChange(12, OrderType.LIMIT, Decimal(821))


def calls(order: Order = ORDER) -> dict[str, Deed]:
    """The three, two of them on `order`."""
    return deeds(ASKED, order, CHANGE, place=("POST", PATH), modify=("PATCH", PATH), cancel=("DELETE", PATH))


CALLS: Final = calls()
NAMED: Final = {"place": "KJAB12", "modify": ORDER_ID, "cancel": ORDER_ID}
"""What is to be looked for in the book, by call."""

DEFINITE: Final = "a definite no"
UNKNOWN: Final = "outcome_unknown"
NEW_ID: Final = {"id": "26111800000099"}
VALIDATIONS: Final = (
    "The input symbol is invalid.",
    "7 not a multiple of minimum lot size 75",
    "LimitPrice not a multiple of tick size 0.0500",
    "limitPrice does not match: 0",
    "stopPrice does not match: 0",
    "limitPrice: Must be greater than or equal to 0.0025",
    "qty: Must be greater than or equal to 1",
    "symbol: String length must be greater than or equal to 1",
    "productType must be one of the following: CNC, INTRADAY, MTF",
    "limitPrice should be greater than stopPrice for side BUY",
    "id is required",
)
# HTTP status, code, text, what else; then what it is to each call: one word for all three, or one each.
SECTION_6: Final[tuple[tuple[int, object, str, dict[str, Any], str | tuple[str, str, str]], ...]] = (
    *((400, -50, text, {}, "order_rejected") for text in VALIDATIONS),
    (200, -99, "RED:Margin Shortfall:INR 5 Available:INR 1 for C-XA [F]", NEW_ID, "insufficient_funds"),
    (200, -99, "RED:RULE:{Check circuit limit}", NEW_ID, "order_rejected"),
    (200, -99, "RED:RULE:{Check circuit limit}", {}, "order_rejected"),
    (200, -99, "Refused for another reason", NEW_ID, ("order_rejected", UNKNOWN, UNKNOWN)),
    (200, -99, "Something went wrong. Please contact support", {}, UNKNOWN),
    (500, -99, "Something went wrong. Please contact support", {}, UNKNOWN),
    (500, -99, "Something went wrong. Please contact support", NEW_ID, UNKNOWN),
    (400, -50, "Algo orders are not allowed from this app ABC-100", {}, "ip_not_registered"),
    (403, -50, "Algo orders are not allowed from this app ABC-100", {}, "ip_not_registered"),
    (403, -373, "no permission", {}, "permission_denied"),
    (400, -352, "Please provide a valid app id.", {}, "bad_credentials"),
    (400, -51, f"invalid order id: order id {ORDER_ID}", {"id": ORDER_ID}, (UNKNOWN, "not_found", "not_found")),
    (400, -52, "Not a pending order", {"id": ORDER_ID}, (UNKNOWN, "already_final", "already_final")),
    (400, -53, "invalid position id", {}, "not_found"),
    (401, -8, "Your token has expired. Please generate a token", {}, "session_expired"),
    (401, -15, "Please provide valid token", {}, "session_expired"),
    (401, -16, "Could not authenticate the user", {}, "session_expired"),
    (400, -17, "invalid or expired", {}, "session_expired"),
    (429, -429, "Request limit reached, refresh after few mins", {}, "rate_limited"),
    (429, 429, "request limit reached", {}, "rate_limited"),
    *((400, code, "Connection error", {}, UNKNOWN) for code in (-96, -201, -202, -204, -205)),
    *((400, code, "some field", {}, "invalid_request") for code in (-209, -157, -164, -301, -399, 400)),
    (400, -1000, "A code that nobody has heard of", {}, UNKNOWN),
    (200, -1000, "A code that nobody has heard of", {}, UNKNOWN),
    (200, None, "No code at all", {}, UNKNOWN),
)
TAKEN: Final = {"place": 1101, "modify": 1102, "cancel": 1103}
# Bodies that are no refusal, with their status: the answer may be lost, or be none.
NO_WORD: Final = (
    (200, fyers.ok(201, id=ORDER_ID, message="sent, not acknowledged")),
    (200, fyers.ok(1101)),
    (200, fyers.ok(1101, id="")),
    (200, fyers.ok(1101, id=None)),
    (200, fyers.ok(1101, id_fyers="6a1c2d3e-0000-4000-8000-000000000001")),
    (200, fyers.text({"code": 1101, "data": [{"statusCode": 200, "body": {"s": "ok", "code": 1101, "id": ORDER_ID}}]})),
    (200, fyers.ok(7, id=ORDER_ID)),
    (500, fyers.ok(1101, id=ORDER_ID)),
    (502, "<html>Bad gateway</html>"),
    (503, ""),
    (504, ""),
    (200, ""),
    (204, ""),
    (200, "<html>"),
    (200, "null"),
    (200, "[]"),
    (302, ""),
    (307, ""),
    (403, ""),
)


async def ending(at: Scene, name: str) -> TradingError:
    """How the call ends; it was sent once."""
    with pytest.raises(TradingError) as caught:
        await CALLS[name].do(at.broker)
    assert CALLS[name].sent(at.server) == 1
    return caught.value


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("status", "code", "text", "more", "kinds"), SECTION_6)
async def test_section_6_every_row_that_an_order_call_can_meet(
    *, status: int, code: object, text: str, more: dict[str, Any], kinds: str | tuple[str, ...], name: str
) -> None:
    wanted = kinds if isinstance(kinds, str) else kinds[list(CALLS).index(name)]
    async with scene() as at:
        await at.connect()
        at.server.on(*PROFILE, fyers.error(-16, "Could not authenticate the user"), status=401)
        CALLS[name].script(at.server, fyers.error(code, text, **more), status=status)  # type: ignore[arg-type]  # None is no code
        error = await ending(at, name)
        assert error.kind == wanted
        assert wanted != UNKNOWN or NAMED[name] in error.detail


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("status", "body"), NO_WORD)
async def test_an_answer_that_confirms_nothing_leaves_the_outcome_unknown(status: int, body: str, name: str) -> None:
    async with scene() as at:
        await at.connect()
        headers = (("Location", f"{at.server.base_url}/elsewhere"),) if status in (302, 307) else ()
        CALLS[name].script(at.server, body, status=status, headers=headers)
        error = await ending(at, name)
        assert (error.kind, NAMED[name] in error.detail) == (UNKNOWN, True)
        assert len(at.server.requests) == 1


@pytest.mark.parametrize("code", [200, 1101, 1102, 1103])
@pytest.mark.parametrize("name", CALLS)
async def test_section_4_5_every_code_of_acceptance_with_the_orders_id_is_a_yes(name: str, code: int) -> None:
    async with scene() as at:
        await at.connect()
        CALLS[name].script(at.server, fyers.ok(code, id=ORDER_ID))
        await CALLS[name].do(at.broker)
        assert Ability.ORDERS in at.broker.granted


@pytest.mark.parametrize("name", ["modify", "cancel"])
async def test_a_yes_to_another_order_is_none(name: str) -> None:
    async with scene() as at:
        await at.connect()
        CALLS[name].script(at.server, fyers.ok(TAKEN[name], id="26111800000013"))
        assert (await ending(at, name)).kind == UNKNOWN


@pytest.mark.parametrize("name", CALLS)
async def test_a_refused_change_leaves_its_order_as_it_was(name: str) -> None:
    async with scene() as at:
        await at.connect()
        CALLS[name].script(at.server, fyers.error(-50, "limitPrice does not match: 0"), status=400)
        step = (await ending(at, name)).next_step
        assert ("stands as it was" in step) is (name != "place")


@pytest.mark.parametrize(("status", "body"), [(200, fyers.profile()), (503, "")])
@pytest.mark.parametrize("name", CALLS)
async def test_section_2_one_false_401_ends_no_session_and_is_not_sent_again(name: str, status: int, body: str) -> None:
    async with scene() as at:
        await at.connect()
        CALLS[name].script(at.server, fyers.error(-16, "Could not authenticate the user"), status=401)
        at.server.on(*PROFILE, body, status=status)
        assert (await ending(at, name)).kind == "order_rejected"


# ------------------------------------------------------------------ what is not sent


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (OrderChange(12, OrderType.LIMIT, Decimal("821.02")), "price"),
        (OrderChange(12, OrderType.SL, Decimal(821), Decimal("820.99")), "trigger_price"),
        (OrderChange(12, OrderType.SL, Decimal(821), Decimal(822)), "price"),
        (OrderChange(3, OrderType.LIMIT, Decimal(821)), "quantity"),
        (OrderChange(12, OrderType.LIMIT, Decimal(821), validity=Validity.IOC), "validity"),
    ],
)
async def test_a_change_that_cannot_be_is_not_sent(change: OrderChange, field: str) -> None:
    async with scene() as at:
        await at.connect()
        partly = replace(ORDER, filled_quantity=3)
        assert await unfit(at.broker.modify_order(partly, change), at.server) == field


@pytest.mark.parametrize("name", ["modify", "cancel"])
@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": OrderStatus.COMPLETE}, "already_final"),
        ({"status": OrderStatus.REJECTED}, "already_final"),
        ({"product": Product.BO}, "unsupported"),
        ({"product": Product.CO}, "unsupported"),
    ],
)
async def test_what_is_over_or_has_legs_is_not_touched(name: str, changes: dict[str, Any], kind: str) -> None:
    async with scene() as at:
        await at.connect()
        call = calls(replace(ORDER, **changes))[name].do(at.broker)
        assert (await kept_here(call, at.server)).kind == kind


async def test_an_order_whose_contract_no_master_has_can_still_be_changed_and_ended() -> None:
    order = replace(ORDER, symbol="NSE:GONE-EQ", broker_symbol="NSE:GONE-EQ")
    async with scene() as at:
        await at.connect()
        for method in ("PATCH", "DELETE"):
            at.server.on(method, PATH, fyers.ok(1102, id=ORDER_ID))
        await at.broker.modify_order(order, CHANGE)
        await at.broker.cancel_order(order)
        assert [request.method for request in at.server.requests] == ["PATCH", "DELETE"]


COMMODITY: Final[dict[str, Any]] = {
    "symbol": "CRUDEOIL 18DEC26 FUT",
    "exchange": Exchange.MCX,
    "product": Product.NRML,
    "quantity": 200,
    "price": Decimal(5500),
}
STOP: Final[dict[str, Any]] = {"order_type": OrderType.SL, "trigger_price": Decimal(820)}


@pytest.mark.parametrize(
    ("changes", "units", "field"),
    [
        (COMMODITY, 0, "quantity"),  # nobody knows what a contract is
        (COMMODITY | {"quantity": 150}, 100, "quantity"),
        (COMMODITY | {"validity": Validity.IOC}, 100, "validity"),
        (COMMODITY | {"disclosed_quantity": 100}, 100, "disclosed_quantity"),
        (COMMODITY | {"product": Product.CNC}, 100, "product"),
        (STOP | {"side": OrderSide.SELL, "price": Decimal(821)}, 100, "price"),
        (STOP | {"side": OrderSide.BUY, "price": Decimal(819)}, 100, "price"),
    ],
)
async def test_an_order_that_cannot_be_is_neither_planned_nor_sent(
    changes: dict[str, Any], units: int, field: str
) -> None:
    async with scene() as at:
        await at.connect()
        [future] = [row for row in fyers.MASTER if row.exchange == "NFO"]
        crude = future._replace(
            exchange="MCX",
            broker_symbol="MCX:CRUDEOIL26DECFUT",
            name="CRUDEOIL",
            expiry=date(2026, 12, 18),
            tick_size=Decimal(1),
            lot_size=max(units, 1),
            multiplier=Decimal(units),
        )
        await at.instruments.replace("fyers", [*fyers.MASTER, crude], day=TODAY)
        for call in (at.broker.plan_order, at.broker.place_order):
            assert await unfit(call(replace(ASKED, **changes)), at.server) == field


# ------------------------------------------------------------------ plans


@pytest.mark.parametrize(
    ("kind", "words"), [("MARKET", "limit order close to the last price"), ("SL-M", "When its trigger is hit")]
)
async def test_section_11_what_fyers_makes_of_an_order_at_market_is_said(kind: str, words: str) -> None:
    async with scene() as at:
        await at.connect()
        trigger = Decimal(819) if kind == "SL-M" else None
        asked = replace(ASKED, order_type=OrderType(kind), price=None, trigger_price=trigger)
        plan = await at.broker.plan_order(asked)
        assert (plan.orders, words in plan.notes[0]) == ((replace(asked, tag=""),), True)
        assert at.server.requests == []


async def test_an_after_market_order_goes_out_marked_and_with_a_warning() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("POST", PATH, fyers.ok(1101, id=ORDER_ID))
        asked = replace(ASKED, amo=True)
        assert "after-market" in (await at.broker.plan_order(asked)).notes[0]
        await at.broker.place_order(asked)
        assert json.loads(at.only("POST", PATH).body)["offlineOrder"] is True


async def test_the_freeze_quantity_of_another_brokers_master_holds_here_too() -> None:
    async with scene() as at:
        await at.connect()
        [future] = [row for row in fyers.MASTER if row.exchange == "NFO"]
        theirs: Instrument = future._replace(broker_symbol="NIFTY24NOV26FUT", token="1", freeze_quantity=1800)
        await at.instruments.replace("angel_one", [theirs], day=TODAY)
        asked = replace(
            ASKED,
            symbol=future.symbol,
            exchange=Exchange.NFO,
            product=Product.NRML,
            quantity=3675,
            price=Decimal(26000),
        )
        assert [part.quantity for part in (await at.broker.plan_order(asked)).orders] == [1800, 1800, 75]
        for quantity in (3675, 1800 * 10 + 75):
            with pytest.raises(InvalidRequest):
                await at.broker.place_order(replace(asked, quantity=quantity))
        assert at.server.requests == []


# ------------------------------------------------------------------ limits


async def test_eight_order_calls_leave_in_any_second_and_cancels_go_first() -> None:
    async with scene() as at:
        await at.connect()
        arrived: list[tuple[float, str]] = []
        told = at.server._answer

        def noting(request: Received) -> Answer:
            arrived.append((at.clock.monotonic(), request.method))
            return told(request)

        at.server._answer = noting  # type: ignore[method-assign]  # the clock at every arrival
        for name, call in CALLS.items():
            call.script(at.server, fyers.ok(TAKEN[name], id=ORDER_ID))
        flow = asyncio.create_task(let_time_pass(at.clock))
        at.broker._client.deadlines = at.broker._client._http.deadlines = replace(fyers.QUICK, order=60.0)
        orders = [CALLS[name].do(at.broker) for name in ("place", "modify") * 15]
        await asyncio.gather(*orders, *(CALLS["cancel"].do(at.broker) for _ in range(10)))
        flow.cancel()
        assert most_in_any_window([moment for moment, _ in arrived], 1.0) <= 8
        methods = [method for _, method in arrived]
        assert (len(methods), methods[:18].count("DELETE")) == (40, 10)


async def test_our_own_wait_for_a_turn_is_an_order_that_was_not_sent() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("POST", PATH, fyers.ok(1101, id=ORDER_ID))
        for _ in range(6):
            await at.broker.place_order(ASKED)
        with pytest.raises(NotSent):
            await at.broker.place_order(ASKED)
        assert len(at.server.requests) == 6, "of eight in a second one was the profile, one is kept for cancels"


async def test_the_days_calls_end_at_four_fifths_but_for_cancels() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("DELETE", PATH, fyers.ok(1103, id=ORDER_ID))
        for _ in range(8_000):
            at.calls.add(fyers.CLIENT_ID, "fyers.orders", TODAY)
        for name in ("place", "modify"):
            with pytest.raises(DailyCap):
                await CALLS[name].do(at.broker)
        await at.broker.cancel_order(ORDER)
        assert [request.method for request in at.server.requests] == ["DELETE"]
        assert at.calls.count(fyers.CLIENT_ID, "fyers.orders", TODAY) == 8_001
