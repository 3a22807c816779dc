"""Every odd answer to every call of Angel One: a surprise, unless the sheet gives that body a meaning."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from app.brokers.angel_one.broker import AngelOneBroker
from app.brokers.base import Typed
from app.domain import Exchange, OrderRequest, OrderSide, OrderType, OutcomeUnknown, Product, Secret, TradingError
from tests.brokers import angel_support as at
from tests.brokers.test_angel_book import TRADE
from tests.brokers.test_angel_instruments import row as master_row
from tests.brokers.test_angel_mapping import FUNDS, HOLDING


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: how it is asked for, and the data of a good answer to it."""

    method: str
    path: str
    ask: Callable[[AngelOneBroker], Awaitable[object]]
    data: Any


async def sign_in(broker: AngelOneBroker) -> object:
    steps = broker.sign_in(at.credentials())
    await steps.advance(None)
    await steps.advance(Typed(Secret(at.PIN)))
    return await steps.advance(Typed(Secret("123456")))


async def known_order(broker: AngelOneBroker) -> object:
    broker._unique[at.ORDER_ID] = at.UNIQUE_ID
    return await broker.get_order(at.ORDER_ID)


PRICES: Final = {"fetched": [{"exchange": "NSE", "tradingSymbol": "RELIANCE-EQ", "symbolToken": "2885", "ltp": 1450.1}]}
TOKENS: Final = {"jwtToken": "canary-a", "refreshToken": "canary-b", "feedToken": "canary-c", "state": None}
CALLS: Final = {
    "profile": Call("GET", at.PROFILE, lambda broker: broker.get_profile(), at.profile()),
    "funds": Call("GET", at.FUNDS, lambda broker: broker.get_funds(), FUNDS),
    "holdings": Call("GET", at.HOLDINGS, lambda broker: broker.get_holdings(), [HOLDING]),
    "positions": Call("GET", at.POSITIONS, lambda broker: broker.get_positions(), [at.position_row()]),
    "orders": Call("GET", at.BOOK, lambda broker: broker.get_orders(), [at.order_row()]),
    "order": Call("GET", at.DETAILS, known_order, at.order_row()),
    "trades": Call("GET", at.TRADES, lambda broker: broker.get_trades(), [TRADE]),
    "ltp": Call("POST", at.QUOTE, lambda broker: broker.get_ltp("RELIANCE", Exchange.NSE), PRICES),
    "quotes": Call("POST", at.QUOTE, lambda broker: broker.get_quotes([("RELIANCE", Exchange.NSE)]), PRICES),
    "sign-in": Call("POST", at.LOGIN, sign_in, TOKENS),
}
EMPTY: Final = frozenset({("positions", "null-data"), ("orders", "null-data"), ("trades", "null-data")})  # section 4.3


@pytest.fixture(autouse=True)
def _nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = asyncio.sleep

    async def hurry(seconds: float) -> None:
        await sleep(min(seconds, 0.005))

    monkeypatch.setattr(asyncio, "sleep", hurry)


