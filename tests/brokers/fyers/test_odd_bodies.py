"""faults.md a to t on every read and on an order; section 13 for what the sheet gives a meaning."""

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import ORDER_ID
from tests.brokers.fyers.support import LISTS, ORDERS, READS, SYNC, FyersServer, Read, refusal, ticket
from tests.brokers.zerodha.odd import NAMES, Odd

OK = '"s":"ok","code":200,"message":""'
FORGIVEN = {"no-data", "null-data"}
"""A missing or null list "must not crash" (section 13): nothing, or a surprise."""


def _odd(read: Read) -> dict[str, Odd]:
    """Every odd answer by its name, in this broker's envelope."""
    good, data = read.body(read.good), wire.text(read.good)
    return {
        "list": Odd(f"[{good}]"),
        "null": Odd("null"),
        "string": Odd('"ok"'),
        "number": Odd("42"),
        "no-data": Odd(f"{{{OK}}}"),
        "null-data": Odd(f'{{{OK},"{read.key}":null}}'),
        "error-without-type": Odd('{"s":"error","message":"No"}'),
        "error-type-null": Odd('{"s":"error","code":null,"message":"No"}'),
        "error-type-number": Odd('{"s":7,"code":200,"message":"No"}'),
        "error-type-dunder": Odd('{"s":"error","code":"__doc__","message":"No"}'),
        "error-without-message": Odd('{"s":"error","code":-1000}'),
        "no-content-type": Odd(good, content_type=None),
        "204-empty": Odd("", status=204),
        "200-empty": Odd(""),
        "word-false": Odd("false"),
        "nan": Odd(f'{{{OK},"{read.key}":[NaN,Infinity]}}'),
        "wrong-types": Odd(read.body(read.wrong)),
        "duplicate-keys": Odd(f'{{{OK},"{read.key}":{data},"{read.key}":{data}}}'),
        "deep": Odd(f'{{{OK},"{read.key}":' + "[" * 10_000 + "]" * 10_000 + "}"),
        "500-success-body": Odd(good, status=500),
    }


def test_every_odd_answer_of_the_list_is_tried() -> None:
    assert tuple(_odd(READS["funds"])) == NAMES


@pytest.mark.parametrize("odd", NAMES)
@pytest.mark.parametrize("name", READS)
async def test_odd_answer_on_a_read_is_a_surprise(name: str, odd: str, broker: BaseBroker, server: FyersServer) -> None:
    answer = _odd(READS[name])[odd]
    READS[name].script(server, answer.body, status=answer.status, content_type=answer.content_type)

    assert await _what_comes_of(READS[name], broker) in _allowed(name, odd)


def _allowed(name: str, odd: str) -> set[str]:
    if odd in FORGIVEN and name in LISTS:
        return {"wire_surprise", "[]"}
    if odd in FORGIVEN and name == "order":
        return {"wire_surprise", "not_found"}
    return {"wire_surprise"}


async def _what_comes_of(read: Read, broker: BaseBroker) -> str:
    try:
        return repr(await read.ask(broker))
    except TradingError as error:
        return error.kind


@pytest.mark.parametrize("odd", sorted(set(NAMES) - {"no-content-type"}))
async def test_odd_answer_on_validate_is_never_a_no(odd: str, broker: BaseBroker, server: FyersServer) -> None:
    answer = _odd(READS["profile"])[odd]
    READS["profile"].script(server, answer.body, status=answer.status, content_type=answer.content_type)

    assert (await refusal(broker.validate())).kind == "wire_surprise"


@pytest.mark.parametrize("odd", NAMES)
async def test_odd_answer_on_an_order_leaves_its_outcome_unknown(
    odd: str, broker: BaseBroker, server: FyersServer
) -> None:
    read = Read(READS["orders"].ask, SYNC, "id", ORDER_ID, 26111800000123.5)
    answer = _odd(read)[odd]
    server.ok(ORDERS, orderBook=[])
    server.on("POST", SYNC, answer.body, status=answer.status, content_type=answer.content_type)

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", SYNC)) == 1


@pytest.mark.parametrize("name", READS)
async def test_bytes_that_are_no_text_are_a_surprise(name: str, broker: BaseBroker, server: FyersServer) -> None:
    READS[name].script(server, b'{"s":"ok","code":200,"data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: FyersServer) -> None:
    READS[name].script(server, READS[name].body(READS[name].good)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
