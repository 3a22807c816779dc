"""The quick way of reading large answers: what it lets pass reads as the strict way does, and nothing odd passes."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from app.brokers.wire import decode
from app.brokers.zerodha import mapping, quick
from tests.brokers.zerodha import books, rows, wire

POSITIONS, ORDERS = "/portfolio/positions", "/orders"
MAPPINGS: dict[str, Callable[[object], list[Any]]] = {POSITIONS: mapping.positions, ORDERS: mapping.orders}
GOOD = {
    POSITIONS: wire.success(rows.portfolio(rows.position(), rows.closed_position(), day=[rows.position()])),
    ORDERS: wire.success(
        [books.order(), books.order(order_id="7", status="NEW WORD", tags=["a", "b"], validity_ttl=3)]
    ),
}


ODD = (
    *("null", "true", "false", '""', '" "', '"5"', '"abc"', '"MCX"', '"MIS"', "0", "1", "2", "-5", "5.0", "5.5", "1.0"),
    *("1e16", "1e400", "0.1000", "-0.0", "9007199254740993", "NaN", "[]", "{}", '"2026-11-20 10:31:05"'),
)


def compact(text: str) -> str:
    """As Kite writes it."""
    return text.replace('": ', '":').replace(", ", ",")


def strictly(body: str) -> Any:
    answer = decode(body.encode())
    assert isinstance(answer, dict)
    return answer["data"]


@pytest.mark.parametrize("path", MAPPINGS)
def test_what_passes_reads_as_the_strict_way_does(path: str) -> None:
    body = compact(GOOD[path])
    read = quick.read(path, body.encode())
    assert read is not None
    assert MAPPINGS[path](read["data"]) == MAPPINGS[path](strictly(body))


@pytest.mark.parametrize("empty", [wire.success([]), wire.success({"net": [], "day": []})])
def test_no_rows_are_no_rows(empty: str) -> None:
    path = ORDERS if "net" not in empty else POSITIONS
    read = quick.read(path, compact(empty).encode())
    assert read is not None
    assert MAPPINGS[path](read["data"]) == []


def _doubled() -> list[tuple[str, str, str]]:
    """Each key of a row a second time, as it stands and in disguise."""
    found = []
    for path, row in ((POSITIONS, rows.position()), (ORDERS, books.order())):
        for key, value in row.items():
            again = compact(wire.text(value))
            escaped = f"\\u{ord(key[0]):04x}{key[1:]}"
            ways = ((key, ""), (key, " "), (key, "\t"), (escaped, ""))
            found += [(path, key, f'"{name}"{blank}:{again},') for name, blank in ways]
    return found


@pytest.mark.parametrize("path", MAPPINGS)
def test_no_key_comes_twice(path: str) -> None:
    for _, key, again in [found for found in _doubled() if found[0] == path]:
        body = compact(GOOD[path]).replace(f'"{key}":', f'{again}"{key}":', 1)
        assert quick.read(path, body.encode()) is None, again


@pytest.mark.parametrize("path", MAPPINGS)
def test_one_key_missing_does_not_pay_for_another_that_comes_twice(path: str) -> None:
    """The number of keys is right, the answer is not."""
    first, second = compact(GOOD[path]).split("},{", 1)
    name = "guid" if path == ORDERS else "day_sell_value"
    without = second.replace(f',"{name}":null', "", 1).replace(f',"{name}":0', "", 1)
    for _, key, again in [found for found in _doubled() if found[0] == path]:
        if again.startswith(f'"{key}":'):
            value = wire.text((rows.position() | books.order())[key])
            body = f'{first},"{key}":{compact(value)}}},{{{without}'
            assert quick.read(path, body.encode()) is None, key


@pytest.mark.parametrize("hidden", ["\\u003a", "\\u003A"])
def test_a_colon_in_disguise_does_not_pay_for_a_key_that_comes_twice(hidden: str) -> None:
    body = compact(GOOD[ORDERS]).replace("10:", f"10{hidden}", 1)
    twice = body.replace('"order_id":', '"order_id":"6","order_id":', 1)
    assert hidden in body
    assert quick.read(ORDERS, body.encode()) is not None
    assert quick.read(ORDERS, twice.encode()) is None


@pytest.mark.parametrize("place", ["order_timestamp", "exchange_timestamp", "status_message", "tag"])
def test_colons_in_texts_are_no_keys(place: str) -> None:
    body = compact(wire.success([books.order(**{place: "a:b:c"}), books.order(**{place: None})]))
    twice = body.replace('"order_id":', '"order_id":"6","order_id":', 1)
    assert quick.read(ORDERS, body.encode()) is not None
    assert quick.read(ORDERS, twice.encode()) is None


@pytest.mark.parametrize("path", MAPPINGS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"status":"success"', '"status":"error"'),
        ('"status":"success",', '"status":"success","error_type":"TokenException",'),
        ('"status":"success",', '"status":"success","status":"success",'),
        ('"status":"success",', ""),
        ('"quantity":50', '"quantity":"50"'),
        ('"quantity":50', '"quantity":NaN'),
        ('"instrument_token":738561', '"instrument_token":NaN'),
        ('"instrument_token":738561', '"instrument_token":"738561"'),
        ('"quantity":50', '"quantity":50,"something_new":1'),
        ('"exchange":"NSE"', '"exchange":"NYSE"'),
        ('"tradingsymbol":"RELIANCE"', '"tradingsymbol":"A\\":B"'),
        ('"instrument_token":738561', '"instrument_token":' + "[" * 10_000),
        ("}", ""),
    ],
)
def test_what_is_odd_takes_the_strict_way(path: str, old: str, new: str) -> None:
    """A text for a number passes where the mapping looks at it, and does not come out of there."""
    body = compact(GOOD[path]).replace(old, new, 1)
    assert body != compact(GOOD[path])
    read = quick.read(path, body.encode())
    if read is not None:
        with pytest.raises(Exception, match="not a whole number"):
            MAPPINGS[path](read["data"])


def test_a_meta_with_content_takes_the_strict_way() -> None:
    body = wire.success([books.order(meta={"iceberg": {"leg": 1}})])
    assert quick.read(ORDERS, compact(body).encode()) is None


def test_other_answers_are_read_strictly() -> None:
    assert quick.read("/portfolio/holdings", wire.success([]).encode()) is None
    assert quick.read("", wire.success([]).encode()) is None


def test_after_any_change_both_ways_agree_or_only_the_strict_one_speaks() -> None:
    """One to three random bytes of an answer are changed; what still passes says what the strict way says."""
    for seed in range(1000):
        dice = random.Random(seed)
        path = dice.choice([POSITIONS, ORDERS])
        body = bytearray(compact(GOOD[path]).encode())
        for _ in range(dice.randint(1, 3)):
            body[dice.randrange(len(body))] = dice.choice(b'0123456789.eE-+":,{}[] \\nul')
        read = quick.read(path, bytes(body))
        if read is not None:
            assert outcome(path, read["data"]) == outcome(path, strictly(bytes(body).decode())), seed


@pytest.mark.parametrize("path", MAPPINGS)
def test_whatever_stands_in_a_field_both_ways_agree_or_only_the_strict_one_speaks(path: str) -> None:
    for key, value in (rows.position() if path == POSITIONS else books.order()).items():
        before, after = compact(GOOD[path]).split(f'"{key}":{compact(wire.text(value))}', 1)
        for odd in ODD:
            body = f'{before}"{key}":{odd}{after}'
            read = quick.read(path, body.encode())
            if read is not None:
                assert outcome(path, read["data"]) == outcome(path, strictly(body)), (key, odd)


def outcome(path: str, data: object) -> object:
    """What the mapping gives, or the kind of its refusal."""
    try:
        return MAPPINGS[path](data)
    except Exception as error:  # noqa: BLE001 - whatever it is, both ways must give it
        return type(error)
