"""Strict JSON, exact numbers, waits; and large answers kept packed."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.brokers import wire
from app.brokers.packed import Packed
from app.domain import WireSurprise

NOW = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"1.10", Decimal("1.10")),
        (b"1e3", Decimal(1000)),
        (b"7", 7),
        (b"-0.0", Decimal("-0.0")),
        (b"0.1", Decimal("0.1")),
        (b"12345678901234567890.12345678901234567890", Decimal("12345678901234567890.12345678901234567890")),
    ],
)
def test_numbers_are_exact(body: bytes, value: object) -> None:
    found = wire.decode(body)

    assert (found, type(found)) == (value, type(value))


def test_escaped_characters_are_read() -> None:
    assert wire.decode(rb'{"name": "\u20b9 \ud83d\ude00"}') == {"name": "\u20b9 \U0001f600"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"NaN",
        b"[Infinity]",
        b'{"a":1,"a":2}',
        b'[{"a":{"b":1,"b":1}}]',
        b"[" * 10_000 + b"]" * 10_000,
        b"9" * 5000,
        b'"\xff"',
        rb'["\ud800"]',
        b"\xef\xbb\xbf{}",
        b"{} {}",
    ],
    ids=[
        "empty", "no JSON", "NaN", "infinity", "a key twice", "a key twice, deep", "10,000 levels", "a huge number",
        "bad UTF-8", "half a character", "a byte order mark", "two values",
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_a_surprise(body: bytes) -> None:
    with pytest.raises(WireSurprise):
        wire.decode(body)


def test_decimals_go_out_as_the_numbers_they_print_as() -> None:
    value = {"price": Decimal("1450.10"), "small": Decimal("1E-7"), "rows": [1, Decimal(2), None, True, 'a"\u20b9']}

    sent = wire.encode(value)

    assert sent.startswith(b'{"price":1450.10,"small":0.0000001,')
    assert json.loads(sent)["rows"] == [1, 2, None, True, 'a"\u20b9']


def test_float_is_never_sent() -> None:
    with pytest.raises(TypeError):
        wire.encode({"price": 1.1})


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("9999", 120.0),
        ("9" * 50, 120.0),
        ("Wed, 18 Nov 2026 05:00:30 GMT", 30.0),
        ("Wed, 18 Nov 2026 10:30:30 +0530", 30.0),
        ("Wed, 18 Nov 2026 04:00:00 GMT", 0.0),
        ("Wed, 18 Nov 2030 05:00:00 GMT", 120.0),
        ("", 1.0),
        ("-5", 1.0),
        ("1.5", 1.0),
        ("soon", 1.0),
        ("Wed, 99 Nov 2026 05:00:00 GMT", 1.0),
    ],
)
def test_wait_is_read_from_seconds_or_a_date(header: str, seconds: float) -> None:
    assert wire.retry_after(header, NOW) == pytest.approx(seconds)


def test_packed_bytes_come_back_as_often_as_one_reads_them() -> None:
    packed = Packed()
    rows = [f"row {number}\n".encode() for number in range(50_000)]
    for row in rows:
        packed.write(row)
    packed.finish()

    with packed.open() as first, packed.open() as second:
        assert list(first) == rows
        assert second.read(5) == b"row 0"
    assert packed.size == sum(map(len, rows))


def test_nothing_packed_is_an_empty_file() -> None:
    packed = Packed()
    packed.finish()

    with packed.open() as file:
        assert file.read() == b""
