"""Odd bodies that the common fault matrix does not play, on every read."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import READS, refusal
from tests.brokers.zerodha.server import ScriptedServer


@pytest.mark.parametrize("name", READS)
async def test_bytes_that_are_no_text_are_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, b'{"data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, wire.text(READS[name].good)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("funds", wire.funds(availabelBalance=Decimal("1e400"))),
        ("holdings", [wire.holding(avgCostPrice=Decimal("1e400"))]),
        ("positions", [wire.position(unrealizedProfit=Decimal("1e400"))]),
        ("orders", [wire.order(quantity=Decimal("1e400"))]),
        ("trades", [wire.trade(tradedPrice=Decimal("1e400"))]),
        ("ltp", wire.prices(NSE_EQ={"2885": wire.quoted(Decimal("1e400"))})),
    ],
)
async def test_a_number_too_large_to_be_money_is_a_surprise(
    name: str, body: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, body)

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
