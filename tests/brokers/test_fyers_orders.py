"""Placing at Fyers: the body says exactly what was asked, and every end has one meaning (sheet sections 4.5 and 10)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import Ability
from app.domain import (
    DailyCap,
    Exchange,
    InsufficientFunds,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotSent,
    OrderRejected,
    OrderRequest,
    OrderSide,
    OrderStatus,
    OrderType,
    OutcomeUnknown,
    Product,
    RateLimited,
    SessionExpired,
    TradingError,
    Unsupported,
    Validity,
)
from tests.brokers import fyers_support as fyers
from tests.brokers.fyers_support import scene

PLACE = ("POST", "/api/v3/orders/sync")
PROFILE = ("GET", "/api/v3/profile")
TAKEN = fyers.ok(1101, id="26111800000012")
DEAD = fyers.error(-16, "Could not authenticate the user")
TODAY = date(2026, 11, 18)
FUTURE = {
    "symbol": "NSE:NIFTY26NOVFUT", "exchange": "NFO", "product": "NRML", "price": "26000", "quantity": 75,
}  # fmt: skip


def ticket(**changes: Any) -> OrderRequest:
    asked: dict[str, Any] = {
        "symbol": "SBIN",
        "exchange": Exchange.NSE,
        "product": Product.CNC,
        "side": OrderSide.BUY,
        "order_type": OrderType.LIMIT,
        "quantity": 10,
        "price": "820.50",
        "tag": "KJAB12",
    }
    return OrderRequest(**asked | changes)


async def test_an_order_says_exactly_what_was_asked() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        placed = await at.broker.place_order(ticket())
        assert (placed.order_id, placed.status, placed.symbol) == ("26111800000012", OrderStatus.PENDING, "SBIN")
        assert at.only(*PLACE).body == (
            b'{"symbol":"NSE:SBIN-EQ","qty":10,"type":1,"side":1,"productType":"CNC","limitPrice":820.50,"stopPrice":0,'
            b'"validity":"DAY","disclosedQty":0,"offlineOrder":false,"orderTag":"KJAB12"}'
        )


@pytest.mark.parametrize(
    ("changes", "number", "limit", "stop"),
    [
        ({}, 1, 820.5, 0),
        ({"order_type": OrderType.MARKET, "price": None}, 2, 0, 0),
        ({"order_type": OrderType.SL_M, "price": None, "trigger_price": 819}, 3, 0, 819),
        ({"order_type": OrderType.SL, "trigger_price": 819}, 4, 820.5, 819),
    ],
)
async def test_a_price_that_does_not_belong_is_exactly_zero(
    changes: dict[str, Any], number: int, limit: float, stop: float
) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        await at.broker.place_order(ticket(**changes))
        sent = json.loads(at.only(*PLACE).body)
        assert (sent["type"], sent["limitPrice"], sent["stopPrice"]) == (number, limit, stop)


@pytest.mark.parametrize(
    ("product", "word"),
    [(Product.CNC, "CNC"), (Product.MIS, "INTRADAY"), (Product.NRML, "MARGIN"), (Product.MTF, "MTF")],
)
async def test_every_product_has_its_word(product: Product, word: str) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        future = {"symbol": "NIFTY 24NOV26 FUT", "exchange": "NFO", "quantity": 75, "price": "26000"}
        what = future if product is Product.NRML else {}
        await at.broker.place_order(ticket(product=product, side=OrderSide.SELL, validity=Validity.IOC, **what))
        sent = json.loads(at.only(*PLACE).body)
        assert (sent["productType"], sent["side"], sent["validity"]) == (word, -1, "IOC")


async def test_a_contract_goes_out_under_its_ticker() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        asked = ticket(symbol="NIFTY 24NOV26 FUT", exchange="NFO", product="NRML", quantity=150, price="26000.1")
        await at.broker.place_order(asked)
        assert json.loads(at.only(*PLACE).body)["symbol"] == "NSE:NIFTY26NOVFUT"


async def test_a_fresh_tag_is_made_for_each_order() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        for _ in range(2):
            await at.broker.place_order(ticket(tag=""))
        tags = {json.loads(request.body)["orderTag"] for request in at.server.sent(*PLACE)}
        assert len(tags) == 2
        assert all(tag.isalnum() and 1 <= len(tag) <= 30 for tag in tags)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"product": Product.BO}, "product"),
        ({"product": Product.CO}, "product"),
        ({"product": Product.NRML}, "product"),
        ({"symbol": "NSE:NIFTY26NOVFUT", "exchange": "NFO", "price": "26000", "quantity": 75}, "product"),
        ({"exchange": Exchange.MF}, "exchange"),
        ({"price": "820.52"}, "price"),
        ({"order_type": OrderType.SL, "trigger_price": "819.99"}, "trigger_price"),
        (FUTURE | {"quantity": 100}, "quantity"),
        ({"order_type": OrderType.SL, "trigger_price": "821"}, "price"),
        ({"tag": "Untagged"}, "tag"),
        ({"tag": "xa00001"}, "tag"),
        (FUTURE | {"disclosed_quantity": 75}, "disclosed_quantity"),
    ],
)
async def test_what_fyers_cannot_take_is_not_sent(changes: dict[str, Any], field: str) -> None:
    async with scene() as at:
        await at.connect()
        with pytest.raises(InvalidRequest) as caught:
            await at.broker.place_order(ticket(**changes))
        assert (caught.value.field, at.server.requests) == (field, [])


async def test_an_order_that_lives_for_minutes_is_not_offered() -> None:
    async with scene() as at:
        await at.connect()
        with pytest.raises(Unsupported):
            await at.broker.place_order(ticket(validity=Validity.TTL))


@pytest.mark.parametrize("changes", [{"symbol": "NOSUCHSHARE"}, {"symbol": "BSE:SBIN-A", "exchange": Exchange.BSE}])
async def test_what_the_master_lacks_is_not_sent(changes: dict[str, Any]) -> None:
    async with scene() as at:
        await at.connect()
        with pytest.raises(NotFound) as caught:
            await at.broker.place_order(ticket(**changes))
        assert (caught.value.field, at.server.requests) == ("symbol", [])


# ------------------------------------------------------------------ how it can end


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, fyers.error(-99, "RED:Margin Shortfall:INR 5 Available:INR 1", id="26111800000099"), InsufficientFunds),
        (200, fyers.error(-99, "RED:RULE:{Check circuit limit}", id="26111800000099"), OrderRejected),
        (400, fyers.error(-50, "The input symbol is invalid."), OrderRejected),
        (429, fyers.error(-429, "request limit reached"), RateLimited),
        # what nobody knows
        (200, fyers.ok(201, id="26111800000012", message="sent"), OutcomeUnknown),
        (200, fyers.ok(1101), OutcomeUnknown),
        (200, fyers.error(-99, "Something went wrong"), OutcomeUnknown),
        (500, fyers.error(-99, "Something went wrong"), OutcomeUnknown),
        (500, TAKEN, OutcomeUnknown),
        (200, "", OutcomeUnknown),
        (200, "<html>", OutcomeUnknown),
        (200, "null", OutcomeUnknown),
        (302, "", OutcomeUnknown),
    ],
)
async def test_an_order_has_one_of_four_outcomes_and_is_sent_once(
    status: int, body: str, outcome: type[TradingError]
) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, body, status=status)
        with pytest.raises(TradingError) as caught:
            await at.broker.place_order(ticket())
        assert type(caught.value) is outcome
        assert len(at.server.requests) == 1
        assert outcome is not OutcomeUnknown or "KJAB12" in caught.value.detail
        assert "26111800000099" not in body or "26111800000099" in caught.value.detail


async def test_an_accepted_order_without_a_content_type_is_unknown() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN, content_type=None)
        with pytest.raises(OutcomeUnknown, match="KJAB12"):
            await at.broker.place_order(ticket())


async def test_an_order_that_never_left_was_not_sent() -> None:
    async with scene() as at:
        await at.connect()
        await at.broker.close()
        with pytest.raises(NotSent):
            await at.broker.place_order(ticket())


async def test_an_app_that_may_not_order_is_remembered_and_can_still_watch() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, fyers.error(-50, "Algo orders are not allowed from this app A-100"), status=400)
        with pytest.raises(IpNotRegistered):
            await at.broker.place_order(ticket())
        assert set(at.broker.missing) == {Ability.ORDERS}
        assert await at.broker.validate()
        at.server.on(*PLACE, TAKEN)
        await at.broker.place_order(ticket())
        assert at.broker.missing == {}


async def test_a_session_that_ended_refuses_the_order() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, DEAD, status=401)
        at.server.on(*PROFILE, DEAD, status=401)
        with pytest.raises(SessionExpired):
            await at.broker.place_order(ticket())
        assert len(at.server.sent(*PLACE)) == 1


@pytest.mark.parametrize(("status", "body"), [(200, fyers.profile()), (503, "")])
async def test_a_no_to_the_order_alone_ends_no_session_and_is_not_sent_again(status: int, body: str) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, DEAD, status=401)
        at.server.on(*PROFILE, body, status=status)
        with pytest.raises(OrderRejected):
            await at.broker.place_order(ticket())
        assert len(at.server.sent(*PLACE)) == 1


async def test_the_orders_of_a_day_are_counted_and_end_at_four_fifths() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        for _ in range(7_999):
            at.calls.add(fyers.CLIENT_ID, "fyers.orders", TODAY)
        await at.broker.place_order(ticket())
        with pytest.raises(DailyCap):
            await at.broker.place_order(ticket())
        assert len(at.server.sent(*PLACE)) == 1


async def test_a_price_goes_out_with_its_own_digits() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PLACE, TAKEN)
        await at.broker.place_order(ticket(price=Decimal("1234567.05")))
        assert b'"limitPrice":1234567.05,' in at.only(*PLACE).body