def swapped(value: Any) -> Any:
    """`value` with its numbers as texts and its texts as numbers."""
    if isinstance(value, dict):
        return {name: swapped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [swapped(item) for item in value]
    return 7 if isinstance(value, str) else str(value)


def doubled(text: str) -> str:
    """`text` with the first member of its first object twice."""
    head, brace, rest = text.partition("{")
    return head + brace + rest.partition(",")[0].rstrip("}") + "," + rest


def odd_answers(data: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Body and the rest of each odd answer by its name."""
    text = json.dumps(at.good(data), default=float)
    refusal = {"status": False, "data": None}
    return {
        "list": (f"[{text}]", {}),
        "null": ("null", {}),
        "string": ('"success"', {}),
        "number": ("42", {}),
        "no-data": ('{"status":true,"message":"SUCCESS","errorcode":""}', {}),
        "null-data": (json.dumps(at.good(None)), {}),
        "error-without-type": (json.dumps(refusal | {"message": "No"}), {}),
        "error-type-null": (json.dumps(refusal | {"message": "No", "errorcode": None}), {}),
        "error-type-number": (json.dumps(refusal | {"message": "No", "errorcode": 8001}), {}),
        "error-type-dunder": (json.dumps(refusal | {"message": "No", "errorcode": "__doc__"}), {}),
        "error-without-message": (json.dumps(refusal | {"errorcode": "AZ9999"}), {}),
        "no-content-type": (text, {"content_type": None}),
        "204-empty": ("", {"status": 204}),
        "200-empty": ("", {}),
        "word-false": (text.replace('"status": true', '"status": "false"'), {}),
        "nan": (text.replace("{", '{"net":NaN,"netqty":Infinity,', 1), {}),
        "wrong-types": (json.dumps(at.good(swapped(json.loads(text)["data"]))), {}),
        "duplicate-keys": (doubled(text), {}),
        "deep": ("[" * 10_000 + "]" * 10_000, {}),
        "500-success-body": (text, {"status": 500}),
    }


@pytest.mark.parametrize("odd", odd_answers({}))
@pytest.mark.parametrize("operation", CALLS)
async def test_odd_answer_concludes_nothing(operation: str, odd: str) -> None:
    call = CALLS[operation]
    body, more = odd_answers(call.data)[odd]
    async with at.at_desk() as desk:
        desk.answers(call.method, call.path, body, **more)
        if (operation, odd) in EMPTY:
            assert await call.ask(desk.broker) == []
        else:
            with pytest.raises(TradingError) as caught:
                await call.ask(desk.broker)
            assert caught.value.kind == "wire_surprise"
        assert len(desk.server.sent(call.method, call.path)) == 1


@pytest.mark.parametrize("odd", odd_answers({}))
async def test_odd_answer_to_an_order_leaves_it_unknown(odd: str) -> None:
    order = OrderRequest("RELIANCE", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.MARKET, 1)
    body, more = odd_answers({"script": "RELIANCE-EQ", "orderid": "1", "uniqueorderid": "u"})[odd]
    if odd == "wrong-types":  # an id as a number is one (section 4.2); a switch is none
        body = json.dumps(at.good({"script": 5, "orderid": True, "uniqueorderid": []}))
    async with at.at_desk() as desk:
        desk.answers("POST", at.PLACE, body, **more)
        with pytest.raises(OutcomeUnknown):
            await desk.broker.place_order(order)

        assert len(desk.server.sent("POST", at.PLACE)) == 1


MASTERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "list": ("[[]]", {}),
    "null": ("null", {}),
    "string": ('"success"', {}),
    "number": ("42", {}),
    "no-data": ("[]", {}),
    "object": (json.dumps(at.good([])), {}),
    "204-empty": ("", {"status": 204}),
    "200-empty": ("", {}),
    "nan": (json.dumps([master_row("A-EQ", "A")]).replace('"10.000000"', "NaN"), {}),
    "wrong-types": (json.dumps(swapped([master_row("A-EQ", "A")])), {}),
    "duplicate-keys": (doubled(json.dumps([master_row("A-EQ", "A")])), {}),
    "deep": ("[" * 10_000 + "]" * 10_000, {}),
    "500-success-body": (json.dumps([master_row("A-EQ", "A")]), {"status": 500}),
    "403-xml": ("<Error>AccessDenied</Error>", {"status": 403, "content_type": "application/xml"}),
}


@pytest.mark.parametrize("odd", MASTERS)
async def test_odd_master_leaves_the_last_good_one(odd: str) -> None:
    body, more = MASTERS[odd]
    async with at.at_desk() as desk:
        desk.answers("GET", at.MASTER_FILE, body, **more)
        with pytest.raises(TradingError) as caught:
            await desk.broker.load_instruments()

        assert caught.value.kind == ("not_reachable" if odd == "403-xml" else "wire_surprise")
        assert await desk.broker._catalogue.find("RELIANCE", Exchange.NSE) is not None
