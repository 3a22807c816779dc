"""The quick way of decoding: what it lets pass reads as the strict way reads it, and nothing odd passes."""

import dataclasses
import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pytest

from app.brokers import quick
from app.brokers.angel_one import book as angel_book
from app.brokers.angel_one import mapping as angel_mapping
from app.brokers.angel_one import quick as angel
from app.brokers.angel_one.client import data_of
from app.brokers.dhan import book as dhan_book
from app.brokers.dhan import mapping as dhan_mapping
from app.brokers.dhan import quick as dhan
from app.brokers.fyers import mapping as fyers_mapping
from app.brokers.fyers import quick as fyers
from app.brokers.http import Reply
from app.brokers.wire import decode
from app.domain import Order, Position, WireSurprise
from tests.brokers.angel_one import wire as angel_wire
from tests.brokers.dhan import wire as dhan_wire
from tests.brokers.fyers import rows as fyers_rows
from tests.brokers.zerodha.wire import Raw, text

Json = dict[str, Any]
JSON: Final = {"content-type": "application/json"}


@dataclass(frozen=True)
class Case:
    """How one broker's positions or orders are asked for, decoded and read."""

    form: Callable[[], quick.Form]
    read: Callable[[Any], list[Any]]
    row: Callable[..., Json]
    symbol: str
    around: Callable[[list[Any]], Any]

    def rows(self) -> list[Json]:
        """Three that differ."""
        return [self.row(), self.row(**{self.symbol: "NSE:A-EQ"}), self.row(**{self.symbol: "NSE:B-EQ"})]

    def body(self, rows: list[Any] | None = None) -> str:
        """The answer, as the broker writes it."""
        return text(self.around(self.rows() if rows is None else rows))

    def taught(self) -> quick.Form:
        """A form that has seen an ordinary answer."""
        form = self.form()
        form.decode(self.body().encode())
        return form


def angel_answer(rows: list[Any]) -> Json:
    """Angel One's envelope."""
    return {"status": True, "message": "SUCCESS", "errorcode": "", "data": rows}


def angel_data(answer: Any) -> object:
    """What the client hands on of an answer."""
    return data_of(Reply(200, JSON, b"", lambda _: answer))


CASES: Final = {
    "dhan": Case(dhan.positions, dhan_mapping.positions, dhan_wire.position, "tradingSymbol", lambda rows: rows),
    "fyers": Case(
        fyers.positions,
        fyers_mapping.positions,
        fyers_rows.position,
        "symbol",
        lambda rows: {
            "s": "ok",
            "code": 200,
            "message": "",
            "netPositions": rows,
            "overall": {"count_total": len(rows), "count_open": 1, "pl_total": 5.5},
        },
    ),
    "angel_one": Case(
        angel.positions,
        lambda answer: angel_mapping.positions(angel_data(answer)),
        angel_wire.position,
        "tradingsymbol",
        angel_answer,
    ),
    "dhan orders": Case(dhan.orders, dhan_book.orders, dhan_wire.order, "tradingSymbol", lambda rows: rows),
    "fyers orders": Case(
        fyers.orders,
        fyers_mapping.orders,
        fyers_rows.order,
        "symbol",
        lambda rows: {"s": "ok", "code": 200, "message": "", "orderBook": rows},
    ),
    "angel_one orders": Case(
        angel.orders,
        lambda answer: angel_book.orders(angel_data(answer)),
        angel_wire.order,
        "tradingsymbol",
        angel_answer,
    ),
}
CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, "", " ", "NA", "0", "null", " TCS ", "abc", "5", "5.0", "5.5", "-7", "- 7", "NFO", "INTRADAY"),
    *(0, 1, 2, -1, 5, 10, 11, 2**53, 2**70, [], {}, [1], {"a": 1}),
    *(Raw("0.0"), Raw("1.0"), Raw("5.5"), Raw("-5.25"), Raw("0.1000"), Raw("1e3"), Raw("1e16"), Raw("1e-50")),
    *(Raw("1e400"), Raw("-0.0"), Raw("9007199254740993"), Raw("NaN"), Raw("Infinity"), Raw('"\\ud800"'), Raw("01")),
)


def passes(form: quick.Form, body: str) -> bool:
    """Whether `body` takes the quick way."""
    answer = form._quickly(form._seen, body.encode()) if form._seen else None
    return answer is not None


def outcome(case: Case, decoded: Callable[[], object]) -> object:
    """What the mapping gives, digit by digit, or the words of its refusal."""
    try:
        return repr(case.read(decoded()))
    except WireSurprise as surprise:
        return str(surprise)


def differs(case: Case, form: quick.Form, body: bytes) -> bool:
    """Whether the form's way and the strict one give different outcomes."""
    return outcome(case, lambda: form.decode(body)) != outcome(case, lambda: decode(body))


@pytest.mark.parametrize(("draft", "made"), [(quick.Draft, Position), (quick.OrderDraft, Order)])
def test_a_draft_has_the_fields_of_what_it_becomes_in_their_order(draft: type[Any], made: type[Any]) -> None:
    fields = [field.name for field in dataclasses.fields(made)]
    assert [field.name for field in msgspec.structs.fields(draft)] == fields


