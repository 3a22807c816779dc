"""Sheet sections 4.1, 6 and 10: an order is refused for sure, accepted, or nobody knows; it is never sent twice."""

from typing import Any

import pytest

from app.brokers.base import Ability, BaseBroker
from app.domain import OrderStatus, OrderType, Product, TradingError
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import posted, refusal, ticket
from tests.brokers.zerodha.server import ScriptedServer

ACCEPTED = {"script": "RELIANCE-EQ", "orderid": wire.ORDER_ID, "uniqueorderid": wire.UNIQUE_ID}
EXPIRED, LIMITED, UNKNOWN = {"session_expired"}, {"rate_limited"}, {"outcome_unknown"}
REFUSED = {"order_rejected", "invalid_request", "not_found"}
LIMIT_TEXT = "Access denied because of exceeding access rate"

# Code, the kinds that sections 6.2 and 10 allow.
CODES: list[tuple[str, set[str]]] = [
    ("AG8001", EXPIRED),
    ("AG8002", EXPIRED),
    ("AG8003", EXPIRED),
    ("AB1010", EXPIRED),
    ("AB1011", EXPIRED),
    ("AG8004", {"bad_credentials"}),
    ("AG7002", {"ip_not_registered"}),
    ("AB1006", {"permission_denied", "user_blocked"}),
    ("AB2002", {"permission_denied"}),
    ("AB2020", {"insufficient_funds"}),
    ("AB1021", LIMITED),
    ("AB1023", LIMITED),
    ("AB1008", REFUSED),
    ("AB1009", REFUSED),
    ("AB1012", REFUSED),
    ("AB1018", REFUSED),
    ("AB4006", REFUSED),
    ("AB4008", REFUSED),
    ("AB1004", UNKNOWN),
    ("AB2000", UNKNOWN),
    ("AB2001", UNKNOWN),
    ("AB7777", UNKNOWN),
]


async def _said(broker: BaseBroker, server: ScriptedServer, body: Any, **more: Any) -> TradingError:
    server.on("POST", wire.PLACE, body if isinstance(body, str) else wire.text(body), **more)
    error = await refusal(broker.place_order(ticket()))
    assert len(server.sent("POST", wire.PLACE)) == 1
    return error


@pytest.mark.parametrize("shape", [wire.standard, wire.gateway, wire.partial])
@pytest.mark.parametrize(("code", "kinds"), CODES)
async def test_section_6_2_every_code_on_an_order(
    *, code: str, kinds: set[str], shape: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _said(broker, server, shape(code))).kind in kinds


@pytest.mark.parametrize(
    ("status", "body", "kinds"),
    [
        (403, LIMIT_TEXT, LIMITED),
        (401, "", EXPIRED),
        (429, "", LIMITED),
        (200, "", UNKNOWN),
        (200, "<html><body>Request Rejected</body></html>", UNKNOWN),
        (500, "", UNKNOWN),
        (502, "<html><body>Bad gateway</body></html>", UNKNOWN),
        (503, "", UNKNOWN),
        (504, "", UNKNOWN),
        (500, wire.standard("AB4006"), UNKNOWN),
        (500, wire.good(ACCEPTED), UNKNOWN),
    ],
)
async def test_section_10_what_is_known_of_an_order_and_what_is_not(
    *, status: int, body: Any, kinds: set[str], broker: BaseBroker, server: ScriptedServer
) -> None:
    kind = "text/html" if isinstance(body, str) and body.startswith("<") else "text/plain"
    content_type = kind if isinstance(body, str) else "application/json"

    assert (await _said(broker, server, body, status=status, content_type=content_type)).kind in kinds


@pytest.mark.parametrize(
    "text",
    [
        "Your order price is outside the Limit Price Protection range",
        "Order price is not within the Permissible range",
    ],
)
async def test_section_6_2_a_price_outside_the_band_is_refused_at_once(
    text: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await _said(broker, server, wire.standard("", text))

    assert error.kind in {"order_rejected", "invalid_request"}
    assert text in error.detail


async def test_section_6_2_an_unregistered_address_leaves_reading_alive_and_orders_missing(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await _said(broker, server, wire.gateway("AG7002", "Access denied: Unregistered IP address"))

    assert broker.missing[Ability.ORDERS].kind == "ip_not_registered"
    assert await broker.validate() is True


@pytest.mark.parametrize("envelope", [wire.good, wire.good_at_gateway])
async def test_section_4_1_accepted_only_means_received(
    envelope: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("POST", wire.PLACE, wire.text(envelope(ACCEPTED)))

    response = await broker.place_order(ticket())

    assert (response.order_id, response.status) == (wire.ORDER_ID, OrderStatus.PENDING)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, {"variety": "NORMAL", "ordertype": "LIMIT", "producttype": "DELIVERY", "price": "1540.1"}),
        (
            {"order_type": OrderType.MARKET, "price": None, "product": Product.MIS},
            {"variety": "NORMAL", "ordertype": "MARKET", "producttype": "INTRADAY", "price": "0"},
        ),
        (
            {"order_type": OrderType.SL, "trigger_price": "1539.5"},
            {"variety": "STOPLOSS", "ordertype": "STOPLOSS_LIMIT", "price": "1540.1", "triggerprice": "1539.5"},
        ),
        (
            {"order_type": OrderType.SL_M, "price": None, "trigger_price": "1539.5"},
            {"variety": "STOPLOSS", "ordertype": "STOPLOSS_MARKET", "triggerprice": "1539.5"},
        ),
    ],
)
async def test_section_4_1_the_words_of_an_order(
    changes: dict[str, Any], words: dict[str, str], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("POST", wire.PLACE, wire.text(wire.good(ACCEPTED)))

    await broker.place_order(ticket(**changes))

    sent = posted(server.only("POST", wire.PLACE))
    assert {name: _plain(sent[name]) for name in words} == words


def _plain(value: str) -> str:
    return value.rstrip("0").rstrip(".") if "." in value else value


async def test_section_4_1_what_every_order_says(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", wire.PLACE, wire.text(wire.good(ACCEPTED)))

    await broker.place_order(ticket())

    sent = posted(server.only("POST", wire.PLACE))
    assert (sent["tradingsymbol"], sent["symboltoken"], sent["exchange"]) == ("RELIANCE-EQ", "2885", "NSE")
    assert (sent["transactiontype"], sent["duration"], sent["quantity"]) == ("BUY", "DAY", "50")
    assert 0 < len(sent["ordertag"]) < 20
    assert sent["ordertag"].isalnum()
