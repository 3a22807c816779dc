"""Every odd answer to every reading operation of Dhan: a surprise, unless the sheet gives that body a meaning."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from app.brokers.dhan.broker import DhanBroker
from app.domain import Exchange, OrderRequest, OrderSide, OrderType, OutcomeUnknown, Product, TradingError
from tests.brokers.dhan_support import PROFILE, at_desk, credentials
from tests.brokers.test_dhan_book import row, trade
from tests.brokers.test_dhan_mapping import fundlimit, holding, position

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Read:
    """One operation: how it is asked for, and a good answer to it."""

    method: str
    path: str
    ask: Callable[[DhanBroker], Awaitable[object]]
    good: Any


def ltp(broker: DhanBroker) -> Awaitable[object]:
    return broker.get_ltp("RELIANCE", Exchange.NSE)


def quotes(broker: DhanBroker) -> Awaitable[object]:
    return broker.get_quotes([("RELIANCE", Exchange.NSE)])


def consent(broker: DhanBroker) -> Awaitable[object]:
    return broker.sign_in(credentials()).advance(None)


PRICES: Final = {"data": {"NSE_EQ": {"2885": {"last_price": 1450.1}}}, "status": "success"}
CONSENT: Final = {"consentAppId": "940b", "consentAppStatus": "GENERATED", "status": "success"}
READS: Final = {
    "profile": Read("GET", "/v2/profile", lambda broker: broker.get_profile(), PROFILE),
    "funds": Read("GET", "/v2/fundlimit", lambda broker: broker.get_funds(), fundlimit()),
    "holdings": Read("GET", "/v2/holdings", lambda broker: broker.get_holdings(), [holding()]),
    "positions": Read("GET", "/v2/positions", lambda broker: broker.get_positions(), [position()]),
    "orders": Read("GET", "/v2/orders", lambda broker: broker.get_orders(), [row()]),
    "order": Read("GET", "/v2/orders/112111182198", lambda broker: broker.get_order("112111182198"), [row()]),
    "trades": Read("GET", "/v2/trades", lambda broker: broker.get_trades(), [trade()]),
    "ltp": Read("POST", "/v2/marketfeed/ltp", ltp, PRICES),
    "quotes": Read("POST", "/v2/marketfeed/ohlc", quotes, PRICES),
    "consent": Read("POST", "/app/generate-consent", consent, CONSENT),
}


def swapped(value: Any) -> Any:
    """`value` with its numbers as texts and its texts as numbers."""
    if isinstance(value, dict):
        return {name: swapped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [swapped(item) for item in value]
    if isinstance(value, bool) or value is None:
        return "yes"
    return 7 if isinstance(value, str) else str(value)


def doubled(text: str) -> str:
    """`text` with the first member of its first object twice."""
    head, brace, rest = text.partition("{")
    return head + brace + rest.partition(",")[0].rstrip("}") + "," + rest


def odd_answers(good: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Body and the rest of each odd answer by its name."""
    text = json.dumps(good, default=float)
    error = {"status": "error", "data": None}
    return {
        "list": (f"[[{text}]]", {}),
        "null": ("null", {}),
        "string": ('"success"', {}),
        "number": ("42", {}),
        "no-data": ('{"status":"success"}', {}),
        "null-data": ('{"status":"success","data":null}', {}),
        "error-without-type": (json.dumps(error | {"message": "No"}), {}),
        "error-type-null": (json.dumps(error | {"errorType": None, "errorCode": None}), {}),
        "error-type-number": (json.dumps({"errorType": 403, "errorCode": 403}), {}),
        "error-type-dunder": (json.dumps({"errorType": "__doc__", "errorCode": "__doc__"}), {}),
        "error-without-message": (json.dumps({"errorType": "New_Error", "errorCode": "DH-999"}), {}),
        "no-content-type": (text, {"content_type": None}),
        "204-empty": ("", {"status": 204}),
        "200-empty": ("", {}),
        "word-false": ("false", {}),
        "nan": ('[{"netQty":NaN,"availabelBalance":Infinity}]', {}),
        "wrong-types": (json.dumps(swapped(json.loads(text))), {}),
        "duplicate-keys": (doubled(text), {}),
        "deep": ("[" * 10_000 + "]" * 10_000, {}),
        "500-success-body": (text, {"status": 500}),
    }


MEANT: Final = {  # by the sheet: a consent that is not "success" is a refusal of the pair (section 6.2)
    ("consent", odd): "bad_credentials"
    for odd in (
        "error-without-type",
        "error-type-null",
        "error-type-number",
        "error-type-dunder",
        "error-without-message",
    )
}


@pytest.mark.parametrize("odd", odd_answers({}))
@pytest.mark.parametrize("operation", READS)
async def test_odd_answer_to_a_read_concludes_nothing(operation: str, odd: str) -> None:
    read = READS[operation]
    body, more = odd_answers(read.good)[odd]
    async with at_desk() as desk:
        desk.answers(read.method, read.path, body, **more)
        with pytest.raises(TradingError) as caught:
            await read.ask(desk.broker)

        assert caught.value.kind == MEANT.get((operation, odd), "wire_surprise")
        assert len(desk.server.sent(read.method, read.path)) == 1


@pytest.mark.parametrize("odd", odd_answers({}))
async def test_odd_answer_to_an_order_leaves_it_unknown(odd: str) -> None:
    order = OrderRequest("RELIANCE", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.MARKET, 1)
    body, more = odd_answers({"orderId": "1121", "orderStatus": "TRANSIT"})[odd]
    async with at_desk() as desk:
        desk.answers("POST", "/v2/orders", body, **more)
        with pytest.raises(OutcomeUnknown):
            await desk.broker.place_order(order)

        assert len(desk.server.sent("POST", "/v2/orders")) == 1
