"""faults.md a to t: on every read, on a sign-in, on an order."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker, Redirected, Typed
from app.domain import Secret
from tests.brokers.dhan import wire
from tests.brokers.dhan.login import by_code, opened
from tests.brokers.dhan.support import READS, refusal, ticket
from tests.brokers.zerodha.server import JSON, ScriptedServer


@dataclass(frozen=True, slots=True)
class Odd:
    """One odd answer."""

    body: str
    status: int = 200
    content_type: str | None = JSON


WRONG_TYPES: dict[str, Any] = {
    "profile": wire.profile(dhanClientId=1100003626, dataPlan=1, tokenValidity=5),
    "funds": wire.funds(availabelBalance="98440", utilizedAmount="1", sodLimit="x"),
    "holdings": [wire.holding(totalQty="1000", avgCostPrice="1655", tradingSymbol=5)],
    "positions": [wire.position(netQty="40", tradingSymbol=5, costPrice="1")],
    "orders": [wire.order(quantity="5", orderStatus=5)],
    "order": [wire.order(quantity="5", orderStatus=5)],
    "trades": [wire.trade(tradedQuantity="40", tradedPrice="1")],
    "ltp": wire.prices(NSE_EQ={"2885": {"last_price": "1540", "ohlc": 5}}),
    "quotes": wire.prices(NSE_EQ={"2885": {"last_price": "1540", "ohlc": 5}}),
    "issued": wire.issued(accessToken=5, dhanClientId=1100003626),
    "placed": {"orderId": 112111182198, "orderStatus": 5},
}
_ANYTHING: dict[str, Callable[[str], Odd]] = {
    "null": lambda _: Odd("null"),
    "string": lambda _: Odd('"success"'),
    "number": lambda _: Odd("42"),
    "list": lambda good: Odd(f"[[{good}]]"),
    "no-data": lambda _: Odd('{"status":"success"}'),
    "null-data": lambda _: Odd('{"data":null,"status":"success"}'),
    "error-without-type": lambda _: Odd('{"errorCode":"DH-900","errorMessage":"No"}'),
    "error-type-null": lambda _: Odd('{"errorType":null,"errorCode":null,"errorMessage":"No"}'),
    "error-type-number": lambda _: Odd('{"errorType":7,"errorCode":7,"errorMessage":"No"}'),
    "error-type-dunder": lambda _: Odd('{"errorType":"__doc__","errorCode":"__doc__","errorMessage":"No"}'),
    "error-without-message": lambda _: Odd('{"errorType":"Order_Error","errorCode":"DH-900"}'),
    "no-content-type": lambda good: Odd(good, content_type=None),
    "204-empty": lambda _: Odd("", status=204),
    "200-empty": lambda _: Odd(""),
    "word-false": lambda _: Odd("false"),
    "nan": lambda _: Odd('{"data":{"a":NaN},"orderId":Infinity,"status":NaN}'),
    "duplicate-keys": lambda good: Odd(_doubled(good)),
    "deep": lambda _: Odd('{"data":' + "[" * 10_000 + "]" * 10_000 + "}"),
    "500-success-body": lambda good: Odd(good, status=500),
}
NAMES = (*_ANYTHING, "wrong-types")


def _odd(odd: str, good: Any, wrong: Any) -> Odd:
    return Odd(wire.text(wrong)) if odd == "wrong-types" else _ANYTHING[odd](wire.text(good))


def _doubled(good: str) -> str:
    """The first key of the first object, twice."""
    place = good.index('{"') + 1
    return f"{good[:place]}{good[place : good.index(':', place)]}:null,{good[place:]}"


def _script(server: ScriptedServer, method: str, path: str, odd: Odd) -> None:
    server.on(method, path, odd.body, status=odd.status, content_type=odd.content_type)


def test_every_odd_answer_has_its_name() -> None:
    assert len(set(NAMES)) == 20


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_any_read_is_a_surprise(odd: str, broker: BaseBroker, server: ScriptedServer) -> None:
    found = {}
    for name, read in READS.items():
        answer = _odd(odd, read.good, WRONG_TYPES[name])
        read.script(server, answer.body, status=answer.status, content_type=answer.content_type)
        found[name] = (await refusal(read.ask(broker))).kind

    assert found == dict.fromkeys(READS, "wire_surprise")
    assert all(read.sent(server) for read in READS.values())


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_validate_is_a_surprise_never_no(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, "GET", "/v2/profile", _odd(odd, wire.profile(), WRONG_TYPES["profile"]))

    assert (await refusal(broker.validate())).kind == "wire_surprise"


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_the_exchange_is_typed_and_it_is_not_repeated(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    login = await opened(broker, server)
    _script(server, "GET", "/app/consumeApp-consent", _odd(odd, wire.issued(), WRONG_TYPES["issued"]))
    _script(server, "POST", "/app/consumeApp-consent", _odd(odd, wire.issued(), WRONG_TYPES["issued"]))

    error = await refusal(login.sign_in.advance(Redirected({"tokenId": wire.TOKEN_ID})))

    # the error bodies of this call are not known (section 15): taking one for a refusal is as good
    assert error.kind in {"wire_surprise", "broker_down", "bad_credentials"}
    assert sum(request.path == "/app/consumeApp-consent" for request in server.requests) == 1


# "success = JSON object with non-empty accessToken, whatever the status code" (section 2.3)
@pytest.mark.parametrize("odd", sorted(set(NAMES) - {"500-success-body", "no-content-type"}))
async def test_an_odd_body_on_a_code_is_typed_and_it_is_not_repeated(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    sign_in = await by_code(broker)
    _script(server, "POST", "/app/generateAccessToken", _odd(odd, wire.issued(), WRONG_TYPES["issued"]))

    error = await refusal(sign_in.advance(Typed(Secret("123456"))))

    assert error.kind in {"wire_surprise", "bad_credentials"}
    assert len(server.sent("POST", "/app/generateAccessToken")) == 1


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_an_order_leaves_its_outcome_unknown(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    good = {"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"}
    _script(server, "POST", "/v2/orders", _odd(odd, good, WRONG_TYPES["placed"]))

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", "/v2/orders")) == 1


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
