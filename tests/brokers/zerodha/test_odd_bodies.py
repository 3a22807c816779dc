"""Sheet section 14 "odd bodies": what the common fault matrix does not play, on every read."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from tests.brokers.zerodha import rows, wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, refusal


@pytest.mark.parametrize("name", READS)
async def test_section_14_a_number_too_large_to_be_money_is_a_surprise(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    huge = Decimal("1e400")
    bodies: dict[str, Any] = {
        "profile": wire.profile(user_id=huge),
        "funds": wire.margins(net=huge, available={"live_balance": huge}, utilised={"debits": huge}),
        "positions": rows.portfolio(rows.position(pnl=huge, average_price=huge)),
        "ltp": {"NSE:RELIANCE": {"instrument_token": 738561, "last_price": huge}},
        "order": [rows.state(quantity=huge)],
    }
    READS[name].script(server, wire.success(bodies[name]))

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_section_14_bytes_that_are_no_text_are_a_surprise(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, b'{"status":"success","data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_section_14_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, wire.success(READS[name].data)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
