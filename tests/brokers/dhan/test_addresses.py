"""Sheet section 4.9: from where Dhan takes orders; every key of the answer is optional."""

from typing import Any, Final

import pytest

from app.brokers.base import BaseBroker
from app.domain import OrderAddresses
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PATH: Final = "/v2/ip/getIP"
ONE, TWO, SEEN = "198.51.100.7", "2001:db8::7", "203.0.113.24"
DATES: Final = {"modifyDatePrimary": "2026-11-20", "modifyDateSecondary": "2026-11-20"}
NO_ANSWER: Final = [{"message": "Something went wrong", "status": "ERROR"}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"primaryIP": ONE, "secondaryIP": TWO} | DATES, OrderAddresses((ONE, TWO))),
        ({"primaryIP": ONE, "secondaryIP": "NA"}, OrderAddresses((ONE,))),
        ({"primaryIP": "", "secondaryIP": None}, OrderAddresses()),
        ({}, OrderAddresses()),
        ({"primaryIP": ONE, "detectedIP": SEEN, "ordersAllowed": False}, OrderAddresses((ONE,), SEEN, taken=False)),
        ({"detectedIP": ONE, "ipMatchStatus": "MATCH"}, OrderAddresses((), ONE, taken=True)),
        ({"detectedIP": ONE, "ipMatchStatus": "MISMATCH"}, OrderAddresses((), ONE, taken=False)),
        ({"ipMatchStatus": "MISMATCH", "ordersAllowed": True}, OrderAddresses(taken=True)),
        ({"ipMatchStatus": "PENDING", "ordersAllowed": "no"}, OrderAddresses()),
        ({"primaryIP": "not set", "detectedIP": "?"}, OrderAddresses()),
    ],
)
async def test_section_4_9_what_is_there_is_read(
    body: dict[str, Any], said: OrderAddresses, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text(body))

    assert await broker.get_order_addresses() == said


@pytest.mark.parametrize("body", [NO_ANSWER, [], "MATCH", {"primaryIP": 7}])
async def test_section_4_9_what_cannot_be_read_is_no_answer(
    body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text(body))

    assert (await refusal(broker.get_order_addresses())).kind == "wire_surprise"


async def test_section_2_5_a_dead_token_is_found_by_this_question_too(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.text(wire.failure("DH-906", "Invalid Token")), status=400)

    assert (await refusal(broker.get_order_addresses())).kind == "session_expired"
