"""Sheet section 14 "odd bodies" with faults.md a to t: on every read, on the exchange, on an order."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker, Redirected
from app.domain import Credentials
from tests.brokers.zerodha import rows, wire
from tests.brokers.zerodha.login import opened, redirect
from tests.brokers.zerodha.odd import NAMES, odd_answers
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS, refusal, ticket

# Text for numbers and the reverse, where the sheet has it otherwise.
WRONG_TYPES: dict[str, Any] = {
    "profile": wire.profile(user_id=1234, exchanges="NSE"),
    "funds": wire.margins(net="1", available={"live_balance": "1"}, utilised={"debits": "1"}),
    "positions": rows.portfolio(rows.position(quantity="50", tradingsymbol=5)),
    "ltp": {"NSE:RELIANCE": {"instrument_token": "738561", "last_price": "1450"}},
    "order": [rows.state(quantity="50", status=5)],
}


def test_every_odd_answer_has_its_name() -> None:
    assert len(NAMES) == 20


@pytest.mark.parametrize("odd", NAMES)
@pytest.mark.parametrize("name", READS)
async def test_section_14_odd_body_on_a_read_is_a_surprise(
    name: str, odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    answer = odd_answers(READS[name].data, WRONG_TYPES[name])[odd]
    READS[name].script(server, answer.body, status=answer.status, content_type=answer.content_type)

    error = await refusal(READS[name].ask(broker))

    assert error.kind == "wire_surprise"
    assert server.requests != []


@pytest.mark.parametrize("odd", NAMES)
async def test_section_14_odd_body_on_validate_is_a_surprise_never_no(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    answer = odd_answers(wire.profile(), WRONG_TYPES["profile"])[odd]
    server.on("GET", "/user/profile", answer.body, status=answer.status, content_type=answer.content_type)

    assert (await refusal(broker.validate())).kind == "wire_surprise"


@pytest.mark.parametrize("odd", NAMES)
async def test_section_14_odd_body_on_the_exchange_is_a_surprise_and_it_is_not_repeated(
    odd: str, broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    answer = odd_answers(wire.session(), wire.session(access_token=5, user_id=1234))[odd]
    server.on("POST", "/session/token", answer.body, status=answer.status, content_type=answer.content_type)
    login = await opened(broker, credentials)

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    # faults.md speaks of reads; that a 500 with a success body is a broker that is down is as good an answer here
    assert error.kind in ({"wire_surprise", "broker_down"} if odd == "500-success-body" else {"wire_surprise"})
    assert len(server.sent("POST", "/session/token")) == 1


@pytest.mark.parametrize("odd", NAMES)
async def test_section_14_odd_body_on_an_order_leaves_its_outcome_unknown(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    answer = odd_answers({"order_id": "1993231240000000001"}, {"order_id": 1993231240000000001})[odd]
    server.on("POST", "/orders/regular", answer.body, status=answer.status, content_type=answer.content_type)

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", "/orders/regular")) == 1


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
