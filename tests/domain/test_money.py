import random
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import InvalidRequest
from app.domain.money import exact, grouped

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("times", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_amounts_and_their_sum_lose_nothing(times: int) -> None:
    """M1."""
    chance = random.Random(20261122)
    paise = [chance.randrange(-(10**12), 10**12) for _ in range(times)]

    total = sum((exact(f"{Decimal(number).scaleb(-2):f}") for number in paise), Decimal(0))

    assert total == Decimal(sum(paise)).scaleb(-2)


@given(AMOUNTS)
def test_text_and_back_is_the_same_amount(amount: Decimal) -> None:
    assert exact(f"{amount:f}") == amount


@given(AMOUNTS)
def test_the_written_form_read_back_is_the_same_amount(amount: Decimal) -> None:
    written = grouped(amount).replace(",", "").replace("\u2212", "-")

    assert exact(written) == amount


@pytest.mark.parametrize(
    "value",
    [
        1.5, True, False, None, "1e3", "NaN", "Infinity", "-inf", "", " ", "1,000", "0x10", "1.2.3", "--1", "1_000",
        Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 16, 2**63, b"1", [], "twelve", "1 2",
    ],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused_never_made_one(value: object) -> None:
    with pytest.raises(InvalidRequest) as caught:
        exact(value, "price")

    assert caught.value.field == "price"


@pytest.mark.parametrize(
    ("value", "amount"),
    [("1.50", "1.50"), (" -0.05 ", "-0.05"), (7, "7"), (Decimal("1E+2"), "100"), ("+3", "3"), (".5", "0.5")],
)
def test_exact_amounts_are_taken(value: object, amount: str) -> None:
    assert exact(value) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0.00"),
        ("999.5", "999.50"),
        ("1000", "1,000.00"),
        ("100000", "1,00,000.00"),
        ("1234567.5", "12,34,567.50"),
        ("1234567890.12", "1,23,45,67,890.12"),
        ("-1234.5", "\u22121,234.50"),
        ("-0.001", "0.00"),
        ("0.005", "0.01"),
        ("0.125", "0.13"),
        ("2.675", "2.68"),
        ("-2.665", "\u22122.67"),
        ("999.995", "1,000.00"),
    ],
)
def test_amounts_are_written_the_indian_way(amount: str, written: str) -> None:
    assert grouped(Decimal(amount)) == written


def test_counts_are_written_without_a_fraction() -> None:
    assert grouped(Decimal(-150000), 0) == "\u22121,50,000"


def test_a_million_amounts_are_written_in_reasonable_time() -> None:
    began = time.process_time()
    for number in range(20_000):
        grouped(Decimal(number).scaleb(-2))

    assert time.process_time() - began < 2.0