@CASE
def test_an_ordinary_answer_passes_once_its_form_is_known(case: Case) -> None:
    assert not passes(case.form(), case.body())
    assert passes(case.taught(), case.body())
    assert not differs(case, case.taught(), case.body().encode())


@CASE
@pytest.mark.parametrize("separators", [(", ", ": "), (" ,\n", " :\t"), (",", ":")])
def test_blanks_between_the_parts_do_not_matter(case: Case, separators: tuple[str, str]) -> None:
    body = json.dumps(json.loads(case.body()), separators=separators)
    assert passes(case.taught(), body)
    assert not differs(case, case.taught(), body.encode())


@CASE
def test_no_rows_are_no_rows(case: Case) -> None:
    body = case.body([])
    assert passes(case.taught(), body)
    assert case.read(case.taught().decode(body.encode())) == []


@CASE
def test_more_fields_than_before_are_learnt(case: Case) -> None:
    form, body = case.taught(), case.body([row | {"something new": 5} for row in case.rows()])
    assert not passes(form, body)
    form.decode(body.encode())
    assert passes(form, body)


def doubled(case: Case) -> Iterator[str]:
    """Each key of a row and around the rows a second time, as it stands and in disguise, in place of another too."""
    body = case.body()
    around = case.around([])
    for key, value in (case.row() | (around if isinstance(around, dict) else {})).items():
        escaped = f"\\u{ord(key[0]):04x}{key[1:]}"
        for again in (f'"{key}":', f'"{key}" :', f'"{key}"\n\t:', f'"{escaped}":'):
            twice = body.replace(f'"{key}":', f'{again}{text(value)},"{key}":', 1)
            yield twice
            for other, lost in case.row().items():
                if other != key:
                    yield twice[::-1].replace(f'"{other}":{text(lost)},'[::-1], "", 1)[::-1]
                    break


@CASE
def test_no_key_comes_twice(case: Case) -> None:
    bodies = list(doubled(case))
    assert len(bodies) > 8 * len(case.row()) - 8
    assert [body for body in bodies if passes(case.taught(), body)] == []


@CASE
def test_whatever_stands_in_a_field_both_ways_say_the_same(case: Case) -> None:
    form = case.taught()
    for key in case.row():
        for value in VALUES:
            body = case.body([case.row(), case.row(**{key: value})]).encode()
            assert not differs(case, form, body), (key, value)


STATES: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "dhan orders": {
        "orderStatus": ("TRANSIT", "PENDING", "pending", "PART_TRADED", "CANCELLED", "REJECTED", "EXPIRED", "", "ODD"),
        "orderType": ("LIMIT", "STOP_LOSS"),
        "filledQty": (0, 2, 5),
        "afterMarketOrder": (False, True, None),
        "exchangeOrderId": (None, "1100000012345678", "0"),
    },
    "fyers orders": {
        "status": (1, 2, 3, 4, 5, 6, 7, 90),
        "filledQty": (0, 20, 50, -1),
        "type": (1, 2, 3, 4),
        "offlineOrder": (False, True, "true", 1, None),
        "exchOrdId": (None, "1300000012345678", 7),
    },
    "angel_one orders": {
        "orderstatus": ("open", "Open", "modified", "complete", "cancelled", "expired", "trigger pending", "", "odd"),
        "status": ("open", "trigger pending", None),
        "filledshares": ("0", "20", "50", None),
        "variety": ("NORMAL", "AMO", "amo", "ROBO", None),
        "exchangeorderid": ("", "1100000012345678", None, 7),
    },
}


@pytest.mark.parametrize("name", STATES)
def test_where_an_order_stands_both_ways_say_the_same(name: str) -> None:
    case, fields = CASES[name], STATES[name]
    rows = [case.row(**dict(zip(fields, values, strict=True))) for values in itertools.product(*fields.values())]
    body = case.body(rows)
    assert passes(case.taught(), body)
    assert not differs(case, case.taught(), body.encode())


@CASE
def test_whatever_bytes_are_changed_both_ways_say_the_same(case: Case) -> None:
    dice = random.Random(3)
    form, good = case.taught(), case.body().encode()
    for number in range(1000):
        body = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            body[dice.randrange(len(body))] = dice.choice(b'0123456789.eE-+":,{}[] \\nulNSE\xff\x01')
        assert not differs(case, form, bytes(body)), number


@CASE
@pytest.mark.parametrize("odd", ["", "null", "{}", "[]", "[[]]", "[1]", '"text"', "NaN", "[" * 20_000, "{", "\xff"])
def test_what_is_no_answer_goes_the_strict_way(case: Case, odd: str) -> None:
    body = odd.encode("latin-1")
    assert odd == "[]" or not passes(case.taught(), odd)
    assert not differs(case, case.taught(), body)


def test_rows_that_look_like_an_error_are_never_learnt() -> None:
    form, body = dhan.positions(), text([dhan_wire.position(errorCode=None)])
    form.decode(body.encode())
    assert not passes(form, body)
