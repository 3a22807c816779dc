"""Sheet section 13: words for nothing in fields that may be empty, codes under other statuses, absent rows."""

from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Product
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import READS, refusal
from tests.brokers.zerodha.server import ScriptedServer

NOTHING = ["null", None, ""]
LIMIT_TEXT = "Access denied because of exceeding access rate"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, wire.gateway("AG8001"), "session_expired"),
        (403, wire.gateway("AG8001"), "session_expired"),
        (401, wire.gateway("AG8004"), "bad_credentials"),
        (401, wire.gateway("AG7002"), "ip_not_registered"),
        (403, wire.gateway("AG7002"), "ip_not_registered"),
        (403, wire.standard("AB1021"), "rate_limited"),
        (400, wire.standard("AB1004"), "broker_down"),
        (403, wire.partial("", LIMIT_TEXT), "rate_limited"),
        (200, wire.partial("", LIMIT_TEXT), "rate_limited"),
        (200, LIMIT_TEXT, "rate_limited"),
        (200, {"status": False, "message": "x", "errorCode": "AG8001", "data": ""}, "session_expired"),
    ],
)
async def test_section_13_the_status_tells_almost_nothing_beside_a_code(
    *, status: int, body: Any, kind: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    found = {}
    for name, read in READS.items():
        read.script(server, body, status=status)
        found[name] = (await refusal(read.ask(broker))).kind

    assert found == dict.fromkeys(READS, kind)


@pytest.mark.parametrize("nothing", NOTHING)
async def test_a_position_without_a_price_has_none(
    nothing: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS["positions"].script(server, wire.good([wire.position(ltp=nothing, close=nothing)]))

    [position] = await broker.get_positions()

    assert (position.last_price, position.close_price) == (None, None)


@pytest.mark.parametrize("nothing", NOTHING)
async def test_a_holding_without_a_price_has_none(
    nothing: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS["holdings"].script(server, wire.good([wire.holding(ltp=nothing, close=nothing)]))

    [held] = await broker.get_holdings()

    assert (held.last_price, held.close_price, held.quantity) == (None, None, 10)


@pytest.mark.parametrize("nothing", NOTHING)
async def test_an_order_without_tag_text_and_time_has_none(
    nothing: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = wire.order(ordertag=nothing, text=nothing, updatetime=nothing, uniqueorderid=nothing, symboltoken=nothing)
    READS["orders"].script(server, wire.good([row]))

    [order] = await broker.get_orders()

    assert (order.tag, order.message, order.placed_at) == ("", "", None)


@pytest.mark.parametrize("nothing", [*NOTHING, "0.00"])
async def test_an_order_without_prices_has_none(
    nothing: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = wire.order(price=nothing, triggerprice=nothing, averageprice=nothing, ordertype="MARKET")
    READS["orders"].script(server, wire.good([row]))

    [order] = await broker.get_orders()

    assert (order.price, order.trigger_price, order.average_price) == (None, None, None)


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("name", ["name", "email", "exchanges", "products"])
async def test_a_profile_without_its_trimmings_still_connects(
    name: str, nothing: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS["profile"].script(server, wire.good(wire.profile(**{name: nothing})))

    profile = await broker.get_profile()

    assert profile.client_id == wire.CLIENT
    assert "null" not in (profile.name, profile.email, *profile.exchanges, *profile.products)


@pytest.mark.parametrize("kept", [{}, {"unfetched": None}])
async def test_section_4_4_a_reply_may_lack_what_was_not_fetched(
    kept: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    READS["ltp"].script(server, wire.good({"fetched": [wire.fetched()]} | kept))

    assert await broker.get_ltp("RELIANCE", Exchange.NSE) > 0


@pytest.mark.parametrize("product", ["BO", "INTRADAY"])
async def test_section_5_a_bracket_order_has_the_variety_robo(
    product: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS["orders"].script(server, wire.good([wire.order(variety="ROBO", producttype=product)]))

    [order] = await broker.get_orders()

    assert order.product is Product.BO
