"""faults.md a to t: on every read, on a sign-in, on an order; where the sheet gives a body a meaning, that one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from app.brokers.base import BaseBroker, Typed
from app.domain import Secret
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.login import CODE, answers, at_code
from tests.brokers.angel_one.support import READS, refusal, ticket
from tests.brokers.zerodha.server import JSON, ScriptedServer


@dataclass(frozen=True, slots=True)
class Odd:
    """One odd answer."""

    body: str
    status: int = 200
    content_type: str | None = JSON


WRONG_TYPES: dict[str, Any] = {
    "profile": wire.profile(clientcode=5),
    "funds": wire.funds(net=[]),
    "holdings": [wire.holding(quantity="ten")],
    "positions": [wire.position(netqty="many")],
    "orders": [wire.order(orderstatus=5)],
    "order": [wire.order(orderstatus=5)],
    "trades": [wire.trade(fillprice={})],
    "ltp": wire.prices(wire.fetched(ltp="high")),
    "quotes": wire.prices(wire.fetched(ltp="high")),
    "issued": wire.issued(jwtToken=5),
    "placed": {"script": "RELIANCE-EQ", "orderid": [], "uniqueorderid": 5},
}
MISSING: Final = '{"status":true,"message":"SUCCESS","errorcode":""}'
NO: Final = '{"status":false,"message":"No"'
_ANYTHING: dict[str, Callable[[str], Odd]] = {
    "list": lambda good: Odd(f"[{good}]"),
    "null": lambda _: Odd("null"),
    "string": lambda _: Odd('"SUCCESS"'),
    "number": lambda _: Odd("42"),
    "no-data": lambda _: Odd(MISSING),
    "null-data": lambda _: Odd(f'{MISSING[:-1]},"data":null}}'),
    "error-without-type": lambda _: Odd(f"{NO}}}"),
    "error-type-null": lambda _: Odd(f'{NO},"errorcode":null,"data":null}}'),
    "error-type-number": lambda _: Odd(f'{NO},"errorcode":8001,"data":null}}'),
    "error-type-dunder": lambda _: Odd(f'{NO},"errorcode":"__doc__","data":null}}'),
    "error-without-message": lambda _: Odd('{"status":false,"errorcode":"XX0000","data":null}'),
    "no-content-type": lambda good: Odd(good, content_type=None),
    "204-empty": lambda _: Odd("", status=204),
    "200-empty": lambda _: Odd(""),
    "word-false": lambda _: Odd("false"),
    "nan": lambda _: Odd(f'{MISSING[:-1]},"data":{{"net":NaN,"ltp":Infinity}}}}'),
    "duplicate-keys": lambda good: Odd(f'{{"status":false,{good[1:]}'),
    "deep": lambda _: Odd(f'{MISSING[:-1]},"data":{"[" * 10_000}{"]" * 10_000}}}'),
    "500-success-body": lambda good: Odd(good, status=500),
}
NAMES = (*_ANYTHING, "wrong-types")
MEANS_EMPTY = {"orders", "trades", "positions"}  # section 4.3: data null with status true


def _odd(odd: str, good: Any, wrong: Any) -> Odd:
    return Odd(wire.text(wire.good(wrong))) if odd == "wrong-types" else _ANYTHING[odd](wire.text(wire.good(good)))


def _script(server: ScriptedServer, path: str, odd: Odd) -> None:
    server.on("POST", path, odd.body, status=odd.status, content_type=odd.content_type)


def test_every_odd_answer_has_its_name() -> None:
    assert len(set(NAMES)) == 20


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_any_read_is_a_surprise(odd: str, broker: BaseBroker, server: ScriptedServer) -> None:
    asked = {name: read for name, read in READS.items() if odd != "null-data" or name not in MEANS_EMPTY}
    asked.pop("order" if odd == "null-data" else "", None)
    found = {}
    for name, read in asked.items():
        answer = _odd(odd, read.data, WRONG_TYPES[name])
        read.script(server, answer.body, status=answer.status, content_type=answer.content_type)
        found[name] = (await refusal(read.ask(broker))).kind

    assert found == dict.fromkeys(asked, "wire_surprise")
    assert all(read.sent(server) for read in asked.values())


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_validate_is_a_surprise_never_no(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    answer = _odd(odd, wire.profile(), WRONG_TYPES["profile"])
    READS["profile"].script(server, answer.body, status=answer.status, content_type=answer.content_type)

    assert (await refusal(broker.validate())).kind == "wire_surprise"


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_a_sign_in_is_typed_and_it_is_not_repeated(
    odd: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    sign_in = await at_code(fresh)
    answer = _odd(odd, wire.issued(), WRONG_TYPES["issued"])
    answers(server, answer.body, status=answer.status, content_type=answer.content_type)

    error = await refusal(sign_in.advance(Typed(Secret(CODE))))

    assert error.kind in {"wire_surprise", "broker_down"}
    assert len(server.sent("POST", wire.LOGIN)) == 1


@pytest.mark.parametrize("odd", NAMES)
async def test_an_odd_body_on_an_order_leaves_its_outcome_unknown(
    odd: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    good = {"script": "RELIANCE-EQ", "orderid": wire.ORDER_ID, "uniqueorderid": wire.UNIQUE_ID}
    _script(server, wire.PLACE, _odd(odd, good, WRONG_TYPES["placed"]))

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", wire.PLACE)) == 1


@pytest.mark.parametrize("name", READS)
async def test_bytes_that_are_no_text_are_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, b'{"status":true,"data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, wire.text(READS[name].good)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("data", ["null", "", "false", 0, False, {"rows": []}])
@pytest.mark.parametrize("name", ["holdings", "positions", "orders", "trades"])
async def test_section_13_a_word_for_nothing_is_no_empty_list(
    name: str, data: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.good(data))

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("row", [None, 5, "row", [], True])
@pytest.mark.parametrize("name", ["holdings", "positions", "orders", "trades"])
async def test_a_row_that_is_no_object_is_a_surprise(
    name: str, row: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.good([*READS[name].data, row]))

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
